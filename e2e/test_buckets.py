"""The embedded bucket server, through boto3 and `aws s3`."""

import os
import re
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError

from delivered import make_trail
from events import event, unique
from server import Server

KEYS = ["a", "a/b", "a/b/c", "a b", "a+b", "a%2Fb", "b\u00fc\u00df", "c&d<e>'\"", "d//e", "e.json", "z/\U0001f600"]


def code_of(call: Callable[..., Any], **members: Any) -> str:
    """The error code that the call fails with."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]["Code"]


@pytest.fixture
def s3(server: Server) -> Any:
    return server.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    name = unique("bucket")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def filled(s3: Any, bucket: str) -> str:
    """A bucket with an object under each of KEYS."""
    for key in KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    return bucket


def test_buckets_are_made_listed_located_and_deleted(s3: Any) -> None:
    here, away = unique("here"), unique("away")
    s3.create_bucket(Bucket=here)
    s3.create_bucket(Bucket=away, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    names = [found["Name"] for found in s3.list_buckets()["Buckets"]]
    assert {here, away} <= set(names) and names == sorted(names)
    assert s3.get_bucket_location(Bucket=here)["LocationConstraint"] is None
    assert s3.get_bucket_location(Bucket=away)["LocationConstraint"] == "eu-west-1"
    assert s3.head_bucket(Bucket=away)["BucketRegion"] == "eu-west-1"
    assert code_of(s3.create_bucket, Bucket=here) == "BucketAlreadyOwnedByYou"
    s3.delete_bucket(Bucket=here)
    assert code_of(s3.head_bucket, Bucket=here) == "404"
    assert code_of(s3.list_objects_v2, Bucket=here) == "NoSuchBucket"
    assert code_of(s3.create_bucket, Bucket="Not_A_Bucket") in ("InvalidBucketName", "ParamValidationError")


def test_a_bucket_with_objects_is_not_deleted(s3: Any, filled: str) -> None:
    assert code_of(s3.delete_bucket, Bucket=filled) == "BucketNotEmpty"


def test_an_object_is_read_as_it_was_put(s3: Any, bucket: str) -> None:
    body = os.urandom(100_000)
    put = s3.put_object(
        Bucket=bucket, Key="some/key", Body=body, ContentType="text/plain", ContentEncoding="gzip",
        CacheControl="no-store", Metadata={"signature": "abc", "Mixed-Case": "kept"},
    )
    got = s3.get_object(Bucket=bucket, Key="some/key")
    assert got["Body"].read() == body
    for found in (got, s3.head_object(Bucket=bucket, Key="some/key")):
        assert found["ContentLength"] == len(body)
        assert (found["ContentType"], found["ContentEncoding"], found["CacheControl"]) == ("text/plain", "gzip", "no-store")
        assert found["Metadata"] == {"signature": "abc", "mixed-case": "kept"}
        assert found["ETag"] == put["ETag"]
    part = s3.get_object(Bucket=bucket, Key="some/key", Range="bytes=10-19")
    assert part["Body"].read() == body[10:20] and part["ContentRange"] == f"bytes 10-19/{len(body)}"
    assert code_of(s3.get_object, Bucket=bucket, Key="some/other") == "NoSuchKey"
    assert code_of(s3.head_object, Bucket=bucket, Key="some/other") == "404"
    assert code_of(s3.get_object, Bucket=unique("none"), Key="some/key") == "NoSuchBucket"
    s3.delete_object(Bucket=bucket, Key="some/key")
    assert code_of(s3.get_object, Bucket=bucket, Key="some/key") == "NoSuchKey"
    s3.delete_object(Bucket=bucket, Key="some/key")


def test_keys_of_any_characters_are_read_and_listed_in_the_order_of_their_bytes(s3: Any, filled: str) -> None:
    in_order = sorted(KEYS, key=str.encode)
    for key in KEYS:
        assert s3.get_object(Bucket=filled, Key=key)["Body"].read() == key.encode()
    assert [found["Key"] for found in s3.list_objects(Bucket=filled)["Contents"]] == in_order
    assert [found["Key"] for found in s3.list_objects_v2(Bucket=filled)["Contents"]] == in_order


def test_pages_of_both_listings_join_to_the_whole(s3: Any, filled: str) -> None:
    in_order = sorted(KEYS, key=str.encode)
    for operation in ("list_objects", "list_objects_v2"):
        pages = s3.get_paginator(operation).paginate(Bucket=filled, PaginationConfig={"PageSize": 3})
        sizes_and_keys = [[found["Key"] for found in page["Contents"]] for page in pages]
        assert [len(page) for page in sizes_and_keys] == [3, 3, 3, 2]
        assert [key for page in sizes_and_keys for key in page] == in_order


def test_a_listing_starts_behind_its_marker_and_under_its_prefix(s3: Any, filled: str) -> None:
    in_order = sorted(KEYS, key=str.encode)
    listed = s3.list_objects(Bucket=filled, Marker="a/b", MaxKeys=2)
    behind = [key for key in in_order if key.encode() > b"a/b"]
    assert [found["Key"] for found in listed["Contents"]] == behind[:2]
    assert listed["IsTruncated"] is True
    between = s3.list_objects(Bucket=filled, Marker="aaa-no-such-key")["Contents"][0]["Key"]
    assert between == next(key for key in in_order if key.encode() > b"aaa-no-such-key")
    under = s3.list_objects_v2(Bucket=filled, Prefix="a/")
    assert [found["Key"] for found in under["Contents"]] == ["a/b", "a/b/c"] and under["KeyCount"] == 2
    after = s3.list_objects_v2(Bucket=filled, StartAfter="e.json")
    assert [found["Key"] for found in after["Contents"]] == ["z/\U0001f600"]


def test_a_delimiter_folds_what_lies_deeper(s3: Any, filled: str) -> None:
    for listed in (s3.list_objects(Bucket=filled, Delimiter="/"), s3.list_objects_v2(Bucket=filled, Delimiter="/")):
        assert [found["Prefix"] for found in listed["CommonPrefixes"]] == ["a/", "d/", "z/"]
        assert "a" in [found["Key"] for found in listed["Contents"]]
        assert not any("/" in found["Key"] for found in listed["Contents"])


def test_url_encoding_shows_in_the_answer_what_it_encodes(server: Server, s3: Any, filled: str) -> None:
    path = f"/{filled}?encoding-type=url&marker=a%20b&max-keys=3"
    headers = {"x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    answer = server.request("GET", path, b"", headers, service="s3")
    assert answer.status == 200, answer
    text = answer.body.decode()
    assert "<EncodingType>url</EncodingType>" in text
    assert re.findall("<Key>(.*?)</Key>", text) == ["a%252Fb", "a%2Bb", "a/b"]
    assert "<Marker>a%20b</Marker>" in text or "<Marker>a+b</Marker>" in text


def test_an_object_is_created_once_by_those_who_ask_for_that(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="once", Body=b"first", IfNoneMatch="*")
    assert code_of(s3.put_object, Bucket=bucket, Key="once", Body=b"second", IfNoneMatch="*") == "PreconditionFailed"
    assert s3.get_object(Bucket=bucket, Key="once")["Body"].read() == b"first"

    def race(number: int) -> bool:
        try:
            s3.put_object(Bucket=bucket, Key=f"race-{number // 8}", Body=str(number).encode(), IfNoneMatch="*")
        except ClientError as error:
            assert error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict"), error
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(race, range(80)))
    assert [sum(won[start : start + 8]) for start in range(0, 80, 8)] == [1] * 10


def test_a_presigned_url_reads_and_writes_without_a_key_until_it_is_altered(server: Server, bucket: str) -> None:
    # Without being told, boto3 presigns with signature version 2, which Cairn does not take.
    s3 = server.client("s3", signature_version="s3v4")
    members = {"Bucket": bucket, "Key": "shared/a b"}
    url = s3.generate_presigned_url("put_object", Params=members, ExpiresIn=60)
    with urllib.request.urlopen(urllib.request.Request(url, data=b"shared", method="PUT")) as answer:
        assert answer.status == 200
    url = s3.generate_presigned_url("get_object", Params=members, ExpiresIn=60)
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"shared"
    for altered in (url.replace("shared", "other"), url[:-1] + ("0" if url[-1] != "0" else "1"), url.split("?")[0]):
        with pytest.raises(HTTPError) as caught:
            urllib.request.urlopen(altered)
        assert caught.value.code == 403


def test_many_objects_are_deleted_at_once(s3: Any, filled: str) -> None:
    objects = [{"Key": key} for key in [*KEYS, "never-there"]]
    deleted = s3.delete_objects(Bucket=filled, Delete={"Objects": objects})
    assert len(deleted["Deleted"]) == len(objects) and "Errors" not in deleted
    assert "Contents" not in s3.list_objects_v2(Bucket=filled)
    s3.delete_bucket(Bucket=filled)


def test_the_aws_cli_makes_fills_lists_reads_and_empties_a_bucket(server: Server) -> None:
    name = unique("cli")
    small, large = server.folder / "small.txt", server.folder / "large.bin"
    small.write_text("small")
    # Beyond the CLI's 8 MiB, so that it comes in parts.
    large.write_bytes(os.urandom(20_000_000))
    server.aws("s3", "mb", f"s3://{name}")
    server.aws("s3", "cp", small, f"s3://{name}/folder/small.txt")
    server.aws("s3", "cp", large, f"s3://{name}/large.bin")
    listed = server.aws("s3", "ls", "--recursive", f"s3://{name}")
    assert "folder/small.txt" in listed and "20000000 large.bin" in listed
    assert "PRE folder/" in server.aws("s3", "ls", f"s3://{name}")
    assert server.aws("s3", "cp", f"s3://{name}/folder/small.txt", "-") == "small"
    server.aws("s3", "cp", f"s3://{name}/large.bin", server.folder / "back.bin")
    assert (server.folder / "back.bin").read_bytes() == large.read_bytes()
    server.aws("s3", "rb", f"s3://{name}", code=1)
    server.aws("s3", "rm", "--recursive", f"s3://{name}")
    server.aws("s3", "rb", f"s3://{name}")
    assert name not in server.aws("s3", "ls")


def test_what_a_trail_delivered_is_neither_overwritten_nor_deleted(server: Server, s3: Any) -> None:
    trail = make_trail(server, unique("locked"))
    posted = event()
    server.post_events([posted])
    trail.wait_for([posted["eventID"]])
    trail.wait_until_covered()
    delivered = [trail.log_files()[0].key, trail.digests()[0].key]
    before = {key: s3.get_object(Bucket=trail.bucket, Key=key)["Body"].read() for key in delivered}
    for key in delivered:
        assert code_of(s3.put_object, Bucket=trail.bucket, Key=key, Body=b"") == "AccessDenied"
        assert code_of(s3.put_object, Bucket=trail.bucket, Key=key, Body=b"", IfNoneMatch="*") in (
            "PreconditionFailed", "AccessDenied",
        )
        assert code_of(s3.delete_object, Bucket=trail.bucket, Key=key) == "AccessDenied"
    objects = [{"Key": key} for key in delivered]
    errors = s3.delete_objects(Bucket=trail.bucket, Delete={"Objects": objects})["Errors"]
    assert [error["Code"] for error in errors] == ["AccessDenied"] * 2
    upload = s3.create_multipart_upload(Bucket=trail.bucket, Key=delivered[0])["UploadId"]
    members = {"Bucket": trail.bucket, "Key": delivered[0], "UploadId": upload}
    part = s3.upload_part(**members, PartNumber=1, Body=b"other")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    assert code_of(s3.complete_multipart_upload, **members, MultipartUpload=parts) == "AccessDenied"
    assert code_of(s3.delete_bucket, Bucket=trail.bucket) == "BucketNotEmpty"
    after = {key: s3.get_object(Bucket=trail.bucket, Key=key)["Body"].read() for key in delivered}
    assert after == before
    s3.put_object(Bucket=trail.bucket, Key="beside", Body=b"free")
    s3.delete_object(Bucket=trail.bucket, Key="beside")


def test_an_account_has_its_own_buckets(server: Server, s3: Any, filled: str) -> None:
    other = server.client("s3", key=server.create_key("--account", "888877776666"))
    assert other.list_buckets()["Buckets"] == []
    assert code_of(other.list_objects_v2, Bucket=filled) == "AccessDenied"
    assert code_of(other.get_object, Bucket=filled, Key="a") == "AccessDenied"
    assert code_of(other.put_object, Bucket=filled, Key="a", Body=b"") == "AccessDenied"
    assert code_of(other.delete_bucket, Bucket=filled) == "AccessDenied"
    assert code_of(other.create_bucket, Bucket=filled) == "BucketAlreadyExists"


def test_calls_on_buckets_and_on_objects_are_recorded(server: Server, s3: Any) -> None:
    name = unique("recorded")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="key", Body=b"")
    s3.get_object(Bucket=name, Key="key")
    assert code_of(s3.delete_bucket, Bucket=name) == "BucketNotEmpty"
    server.found(name="DeleteBucket", error="BucketNotEmpty", text=name)
    recorded = {found["eventName"]: found["eventCategory"] for found in server.lookup(source="s3.amazonaws.com", text=name)}
    assert recorded == {
        "CreateBucket": "Management", "DeleteBucket": "Management", "PutObject": "Data", "GetObject": "Data",
    }


def test_buckets_survive_a_restart(server: Server, filled: str) -> None:
    server.restart()
    s3 = server.client("s3")
    assert len(s3.list_objects_v2(Bucket=filled)["Contents"]) == len(KEYS)
    assert s3.get_object(Bucket=filled, Key=KEYS[0])["Body"].read() == KEYS[0].encode()
