"""Results that are delivered to buckets, and their signatures, verified by code that was written from the format alone."""

import base64
import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from asking import Lake, endless
from elsewhere import Moto
from events import event, now, unique
from server import ACCOUNT, REGION, Server
from test_trails import refused
from waiting import until

STRANGER = "444455556666"
EVENTS = 40


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    yield moto
    moto.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, moto: Moto) -> Iterator[Server]:
    server = Server(
        tmp_path_factory.mktemp("results"), "--trails-default", "false", env={"CAIRN_S3_ENDPOINT": moto.url}
    ).start()
    try:
        yield server
        server.stop()
    finally:
        server.kill()


@pytest.fixture(scope="module")
def store(server: Server) -> str:
    lake = Lake(server)
    store = lake.store()
    agents = ['plain', 'a "quoted", one', "two\nlines", "=1+1", "größe"]
    server.post_events([event("Known", userAgent=agents[n % 5], errorCode="E" if n % 2 else None) for n in range(EVENTS)])
    lake.wait_for(store, EVENTS)
    return store


@pytest.fixture
def lake(server: Server) -> Lake:
    return Lake(server)


def bucket_at(place: Any, **policy: Any) -> str:
    bucket = unique("results").lower()
    client = place.client("s3")
    client.create_bucket(Bucket=bucket)
    if policy:
        statement = {"Sid": "Results", "Resource": [f"arn:aws:s3:::{bucket}/*", f"arn:aws:s3:::{bucket}"], **policy}
        client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return bucket


def delivered(lake: Lake, query: str) -> str:
    """How the delivery of a query ended."""
    told = lake.ended(query)

    def status() -> str:
        found = lake.client.describe_query(QueryId=query)["DeliveryStatus"]
        return "" if found == "PENDING" else found

    assert told["DeliveryS3Uri"].startswith("s3://")
    return until(status, f"the delivery of query {query}")


def verified(lake: Lake, place: Any, bucket: str, folder: str) -> list[bytes]:
    """The result files of a folder, if what signs them is right: as lake.md 7.6 says, and nothing else."""
    s3 = place.client("s3")

    def read(name: str) -> bytes:
        return s3.get_object(Bucket=bucket, Key=f"{folder}/{name}")["Body"].read()

    signed = json.loads(read("result_sign.json"))
    assert set(signed) == {
        "version", "region", "files", "hashAlgorithm", "signatureAlgorithm", "queryCompleteTime", "hashSignature",
        "publicKeyFingerprint",
    }
    assert (signed["version"], signed["region"]) == ("1.0", REGION)
    assert (signed["hashAlgorithm"], signed["signatureAlgorithm"]) == ("SHA-256", "SHA256withRSA")
    assert signed["files"]
    files = []
    for named in signed["files"]:
        files.append(read(named["fileName"]))
        assert hashlib.sha256(files[-1]).hexdigest() == named["fileHashValue"]
    completed = datetime.strptime(signed["queryCompleteTime"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    keys = lake.client.list_public_keys(StartTime=completed, EndTime=completed + timedelta(days=20))["PublicKeyList"]
    (der,) = [key["Value"] for key in keys if key["Fingerprint"] == signed["publicKeyFingerprint"]]
    # PKCS#1, which only PEM tells apart.
    pem = b"-----BEGIN RSA PUBLIC KEY-----\n" + base64.encodebytes(der) + b"-----END RSA PUBLIC KEY-----\n"
    text = " ".join(named["fileHashValue"] for named in signed["files"]).encode()
    signature = bytes.fromhex(signed["hashSignature"])
    serialization.load_pem_public_key(pem).verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
    return files


def folder_of(query: str, prefix: str = "", account: str = ACCOUNT) -> str:
    return f"{prefix}AWSLogs/{account}/CloudTrail-Lake/Query/{now():%Y/%m/%d}/{query}"


def read_csv(files: list[bytes]) -> list[dict[str, str]]:
    rows = []
    for file in files:
        rows += csv.DictReader(io.StringIO(gzip.decompress(file).decode(), newline=""))
    return rows


@pytest.mark.parametrize("where", ["own", "elsewhere"])
@pytest.mark.parametrize("prefix", ["", "lake/results/"])
def test_results_are_delivered_and_signed(
    server: Server, moto: Moto, lake: Lake, store: str, where: str, prefix: str
) -> None:
    place = server if where == "own" else moto
    bucket = bucket_at(place)
    uri = f"s3://{bucket}/{prefix}".rstrip("/")
    statement = f"SELECT eventID, userAgent, errorCode FROM {store} WHERE eventName = 'Known' ORDER BY eventID"
    query = lake.ask(statement, DeliveryS3Uri=uri)
    assert delivered(lake, query) == "SUCCESS"
    assert lake.client.describe_query(QueryId=query)["DeliveryS3Uri"] == uri
    folder = folder_of(query, prefix)
    keys = [found["Key"] for found in place.client("s3").list_objects_v2(Bucket=bucket)["Contents"]]
    assert sorted(keys) == [f"{folder}/result_1.csv.gz", f"{folder}/result_sign.json"]
    files = verified(lake, place, bucket, folder)
    assert read_csv(files) == lake.rows(query) and len(lake.rows(query)) == EVENTS


def test_a_result_without_rows_is_delivered_too(server: Server, lake: Lake, store: str) -> None:
    bucket = bucket_at(server)
    query = lake.ask(f"SELECT eventID AS one, eventName FROM {store} WHERE 1 = 0", DeliveryS3Uri=f"s3://{bucket}")
    assert delivered(lake, query) == "SUCCESS"
    (file,) = verified(lake, server, bucket, folder_of(query))
    assert gzip.decompress(file) == b'"one","eventName"\r\n'


def test_where_nothing_can_be_delivered_is_said_before_the_query_runs(server: Server, lake: Lake, store: str) -> None:
    statement = f"SELECT 1 FROM {store}"
    for uri, code in [
        ("s3://no-such-bucket-anywhere", "S3BucketDoesNotExistException"),
        ("s3://a..b", "InvalidS3BucketNameException"),
        (f"s3://{bucket_at(server)}//x", "InvalidS3PrefixException"),
    ]:
        refused(lake.client.start_query, code, QueryStatement=statement, DeliveryS3Uri=uri)


def test_a_delivery_says_why_it_failed(server: Server, moto: Moto, lake: Lake, store: str) -> None:
    statement = f"SELECT eventID FROM {store}"
    cloudtrail = {"Service": "cloudtrail.amazonaws.com"}
    denying = bucket_at(server, Effect="Deny", Principal=cloudtrail, Action="s3:PutObject*")
    assert delivered(lake, lake.ask(statement, DeliveryS3Uri=f"s3://{denying}")) == "ACCESS_DENIED"
    signing = {"Resource": f"arn:aws:s3:::{denying}/*/result_sign.json", "Effect": "Deny", "Principal": cloudtrail, "Action": "s3:PutObject"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [signing]})
    server.client("s3").put_bucket_policy(Bucket=denying, Policy=policy)
    assert delivered(lake, lake.ask(statement, DeliveryS3Uri=f"s3://{denying}")) == "ACCESS_DENIED_SIGNING_FILE"

    gone = bucket_at(server)
    query = lake.ask(endless(store), DeliveryS3Uri=f"s3://{gone}")
    assert lake.client.describe_query(QueryId=query)["DeliveryStatus"] == "PENDING"
    lake.client.cancel_query(QueryId=query)
    assert delivered(lake, query) == "CANCELLED"
    assert "Contents" not in server.client("s3").list_objects_v2(Bucket=gone)


def test_another_accounts_bucket_has_to_let_results_in(server: Server, lake: Lake, store: str) -> None:
    stranger = Lake(server, server.create_key("--account", STRANGER))
    own = stranger.store()
    statement = f"SELECT eventID FROM {own}"
    closed, cloudtrail = bucket_at(server), {"Service": "cloudtrail.amazonaws.com"}
    assert delivered(stranger, stranger.ask(statement, DeliveryS3Uri=f"s3://{closed}")) == "ACCESS_DENIED"
    condition = {
        "StringEquals": {"aws:SourceAccount": STRANGER},
        "ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:{REGION}:{STRANGER}:eventdatastore/*"},
    }
    action = ["s3:PutObject*", "s3:Abort*"]
    opened = bucket_at(server, Effect="Allow", Principal=cloudtrail, Action=action, Condition=condition)
    query = stranger.ask(statement, DeliveryS3Uri=f"s3://{opened}/theirs")
    assert delivered(stranger, query) == "SUCCESS"
    assert server.client("s3").list_objects_v2(Bucket=opened, Prefix=folder_of(query, "theirs/", STRANGER))["KeyCount"] == 2


def test_what_was_not_delivered_yet_is_delivered_after_a_restart(server: Server, moto: Moto, store: str) -> None:
    lake = Lake(server)
    bucket = bucket_at(moto)
    query = lake.ask(f"SELECT eventID FROM {store}", DeliveryS3Uri=f"s3://{bucket}")
    server.kill()
    server.start()
    lake = Lake(server)
    told = lake.ended(query)
    if told["QueryStatus"] == "FINISHED":
        assert delivered(lake, query) == "SUCCESS"
        verified(lake, moto, bucket, folder_of(query))
    else:
        assert (told["QueryStatus"], told["DeliveryStatus"]) == ("FAILED", "FAILED")


def test_a_bucket_that_goes_while_a_query_runs_is_not_found(lake: Lake, server: Server, store: str) -> None:
    bucket = bucket_at(server)
    slow = f"SELECT count(*) FROM {', '.join(f'{store} t{n}' for n in range(4))} WHERE t0.eventID < t3.eventName"
    query = lake.ask(slow, DeliveryS3Uri=f"s3://{bucket}")
    server.client("s3").delete_bucket(Bucket=bucket)
    assert delivered(lake, query) == "RESOURCE_NOT_FOUND"
