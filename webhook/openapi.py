"""The description of the HTTP API for integrators (OpenAPI 3.1), made of the same table that is served. Pure."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter

from webhook.answers import Failure, Health
from webhook.console_routes import BASE, ConsoleRoute
from webhook.errors import HubError
from webhook.schemas import Nothing

_REFS = "#/components/schemas/{model}"
_ABOUT = """What the console uses, and what programs may read.

Programs send an API token (`handraise token add`, or the console under People): `Authorization: Bearer hr_…`. It is good for the `GET`
routes that list `token` below, within its scopes. People have a session cookie; whatever is not a `GET` then also needs the `csrf` of
`login` or `me` as `X-CSRF-Token`, `Content-Type: application/json`, and an `Origin` of the console."""

Json = dict[str, Any]


def description(routes: Iterable[ConsoleRoute[Any]], *, url: str, version: str, cookie: str) -> Json:
    """The whole document. ``url`` is the hub's public address, ``cookie`` the name of the session cookie there."""
    schemas = _Schemas()
    refused = {"description": "What is wrong, in one shape.", "content": _content(schemas.of(Failure))}
    paths: Json = {"/health": {"get": _health(schemas)}}
    for route in routes:
        paths.setdefault(BASE + route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Handraise",
            "version": version,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url}],
        "paths": paths,
        "components": {
            "schemas": schemas.all(),
            "responses": {"Refused": refused},
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "Set by `login`."},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "The `csrf` of `login` or `me`."},
                "token": {"type": "http", "scheme": "bearer", "description": "An API token with the scope that the operation names."},
            },
        },
    }


class _Schemas:
    """Collects the schemas of all types under their names, each once."""

    def __init__(self) -> None:
        self._found: Json = {}

    def of(self, kind: Any) -> Json:
        """A reference to the schema of a type."""
        schema = TypeAdapter(kind).json_schema(ref_template=_REFS)
        self._found |= schema.pop("$defs", {})
        if kind is Failure:
            self._found["ErrorBody"]["properties"]["code"]["enum"] = sorted(set(_codes(HubError)))
        if "properties" not in schema:
            return schema
        self._found[kind.__name__] = schema
        return {"$ref": _REFS.format(model=kind.__name__)}

    def all(self) -> Json:
        """By name."""
        return dict(sorted(self._found.items()))


def _codes(kind: type[HubError]) -> Iterator[str]:
    """Every code that an error can have."""
    yield kind.code
    for below in kind.__subclasses__():
        yield from _codes(below)


def _operation(route: ConsoleRoute[Any], schemas: _Schemas) -> Json:
    summary, _, more = (inspect.getdoc(route.handler) or "").partition("\n")
    found: Json = {
        "operationId": _name(route),
        "summary": summary,
        "description": " ".join([*([f"Permission: `{route.may}`."] if route.may else []), *more.split("\n\nRaises")[0].split()]),
        "security": _security(route),
        "responses": {str(route.status): _success(route, schemas), "default": {"$ref": "#/components/responses/Refused"}},
    }
    parameters = [_path_id(name) for name in re.findall(r"{(\w+)}", route.path)]
    if route.changes:
        found["requestBody"] = {"required": True, "content": _content(schemas.of(route.takes))}
    else:
        parameters += _query(route)
    return found | ({"parameters": parameters} if parameters else {})


def _name(route: ConsoleRoute[Any]) -> str:
    """`getLeadsId`: the method and the words of the path."""
    return route.method.lower() + "".join(word.title() for word in re.findall(r"[a-z]+", route.path))


def _security(route: ConsoleRoute[Any]) -> list[Json]:
    if route.may is None:
        return []
    session: Json = {"session": [], "csrf": []} if route.changes else {"session": []}
    return [session, {"token": [str(route.may)]}] if route.for_programs else [session]


def _success(route: ConsoleRoute[Any], schemas: _Schemas) -> Json:
    if route.gives is not None:
        return {"description": _words(route.gives), "content": _content(schemas.of(route.gives))}
    if route.status == 302:
        return {"description": "Go there.", "headers": {"Location": {"schema": {"type": "string"}}}}
    return {"description": "A file.", "content": {kind: {"schema": {"type": "string"}} for kind in route.media}}


def _words(kind: Any) -> str:
    """What a type of ours says of itself."""
    return inspect.getdoc(kind) or "" if isinstance(kind, type) and kind.__module__ == Failure.__module__ else "An object."


def _path_id(name: str) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}}


def _query(route: ConsoleRoute[Any]) -> list[Json]:
    """One parameter for each field; whatever is left out or empty counts as not said."""
    properties: Json = {} if route.takes is Nothing else route.takes.model_json_schema()["properties"]
    return [{"name": name, "in": "query", "required": False, "schema": _said(one)} for name, one in properties.items()]


def _said(schema: Json) -> Json:
    """A query cannot say null."""
    kinds = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    plain = {key: value for key, value in schema.items() if key not in ("anyOf", "title") and (key, value) != ("default", None)}
    return plain | (kinds[0] if len(kinds) == 1 else {})


def _health(schemas: _Schemas) -> Json:
    body = {"description": inspect.getdoc(Health), "content": _content(schemas.of(Health))}
    responses = {"200": body, "503": body}
    return {"operationId": "getHealth", "summary": inspect.getdoc(Health), "security": [], "responses": responses}


def _content(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}
