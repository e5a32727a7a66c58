"""Trails that deliver to S3, SNS and KMS elsewhere: moto, and another Cairn, which checks signatures."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from certificates import Authority
from conftest import MakeServer
from delivered import DIGEST_KEY, LOG_KEY, Delivered, trail_arn
from elsewhere import Moto, Silent
from events import event, ids, minutes_ago, text_of
from proxy import Proxy
from server import ACCOUNT, AWS, REGION, ROOT, Server
from validation import Verdict
from waiting import until
from wire import Key


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    yield moto
    moto.stop()


def variables(url: str) -> dict[str, str]:
    """All targets at one place. The shell's own variables must not matter."""
    return {
        "CAIRN_S3_ENDPOINT": url,
        "CAIRN_SNS_ENDPOINT": url,
        "CAIRN_KMS_ENDPOINT": url,
        "CAIRN_TRAILS_DEFAULT": "false",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "SOMEBODYELSES",
        "AWS_SECRET_ACCESS_KEY": "somebody else's",
        "AWS_PROFILE": "nobody",
    }


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, moto: Moto) -> Iterator[Server]:
    shared = Server(tmp_path_factory.mktemp("targets"), env=variables(moto.url)).start()
    yield shared
    shared.stop()


def deliver_to(server: Server, place: Any, name: str, **members: Any) -> Delivered:
    """A logging trail with validation into a new bucket at `place`."""
    bucket = f"{name}-elsewhere"
    place.client("s3").create_bucket(Bucket=bucket)
    cloudtrail = server.client("cloudtrail")
    cloudtrail.create_trail(Name=name, S3BucketName=bucket, EnableLogFileValidation=True, **members)
    cloudtrail.start_logging(Name=name)
    return Delivered(place, bucket)


def heads(delivered: Delivered) -> dict[str, Any]:
    client = delivered.server.client("s3")
    return {key: client.head_object(Bucket=delivered.bucket, Key=key) for key in delivered.keys()}


def code_of(call: Any, **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]["Code"]


def test_log_files_and_digests_go_to_a_bucket_elsewhere_and_are_valid_there(server: Server, moto: Moto) -> None:
    since = minutes_ago(1)
    delivered = deliver_to(server, moto, "far")
    posted = [event(f"Describe{n}") for n in range(20)]
    server.post_events(posted)
    delivered.wait_for(ids(posted))
    delivered.wait_until_covered()
    for key, head in heads(delivered).items():
        assert (head["ContentType"], head["ContentEncoding"]) == ("application/json", "gzip"), key
        assert head["ServerSideEncryption"] == "AES256", key
        is_digest = bool(DIGEST_KEY.fullmatch(key))
        assert is_digest or LOG_KEY.fullmatch(key)
        assert set(head["Metadata"]) == ({"signature", "signature-algorithm"} if is_digest else set())
    done = server.run(
        AWS, "cloudtrail", "validate-logs", "--trail-arn", trail_arn("far"), "--start-time", text_of(since),
        "--verbose", AWS_ENDPOINT_URL_S3=moto.url,
    )  # fmt: skip
    verdict = Verdict(done.stdout + done.stderr)
    assert not verdict.invalid and verdict.count("digest") > 0 and verdict.count("log") > 0, verdict.text


def test_a_bucket_that_is_nowhere_is_refused_soon(server: Server, make_server: MakeServer) -> None:
    with closing(Silent()) as silent:
        alone = make_server(env=variables(silent.url)).start()
        for asked in (server, alone):
            began = time.monotonic()
            create = asked.client("cloudtrail").create_trail
            assert code_of(create, Name="lost", S3BucketName="no-such-bucket") == "S3BucketDoesNotExistException"
            assert time.monotonic() - began < 3, "2 seconds, and what a busy machine adds"
        alone.stop()


def test_an_outage_of_the_bucket_loses_and_doubles_nothing(make_server: MakeServer, moto: Moto) -> None:
    with Proxy(moto.url) as proxy:
        server = make_server(env=variables(proxy.url)).start()
        delivered = deliver_to(server, moto, "cut")
        status = lambda: server.client("cloudtrail").get_trail_status(Name="cut")  # noqa: E731
        posted = [event("Before")]
        server.post_events(posted)
        delivered.wait_for(ids(posted))
        assert "LatestDeliveryError" not in status()

        proxy.target = "http://127.0.0.1:1"
        proxy.cut()
        for n in range(5):
            more = [event(f"During{n}") for _ in range(20)]
            server.post_events(more)
            posted += more
        error = until(lambda: status().get("LatestDeliveryError"), "the error in the trail's status")
        assert error == "ConnectionError"
        # What waits survives a restart.
        server.restart()
        server.post_events(after := [event("Restarted")])
        posted += after

        proxy.target = moto.url
        delivered.wait_for(ids(posted))
        until(lambda: "LatestDeliveryError" not in status(), "the error is gone")
        ours = [found for found in delivered.event_ids() if found in set(ids(posted))]
        assert sorted(ours) == sorted(ids(posted)), "each event is in one log file"
        delivered.wait_until_covered()
        server.stop()


def test_another_cairn_takes_what_is_signed_with_its_key(make_server: MakeServer) -> None:
    """Its bucket server checks every signature and keeps what is there; the root key of both is the same."""
    far = make_server().start()
    near = make_server(env={**variables(far.url), "CAIRN_TRAILS_DEFAULT": "true"}).start()
    delivered = deliver_to(near, far, "between")
    near.post_events(posted := [event("Across")])
    delivered.wait_for(ids(posted))
    delivered.wait_until_covered()
    near.stop()

    keys = {"CAIRN_AWS_ACCESS_KEY_ID": ROOT.id, "CAIRN_AWS_SECRET_ACCESS_KEY": "wrong"}
    stranger = make_server(env={**variables(far.url), **keys}).start()
    create = stranger.client("cloudtrail").create_trail
    assert code_of(create, Name="denied", S3BucketName=delivered.bucket) == "S3BucketDoesNotExistException"
    assert "SignatureDoesNotMatch" in stranger.log_tail()
    assert "wrong" not in stranger.stderr.read_text().replace("went wrong", "")
    stranger.stop()
    far.stop()


def test_requests_are_signed_with_what_the_settings_name(make_server: MakeServer) -> None:
    far = make_server().start()
    far.client("s3").create_bucket(Bucket="named-elsewhere")
    key = far.create_key()
    root = Key("AKIANEARNEARNEARNEAR", "which the far one does not know", ACCOUNT)
    near_root = {"CAIRN_ACCESS_KEY_ID": root.id, "CAIRN_SECRET_ACCESS_KEY": root.secret}

    def finds_bucket(sources: dict[str, str], file: str = "credentials", text: str = "") -> str:
        """Creates a trail; returns `yes`, or what the log says."""
        near = make_server(env={**variables(far.url), **near_root, **sources})
        (near.home / ".aws").mkdir()
        (near.home / ".aws" / file).write_text(text)
        create = near.start().client("cloudtrail", key=root).create_trail
        try:
            create(Name="signed", S3BucketName="named-elsewhere")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "S3BucketDoesNotExistException"
            return near.stderr.read_text()
        finally:
            near.stop()
        return "yes"

    assert "InvalidAccessKeyId" in finds_bucket({})
    keys = {"CAIRN_AWS_ACCESS_KEY_ID": key.id, "CAIRN_AWS_SECRET_ACCESS_KEY": key.secret}
    assert finds_bucket(keys) == "yes"
    profile = {"CAIRN_AWS_PROFILE": "far"}
    pair = f"[far]\naws_access_key_id = {key.id}\naws_secret_access_key = {key.secret}\n"
    assert finds_bucket(profile, "credentials", pair) == "yes"
    printed = json.dumps({"Version": 1, "AccessKeyId": key.id, "SecretAccessKey": key.secret})
    assert finds_bucket(profile, "config", f"[profile far]\ncredential_process = echo '{printed}'\n") == "yes"
    # What the shell says of endpoints would send the question for a role to the wrong place.
    role = "[profile far]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = other\n"
    assert "AWS_ENDPOINT_URL would send that elsewhere" in finds_bucket(profile, "config", role)
    ambient = {"AWS_ACCESS_KEY_ID": key.id, "AWS_SECRET_ACCESS_KEY": key.secret}
    assert finds_bucket({"CAIRN_AWS_AMBIENT": "true", **ambient}) == "yes"
    assert "InvalidAccessKeyId" in finds_bucket(ambient), "the environment's keys are not asked for"
    far.stop()


def test_an_endpoint_with_tls_is_trusted_only_by_its_certificate(make_server: MakeServer, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, private = tmp_path / "cert.pem", tmp_path / "key.pem"
    authority.issue(certificate, private)
    plain = make_server().start()
    plain.client("s3").create_bucket(Bucket="behind-tls")
    plain.stop()
    far = plain.copy(tmp_path / "far", "--tls-certificate", str(certificate), "--tls-key", str(private)).start()
    try:
        stranger = make_server(env=variables(far.url)).start()
        create = stranger.client("cloudtrail").create_trail
        assert code_of(create, Name="secret", S3BucketName="behind-tls") == "S3BucketDoesNotExistException"
        stranger.stop()
        friend = make_server(env={**variables(far.url), "SSL_CERT_FILE": str(authority.bundle)}).start()
        friend.client("cloudtrail").create_trail(Name="secret", S3BucketName="behind-tls")
        friend.client("cloudtrail").start_logging(Name="secret")
        friend.post_events([event("Whispered")])
        status = lambda: friend.client("cloudtrail").get_trail_status(Name="secret")  # noqa: E731
        until(lambda: "LatestDeliveryTime" in status(), "a log file is delivered")
        assert "LatestDeliveryError" not in status()
        friend.stop()
        far.stop()
    finally:
        far.kill()


def test_files_are_encrypted_with_the_trails_key_and_only_with_one_that_can(server: Server, moto: Moto) -> None:
    kms = moto.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/trail", TargetKeyId=key)
    delivered = deliver_to(server, moto, "sealed", KmsKeyId="alias/trail")
    assert server.client("cloudtrail").get_trail(Name="sealed")["Trail"]["KmsKeyId"] == key
    server.post_events(posted := [event("Sealed")])
    delivered.wait_for(ids(posted))
    delivered.wait_until_covered()
    for name, head in heads(delivered).items():
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key), name

    update = server.client("cloudtrail").update_trail
    assert code_of(update, Name="sealed", KmsKeyId="alias/none") == "KmsKeyNotFoundException"
    kms.disable_key(KeyId=key.rpartition("/")[2])
    assert code_of(update, Name="sealed", KmsKeyId=key) == "KmsKeyDisabledException"


def test_without_a_kms_no_key_is_found(make_server: MakeServer, moto: Moto) -> None:
    server = make_server(env={"CAIRN_S3_ENDPOINT": moto.url}).start()
    moto.client("s3").create_bucket(Bucket="no-kms")
    create = server.client("cloudtrail").create_trail
    assert code_of(create, Name="keyless", S3BucketName="no-kms", KmsKeyId="alias/any") == "KmsKeyNotFoundException"
    server.stop()


def test_each_delivered_log_file_is_told_to_the_topic(server: Server, moto: Moto) -> None:
    topic = moto.client("sns").create_topic(Name="news")["TopicArn"]
    queue = moto.client("sqs").create_queue(QueueName="readers")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{topic.split(':')[4]}:readers"
    moto.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    delivered = deliver_to(server, moto, "told", SnsTopicName=topic)
    server.post_events(posted := [event("Told")])
    delivered.wait_for(ids(posted))
    told: list[str] = []

    def all_told() -> bool:
        for message in moto.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            news = json.loads(json.loads(message["Body"])["Message"])
            assert news["s3Bucket"] == delivered.bucket
            told.extend(news["s3ObjectKey"])
        log_files = {file.key for file in delivered.log_files()}
        return bool(log_files) and log_files <= set(told)

    until(all_told, "a message about each log file")
    assert all(LOG_KEY.fullmatch(key) for key in told), "digests are not announced"
    status = server.client("cloudtrail").get_trail_status(Name="told")
    assert "LatestNotificationTime" in status and "LatestNotificationError" not in status
