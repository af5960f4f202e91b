"""Bodies, read strictly: what is malformed in whatever way is refused here with a 4xx, before anything else sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

import msgspec

from api.text_types import MOST_INTEGER, clean
from domain.refusal import Refused

DEPTH_MOST = 32
FORM_FIELDS_MOST = 500
MOST_BYTES = 256 * 1024

T = TypeVar("T")


class BadField(Exception):  # an answer to the client, not an error of the program
    """A field is not as its type says; `path` leads to it (`$.items[0].code`), `said` is the validator's English."""

    def __init__(self, path: str, said: str) -> None:
        super().__init__(path)
        self.path, self.said = path, said


def is_json(content_type: str) -> bool:
    """`application/json`, with no charset but UTF-8."""
    name, _, rest = content_type.partition(";")
    return name.strip().lower() == "application/json" and rest.strip().lower().replace('"', "") in {"", "charset=utf-8"}


def is_form(content_type: str) -> bool:
    """`application/x-www-form-urlencoded`, with no charset but UTF-8."""
    name, _, rest = content_type.partition(";")
    return name.strip().lower() == "application/x-www-form-urlencoded" and rest.strip().lower() in {"", "charset=utf-8"}


def read_json(body: bytes, kind: type[T]) -> T:
    """The body as `kind`.

    Raises BadField, and Refused `body-not-json`, `body-too-deep`, `field-twice`, `number-too-large`.
    """
    return convert(_tree(body), kind)


def convert(tree: Any, kind: type[T], *, strict: bool = True) -> T:  # noqa: ANN401  decoded JSON is Any
    """A decoded value as `kind`. Raises BadField."""
    try:
        return msgspec.convert(tree, kind, strict=strict)
    except msgspec.ValidationError as error:
        said, _, path = str(error).partition(" - at `")
        raise BadField(path.removesuffix("`") or "$", said) from None


def read_form(body: bytes) -> dict[str, list[str]]:
    """A form's fields, each with all its values. Raises BadField, and Refused `body-not-a-form`."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=FORM_FIELDS_MOST,
        )
    except ValueError:
        raise Refused("body-not-a-form") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(_text(name, "$"), []).append(_text(value, name))
    return fields


def convert_form(fields: Mapping[str, list[str]], kind: type[T]) -> T:
    """A form as `kind`: several values where its field takes several. Raises BadField, and Refused `field-twice`."""
    shape = msgspec.inspect.type_info(kind)
    if not isinstance(shape, msgspec.inspect.StructType): raise TypeError(kind)
    several = {field.encode_name for field in shape.fields if isinstance(field.type, msgspec.inspect.CollectionType)}
    return convert({name: v if name in several else _only(v) for name, v in fields.items()}, kind, strict=False)


def _only(values: list[str]) -> str:
    if len(values) != 1: raise Refused("field-twice")
    return values[0]


def _tree(body: bytes) -> Any:  # noqa: ANN401  decoded JSON is Any
    try:
        tree = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_refuse_constant,
        )
    except RecursionError:
        raise Refused("body-too-deep", most=DEPTH_MOST) from None
    except ValueError:
        raise Refused("body-not-json") from None
    return _walked(tree, "$", 0)


def _walked(value: Any, path: str, depth: int) -> Any:  # noqa: ANN401  decoded JSON is Any
    """The same with every text in form C. What is too deep is refused before the walk gets there."""
    if depth > DEPTH_MOST: raise Refused("body-too-deep", most=DEPTH_MOST)
    if isinstance(value, str): return _text(value, path)
    if isinstance(value, list): return [_walked(item, f"{path}[{n}]", depth + 1) for n, item in enumerate(value)]
    if isinstance(value, dict):
        return {_text(name, path): _walked(item, f"{path}.{name}", depth + 1) for name, item in value.items()}
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs): raise Refused("field-twice")
    return found


def _integer(digits: str) -> int:
    if len(digits) > len(str(MOST_INTEGER)) + 1 or abs(int(digits)) > MOST_INTEGER: raise Refused("number-too-large")
    return int(digits)


def _number(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}: raise Refused("number-too-large")
    return number


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError


def _text(value: str, path: str) -> str:
    cleaned = clean(value)
    if cleaned is None: raise BadField(_printable(path), "Text holds a character that is not allowed")
    return cleaned


def _printable(path: str) -> str:
    return path.encode("ascii", "backslashreplace").decode()[:200]
