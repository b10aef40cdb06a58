"""The AsyncAPI 3 and OpenAPI 3.1 documents, made from the very types that validate and encode the messages.

Nothing is described twice: state and session messages come from :mod:`cti.protocol`, events from
:mod:`switch.events`, commands from :mod:`switch.orders`, REST from :mod:`cti.routes`.
"""

import copy
import functools
import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from cti import protocol
from cti.cloudevents import CloudEvent
from cti.described import plain, schemas
from cti.record import OUTCOMES
from cti.routes import ROUTES, Route
from switch.events import KINDS
from switch.orders import ORDERS

SESSION_SAID = [protocol.SessionStart, protocol.SessionRenew, protocol.SessionPing]
SESSION_HEARD = [
    protocol.SessionSnapshot, protocol.SessionResumed, protocol.SessionResync, protocol.SessionTokenExpiring,
    protocol.SessionRenewed, protocol.SessionPong, protocol.Figures, protocol.SessionError, protocol.CommandResult,
    protocol.CommandFailure,
]
KEY = {"type": "string", "maxLength": 100, "description": "Idempotency key: asked again within ten minutes with the "
       "same key, the command is not obeyed again and has the same result."}
_QUERY = {
    "at": ("string", "A moment as people say it (`Sunday 18:05`), or a day; without it: now."),
    "since": ("number", "POSIX seconds: not before"), "until": ("number", "POSIX seconds: before"),
    "limit": ("integer", "How many at most"), "offset": ("integer", "How many to leave out first"),
    "day": ("string", "YYYY-MM-DD"), "from": ("string", "First day, YYYY-MM-DD"), "to": ("string", "Last day"),
    "agent": ("string", "Only what this agent had"), "queue": ("string", "Only this queue"),
    "caller": ("string", "Only this caller"), "contact": ("string", "Only this contact"),
    "ticket": ("string", "What `POST .../ticket` gave, instead of a token"),
    "text": ("string", "A part of number or name; of contacts, of what their agents wrote"),
    "as": ("string", "`txt` = drawn for terminals, `csv` = as a table"),
    "number": ("string", "A part of the caller's or of the dialled number"),
    "outcome": ("string", "How it went: " + ", ".join(OUTCOMES)), "code": ("string", "What an agent said came of it"),
    "time_from": ("string", "Time of day as `08:30`, where the calendar is: not before"),
    "time_to": ("string", "Time of day: before; earlier than `time_from` = over midnight"),
    "shortest": ("number", "Seconds from the offering to the end, at least"), "longest": ("number", "Seconds, at most"),
    "silence_least": ("number", "Part (0 to 1) of the recording in which nobody speaks, at least"),
    "silence_most": ("number", "The same, at most"),
    "cross_talk_least": ("number", "Part (0 to 1) of the recording in which both speak, at least"),
    "cross_talk_most": ("number", "The same, at most"),
    "survey_least": ("number", "What the caller said, 1 to 5, at least"), "survey_most": ("number", "The same, at most"),
    "score_least": ("number", "Mean of its scores, 0 to 100, at least"), "score_most": ("number", "The same, at most"),
    "recorded": ("string", "`yes` = with a recording that is still there, `no` = without"),
    "scored": ("string", "`yes` = somebody has judged it, `no` = nobody has"),
    "points": ("integer", "How many points the picture has at most"),
    "recording": ("string", "What is done with the sound: `attached`, `linked` (the default) or `none`"),
    "preview": ("string", "`1` = only say what would change"),
}


def _version() -> str:
    try:
        return version("shoal")
    except PackageNotFoundError:
        return "0"


def _info(title: str, description: str) -> dict[str, Any]:
    return {"title": title, "version": _version(), "description": description, "license": {"name": "Apache-2.0"}}


@functools.cache
def asyncapi() -> dict[str, Any]:
    """The websocket ``/cti/v1`` and the MQTT export, as seen from the switch: it receives commands and sends events."""
    _, components = schemas([*SESSION_SAID, *SESSION_HEARD, CloudEvent, *KINDS.values(), *ORDERS.values()])
    components = copy.deepcopy(components)
    components |= {f"{kind.__name__}CloudEvent": _event_schema(name, kind) for name, kind in KINDS.items()}
    components |= {f"{kind.__name__}Command": _command_schema(name, kind, components) for name, kind in ORDERS.items()}
    components["Frame"] = {
        "type": "array", "minItems": 1, "description": "Events that happened within one short window, in order.",
        "items": {"oneOf": [_ref(f"{kind.__name__}CloudEvent") for kind in KINDS.values()]},
    }
    said = {kind.__struct_config__.tag: kind.__name__ for kind in SESSION_SAID}
    said |= {name: f"{kind.__name__}Command" for name, kind in ORDERS.items()}
    heard = {kind.__struct_config__.tag or kind.__name__: kind.__name__ for kind in SESSION_HEARD}
    heard["events"] = "Frame"
    events = {name: f"{kind.__name__}CloudEvent" for name, kind in KINDS.items()}
    return {
        "asyncapi": "3.0.0",
        "info": _info("Shoal CTI", "Computer-telephony integration over a websocket, and events over MQTT."),
        "defaultContentType": "application/json",
        "servers": {
            "websocket": {"host": "127.0.0.1:8080", "protocol": "ws"},
            "broker": {"host": "127.0.0.1:1883", "protocol": "mqtt"},
        },
        "channels": _channels([*said, *heard], list(events)),
        "operations": {
            "say": _operation("receive", "cti", said, "What a client says."),
            "hear": _operation("send", "cti", heard, "What a client hears."),
            "export": _operation("send", "mqtt", events, "What the broker is given, one event a message."),
        },
        "components": {"messages": _messages(said | heard | events, components), "schemas": components},
    }


def _channels(websocket: list[str], mqtt: list[str]) -> dict[str, Any]:
    return {
        "cti": {
            "address": "/cti/v1", "servers": [{"$ref": "#/servers/websocket"}],
            "description": f"Websocket, subprotocol {protocol.SUBPROTOCOL}, text messages of at most "
            f"{protocol.MOST_BYTES} bytes.",
            "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in websocket},
        },
        "mqtt": {
            "address": "{prefix}/v1/{group}/{subject}/{type}", "servers": [{"$ref": "#/servers/broker"}],
            "parameters": {
                "prefix": {"description": "As set by operations, shoal by default"},
                "group": {"enum": ["contacts", "agents", "switch"]},
                "subject": {"description": "The contact or the agent; absent in the group switch"},
                "type": {"description": "The type of the event"},
            },
            "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in mqtt},
        },
    }


def _operation(action: str, channel: str, messages: dict[str, str], summary: str) -> dict[str, Any]:
    return {
        "action": action, "summary": summary, "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
    }


def _messages(names: dict[str, str], components: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {
            "name": name, "payload": _ref(schema),
            **({"description": text} if (text := components[schema].get("description")) else {}),
        }
        for name, schema in names.items()
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _event_schema(name: str, kind: type) -> dict[str, Any]:
    narrowed = {"type": "object", "properties": {"type": {"const": name}, "data": _ref(kind.__name__)}}
    description = plain(kind.__dict__.get("__doc__"))
    return {"allOf": [_ref("CloudEvent"), narrowed], **({"description": description} if description else {})}


def _command_schema(name: str, kind: type, components: dict[str, Any]) -> dict[str, Any]:
    """The request around an order: its fields are the ``params``, its name the ``method``."""
    order = components.pop(kind.__name__)
    params = {field: schema for field, schema in order["properties"].items() if field != "method"} | {"key": KEY}
    required = [field for field in order.get("required", ()) if field != "method"]
    body = {"type": "object", "properties": params, "required": required, "additionalProperties": False}
    return {
        "type": "object", "description": order["description"],
        "required": ["jsonrpc", "method", *(["params"] if required else [])],
        "properties": {
            "jsonrpc": {"const": "2.0"}, "method": {"const": name}, "params": body,
            "id": {"type": ["integer", "number", "string", "null"]},
        },
    }


@functools.cache
def openapi() -> dict[str, Any]:
    """REST."""
    kinds = [kind for route in ROUTES for kind in (*_several(route.answers), *_several(route.body))]
    kinds = [kind for kind in kinds if kind not in (None, str) and not isinstance(kind, str)] + [protocol.RestError]
    references, components = schemas(kinds)
    schema_of = {repr(kind): reference for kind, reference in zip(kinds, references, strict=True)}
    paths: dict[str, Any] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation_of(route, schema_of)
    return {
        "openapi": "3.1.0",
        "info": _info("Shoal REST", "State, records and commands of the switch."),
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _several(kinds: Any) -> tuple[Any, ...]:
    return kinds if isinstance(kinds, tuple) else (kinds,)


def _operation_of(route: Route, schema_of: dict[str, Any]) -> dict[str, Any]:
    kinds = _several(route.answers)
    answers = [schema_of[repr(kind)] for kind in kinds if kind is not None and not isinstance(kind, str)]
    body = answers[0] if len(answers) == 1 else {"oneOf": answers}
    content = _json(body) if answers else {kind or "audio/wav": {} for kind in kinds}
    operation: dict[str, Any] = {
        "operationId": route.handler, "summary": route.summary, "parameters": _parameters(route),
        "responses": {
            "200": {"description": route.summary, "content": content},
            "default": {"description": "What is wrong", "content": _json(_ref("RestError"))},
        },
    }
    if route.body is str:
        operation["requestBody"] = {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
    elif route.body is not None:
        operation["requestBody"] = {"required": True, "content": _json(schema_of[repr(route.body)])}
    return operation | ({"security": []} if route.open else {})


def _parameters(route: Route) -> list[dict[str, Any]]:
    inside = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]
    return inside + [
        {"name": name, "in": "query", "schema": {"type": _QUERY[name][0]}, "description": _QUERY[name][1]}
        for name in route.query
    ]


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
