"""The documents: complete, well formed, and true of what is really sent."""

import json

import jsonschema
import pytest

from cti.audience import view_of
from cti.documents import asyncapi, openapi
from cti.hub import Hub
from cti.protocol import FromClient, FromSwitch
from cti.routes import ROUTES
from switch.events import KINDS
from switch.journal import Journal
from switch.orders import ORDERS

from .fake_house import PEOPLE, reserved
from .samples import SAMPLES

ASYNCAPI = json.loads(json.dumps(asyncapi()))
OPENAPI = json.loads(json.dumps(openapi()))


def references(part):
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


def resolve(document, reference):
    assert reference.startswith("#/")
    for step in reference[2:].split("/"):
        document = document[step]
    return document


def check(name, value):
    schema = {"$ref": f"#/components/schemas/{name}", "components": ASYNCAPI["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


@pytest.mark.parametrize("document", [ASYNCAPI, OPENAPI], ids=["asyncapi", "openapi"])
def test_every_reference_leads_somewhere_and_every_schema_is_one(document):
    for reference in references(document):
        assert resolve(document, reference)
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_openapi_is_openapi():
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(OPENAPI)


def test_openapi_has_every_route():
    assert {(method.upper(), path) for path, methods in OPENAPI["paths"].items() for method in methods} == {
        (route.method, route.path) for route in ROUTES}


def test_asyncapi_has_every_event_every_order_and_every_session_message():
    messages = set(ASYNCAPI["components"]["messages"])
    session = {kind.__struct_config__.tag for root in (FromClient, FromSwitch) for kind in root.__subclasses__()}
    assert set(KINDS) | set(ORDERS) | session | {"events", "CommandResult", "CommandFailure"} == messages
    for operation in ASYNCAPI["operations"].values():
        channel = resolve(ASYNCAPI, operation["channel"]["$ref"])
        for message in operation["messages"]:
            assert message["$ref"].rpartition("/")[2] in channel["messages"]
    said = {message["$ref"].rpartition("/")[2] for message in ASYNCAPI["operations"]["say"]["messages"]}
    assert set(ORDERS) <= said


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_is_as_documented(kind):
    journal = Journal()
    journal.append(SAMPLES[kind], 1.0)
    hub = Hub(journal, 1, {person.user: person for person in PEOPLE}.get)
    hub.read(1.0)
    (data,) = hub.select(view_of(PEOPLE[-1], ("all",)), journal.since(0))
    check(f"{KINDS[kind].__name__}CloudEvent", json.loads(data))
    check("Frame", [json.loads(data)])


def test_an_event_that_is_not_as_documented_is_found_out():
    with pytest.raises(jsonschema.ValidationError):
        check("ReservationCreated", {"type": "reservation.created", "contact": 5})


@pytest.mark.parametrize(("method", "kind"), ORDERS.items())
def test_every_command_is_as_documented(method, kind):
    required = {"state": "ready", "seconds": 5.0, "to": "queue:a", "digits": "1", "box": "support", "hours": "office",
                "queue": "support"}
    params = {name: required[name] for name in kind.__struct_fields__ if name in required}
    if method == "queue.pullForward":
        params["contact"] = "c1"
    name = f"{kind.__name__}Command"
    check(name, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params | {"key": "k"}})
    for wrong in ({"params": {"spare": 1}}, {"jsonrpc": "1.0"}, {"method": "call.sing"}):
        with pytest.raises(jsonschema.ValidationError):
            check(name, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params} | wrong)


def test_fields_carry_the_sentences_of_the_source():
    schemas = ASYNCAPI["components"]["schemas"]
    assert schemas["ContactEnded"]["properties"]["sip_status"]["description"].startswith("The raw SIP status")
    assert schemas["SessionStart"]["properties"]["cursor"]["description"].startswith("`epoch:number`")
    assert schemas["AgentState"]["properties"]["until"]["description"]


async def test_both_are_served(switch):
    for path, document in (("asyncapi", ASYNCAPI), ("openapi", OPENAPI)):
        async with switch.http.get(f"{switch.url}/{path}.json") as response:
            assert await response.json() == document


async def test_what_the_socket_says_is_as_documented(switch):
    client = await switch.client()
    check("SessionSnapshot", await client.start(switch.token("1001")))
    await client.until(switch.house.tell(reserved()))
    check("Frame", client.events)
    check("CommandResult", await client.command("agent.logIn"))
    check("CommandFailure", await client.command("agent.dance"))
    check("SessionResumed", await client.start(switch.token("1001"), cursor="1:1"))
