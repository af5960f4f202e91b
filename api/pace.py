"""A body comes at a pace, however large: who sends a byte now and then holds a connection for seconds, not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from domain.refusal import Refused

BEGIN_SECONDS: Final = 10.0
LEAST_BYTES_A_SECOND: Final = 16 * 1024
"""Less than any line that people use; 20 MB may take twenty minutes."""


async def at_a_pace(body: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The same pieces. Raises Refused `request-too-slow` where, after the first seconds, they come slower than that."""
    now = asyncio.get_running_loop().time
    until = now() + BEGIN_SECONDS
    while True:
        try:
            async with asyncio.timeout(until - now()):
                piece = await anext(body)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Refused("request-too-slow") from None
        until += len(piece) / LEAST_BYTES_A_SECOND
        yield piece
