"""Checks values against the schemas of web/api/openapi.yaml: the part of JSON Schema 2020-12 that the
file uses.

A schema with a keyword that this checker does not know is an error, not a pass: nothing is silently
unchecked.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import yaml

_TYPES = {"string": str, "boolean": bool, "array": list, "object": dict, "null": type(None)}
_KNOWN = {
    "$ref",
    "type",
    "required",
    "properties",
    "additionalProperties",
    "enum",
    "const",
    "pattern",
    "items",
    "oneOf",
    "anyOf",
    "allOf",
    "format",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "description",
    "default",
    "examples",
    "example",
    "title",
    "contentMediaType",
    "propertyNames",
    "nullable",
    "readOnly",
    "deprecated",
}
_FORMATS = {
    "date": lambda t: bool(date.fromisoformat(t)) and len(t) == 10,
    "date-time": lambda t: "T" in t
    and datetime.fromisoformat(t.replace("Z", "+00:00")).tzinfo is not None,
}


class Document:
    """An OpenAPI 3.1 document."""

    def __init__(self, document: dict):
        self.document = document

    @staticmethod
    def of_file(path: Path) -> Document:
        return Document(yaml.safe_load(path.read_text("utf-8")))

    def operations(self):
        """(method, path template, operation) of all paths."""
        for template, item in self.document["paths"].items():
            for method in ("get", "put", "post", "delete", "patch"):
                if method in item:
                    yield method.upper(), template, item[method]

    def operation(self, method: str, target: str) -> dict | None:
        """The operation that a request with this target reaches; a path without parameters wins."""
        path = urlsplit(target).path
        best = None
        for its_method, template, operation in self.operations():
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
            if (
                its_method == method
                and re.fullmatch(pattern, path)
                and (best is None or "{" not in template)
            ):
                best = operation
        return best

    def answer_faults(
        self, method: str, target: str, status: int, content_type: str, value
    ) -> list[str]:
        """What is wrong with an answer; `value` is its JSON, or None when it is not JSON."""
        operation = self.operation(method, target)
        if operation is None:
            return [f"{method} {target}: no such operation in the document"]
        response = self.resolve(
            operation["responses"].get(str(status)) or operation["responses"].get("default")
        )
        if response is None:
            return [f"{method} {target}: status {status} is not in the document"]
        content = response.get("content")
        if not content:
            return (
                []
                if value is None
                else [f"{method} {target}: {status} has a body, the document has none"]
            )
        media = content_type.split(";")[0].strip().lower()
        if media not in content:
            return [f"{method} {target}: {status} is '{media}', the document has {sorted(content)}"]
        if not media.endswith("json"):
            return []
        schema = content[media]["schema"]
        return self.faults(schema, value, "$") + self.unnamed([schema], value, "$")

    def resolve(self, value):
        while isinstance(value, dict) and "$ref" in value:
            found = self.document
            for part in value["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            value = found
        return value

    def faults(self, schema, value, where: str = "$") -> list[str]:
        """Every place at which `value` is not as the schema says."""
        if schema is True:
            return []
        if unknown := [k for k in schema if k not in _KNOWN and not k.startswith("x-")]:
            return [f"{where}: the checker does not know {unknown}"]
        found: list[str] = []
        if "$ref" in schema:
            found += self.faults(self.resolve({"$ref": schema["$ref"]}), value, where)
        found += self._type(schema, value, where)
        if found:
            return found
        found += self._choices(schema, value, where)
        if isinstance(value, str):
            found += _string(schema, value, where)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found += _bounds(schema, value, "minimum", "maximum", value, where)
        elif isinstance(value, list):
            found += _bounds(
                schema, len(value), "minItems", "maxItems", f"{len(value)} items", where
            )
            for i, item in enumerate(value):
                found += self.faults(schema.get("items", True), item, f"{where}[{i}]")
        elif isinstance(value, dict):
            found += self._object(schema, value, where)
        return found

    def unnamed(self, schemas: list, value, where: str = "$") -> list[str]:
        """Members of `value` that no schema names. A reader ignores them, so they are no fault of
        the answer; the document has to learn them.
        """
        parts = [part for schema in schemas for part in self._parts(schema)]
        found: list[str] = []
        if isinstance(value, list):
            items = [part["items"] for part in parts if "items" in part]
            for i, item in enumerate(value):
                found += self.unnamed(items, item, f"{where}[{i}]")
        if not isinstance(value, dict) or not any("properties" in part for part in parts):
            return found
        for name, item in value.items():
            named = [
                part["properties"][name] for part in parts if name in part.get("properties", {})
            ]
            if not named:
                found.append(f"{where}.{name} is not in the document")
            found += self.unnamed(named, item, f"{where}.{name}")
        return found

    def _parts(self, schema) -> list[dict]:
        """A schema and all that it is put together from."""
        schema = self.resolve(schema)
        if not isinstance(schema, dict):
            return []
        inner = [p for k in ("allOf", "oneOf", "anyOf") for p in schema.get(k, [])]
        return [schema, *(part for each in inner for part in self._parts(each))]

    def _type(self, schema: dict, value, where: str) -> list[str]:
        names = schema.get("type", [])
        names = [names] if isinstance(names, str) else names
        if not names or any(_is(name, value) for name in names):
            return []
        return [f"{where}: {_short(value)} is not {' or '.join(names)}"]

    def _choices(self, schema: dict, value, where: str) -> list[str]:
        found: list[str] = []
        if "enum" in schema and not any(_same(value, v) for v in schema["enum"]):
            found.append(f"{where}: {_short(value)} is none of {schema['enum']}")
        if "const" in schema and not _same(value, schema["const"]):
            found.append(f"{where}: {_short(value)} is not {schema['const']}")
        for part in schema.get("allOf", []):
            found += self.faults(part, value, where)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                tried = [self.faults(part, value, where) for part in schema[keyword]]
                fits = sum(not t for t in tried)
                if fits == 0:
                    found.append(f"{where}: fits no branch of {keyword}: {min(tried, key=len)}")
                elif keyword == "oneOf" and fits > 1:
                    found.append(f"{where}: fits {fits} branches of oneOf")
        return found

    def _object(self, schema: dict, value: dict, where: str) -> list[str]:
        found = [
            f"{where}: {name} is missing"
            for name in schema.get("required", [])
            if name not in value
        ]
        properties = schema.get("properties", {})
        rest = schema.get("additionalProperties", True)
        for name, item in value.items():
            if name in properties:
                found += self.faults(properties[name], item, f"{where}.{name}")
            elif rest is False:
                found.append(f"{where}: {name} is not expected")
            else:
                found += self.faults(rest, item, f"{where}.{name}")
            if "propertyNames" in schema:
                found += self.faults(schema["propertyNames"], name, f"{where} (the name {name})")
        return found


def _is(name: str, value) -> bool:
    if name == "integer":
        return (
            isinstance(value, int)
            and not isinstance(value, bool)
            or isinstance(value, float)
            and value.is_integer()
        )
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, _TYPES[name])


def _same(a, b) -> bool:
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _string(schema: dict, value: str, where: str) -> list[str]:
    found = _bounds(schema, len(value), "minLength", "maxLength", f"{len(value)} characters", where)
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{where}: {_short(value)} does not match {schema['pattern']}")
    check = _FORMATS.get(schema.get("format", ""))
    if check:
        try:
            good = check(value)
        except ValueError:
            good = False
        if not good:
            found.append(f"{where}: {_short(value)} is no {schema['format']}")
    elif "format" in schema:
        found.append(f"{where}: the checker does not know the format {schema['format']}")
    return found


def _bounds(schema: dict, value, low: str, high: str, shown, where: str) -> list[str]:
    found = []
    if low in schema and value < schema[low]:
        found.append(f"{where}: {shown} is below {low} {schema[low]}")
    if high in schema and value > schema[high]:
        found.append(f"{where}: {shown} is above {high} {schema[high]}")
    return found


def _short(value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
