"""A refusal: the rule's stable code and the values its sentence needs. The sentences are in the message catalogue."""

from __future__ import annotations

from datetime import date, datetime

Value = str | int | date | datetime


class Refused(Exception):
    """A command was understood and is not allowed. `code` is public and stable; `values` fill its sentence."""

    def __init__(self, code: str, /, **values: Value) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def __str__(self) -> str:
        return f"{self.code} {self.values}" if self.values else self.code
