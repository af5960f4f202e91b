"""What the ledger says that Stripe holds is what Stripe says that it holds, to the yen."""

from __future__ import annotations

from marketplace.run.check.invariant import Answer, Context, Invariant, found, skipped

NAME = "paid-equals-stripe"


def check(context: Context) -> Answer:
    """The difference, if there is one."""
    if context.difference_yen is None:
        return skipped(NAME, "no-stripe")
    difference = context.difference_yen()
    return found(NAME, "differs", "clearing", yen=f"{difference:+,}") if difference else None


INVARIANT = Invariant(name=NAME, check=check)
