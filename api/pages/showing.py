"""What all plain pages share: forms that show a refusal beside what was typed, waiting for what was done, and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from litestar import Response

from api.body import BadField, convert_form
from api.csrf import FIELD
from api.problem import status_of
from api.reading import is_behind
from api.rendering import render
from api.route import Done, Route, see_other
from api.visit import Visit
from domain import vocabulary
from domain.calendar import JST, jst_date
from domain.refusal import Refused
from domain.vocabulary import Kind
from marketplace.messages import templates
from marketplace.store.log import Appended, StreamMoved
from marketplace.texts.catalogue import Language, page_text, sentence

T = TypeVar("T")


def show(visit: Visit, template: str, **values: Any) -> Response[str]:  # noqa: ANN401  whatever a template names
    """A page with the helpers of `parts.html`; a refusal that stands on the visit gives its status."""
    language = visit.language
    helpers = {
        "word": partial(word, language),
        "code": partial(code, language),
        "choices": partial(choices, language),
        "yen": yen,
        "day": partial(day, language),
        "until": partial(templates.until, language=language),
        "moment": partial(moment, language),
        "percent": percent,
        "today": jst_date(visit.now),
    }
    return render(visit, template, status=visit.status, **{**helpers, **values})


def wait_for(visit: Visit, at: int | None, *projections: str) -> None:
    """Wait a moment for what was just done; a page that is still behind says so."""
    visit.updating = is_behind(visit, at, *projections)


def carry_out(
    visit: Visit, act: Callable[[], Appended | Done | int | None], *, then: str, again: Callable[[], Response[str]]
) -> Response[str]:
    """Do what a form asks: 303 to `then`, or the page `again` with the refusal and what was typed; nothing was done."""
    try:
        answer = act()
    except (Refused, BadField, StreamMoved) as error:
        visit.status, visit.refused = _told(error, visit.language)
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


def word(language: Language, prefix: str, of: object) -> str:
    """The text of one value of a list of ours, such as a status. Raises KeyError for one without a text."""
    return page_text(f"{prefix}-{of}", language, {})


def code(language: Language, *codes: str) -> str:
    """The labels of codes of the vocabulary; a dash where nothing is said."""
    between = "、" if language == "ja" else ", "
    return between.join(vocabulary.label(each, language) if vocabulary.kind_of(each) else each for each in codes if each) or "—"


def choices(language: Language, kind: str) -> list[tuple[str, str]]:
    """Code and label of one list, in the order in which a form offers it."""
    return [(term.code, term.ja if language == "ja" else term.en) for term in vocabulary.terms(Kind(kind))]


def yen(amount_yen: int | None) -> str:
    """¥1,234,567, with the sign in front."""
    if amount_yen is None: return "—"
    return f"{'−' if amount_yen < 0 else ''}¥{abs(amount_yen):,}"


def percent(bps: int) -> str:
    """Basis points as people read them: 3000 is 30%."""
    return f"{bps / 100:g}%"


def day(language: Language, on: date | None) -> str:
    """A business date with its weekday; a dash for none."""
    return "—" if on is None else templates.day(on, language)


def moment(language: Language, at: datetime | None) -> str:
    """A moment in Japan's time, to the minute; a dash for none."""
    if at is None: return "—"
    local = at.astimezone(JST)
    return f"{templates.day(local.date(), language)} {local:%H:%M}"


def called(visit: Visit, names: Mapping[UUID, tuple[str, str]], company: UUID) -> str:
    """A company by its name in the reader's language, as it was written."""
    name, name_en = names.get(company, ("", ""))
    return (name_en or name) if visit.language == "en" else name
