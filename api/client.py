"""From which address somebody knocks: the connection's, or what proxies that we trust say of it."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from litestar import Request

from marketplace.run.settings import Network


def of(request: Request[Any, Any, Any]) -> str:
    """The client's address, for rate limits. Without a trusted proxy in front, what a header says counts for nothing."""
    peer = request.client.host if request.client else ""
    trusted: tuple[Network, ...] = request.app.state.house.settings.trusted_proxies
    return behind(peer, ",".join(request.headers.getall("x-forwarded-for", [])), trusted) if trusted else peer


def behind(peer: str, forwarded: str, trusted: tuple[Network, ...]) -> str:
    """The last address that is no trusted proxy: what stands before it, anybody may have written."""
    said = [each.strip() for each in forwarded.split(",") if each.strip()]
    address = peer
    while said and _is_trusted(address, trusted):
        address = said.pop()
    return address[:200]


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    try:
        return any(ip_address(address) in network for network in trusted)
    except ValueError:
        return False
