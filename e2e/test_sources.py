"""Audit events of other systems, by POST and by import: each becomes one event that look-ups find."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from events import Event, now, text_of, unique
from server import ACCOUNT, REGION, Server
from waiting import until

PASSWORD = "canary of a source's password"
TIME = now() - timedelta(minutes=3)
SECONDS = int(TIME.timestamp())
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


def kubernetes(name: str) -> Any:
    return {"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "metadata": {}, "items": [{
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse", "auditID": unique("audit"),
        "stage": "ResponseComplete", "requestURI": "/api/v1/namespaces/shop/pods", "verb": "create",
        "user": {"username": name, "uid": "u-17", "groups": ["devs"]}, "sourceIPs": ["203.0.113.9"], "userAgent": "kubectl/v1.33",
        "objectRef": {"resource": "pods", "namespace": "shop", "name": "cart", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 201},
        "requestObject": {"kind": "Pod", "env": [{"name": "DB_PASSWORD", "value": PASSWORD}]},
        "requestReceivedTimestamp": text_of(TIME), "stageTimestamp": text_of(TIME),
    }]}  # fmt: skip


def gcp(name: str) -> Any:
    return {
        "insertId": unique("insert"), "logName": "projects/acme/logs/cloudaudit.googleapis.com%2Factivity",
        "timestamp": text_of(TIME), "resource": {"type": "service_account", "labels": {"project_id": "acme"}},
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog", "serviceName": "iam.googleapis.com",
            "methodName": "google.iam.admin.v1.CreateServiceAccountKey", "resourceName": "projects/-/serviceAccounts/117",
            "authenticationInfo": {"principalEmail": name}, "requestMetadata": {"callerIp": "203.0.113.9"},
            "authorizationInfo": [{"permission": "p", "granted": True, "permissionType": "ADMIN_WRITE"}],
            "response": {"name": "keys/cd34", "private_key": PASSWORD},
        },
    }  # fmt: skip


def azure(name: str) -> Any:
    return {"records": [{
        "time": text_of(TIME), "correlationId": unique("correlation"), "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/WRITE",
        "resourceId": "/SUBSCRIPTIONS/5F/RESOURCEGROUPS/SHOP/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/WEB1",
        "category": "Administrative", "resultType": "Success", "callerIpAddress": "203.0.113.9",
        "identity": {"claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": name}},
        "properties": {"requestbody": json.dumps({"adminPassword": PASSWORD, "size": "B1"})},
    }]}  # fmt: skip


def github(name: str) -> Any:
    return [{
        "@timestamp": SECONDS * 1000, "_document_id": unique("document"), "action": "org.add_member", "actor": name,
        "actor_id": 17, "actor_ip": "203.0.113.9", "org": "acme", "user": "mallory", "operation_type": "create",
        "hashed_token": PASSWORD,
    }]  # fmt: skip


def ocsf(name: str) -> Any:
    return {
        "class_uid": 6003, "activity_id": 1, "time": SECONDS * 1000, "status_id": 1,
        "metadata": {"version": "1.5.0", "uid": unique("ocsf"), "product": {"name": "Billing", "uid": "b"}},
        "actor": {"user": {"name": name, "uid": "u-17"}}, "src_endpoint": {"ip": "203.0.113.9"},
        "api": {"operation": "CreateInvoice", "service": {"name": "billing.example.com"},
                "request": {"data": {"customer": "c-1", "password": PASSWORD}}},
    }  # fmt: skip


def otlp(name: str) -> Any:
    def attribute(key: str, text: str) -> Any:
        return {"key": key, "value": {"stringValue": text}}

    return {"resourceLogs": [{
        "resource": {"attributes": [attribute("service.name", "billing")]},
        "scopeLogs": [{"scope": {"name": "audit"}, "logRecords": [{
            "timeUnixNano": str(SECONDS * 10**9), "eventName": "invoice.created",
            "body": {"kvlistValue": {"values": [attribute("customer", "c-1"), attribute("password", PASSWORD)]}},
            "attributes": [attribute("user.name", name), attribute("client.address", "203.0.113.9"),
                           attribute("log.record.uid", unique("otlp"))],
        }]}],
    }]}  # fmt: skip


# Format -> what makes a body, where it is posted, and the source and name of its event.
SOURCES = {
    "kubernetes": (kubernetes, "/_cairn/kubernetes", "k8s.io", "io.k8s.core.v1.pods.create"),
    "gcp": (gcp, "/_cairn/events?format=gcp", "iam.googleapis.com", "google.iam.admin.v1.CreateServiceAccountKey"),
    "azure": (azure, "/_cairn/events?format=azure", "microsoft.compute", "microsoft.compute/virtualmachines/write"),
    "github": (github, "/_cairn/events?format=github", "github.com", "org.add_member"),
    "ocsf": (ocsf, "/_cairn/events?format=ocsf", "billing.example.com", "CreateInvoice"),
    "otlp": (otlp, "/v1/logs", "billing", "invoice.created"),
}
JSON = {"Content-Type": "application/json"}


def only(server: Server, user: str) -> Event:
    """The one event of a user."""
    server.wait_until_visible()
    (event,) = server.lookup(user=user)
    return event


def check(event: Event, source: str, name: str, user: str) -> None:
    assert (event["eventSource"], event["eventName"]) == (source, name)
    assert event["userIdentity"]["userName"] == user and event["userIdentity"]["type"] == "WebIdentityUser"
    assert event["sourceIPAddress"] == "203.0.113.9" and event["eventTime"] == text_of(TIME)
    assert (event["awsRegion"], event["recipientAccountId"], event["readOnly"]) == (REGION, ACCOUNT, False)
    assert event["additionalEventData"]["original"]
    text = json.dumps(event)
    assert PASSWORD not in text and HIDDEN in text


@pytest.mark.parametrize("source_format", SOURCES)
def test_what_a_source_posts_is_one_event(server: Server, source_format: str) -> None:
    make, path, source, name = SOURCES[source_format]
    user = unique(source_format)
    answer = server.request("POST", path, json.dumps(make(user)).encode(), JSON)
    assert answer.status == 200, answer
    check(only(server, user), source, name, user)


def test_what_is_repeated_counts_once(server: Server) -> None:
    """A source sends again what was not acknowledged."""
    users = {source_format: unique(source_format) for source_format in SOURCES}
    bodies = {source_format: json.dumps(SOURCES[source_format][0](user)).encode() for source_format, user in users.items()}
    for _ in range(2):
        for source_format, body in bodies.items():
            assert server.request("POST", SOURCES[source_format][1], body, JSON).status == 200
    server.wait_until_committed()
    for user in users.values():
        only(server, user)


@pytest.mark.parametrize("source_format", SOURCES)
def test_a_packed_body_and_an_ingest_only_token_are_taken(server: Server, source_format: str) -> None:
    make, path, source, name = SOURCES[source_format]
    user = unique(source_format)
    token = server.create_key("--ingest-only", "--token").token
    headers = {**JSON, "Content-Encoding": "gzip", "Authorization": f"Bearer {token}"}
    body = gzip.compress(json.dumps(make(user)).encode())
    assert server.request("POST", path, body, headers, key=None).status == 200
    check(only(server, user), source, name, user)


@pytest.mark.parametrize("source_format", SOURCES)
def test_a_source_needs_a_key(server: Server, source_format: str) -> None:
    make, path, _, _ = SOURCES[source_format]
    user = unique(source_format)
    answer = server.request("POST", path, json.dumps(make(user)).encode(), JSON, key=None)
    assert answer.status in (401, 403), answer
    server.wait_until_visible()
    assert server.lookup(user=user) == []


@pytest.mark.parametrize("source_format", SOURCES)
def test_what_makes_no_sense_is_refused_and_takes_nothing_with_it(server: Server, source_format: str) -> None:
    make, path, _, _ = SOURCES[source_format]
    user = unique(source_format)
    body = json.dumps({"nothing": "of an event"}).encode() + b"\n" + json.dumps(make(user)).encode()
    if source_format == "otlp":
        both = make(user)
        both["resourceLogs"][0]["scopeLogs"][0]["logRecords"].insert(0, {"severityNumber": 9})
        body = json.dumps(both).encode()
    answer = server.request("POST", path, body, JSON)
    assert answer.status == 200, answer
    told = answer.json()
    assert told["partialSuccess"]["rejectedLogRecords"] if source_format == "otlp" else len(told["refused"]) == 1, told
    only(server, user)
    assert server.request("POST", path, b"{ no JSON", JSON).status in (200, 400)


@pytest.mark.parametrize("source_format", SOURCES)
def test_files_of_a_source_are_imported(server: Server, tmp_path: Path, source_format: str) -> None:
    make, _, source, name = SOURCES[source_format]
    user = unique(source_format)
    file = tmp_path / "audit.json"
    file.write_text(json.dumps(make(user)))
    server.cairn("import", "--format", source_format, file)
    found = until(lambda: server.lookup(user=user), "the imported event")
    assert len(found) == 1
    check(found[0], source, name, user)
