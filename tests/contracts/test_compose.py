"""What the containers run is what a person runs: no engine is needed to hold that the commands and files exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from marketplace.run.cli import app
from marketplace.run.settings import Settings

ROOT = Path(__file__).parents[2]
COMMANDS = frozenset(each for each in app if not each.startswith("-"))
"""What `relay` really has."""
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def test_the_services_are_the_ones_that_a_relay_needs() -> None:
    assert set(SERVICES) == {"postgres", "migrate", "web", "worker", "mail"}
    assert set(OURS) == {"migrate", "web", "worker"}


def test_our_services_run_commands_of_relay() -> None:
    assert {name: service["command"] for name, service in OURS.items()} == {
        "migrate": ["relay", "migrate"],
        "web": ["relay", "web"],
        "worker": ["relay", "work"],
    }
    assert {service["command"][1] for service in OURS.values()} <= COMMANDS


def test_the_makefile_and_the_image_run_commands_of_relay() -> None:
    called = re.findall(r"/relay (\w+)", (ROOT / "Makefile").read_text())
    called += re.findall(r'CMD \["relay", "(\w+)"', (ROOT / "Dockerfile").read_text())
    assert called == ["demo", "serve", "web"]
    assert set(called) <= COMMANDS


def test_relay_has_the_commands_it_was_asked_to_have() -> None:
    asked = "demo serve web work migrate import rebuild check reconcile explain bench".split()
    assert set(asked) <= COMMANDS


def test_every_variable_is_a_setting() -> None:
    documented = set(re.findall(r"^\s*\| ([A-Z_]+) \|", Settings.__doc__ or "", re.MULTILINE))
    given = {name for service in OURS.values() for name in service["environment"]}
    assert given - documented == set()


def test_only_the_migration_knows_the_owner() -> None:
    knowing = {name for name, service in OURS.items() if "relay_owner" in str(service)}
    assert knowing == {"migrate"}


def test_nothing_is_published_beyond_loopback() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_what_waits_waits_for_a_service_that_is_there() -> None:
    awaited = {name for service in SERVICES.values() for name in service.get("depends_on", {})}
    assert awaited <= set(SERVICES)
    assert "healthcheck" in SERVICES["postgres"]


def test_volumes_and_configs_are_declared() -> None:
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])
    assert {config["source"] for service in SERVICES.values() for config in service.get("configs", [])} == {"roles"}


def test_what_the_image_copies_exists() -> None:
    copied = re.findall(r"^COPY (\S+) ", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert copied == ["requirements/runtime.txt", "."]
    assert all((ROOT / name).exists() for name in copied)
