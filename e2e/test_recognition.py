"""Every operation of every service that botocore knows is recognised from the request that botocore makes of it."""

import json
import os
import pathlib
import subprocess
import urllib.parse

import botocore.loaders
import botocore.model
import botocore.serialize

TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or pathlib.Path.home() / ".cache" / "cairn-target")
RECOGNIZE = TARGET / "debug" / "examples" / "recognize"

# Operations whose requests are those of others: only the host, or nothing at all, tells them apart.
ALIKE = {
    # Under the same method and path as their successors.
    ("s3", "GetBucketLifecycle"): ("s3", "GetBucketLifecycleConfiguration"),
    ("s3", "GetBucketNotification"): ("s3", "GetBucketNotificationConfiguration"),
    ("s3", "PutBucketLifecycle"): ("s3", "PutBucketLifecycleConfiguration"),
    ("s3", "PutBucketNotification"): ("s3", "PutBucketNotificationConfiguration"),
    # The same method and path in the first version's API.
    ("lex-models", "GetImport"): ("lexv2-models", "DescribeImport"),
    ("lex-models", "StartImport"): ("lexv2-models", "ListImports"),
    # At another host.
    ("s3", "ListDirectoryBuckets"): ("s3", "ListBuckets"),
    # Of an outpost, if it says so in a header that is not required.
    ("s3control", "CreateBucket"): ("s3", "PutObject"),
}


def minimal(shape, depth=0):
    """The least that a shape's required members allow, and no deeper than needed."""
    kind = shape.type_name
    if kind == "structure":
        if getattr(shape, "is_document_type", False):
            return {}
        if getattr(shape, "is_tagged_union", False):
            name, member = next(iter(shape.members.items()))
            return {name: minimal(member, depth + 1)} if depth < 8 else {}
        return {name: minimal(shape.members[name], depth + 1) for name in shape.required_members if depth < 8}
    if kind == "list":
        return [minimal(shape.member, depth + 1)] if depth < 8 else []
    if kind == "map":
        return {"key": minimal(shape.value, depth + 1)} if depth < 8 else {}
    if kind == "string":
        return shape.enum[0] if shape.enum else "value"
    return {
        "blob": b"bytes", "boolean": True, "integer": 1, "long": 1, "float": 1.5, "double": 1.5, "timestamp": 0,
    }[kind]


def service_model(loader, name):
    return botocore.model.ServiceModel(loader.load_service_model(name, "service-2"), name)


def signing_name(model):
    return model.metadata.get("signingName") or model.metadata["endpointPrefix"]


def requests_of(model, protocol):
    """(operation, request) for all operations of a service, as if sent to a server that is no AWS host."""
    serializer = botocore.serialize.create_serializer(protocol, include_validation=False)
    for name in model.operation_names:
        operation = model.operation_model(name)
        parameters = minimal(operation.input_shape) if operation.input_shape else {}
        sent = serializer.serialize_to_request(parameters, operation)
        path, _, query = sent["url_path"].partition("?")
        added = sent["query_string"]
        added = urllib.parse.urlencode(added, doseq=True) if isinstance(added, dict) else added or ""
        body = sent["body"]
        if isinstance(body, dict):
            body = urllib.parse.urlencode(body)
        yield name, {
            "method": sent["method"],
            "path": path,
            "query": "&".join(filter(None, [query, added])) or None,
            "headers": {key: str(value) for key, value in sent["headers"].items()},
            "host": "127.0.0.1:4580",
            "signing_name": signing_name(model),
            "body": body if isinstance(body, str) else None,
        }


def recognized(requests):
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    output = subprocess.run([RECOGNIZE], input=lines, stdout=subprocess.PIPE, check=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def models():
    loader = botocore.loaders.create_loader()
    return {name: service_model(loader, name) for name in loader.list_available_services("service-2")}


def every_request(models):
    """((service, operation), request) in every protocol that a service speaks."""
    for service, model in models.items():
        for protocol in model.metadata.get("protocols") or [model.protocol]:
            for name, request in requests_of(model, protocol):
                yield (service, name), request


def test_every_operation_of_every_service_is_recognised():
    every_model = models()
    wanted, requests = zip(*every_request(every_model), strict=True)
    assert len(set(wanted)) > 19_000, "botocore's models are not all there"
    exact, wrong = 0, {}
    for expected, found in zip(wanted, recognized(requests), strict=True):
        service, operation = found.get("service"), found.get("operation")
        exact += (service, operation) == expected
        # Some services share signing name, method and path with others: only their hosts differ.
        is_namesake = operation == expected[1] and signing_name(every_model[service]) == signing_name(
            every_model[expected[0]]
        )
        if not is_namesake and (service, operation) != ALIKE.get(expected):
            wrong[expected] = found
    assert not wrong
    assert exact / len(wanted) > 0.98


if __name__ == "__main__":
    for _, request in every_request(models()):
        print(json.dumps(request))
