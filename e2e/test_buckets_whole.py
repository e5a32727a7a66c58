"""The bucket server's other half: copies, tags, policies, CORS, checksums, forms, locks."""

import json
import os
import socket
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

import wire
from delivered import make_trail
from events import event, unique
from server import REGION, Server
from test_buckets import code_of
from waiting import until

MIB = 1 << 20


@pytest.fixture
def s3(server: Server) -> Any:
    return server.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    name = unique("whole")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def anonymous(server: Server) -> Any:
    config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    return boto3.client("s3", region_name=REGION, endpoint_url=server.url, config=config)


def policy(effect: str, principal: Any, actions: list[str], *resources: str, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": effect, "Principal": principal, "Action": actions, "Resource": list(resources)}
    return {"Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}


def status_of(request: urllib.request.Request | str) -> int:
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except HTTPError as error:
        return error.code


# -- copies, tags, checksums


def test_objects_are_copied_with_and_without_what_belongs_to_them(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="from/ü +", Body=b"body", ContentType="text/x", Metadata={"a": "b"}, Tagging="t=1")
    source = {"Bucket": bucket, "Key": "from/ü +"}
    s3.copy_object(Bucket=bucket, Key="to", CopySource=source)
    got = s3.get_object(Bucket=bucket, Key="to")
    assert (got["Body"].read(), got["ContentType"], got["Metadata"], got["TagCount"]) == (b"body", "text/x", {"a": "b"}, 1)
    s3.copy_object(
        Bucket=bucket, Key="to", CopySource=source, MetadataDirective="REPLACE", TaggingDirective="REPLACE", ContentType="y/z"
    )
    head = s3.head_object(Bucket=bucket, Key="to")
    assert (head["ContentType"], head["Metadata"], head.get("TagCount")) == ("y/z", {}, None)
    assert code_of(s3.copy_object, Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "to"}) == "InvalidRequest"


def test_large_objects_are_copied_in_parts(server: Server, s3: Any, bucket: str) -> None:
    body = os.urandom(11 * MIB)
    s3.put_object(Bucket=bucket, Key="large", Body=body)
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    s3.copy({"Bucket": bucket, "Key": "large"}, bucket, "copied", Config=config)
    assert s3.get_object(Bucket=bucket, Key="copied")["Body"].read() == body
    assert s3.head_object(Bucket=bucket, Key="copied")["ETag"].endswith('-3"')


def test_tags_are_put_changed_and_taken_away(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="team=a&x=y%20z")
    tags = lambda: {tag["Key"]: tag["Value"] for tag in s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"]}
    assert tags() == {"team": "a", "x": "y z"}
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "only", "Value": ""}]})
    assert tags() == {"only": ""}
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert tags() == {}
    assert code_of(s3.get_bucket_tagging, Bucket=bucket) == "NoSuchTagSet"
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "cost", "Value": "1"}]})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "cost", "Value": "1"}]


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_checksums_travel_both_ways(s3: Any, bucket: str, tmp_path: Path, algorithm: str) -> None:
    body = os.urandom(9 * MIB)
    s3.put_object(Bucket=bucket, Key="one", Body=body, ChecksumAlgorithm=algorithm)
    got = s3.get_object(Bucket=bucket, Key="one", ChecksumMode="ENABLED")
    assert got["Body"].read() == body and got["ChecksumType"] == "FULL_OBJECT" and got[f"Checksum{algorithm}"]
    (tmp_path / "file").write_bytes(body)
    s3.upload_file(tmp_path / "file", bucket, "parts", ExtraArgs={"ChecksumAlgorithm": algorithm})
    head = s3.head_object(Bucket=bucket, Key="parts", ChecksumMode="ENABLED")
    assert head["ChecksumType"] == "COMPOSITE" and head[f"Checksum{algorithm}"].endswith("-2")
    attributes = s3.get_object_attributes(Bucket=bucket, Key="parts", ObjectAttributes=["ObjectParts", "ObjectSize", "Checksum"])
    assert [part["Size"] for part in attributes["ObjectParts"]["Parts"]] == [8 * MIB, MIB]
    assert s3.get_object(Bucket=bucket, Key="parts", PartNumber=2)["Body"].read() == body[8 * MIB :]
    s3.download_file(bucket, "parts", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == body


def test_uploads_under_way_are_listed_and_aborted(s3: Any, bucket: str) -> None:
    ids = [s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"] for key in ("a/1", "b", "b")]
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})
    found = [upload["UploadId"] for page in pages for upload in page.get("Uploads", [])]
    assert sorted(found) == sorted(ids)
    folded = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert [prefix["Prefix"] for prefix in folded["CommonPrefixes"]] == ["a/"] and len(folded["Uploads"]) == 2
    for number in (1, 2, 3):
        s3.upload_part(Bucket=bucket, Key="a/1", UploadId=ids[0], PartNumber=number, Body=b"x" * number)
    pages = s3.get_paginator("list_parts").paginate(Bucket=bucket, Key="a/1", UploadId=ids[0], PaginationConfig={"PageSize": 2})
    assert [part["Size"] for page in pages for part in page["Parts"]] == [1, 2, 3]
    s3.abort_multipart_upload(Bucket=bucket, Key="a/1", UploadId=ids[0])
    assert code_of(s3.list_parts, Bucket=bucket, Key="a/1", UploadId=ids[0]) == "NoSuchUpload"


# -- policies


def test_a_policy_opens_a_bucket_to_other_accounts_and_to_anyone(server: Server, s3: Any, bucket: str, anonymous: Any) -> None:
    other = server.client("s3", key=server.create_key("--account", "888877776666"))
    s3.put_object(Bucket=bucket, Key="public/k", Body=b"for all")
    s3.put_object(Bucket=bucket, Key="private/k", Body=b"for some")
    assert code_of(anonymous.get_object, Bucket=bucket, Key="public/k") == "AccessDenied"
    opened = policy("Allow", "*", ["s3:GetObject"], f"arn:aws:s3:::{bucket}/public/*")
    opened["Statement"] += policy("Allow", {"AWS": "888877776666"}, ["s3:*"], f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*")["Statement"]
    opened["Statement"] += policy("Deny", {"AWS": "888877776666"}, ["s3:Delete*"], f"arn:aws:s3:::{bucket}/*")["Statement"]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(opened))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == opened
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True
    assert anonymous.get_object(Bucket=bucket, Key="public/k")["Body"].read() == b"for all"
    assert code_of(anonymous.get_object, Bucket=bucket, Key="private/k") == "AccessDenied"
    assert code_of(anonymous.list_objects_v2, Bucket=bucket) == "AccessDenied"
    assert other.get_object(Bucket=bucket, Key="private/k")["Body"].read() == b"for some"
    other.put_object(Bucket=bucket, Key="theirs", Body=b"x")
    other.copy_object(Bucket=bucket, Key="copied", CopySource={"Bucket": bucket, "Key": "private/k"})
    assert code_of(other.delete_object, Bucket=bucket, Key="theirs") == "AccessDenied"
    deleted = other.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "theirs"}]})
    assert [error["Code"] for error in deleted["Errors"]] == ["AccessDenied"]
    assert code_of(other.get_bucket_policy, Bucket=bucket) == "AccessDenied"
    s3.delete_bucket_policy(Bucket=bucket)
    assert code_of(other.get_object, Bucket=bucket, Key="private/k") == "AccessDenied"


def test_what_a_policy_says_that_cairn_cannot_evaluate_is_refused_by_name(s3: Any, bucket: str) -> None:
    arn = f"arn:aws:s3:::{bucket}/*"
    for wrong, named in [
        (policy("Allow", "*", ["s3:GetObjct"], arn), "s3:GetObjct"),
        (policy("Allow", "*", ["s3:GetObject"], "arn:aws:s3:::another/*"), "arn:aws:s3:::another/*"),
        (policy("Allow", "*", ["s3:GetObject"], arn, StringEquals={"aws:PrincipalOrgID": "o-1"}), "aws:PrincipalOrgID"),
    ]:
        with pytest.raises(s3.exceptions.ClientError) as caught:
            s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(wrong))
        assert caught.value.response["Error"]["Code"] == "MalformedPolicy"
        assert named in caught.value.response["Error"]["Message"]


def test_a_change_of_a_policy_is_on_the_record_with_what_it_says(server: Server, s3: Any, bucket: str) -> None:
    said = policy("Deny", "*", ["s3:DeleteBucket"], f"arn:aws:s3:::{bucket}")
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(said))
    (recorded,) = server.found(name="PutBucketPolicy", text=bucket)
    assert recorded["requestParameters"]["bucketPolicy"] == said
    assert recorded["resources"][0]["accountId"] == server.root.account


def test_anonymous_reads_that_a_policy_allows_are_on_the_record(server: Server, s3: Any, bucket: str, anonymous: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy("Allow", "*", ["s3:GetObject"], f"arn:aws:s3:::{bucket}/*")))
    anonymous.get_object(Bucket=bucket, Key="k")
    assert code_of(anonymous.delete_object, Bucket=bucket, Key="k") == "AccessDenied"
    server.found(name="DeleteObject", text=bucket)
    [read] = server.found(name="GetObject", text=bucket)
    assert (read["userIdentity"]["accountId"], read["eventCategory"]) == ("anonymous", "Data")


def test_a_trail_hears_that_a_policy_keeps_it_out(server: Server, s3: Any) -> None:
    name = unique("denied")
    trail = make_trail(server, name)
    deny = policy("Deny", {"Service": "cloudtrail.amazonaws.com"}, ["s3:PutObject"], f"arn:aws:s3:::{trail.bucket}/*")
    s3.put_bucket_policy(Bucket=trail.bucket, Policy=json.dumps(deny))
    posted = event()
    server.post_events([posted])
    cloudtrail = server.client("cloudtrail")
    error = lambda: cloudtrail.get_trail_status(Name=name).get("LatestDeliveryError")
    assert until(error, "a delivery error") == "AccessDenied"
    s3.delete_bucket_policy(Bucket=trail.bucket)
    trail.wait_for([posted["eventID"]])


# -- browsers


def test_a_browser_page_reads_a_presigned_url(server: Server, bucket: str) -> None:
    s3 = server.client("s3", signature_version="s3v4")
    rule = {
        "AllowedOrigins": ["https://*.example.com"], "AllowedMethods": ["GET"], "AllowedHeaders": ["range"],
        "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 60,
    }
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == [rule]
    s3.put_object(Bucket=bucket, Key="k", Body=b"shown")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=60)
    asks = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "Range"}
    answer = wire.send(url, "OPTIONS", b"", asks)
    assert answer.status == 200 and answer.headers["access-control-allow-origin"] == "https://app.example.com"
    got = wire.send(url, "GET", b"", {"Origin": "https://app.example.com"})
    assert (got.body, got.headers["access-control-expose-headers"]) == (b"shown", "ETag")
    other = wire.send(url, "OPTIONS", b"", {**asks, "Origin": "https://example.org"})
    assert other.status == 403 and "access-control-allow-origin" not in other.headers


def test_a_form_uploads_what_its_policy_allows(server: Server, s3: Any, bucket: str) -> None:
    for version in ("s3v4", "s3"):
        signer = server.client("s3", signature_version=version)
        form = signer.generate_presigned_post(bucket, "forms/${filename}", Conditions=[["content-length-range", 1, 100]], ExpiresIn=60)
        for size, status in [(10, 204), (200, 400)]:
            parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in form["fields"].items()]
            parts.append(f'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n{"x" * size}\r\n--b--\r\n')
            headers = {"Content-Type": "multipart/form-data; boundary=b"}
            assert status_of(urllib.request.Request(form["url"], "".join(parts).encode(), headers)) == status
    assert [found["Key"].startswith("forms/") for found in s3.list_objects_v2(Bucket=bucket)["Contents"]]


def test_presigned_urls_of_both_versions_end_and_cannot_be_stretched(server: Server, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    s3.put_object(Bucket=bucket, Key="secret", Body=b"secret")
    for version in ("s3v4", "s3"):
        signer = server.client("s3", signature_version=version)
        sign = lambda method, **members: signer.generate_presigned_url(method, Params={"Bucket": bucket, "Key": "k", **members}, ExpiresIn=60)
        assert status_of(sign("get_object")) == 200
        expired = signer.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=0)
        assert status_of(expired) == 403
        copying = urllib.request.Request(sign("put_object"), b"", {"x-amz-copy-source": f"/{bucket}/secret"}, method="PUT")
        assert status_of(copying) == 403
    far = server.client("s3", signature_version="s3v4").generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=604801)
    assert status_of(far) == 400


def test_buckets_are_named_by_the_host(server: Server, bucket: str) -> None:
    s3 = server.client("s3", signature_version="s3v4")
    s3.put_object(Bucket=bucket, Key="a b", Body=b"by host")
    port = server.url.rsplit(":", 1)[1]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy("Allow", "*", ["s3:GetObject"], f"arn:aws:s3:::{bucket}/*")))
    for host in (f"{bucket}.s3.localhost:{port}", f"{bucket}.localhost:{port}"):
        answer = wire.send(f"{server.url}/a%20b", "GET", b"", {"Host": host})
        assert (answer.status, answer.body) == (200, b"by host")


# -- locks


def test_the_operator_breaks_a_lock_on_the_record(server: Server, s3: Any) -> None:
    trail = make_trail(server, unique("broken"))
    posted = event()
    server.post_events([posted])
    trail.wait_for([posted["eventID"]])
    key = trail.log_files()[0].key
    assert code_of(s3.delete_object, Bucket=trail.bucket, Key=key) == "AccessDenied"
    assert s3.get_object_retention(Bucket=trail.bucket, Key=key)["Retention"]["Mode"] == "COMPLIANCE"
    mine = server.create_key()
    asked = json.dumps({"bucket": trail.bucket, "key": key, "reason": "no"}).encode()
    assert server.request("POST", "/_cairn/locks/break", asked, key=mine).code == "AccessDeniedException"
    printed = server.cairn("lock", "break", f"s3://{trail.bucket}/{key}", "--reason", "personal data, ticket 4711").stdout
    assert key in printed
    recorded = server.found(name="BreakLock", text="4711")[0]
    assert recorded["eventSource"] == "cairn.amazonaws.com"
    assert recorded["requestParameters"]["key"] == key
    server.cairn("lock", "break", f"s3://{trail.bucket}/{key}", "--reason", "again", code=1)
    server.cairn("lock", "break", key, "--reason", "wrong", code=2)
    s3.delete_object(Bucket=trail.bucket, Key=key)
    assert code_of(s3.get_object, Bucket=trail.bucket, Key=key) == "NoSuchKey"


# -- everyday commands


def test_the_aws_cli_syncs_moves_and_presigns(server: Server, s3: Any, tmp_path: Path) -> None:
    name = unique("cli")
    folder, back = tmp_path / "folder", tmp_path / "back"
    (folder / "sub dir").mkdir(parents=True)
    for number in range(5):
        file = folder / "sub dir" / f"file {number}.txt"
        file.write_text(f"text {number}")
        # S3 tells times in whole seconds, so `sync` takes a file written within the second of its upload for newer.
        os.utime(file, (1_700_000_000, 1_700_000_000))
    server.aws("s3", "mb", f"s3://{name}")
    server.aws("s3", "sync", folder, f"s3://{name}/synced")
    assert server.aws("s3", "sync", folder, f"s3://{name}/synced") == ""
    server.aws("s3", "mv", f"s3://{name}/synced/sub dir/file 0.txt", f"s3://{name}/moved.txt")
    server.aws("s3", "cp", f"s3://{name}/moved.txt", f"s3://{name}/copied.txt")
    (folder / "sub dir" / "file 0.txt").unlink()
    server.aws("s3", "sync", "--delete", f"s3://{name}/synced", back)
    assert sorted(path.name for path in (back / "sub dir").iterdir()) == [f"file {number}.txt" for number in range(1, 5)]
    with urllib.request.urlopen(server.aws("s3", "presign", f"s3://{name}/copied.txt").strip()) as answer:
        assert answer.read() == b"text 0"
    server.aws("s3api", "put-bucket-versioning", "--bucket", name, "--versioning-configuration", "Status=Enabled", code=255)
    assert json.loads(server.aws("s3api", "list-object-versions", "--bucket", name))["Versions"][0]["VersionId"] == "null"
    assert server.aws("s3api", "get-bucket-versioning", "--bucket", name).strip() == ""
    server.aws("s3", "rb", "--force", f"s3://{name}")


def test_a_client_that_breaks_off_leaves_nothing(server: Server, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    url = server.client("s3", signature_version="s3v4").generate_presigned_url(
        "put_object", Params={"Bucket": bucket, "Key": "k"}, ExpiresIn=60
    )
    connection = wire.connect(server.url)
    connection.sendall(wire.head(url, "PUT", {"Content-Length": "1000000"}) + b"half")
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()
    temporary = server.data / "buckets" / bucket / "tmp"
    until(lambda: not list(temporary.iterdir()), "the half body is gone")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"before"
