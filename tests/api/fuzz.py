"""Requests made by chance from the OpenAPI document: nearly right, wrong in one place, or not JSON at all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

METHODS = ("get", "post")
TEXTS = (
    "データ分析", "𠮷野 葵", "own-wish", "osaka", "data-analyst", "sql", "email", "list", "ja", "v1", "aoi@mail.example",
    "admin@hiring.example", "6010001000001", "9010001000006",
    "13-ユ-300001", "T6010001000001", "2027-04-05", "2030-01-01",
    "revenue", "offer", "interview", "cash", "credit", "not-hired",
    "application-notice", "A" * 43, "'; DROP TABLE gate; --",
    "<script>alert(1)</script>",
    "../../etc/passwd", "%s{0}", "\u202e", "e\u0301", "ﷺ" * 80,
)  # fmt: skip
HOSTILE: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**53 - 1, 2**53, 2**63, 10**400, 1e308, 0.5,
    "", " ", "\x00", "\ud800", "\ufffe", "x" * 5_000,
    "あ" * 201, [], {}, [[[]]], {"a": {"b": {}}}, "0001-01-01", "9999-12-31",
    "2027-02-30", "10000-01-01", "NaN", [None], ["x"] * 1_000,
)  # fmt: skip
RAW: tuple[bytes, ...] = (
    b"", b"{", b"null", b"[]", b'"x"', b"NaN", b"Infinity", b"1e999",
    b"\xff\xfe", b'{"a":"\xff"}', b'{"a":1,"a":2}', b"{}{}", b"\x00",
    b'{"a":"\\ud800"}', b'{"\\u0000":1}', b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"1" * 5_000, b"\xef\xbb\xbf{}",
    b"x" * 300_000, b"PK\x05\x06" + bytes(18), b"--x\r\n",
)  # fmt: skip
HEADERS: tuple[dict[str, str], ...] = (
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/json; charset=utf-16"}, {"Content-Type": "multipart/form-data"},
    {"Content-Encoding": "gzip"}, {"Origin": "https://elsewhere.example"},
    {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
    {"Idempotency-Key": "short"}, {"Idempotency-Key": "x" * 500},
    {"If-Match": '"999"'}, {"If-Match": "*"}, {"If-Match": '"' + "9" * 30 + '"'},
    {"Authorization": "Bearer " + "A" * 43}, {"Authorization": "Basic x"},
    {"Authorization": "Bearer rk_" + "x" * 60}, {"Accept-Language": "x" * 200},
)  # fmt: skip
DATES = ("2027-04-05", "2027-05-06", "2026-01-01", "2029-12-31", "9999-12-31", "0001-01-01")
QUERY_TEXTS = ("", "0", "-1", "99999999999999999999", "%00", "%ff",
    "%F0%9F", "x" * 300, "null", "2", "true", "[]", "a&a=b", "%ED%A0%80")


@dataclass(frozen=True)
class Operation:
    """One method of one path of the document."""

    method: str
    path: str
    said: dict[str, Any]

    def parameters(self, where: str) -> list[dict[str, Any]]:
        return [each for each in self.said.get("parameters", []) if each["in"] == where]


@dataclass(frozen=True)
class Asked:
    """A request as it is sent."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None

    def __str__(self) -> str:
        return f"{self.method} {self.url[:300]} {self.headers} {(self.content or b'')[:400]!r}"


def operations(document: dict[str, Any]) -> list[Operation]:
    """Every operation of the document."""
    return [
        Operation(method, path, said)
        for path, several in document["paths"].items()
        for method, said in several.items()
        if method in METHODS
    ]


@dataclass
class Maker:
    """Makes requests; the same seed makes the same ones."""

    document: dict[str, Any]
    ids: Mapping[str, Sequence[UUID]]
    """What there is, by the name under which requests speak of it."""
    random: Random

    def request(self, operation: Operation) -> Asked:
        """A request of this operation: one in three as the document has it, the others wrong somewhere."""
        chance, url = self.random, operation.path
        for each in operation.parameters("path"):
            url = url.replace("{" + each["name"] + "}", self._path_value(each["name"]))
        if query := "&".join(f"{each['name']}={self._query_value(each)}" for each in self._some(operation.parameters("query"))):
            url += f"?{query}"
        headers = {"Origin": "http://127.0.0.1:8000"}
        if operation.method == "get":
            return Asked("GET", url, headers | (chance.choice(HEADERS) if chance.random() < 0.1 else {}), None)
        headers |= {"Idempotency-Key": self._key(), "Content-Type": "application/json"}
        if chance.random() < 0.7: headers["If-Match"] = f'"{chance.randrange(4)}"'
        if chance.random() < 0.15: headers |= chance.choice(HEADERS)
        return Asked("POST", url, headers, self._content(operation))

    def _content(self, operation: Operation) -> bytes:
        content = operation.said.get("requestBody", {}).get("content", {})
        if "application/json" not in content: return self.random.choice((b"", b"{}", *RAW))
        if self.random.random() < 0.15: return self.random.choice(RAW)
        body = self.value(content["application/json"]["schema"], "")
        if isinstance(body, dict) and self.random.random() < 0.4: self._spoil(body)
        return json.dumps(body).encode()

    def _spoil(self, body: dict[str, Any]) -> None:
        """One thing is wrong: a field missing, one too many, or another value."""
        what = self.random.randrange(4)
        name = self.random.choice([*body, "unheard_of"])
        if what == 0: body.pop(name, None)
        else: body[name if what < 3 else "unheard_of"] = self.random.choice(HOSTILE)

    def value(self, schema: dict[str, Any], name: str) -> Any:
        """Something that the schema allows for the field of this name, or nearly."""
        chance = self.random
        if "$ref" in schema:
            return self.value(self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], name)
        if "const" in schema: return schema["const"]
        if "enum" in schema: return chance.choice(schema["enum"])
        for word in ("oneOf", "anyOf"):
            if word in schema: return self.value(chance.choice(schema[word]), name)
        kind = schema.get("type")
        if isinstance(kind, list): kind = chance.choice(kind)
        match kind:
            case "object": return self._object(schema)
            case "array":
                fewest = schema.get("minItems", 0)
                return [self.value(schema.get("items", {}), name) for _ in range(fewest + chance.randrange(3))]
            case "integer":
                low, high = schema.get("minimum", -3), schema.get("maximum", 10_000_000)
                return chance.choice((low, high, chance.randint(int(low), int(high)), 1, 3))
            case "number": return chance.random()
            case "boolean": return chance.random() < 0.7
            case "null": return None
        return self._text(schema, name)

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        needed = set(schema.get("required", ()))
        properties = schema.get("properties", {})
        return {name: self.value(each, name) for name, each in properties.items() if name in needed or self.random.random() < 0.7}

    def _id(self, name: str) -> str:
        """Three times in four a thing of that name, else anything."""
        fitting = self.ids.get(name) if self.random.random() < 0.75 else None
        return str(self.random.choice(fitting or [each for several in self.ids.values() for each in several]))

    def _text(self, schema: dict[str, Any], name: str) -> str:
        match schema.get("format"):
            case "uuid": return self._id(name)
            case "date": return self.random.choice(DATES)
        most = schema.get("maxLength", 4_000)
        several = (*TEXTS, self._id(name), "x" * most)
        fitting = [each for each in several if re.search(schema.get("pattern", ""), each) and len(each) <= most]
        return self.random.choice(fitting if fitting and self.random.random() < 0.7 else several)

    def _path_value(self, name: str) -> str:
        if self.random.random() < 0.85: return self._id(name)
        return self.random.choice(("0", "x", "%00", "%2e%2e", "A" * 43, str(UUID(int=0)), "%F0%9F", "x" * 400))

    def _query_value(self, parameter: dict[str, Any]) -> str:
        if self.random.random() < 0.4: return self.random.choice(QUERY_TEXTS)
        made = self.value(parameter.get("schema", {}), parameter["name"])
        return "".join(f"%{byte:02x}" for byte in str(made).encode()[:200])

    def _some(self, several: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [each for each in several if self.random.random() < (0.8 if each.get("required") else 0.3)]

    def _key(self) -> str:
        return f"chance-{self.random.randrange(400)}" if self.random.random() < 0.1 else f"key-{self.random.getrandbits(64):x}"
