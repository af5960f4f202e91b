"""`ETag` and `If-Match` where a version matters: who decides on what they read does not overwrite what they did not."""

from __future__ import annotations

import re
from typing import Annotated

from litestar.params import HeaderParameter

from api.visit import Visit
from domain.refusal import Refused

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", required=False, description='The ETag that was read, such as "3".', max_length=40),
]
"""The type of the handler's `if_match` parameter."""

_ETAG = re.compile(r'"(0|[1-9][0-9]{0,15})"')


def etag(version: int) -> dict[str, str]:
    """The header that says which version an answer shows."""
    return {"ETag": f'"{version}"'}


def demand_version(visit: Visit, if_match: str | None, version: int) -> None:
    """Raises Refused `if-match-missing`, `if-match-malformed`, `changed-since-read`.

    A command that is carried out already passes: its own effect moved the version, the repeat gets its answer again.
    """
    if if_match is None: raise Refused("if-match-missing")
    given = _ETAG.fullmatch(if_match.strip())
    if given is None: raise Refused("if-match-malformed")
    if int(given[1]) != version and visit.house.log.carried_out(visit.command.id) is None:
        raise Refused("changed-since-read")
