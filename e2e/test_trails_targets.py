"""What trails say of topics, keys and buckets elsewhere: moto as SNS, KMS and S3."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import MakeServer
from delivered import trail_arn
from elsewhere import Moto, Silent
from events import unique
from server import ACCOUNT, REGION, Server
from test_trails import AWAY, refused
from test_trails_limits import Patient


@pytest.fixture(scope="module")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    yield moto
    moto.stop()


def endpoints(url: str) -> dict[str, str]:
    return {"CAIRN_S3_ENDPOINT": url, "CAIRN_SNS_ENDPOINT": url, "CAIRN_KMS_ENDPOINT": url}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, moto: Moto) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("targets"), env=endpoints(moto.url)).start()
    try:
        moto.client("s3").create_bucket(Bucket="far-logs")
        yield server
        server.stop()
    finally:
        server.kill()


def create(server: Server, **members: Any) -> dict[str, Any]:
    return server.client("cloudtrail").create_trail(Name=unique("told"), S3BucketName="far-logs", **members)


def shown(server: Server, arn: str) -> list[dict[str, Any]]:
    """The trail as each reading call shows it, at home and elsewhere."""
    here, away = server.client("cloudtrail"), server.client("cloudtrail", AWAY)
    return [
        here.get_trail(Name=arn)["Trail"], here.describe_trails(trailNameList=[arn])["trailList"][0],
        away.describe_trails(trailNameList=[arn])["trailList"][0],
    ]


def test_nobody_makes_a_bucket_of_a_name_that_anothers_trail_delivers_to(server: Server, moto: Moto) -> None:
    far = unique("spoken-for")
    moto.client("s3").create_bucket(Bucket=far)
    trail = server.client("cloudtrail").create_trail(Name=unique("told"), S3BucketName=far)["TrailARN"]
    stranger = server.client("s3", key=server.create_key("--account", "444455556666"))
    with pytest.raises(ClientError) as caught:
        stranger.create_bucket(Bucket=far)
    assert caught.value.response["Error"]["Code"] == "BucketAlreadyExists"
    server.client("cloudtrail").delete_trail(Name=trail)
    stranger.create_bucket(Bucket=far)


def test_a_topic_is_shown_by_its_arn_whatever_it_was_named_by(server: Server, moto: Moto) -> None:
    # moto's own account is another than the trail's, as a topic that many accounts share would be.
    far = moto.client("sns").create_topic(Name="deliveries")["TopicArn"]
    created = create(server, SnsTopicName=far)
    for trail in [created, *shown(server, created["TrailARN"])]:
        assert trail["SnsTopicARN"] == trail["SnsTopicName"] == far

    near = f"arn:aws:sns:{REGION}:{ACCOUNT}:deliveries"
    message = refused(
        server.client("cloudtrail").update_trail, "InsufficientSnsTopicPolicyException",
        Name=created["TrailARN"], SnsTopicName="deliveries",
    )
    assert near in message
    assert server.client("cloudtrail").update_trail(Name=created["TrailARN"], S3KeyPrefix="p")["SnsTopicARN"] == far
    server.client("cloudtrail").update_trail(Name=created["TrailARN"], SnsTopicName="")
    assert not any("SnsTopicARN" in trail or "SnsTopicName" in trail for trail in shown(server, created["TrailARN"]))


def test_a_topic_of_the_trails_own_account_is_shown_by_its_name_too(make_server: MakeServer, moto: Moto) -> None:
    arn = moto.client("sns").create_topic(Name="ours")["TopicArn"]
    server = make_server(env={**endpoints(moto.url), "CAIRN_ACCOUNT_ID": arn.split(":")[4]}).start()
    created = create(server, SnsTopicName="ours")
    assert (created["SnsTopicName"], created["SnsTopicARN"]) == ("ours", arn)
    server.stop()


def test_in_awss_profile_a_topic_must_let_cloudtrail_publish(make_server: MakeServer, moto: Moto) -> None:
    sns = moto.client("sns")
    arn = sns.create_topic(Name="closed")["TopicArn"]
    server = make_server("--limits-profile", "aws", env=endpoints(moto.url)).start()
    moto.client("s3").put_bucket_policy(Bucket="far-logs", Policy=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": ["s3:GetBucketAcl", "s3:PutObject"],
            "Resource": ["arn:aws:s3:::far-logs", "arn:aws:s3:::far-logs/*"],
        }],
    }))
    told = {"Name": "told", "S3BucketName": "far-logs", "SnsTopicName": arn}
    client = Patient(server)
    message = refused(client.create_trail, "InsufficientSnsTopicPolicyException", **told)
    assert message.startswith("SNS Topic does not exist or the topic policy is incorrect!") and "SNS:Publish" in message
    publishing = {
        "Sid": "AWSCloudTrailSNSPolicy20131101", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "SNS:Publish", "Resource": arn, "Condition": {"StringEquals": {"aws:SourceArn": trail_arn("told")}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [publishing]})
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    assert client.create_trail(**told)["SnsTopicARN"] == arn
    moto.client("s3").delete_bucket_policy(Bucket="far-logs")
    server.stop()


def test_a_key_is_shown_by_its_arn_whatever_it_was_named_by(server: Server, moto: Moto) -> None:
    kms = moto.client("kms")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/audit", TargetKeyId=key["KeyId"])
    alias_arn = key["Arn"].split(":key/")[0] + ":alias/audit"
    for named in ("alias/audit", alias_arn, key["KeyId"], key["Arn"]):
        created = create(server, KmsKeyId=named)
        for trail in [created, *shown(server, created["TrailARN"])]:
            assert trail["KmsKeyId"] == key["Arn"], named
    updated = server.client("cloudtrail").update_trail(Name=created["TrailARN"], KmsKeyId="")
    assert "KmsKeyId" not in updated
    assert not any("KmsKeyId" in trail for trail in shown(server, created["TrailARN"]))


def test_a_key_that_cannot_encrypt_is_refused_and_changes_nothing(server: Server, moto: Moto) -> None:
    kms, cloudtrail = moto.client("kms"), server.client("cloudtrail")
    disabled, leaving = (kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(2))
    kms.disable_key(KeyId=disabled)
    kms.schedule_key_deletion(KeyId=leaving)
    arn = create(server)["TrailARN"]
    for key, code, state in [
        (disabled, "KmsKeyDisabledException", "Disabled"),
        (leaving, "KmsKeyDisabledException", "PendingDeletion"),
        ("alias/nobody", "KmsKeyNotFoundException", "alias/nobody"),
    ]:
        assert state in refused(cloudtrail.update_trail, code, Name=arn, KmsKeyId=key)
    assert "KmsKeyId" not in cloudtrail.get_trail(Name=arn)["Trail"]


def test_an_own_bucket_does_not_pretend_to_encrypt(server: Server, moto: Moto) -> None:
    key = moto.client("kms").create_key()["KeyMetadata"]["KeyId"]
    server.client("s3").create_bucket(Bucket="near-logs")
    cloudtrail, code = server.client("cloudtrail"), "InvalidParameterCombinationException"
    refused(cloudtrail.create_trail, code, Name=unique("near"), S3BucketName="near-logs", KmsKeyId=key)
    sealed = create(server, KmsKeyId=key)["TrailARN"]
    refused(cloudtrail.update_trail, code, Name=sealed, S3BucketName="near-logs")
    assert cloudtrail.update_trail(Name=sealed, S3BucketName="near-logs", KmsKeyId="")["S3BucketName"] == "near-logs"


def test_a_service_that_does_not_answer_holds_up_nobody_else(make_server: MakeServer) -> None:
    with closing(Silent()) as silent:
        server = make_server(env=endpoints(silent.url)).start()
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(
                refused, server.client("cloudtrail").create_trail, "S3BucketDoesNotExistException",
                Name="waiting", S3BucketName="far-logs",
            )
            server.client("cloudtrail").stop_logging(Name="default")
            assert not asking.done(), "the bucket is still looked for"
            asking.result()
        server.stop()


def test_the_policy_of_a_bucket_elsewhere_is_checked_in_the_aws_profile(make_server: MakeServer, moto: Moto) -> None:
    server = make_server("--limits-profile", "aws", env=endpoints(moto.url)).start()
    s3, client = moto.client("s3"), Patient(server)
    s3.create_bucket(Bucket="guarded-logs")
    trail = {"Name": "guarded", "S3BucketName": "guarded-logs"}
    code = "InsufficientS3BucketPolicyException"
    assert "AWSCloudTrailAclCheck20150319" in refused(client.create_trail, code, **trail)
    statement = {
        "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:PutObject"],
        "Resource": ["arn:aws:s3:::guarded-logs", f"arn:aws:s3:::guarded-logs/AWSLogs/{ACCOUNT}/*"],
        "Condition": {"ArnLike": {"aws:SourceArn": trail_arn("*", "*")}},
    }
    s3.put_bucket_policy(Bucket="guarded-logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": statement}))
    assert client.create_trail(**trail)["S3BucketName"] == "guarded-logs"
    server.stop()
