"""CloudTrail's own API with clients other than boto3 and the AWS CLI: the AWS SDKs for JavaScript (v3) and for Rust."""

import json
import shutil
from pathlib import Path

from delivered import trail_arn
from events import unique
from server import Server
from test_gateway_clients import MODULES, RUST

RUST_CALLS = RUST.with_name(f"{RUST.name}-cloudtrail")
CALLS = Path(__file__).parent / "clients" / "js" / "cloudtrail.cjs"


def prepared(server: Server, language: str) -> tuple[str, str]:
    """A bucket and a name, and so many trails that look-ups of their creation fill more than a page."""
    bucket, name = unique(language), unique(language)
    server.client("s3").create_bucket(Bucket=bucket)
    for number in range(2):
        server.client("cloudtrail").create_trail(Name=f"{name}-{number}", S3BucketName=bucket)
    server.wait_until_visible()
    return bucket, name


def test_the_sdk_for_javascript_takes_cairn_for_cloudtrail(server: Server) -> None:
    assert MODULES.exists(), "the SDK is not installed: e2e/clients/js/install.sh"
    bucket, name = prepared(server, "javascript")
    done = server.run(shutil.which("node"), CALLS, bucket, name, NODE_PATH=str(MODULES))
    seen = json.loads(done.stdout)
    assert (seen["arn"], seen["started"], seen["isLogging"]) == (trail_arn(name), ["$metadata"], True)
    assert seen["startIsDate"] and seen["keysAreBytes"] and seen["storeIsDated"]
    (selector,) = seen["selectors"]
    assert (selector["Name"], len(selector["FieldSelectors"])) == ("objects", 2)
    assert seen["tags"] == [{"Key": "team", "Value": "blue"}]
    assert {"default", name} <= set(seen["trails"])
    assert len(seen["looked"]) >= 2 and set(seen["looked"]) == {"CreateTrail"}
    assert (seen["channel"], seen["status"]) == (name, "PENDING_DELETION")
    assert (seen["again"], seen["invalid"]) == ("TrailAlreadyExistsException", "InvalidTrailNameException")
    assert (seen["inUse"], seen["short"]) == ("ChannelExistsForEDSException", "InvalidParameterException")
    assert seen["gone"] == "TrailNotFoundException"


def test_the_sdk_for_rust_takes_cairn_for_cloudtrail(server: Server) -> None:
    assert RUST_CALLS.exists(), "the client is not built: scripts/test.sh has the command"
    bucket, name = prepared(server, "rust")
    done = server.run(RUST_CALLS, bucket, name)
    seen = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert (seen.pop("arn"), seen.pop("logging")) == (trail_arn(name), "Some(true) true")
    assert (seen.pop("tags"), seen.pop("store")) == ('Some("blue")', 'Some("PENDING_DELETION") true')
    assert set(seen) == {"selectors", "again", "invalid", "short", "trails", "keys", "found", "gone"}
    assert set(seen.values()) == {"true"}
