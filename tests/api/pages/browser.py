"""A browser without JavaScript: it reads a page's forms and sends one of them with what it holds, as a person would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
from litestar import Litestar
from litestar.testing import TestClient

SITE = "http://127.0.0.1:8000"
Fields = dict[str, list[str]]


@dataclass
class Form:
    """One form of a page, with what its inputs hold."""

    action: str
    method: str
    multipart: bool
    fields: Fields = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)
    """Where its further buttons send it (`formaction`)."""
    texts: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """What a test asks of a page: its forms, its ids, and what labels belong to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.forms: list[Form] = []
        self.inputs: list[dict[str, str]] = []
        self.labelled: set[str] = set()
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.scripts: list[str] = []
        self.attributes: set[str] = set()
        self.lang = ""
        self._open: Form | None = None
        self._select = ""
        self._area = ""
        self._in_label = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes |= set(held)
        if "id" in held: self.ids.append(held["id"])
        if tag == "html": self.lang = held.get("lang", "")
        if tag == "script": self.scripts.append(held.get("src", ""))
        if tag == "a": self.links.append(held.get("href", ""))
        if tag == "label":
            self._in_label += 1
            self.labelled.add(held.get("for", ""))
        if tag == "form":
            multipart = held.get("enctype") == "multipart/form-data"
            self._open = Form(held["action"], held.get("method", "get"), multipart)
            self.forms.append(self._open)
        if tag in {"input", "select", "textarea"} and held.get("type") != "hidden":
            self.inputs.append({**held, "inside": "label" if self._in_label else ""})
        if self._open is not None: self._field(tag, held)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form": self._open = None
        if tag == "label": self._in_label -= 1
        if tag == "select": self._select = ""
        if tag == "textarea": self._area = ""

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area:
            self._open.fields[self._area] = [data.removeprefix("\n")]

    def _field(self, tag: str, held: dict[str, str]) -> None:
        form = self._open
        assert form is not None
        name = held.get("name", "")
        if tag == "input" and held.get("type") in {"checkbox", "radio"}:
            if "checked" in held: form.fields.setdefault(name, []).append(held.get("value", "on"))
        elif tag == "input" and held.get("type") != "file":
            form.fields.setdefault(name, []).append(held.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in held or self._select not in form.fields:
                form.fields[self._select] = [held.get("value", "")]
        elif tag == "textarea":
            self._area = name
            form.fields[name] = [""]
        elif tag == "button":
            if "formaction" in held: form.elsewhere.append(held["formaction"])
            elif name: form.texts.append(f"{name}={held.get('value', '')}")


class Browser:
    """Cookies of one's own, and a language."""

    def __init__(self, app: Litestar, language: str = "ja") -> None:
        self.client = TestClient(app, base_url=SITE, raise_server_exceptions=True)
        self.client.headers["Accept-Language"] = language
        self.client.follow_redirects = False

    def get(self, path: str) -> Page:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        assert "no-store" in answer.headers["cache-control"], path
        return Page(answer.text)

    def status(self, path: str) -> int:
        return self.client.get(path).status_code

    def send(self, path: str, to: str, *, file: tuple[str, bytes] | None = None, **changes: Any) -> httpx.Response:
        """Fill the form of `path` that leads to `to`, and press its button. Values may be lists; None leaves one out."""
        page = self.get(path)
        sending = [each for each in page.forms if each.method == "post"]
        form = next((each for each in sending if to == each.action or to in each.elsewhere), None)
        assert form is not None, (to, [each.action for each in page.forms])
        fields = {**form.fields, **{name: _listed(value) for name, value in changes.items()}}
        one_button = [text.partition("=")[::2] for text in form.texts]
        if len(one_button) == 1: fields.setdefault(one_button[0][0], [one_button[0][1]])
        headers = {"Origin": SITE, "Sec-Fetch-Site": "same-origin"}
        if file is None: return self.client.post(to, data=fields, headers=headers)
        assert form.multipart
        return self.client.post(to, data=fields, files={"file": file}, headers=headers)

    def do(self, path: str, to: str, **changes: Any) -> str:
        """The same, and it was done; answers where the browser goes next."""
        answer = self.send(path, to, **changes)
        assert answer.status_code == 303, (to, answer.status_code, answer.text)
        return answer.headers["location"].partition("?at=")[0]

    def answer_to(self, shown: httpx.Response, to: str, **changes: Any) -> httpx.Response:
        """Send the form that leads to `to` on a page that a form was answered with."""
        form = next(each for each in Page(shown.text).forms if each.action == to)
        fields = {**form.fields, **{name: _listed(value) for name, value in changes.items()}}
        return self.client.post(to, data=fields, headers={"Origin": SITE, "Sec-Fetch-Site": "same-origin"})

    def go_on(self, shown: httpx.Response, to: str, **changes: Any) -> str:
        """The same, and it was done; answers where the browser goes next."""
        answer = self.answer_to(shown, to, **changes)
        assert answer.status_code == 303, (to, answer.status_code, answer.text)
        return answer.headers["location"].partition("?at=")[0]


def _listed(value: Any) -> list[str]:
    if value is None: return []
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]
