"""Somebody in a browser without scripts: reads pages, fills forms, presses buttons, over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from tests.api.pages.browser import Page

if TYPE_CHECKING:
    from marketplace.run.demo.person import Person
    from tests.stories.scenes import Scenes


class Window:
    """One browser. `of` is whose session it has; nobody's where it is None."""

    def __init__(self, scenes: Scenes, of: Person | None = None) -> None:
        self.scenes = scenes
        self.client = scenes.browser()
        self.client.follow_redirects = False
        self.client.headers["Accept-Language"] = "ja"
        if of is not None: self.come_as(of)

    def come_as(self, person: Person) -> None:
        """In a new session of this person, which is a fresh proof too."""
        person.client.cookies.clear()
        person.sign_in()
        token = str(person.client.headers["Authorization"]).removeprefix("Bearer ")
        self.client.cookies.set("relay-session", token)

    def get(self, path: str) -> Page:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[-3000:])
        return Page(answer.text)

    def text(self, path: str) -> str:
        return self.client.get(path).text

    def send(self, path: str, to: str, **changes: Any) -> httpx.Response:
        """Fill the form of `path` that leads to `to`, and press its button."""
        sending = [form for form in self.get(path).forms if form.method == "post"]
        form = next((each for each in sending if to == each.action or to in each.elsewhere), None)
        assert form is not None, (to, [each.action for each in sending])
        given = {name: value if isinstance(value, list) else [str(value)] for name, value in changes.items()}
        fields = {**form.fields, **given}
        buttons = [text.partition("=")[::2] for text in form.texts]
        if buttons: fields.setdefault(buttons[0][0], [buttons[0][1]])
        site = self.scenes.stage.url
        return self.client.post(to, data=fields, headers={"Origin": site, "Sec-Fetch-Site": "same-origin"})

    def press(self, path: str, to: str, **changes: Any) -> str:
        """The same, and it was done; answers where the browser goes next."""
        answer = self.send(path, to, **changes)
        assert answer.status_code == 303, (to, answer.status_code, answer.text[-3000:])
        self.scenes.stage.settle()
        return answer.headers["location"].partition("?at=")[0]
