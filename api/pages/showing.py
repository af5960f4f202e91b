"""What all plain pages share: forms that show a refusal beside what was typed, waiting for what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from litestar import Response

from api import step_up
from api.body import BadField, convert_form
from api.csrf import FIELD
from api.problem import status_of
from api.reading import is_behind
from api.rendering import render
from api.route import Done, Route, see_other
from api.visit import Visit
from domain.refusal import Refused
from marketplace.store.log import Appended, StreamMoved
from marketplace.texts.catalogue import Language, sentence

T = TypeVar("T")


def show(visit: Visit, template: str, **values: Any) -> Response[str]:  # noqa: ANN401  whatever a template names
    """A page; a refusal that stands on the visit gives its status."""
    return render(visit, template, status=visit.status, **values)


def wait_for(visit: Visit, at: int | None, *projections: str) -> None:
    """Wait a moment for what was just done; a page that is still behind says so."""
    visit.updating = is_behind(visit, at, *projections)


def carry_out(
    visit: Visit,
    act: Callable[[], Appended | Done | int | None],
    *,
    then: str,
    again: Callable[[], Response[str]],
    stands_at: str = "",
) -> Response[str]:
    """Do what a form asks: 303 to `then`, or the page `again` with the refusal and what was typed; nothing was done.

    What asks for a fresh proof (`api.step_up`) leads there first, and then back to the page where the form stands
    (`then`, unless `stands_at` says another); it is not sent again by itself.
    """
    try:
        answer = act()
    except (Refused, BadField, StreamMoved) as error:
        if isinstance(error, Refused) and error.code == step_up.NEEDED: return see_other(visit, step_up.way(stands_at or then))
        visit.status, visit.refused = _told(error, visit.language)
        visit.back, visit.faulty = then, _field(error) if isinstance(error, BadField) else ""
        return again()
    position = answer if isinstance(answer, int) or answer is None else answer.position
    if position is None: return see_other(visit, then)
    path, found, anchor = then.partition("#")
    return see_other(visit, f"{path}{'&' if '?' in path else '?'}at={position}{found}{anchor}")


def same(handler: Route) -> Callable[..., Any]:
    """What the API does behind a route: the page shows and asks the very same. The page's own route has the policy."""
    return handler.fn


def filled(visit: Visit, kind: type[T]) -> T:
    """The form as `kind`; an input that was left empty was not filled in. Raises as `Visit.form`."""
    given = {
        name: kept
        for name, values in visit.fields.items()
        if name not in {FIELD, "key"} and (kept := [value for value in values if value.strip()])
    }
    return convert_form(given, kind)


def _told(error: Refused | BadField | StreamMoved, language: Language) -> tuple[int, str]:
    match error:
        case Refused():
            return status_of(error.code), sentence(error.code, language, dict(error.values))
        case BadField():
            return status_of("field-wrong"), sentence("field-wrong", language, {"path": _field(error)})
        case _:
            return status_of("try-again"), sentence("try-again", language, {})


def _field(error: BadField) -> str:
    """The input's own name: where one is missing only the validator's sentence has it."""
    named = error.said.rpartition("field `")[2].rstrip("`") if "field `" in error.said else error.path
    return named.removeprefix("$.")
