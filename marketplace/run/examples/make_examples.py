"""Make the example exports anew: `python -m marketplace.run.examples.make_examples`. Nothing in it is random."""

from __future__ import annotations

from marketplace.run.examples import AOZORA, HIDAMARI, MINATO
from marketplace.run.examples.aozora import aozora
from marketplace.run.examples.hidamari import hidamari
from marketplace.run.examples.minato import minato


def main() -> None:
    """Write the three files beside this one."""
    AOZORA.write_bytes(aozora())
    MINATO.write_bytes(minato())
    HIDAMARI.write_bytes(hidamari())


if __name__ == "__main__":
    main()
