"""The published contract is kept: schemathesis reads it, asks the live server, and finds no answer that it does not document."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import document
from tests.hostile.seeds import Place, Played
from tests.hostile.seeds_live import live

SEED = os.environ.get("HOSTILE_SEED", "20270405")
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance,"
    "negative_data_rejection,missing_required_header,unsupported_method"
)
NOT_LOOKED_AT_YET = "[checks.missing_required_header]\nexpected-statuses = [400, 401, 403, 404, 415, 422, 429]\n"
"""Who may not come in (404) or comes too often (429) is told so before anybody looks for the headers of a command."""
ENDS_THE_SESSION = ("/api/v1/sessions/end-all", "/api/v1/sessions/{session}/end", "/api/v1/me/erasure")
"""After these every further answer is 401; the bent requests have them."""
QUERIES = (400, 401, 403, 404, 409, 422, 429)
COMMANDS = (*QUERIES, 410, 412, 413, 415, 428)


@pytest.fixture
def port(place: Place) -> Iterator[int]:
    with live(place) as found:
        yield found


def conforms(place: Place, port: int, folder: Path, who: str, *more: str) -> None:
    """Schemathesis in a process of its own, as this person, from a seed; the test fails with its report."""
    program = Path(sys.executable).with_name("st")
    excluded = [word for path in ENDS_THE_SESSION for word in ("--exclude-path", path)]
    command = [
        str(program), "run", f"http://127.0.0.1:{port}/api/v1/openapi.json", "--workers", "1", "--seed", SEED, "--checks", CHECKS,
        "--header", f"Authorization: Bearer {place.bearer(who)}", "--continue-on-failure", "--no-shrink", "--warnings", "off",
        "--generation-database", "none", "--output-truncate", "false", "--no-color", *excluded, *more,
    ]  # fmt: skip
    (folder / "schemathesis.toml").write_text(NOT_LOOKED_AT_YET)
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, f"{who}, seed {SEED}:\n{done.stdout[-6_000:]}{done.stderr[-2_000:]}"
    assert "Tested:" in done.stdout, done.stdout[-2_000:]


def test_every_operation_documents_how_it_refuses(place: Place) -> None:
    operations = [(method, path, said) for path, each in document(place.app)["paths"].items() for method, said in each.items()]
    assert len(operations) > 120
    for method, path, said in operations:
        documented = {int(status) for status in said["responses"]}
        wanted = set(QUERIES if method == "get" else COMMANDS)
        assert wanted <= documented, (method, path, wanted - documented)
        assert len([status for status in documented if status < 400]) >= 1, (method, path)
        for status in wanted:
            assert list(said["responses"][str(status)]["content"]) == ["application/problem+json"], (method, path, status)


def test_the_live_server_keeps_the_contract_wherever_it_is_asked_once(
    place: Place, port: int, tmp_path: Path
) -> None:
    conforms(place, port, tmp_path, "hiring", "--phases", "fuzzing", "--max-examples", "1")


@pytest.mark.heavy
@pytest.mark.parametrize("who", ["operator", "source", "hiring", "aoi", "key"])
def test_the_live_server_keeps_the_contract_in_every_phase(place: Place, port: int, tmp_path: Path, who: str) -> None:
    conforms(place, port, tmp_path, who, "--phases", "examples,fuzzing,stateful", "--max-examples", "8")


@pytest.mark.heavy
def test_the_live_server_keeps_the_contract_at_every_bound_of_every_parameter(
    place: Place, port: int, tmp_path: Path, played: Played
) -> None:
    assert played.seeds
    conforms(place, port, tmp_path, "aoi", "--phases", "examples,coverage")
