"""APIs of one's own behind the gateway: recorded by their OpenAPI document, callers known by their tokens."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import wire
from conftest import MakeServer
from elsewhere import Moto
from events import Event, unique
from gateway_canaries import found_in
from gateway_tokens import Issuer
from gateway_upstreams import Upstream, answering
from server import Server
from test_gateway import about

SOURCE = "billing.example.com"
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
DOCUMENT = """
openapi: 3.1.0
info: {title: Billing API, version: "1"}
x-cairn-source: billing.example.com
x-cairn-caller:
  - {claim: sub, name: email, issuer: https://id.example.com, audience: billing}
  - {header: X-User, name: X-User-Name}
servers: [{url: https://billing.example.com/billing}]
paths:
  /orders:
    post:
      operationId: CreateOrder
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                customer: {type: string}
                card: {type: string, writeOnly: true}
                pin: {type: string, format: password}
                note: {type: string, x-cairn-hide: true}
  /orders/{orderId}:
    get: {operationId: GetOrder}
    delete:
      operationId: DeleteOrder
      x-cairn-resource: {type: "Example::Billing::Order", arn: "arn:example:billing:::order/{orderId}"}
  /orders/search:
    post: {operationId: SearchOrders, x-cairn-read-only: true, x-cairn-category: data}
  /orders/refund:
    post:
      operationId: RefundOrder
      x-cairn-record-response: true
      requestBody: {content: {application/json: {schema: {properties: {shop: {writeOnly: true}}}}}}
"""
SECRETS = [b"canary of a card", b"canary of a shop", b"canary of a pin", b"canary of a note", b"canary of a query's token"]


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer("https://id.example.com")


@pytest.fixture(scope="module")
def billing() -> Iterator[Upstream]:
    told = b'{"order": "o-1", "password": "canary of a card", "said": "at canary of a shop"}'
    with Upstream(answering(told, Content_Type="application/json")) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, billing: Upstream, issuer: Issuer) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("own")
    (folder / "billing.yaml").write_text(DOCUMENT)
    (folder / "keys.json").write_text(issuer.key_set())
    flags = ("--upstream", billing.url, "--openapi", folder / "billing.yaml", "--gateway-jwks", folder / "keys.json")
    shared = Server(folder, *map(str, flags)).start()
    yield shared
    shared.stop()
    assert not found_in(shared.folder / "data", SECRETS)


def call(server: Server, method: str, path: str, body: Any = None, **headers: str) -> wire.Answer:
    """Calls the API. Headers are written with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = b"" if body is None else json.dumps(body).encode()
    return wire.send(server.url + path, method, content, {"Content-Type": "application/json", **named})


def the_event(server: Server, name: str) -> Event:
    """The newest event of an operation."""
    server.wait_until_visible()
    return server.lookup(name=name, source=SOURCE)[0]


def test_operations_are_recorded_as_the_document_says(server: Server) -> None:
    body = {"customer": "c-1", "card": "canary of a card", "pin": "canary of a pin", "note": "canary of a note"}
    assert call(server, "POST", "/billing/orders", body).status == 200
    event = the_event(server, "CreateOrder")
    assert (event["readOnly"], event["eventCategory"], event["eventSource"]) == (False, "Management", SOURCE)
    assert event["requestParameters"]["body"] == {"customer": "c-1", "card": HIDDEN, "pin": HIDDEN, "note": HIDDEN}
    assert event.get("errorCode") is None

    call(server, "POST", "/billing/orders/search", {"text": "x"})
    event = the_event(server, "SearchOrders")
    assert (event["readOnly"], event["eventCategory"], event["managementEvent"]) == (True, "Data", False)

    call(server, "DELETE", "/billing/orders/o%2017?why=old&token=canary%20of%20a%20query%27s%20token")
    event = the_event(server, "DeleteOrder")
    assert event["requestParameters"]["path"] == {"orderId": "o 17"}
    assert event["requestParameters"]["query"]["why"] == "old"
    (resource,) = event["resources"]
    assert resource["type"] == "Example::Billing::Order" and resource["ARN"].startswith("arn:example:billing:::order/o")


def test_answers_are_recorded_where_the_document_says_so(server: Server) -> None:
    answer = call(server, "POST", "/billing/orders/refund", {"shop": "canary of a shop"})
    assert answer.json() == {"order": "o-1", "password": "canary of a card", "said": "at canary of a shop"}
    event = the_event(server, "RefundOrder")
    assert event["responseElements"] == {"order": "o-1", "password": HIDDEN, "said": HIDDEN}
    call(server, "POST", "/billing/orders", {})
    assert the_event(server, "CreateOrder")["responseElements"] is None


def test_what_the_document_does_not_name_is_recorded_by_method_and_path(server: Server) -> None:
    assert call(server, "PUT", "/billing/unheard/of").status == 200
    event = the_event(server, "PUT /billing/unheard/of")
    assert event["readOnly"] is False


def test_a_caller_is_known_by_a_token_that_holds(server: Server, issuer: Issuer) -> None:
    token = issuer.token(sub="u-17", email="eve@example.com", aud="billing")
    call(server, "GET", "/billing/orders/1", Authorization=f"Bearer {token}")
    identity = the_event(server, "GetOrder")["userIdentity"]
    assert identity["type"] == "WebIdentityUser" and identity["userName"] == "eve@example.com"
    assert "u-17" in identity["principalId"] and token.rpartition(".")[2] not in json.dumps(identity)


@pytest.mark.parametrize("flaw", ["expired", "for others", "by another issuer", "changed"])
def test_a_token_that_does_not_hold_proves_nobody(server: Server, issuer: Issuer, flaw: str) -> None:
    claims: dict[str, Any] = {"sub": "u-18", "email": "mallory@example.com", "aud": "billing"}
    signer = Issuer(issuer.url) if flaw == "by another issuer" else issuer
    claims |= {"exp": int(time.time()) - 600} if flaw == "expired" else {}
    claims |= {"aud": "somebody else"} if flaw == "for others" else {}
    token = signer.token(**claims)
    if flaw == "changed":
        head, body, signature = token.split(".")
        token = f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    path = f"/billing/orders/{unique('flaw')}"
    call(server, "GET", path, Authorization=f"Bearer {token}")
    event = the_event(server, "GetOrder")
    assert event["requestParameters"]["path"]["orderId"] == path.rpartition("/")[2]
    told = ((event.get("additionalEventData") or {}).get("cairn") or {}).get("signatureVerified")
    assert event.get("errorCode") or told is False, event


def test_a_header_names_the_caller_where_no_token_does(server: Server) -> None:
    call(server, "GET", "/billing/orders/1", X_User="u-19", X_User_Name="ann")
    event = the_event(server, "GetOrder")
    assert event["userIdentity"]["userName"] == "ann"
    assert event["additionalEventData"]["cairn"]["signatureVerified"] is False, "nobody verified it"


def test_a_header_that_the_api_never_gets_names_nobody(server: Server, billing: Upstream) -> None:
    call(server, "GET", "/billing/orders/1", X_User="u-20", X_User_Name="mallory", Connection="close, X-User")
    assert "x-user" not in billing.received[-1].headers
    event = the_event(server, "GetOrder")
    assert "u-20" not in json.dumps(event) and "mallory" not in json.dumps(event)


@pytest.mark.parametrize("status,code", [("404 Not Found", "NoSuchOrder"), ("500 Internal Server Error", "NoSuchOrder")])
def test_failures_carry_the_apis_own_code(make_server: MakeServer, tmp_path: Path, status: str, code: str) -> None:
    (tmp_path / "billing.yaml").write_text(DOCUMENT)
    problem = json.dumps({"code": code, "message": "There is no such order."}).encode()
    with Upstream(answering(problem, status, Content_Type="application/json")) as upstream:
        server = make_server("--upstream", upstream.url, "--openapi", str(tmp_path / "billing.yaml")).start()
        assert call(server, "GET", "/billing/orders/9").status == int(status[:3])
        event = the_event(server, "GetOrder")
        assert (event["errorCode"], event["errorMessage"]) == (code, "There is no such order.")
        server.stop()


def test_an_api_and_aws_services_share_one_gateway(make_server: MakeServer, billing: Upstream, tmp_path: Path) -> None:
    moto = Moto(tmp_path)
    (tmp_path / "billing.yaml").write_text(DOCUMENT)
    settings = tmp_path / "cairn.toml"
    settings.write_text(
        f'[[upstream]]\nurl = "{billing.url}"\nopenapi = "{tmp_path}/billing.yaml"\npaths = ["/billing"]\n'
        f'[[upstream]]\nurl = "{moto.url}"\n'
    )
    server = make_server("--config", str(settings)).start()
    try:
        user = unique("shared")
        server.client("iam").create_user(UserName=user)
        assert call(server, "GET", "/billing/orders/1").json()["order"] == "o-1"
        about(server, "CreateUser", userName=user)
        the_event(server, "GetOrder")
        server.client("s3").create_bucket(Bucket=user)
        assert user in [bucket["Name"] for bucket in moto.client("s3").list_buckets()["Buckets"]]
    finally:
        server.stop()
        moto.stop()


def test_a_faulty_document_is_refused_by_its_line(make_server: MakeServer, tmp_path: Path) -> None:
    (tmp_path / "billing.yaml").write_text(DOCUMENT.replace("x-cairn-read-only", "x-cairn-readonly"))
    server = make_server("--upstream", "http://127.0.0.1:1", "--openapi", str(tmp_path / "billing.yaml"))
    with pytest.raises(RuntimeError) as caught:
        server.start()
    line = 1 + DOCUMENT[: DOCUMENT.index("x-cairn-read-only")].count("\n")
    assert f"billing.yaml:{line}: " in str(caught.value) and '"x-cairn-readonly" is not known' in str(caught.value)
