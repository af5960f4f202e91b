"""Pages from templates: strict about what they name, escaped, in the visit's language."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from uuid import uuid4

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response
from markupsafe import Markup, escape

from api.assets import HTMX, asset, integrity, styles
from api.charts import pictures
from api.csrf import FIELD
from api.menu import menu
from api.visit import Visit
from api.wording import helpers
from domain.calendar import jst_date
from marketplace.texts.catalogue import Language
from marketplace.texts.translation import translations

_URL = re.compile(r"https?://[^\s<>\"']+")


def linked(text: str, site: str) -> Markup:
    """Text with the links into our own site made clickable, and no others."""
    parts, last = [], 0
    for found in _URL.finditer(text):
        parts.append(escape(text[last : found.start()]))
        url = found.group()
        own = url == site or url.startswith(f"{site}/")
        parts.append(Markup('<a href="{0}">{0}</a>').format(url) if own else escape(url))
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])


def _environment(language: Language) -> Environment:
    made = Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # the extension brings it
    made.filters["linked"] = linked
    shared = {"language": language, "asset": asset, "styles": styles, "htmx": HTMX, "integrity": integrity}
    made.globals |= {**helpers(language), **pictures(language), **shared}
    return made


@cache
def environment(language: Language) -> Environment:
    """The templates in one language: `_()`, and the helpers of `api.wording` and `api.charts`."""
    return _environment(language)


def render(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response[str]:  # noqa: ANN401  whatever a template names
    """A page. Templates see `visit`, `_()`, the helpers and `form_fields()` besides `values`."""

    def form_fields() -> Markup:
        """The hidden fields of every form: the token, and the key under which a double click has one effect."""
        hidden = Markup('<input type="hidden" name="{}" value="{}">')
        return hidden.format(FIELD, visit.csrf_token) + hidden.format("key", uuid4())

    text = environment(visit.language).get_template(template).render(
        visit=visit,
        menu=menu(visit.actor, visit.path),
        today=jst_date(visit.now),
        form_fields=form_fields,
        **values,
    )
    cookies = list({cookie.key: cookie for cookie in visit.cookies}.values())
    headers = {"Content-Language": visit.language, "Vary": "Accept-Language, Cookie"}
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=headers, cookies=cookies)


def error_page(language: Language, *, status: int, said: str, told: str | None) -> str:
    """A refusal as a page: no form, no name, the same for everybody who is refused the same."""
    return environment(language).get_template("problem.html").render(status=status, said=said, told=told)
