"""Whose address counts against a rate limit."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network

import pytest

from api.client import behind
from tests.api.street import Street

PROXIES = (ip_network("10.0.0.0/24"), ip_network("fd00::5"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "counts"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("10.0.0.9", "", "10.0.0.9"),
        ("10.0.0.9", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.9", "203.0.113.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.9", "203.0.113.66, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("fd00::5", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.9", "nonsense", "nonsense"),
    ],
)
def test_only_a_trusted_proxy_is_believed_and_only_the_last_thing_it_was_told(peer: str, forwarded: str, counts: str) -> None:
    assert behind(peer, forwarded, PROXIES) == counts


def test_without_trusted_proxies_a_forwarded_address_opens_no_new_window(make_street: Callable[..., Street]) -> None:
    street = make_street()
    program = street.browser()
    for n in range(31):
        sent = {"X-Forwarded-For": f"198.51.100.{n}"}
        answer = program.post("/api/v1/sign-in-links", json={"email": "who@example.jp"}, headers=sent)
    assert answer.status_code == 429
