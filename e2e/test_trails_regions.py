"""Every operation on trails, from home and from elsewhere, by name and by ARN, on trails of one and of all regions."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from delivered import trail_arn
from events import unique
from server import Server
from test_trails import AWAY

SELECTORS = [{"ReadWriteType": "All"}]
INSIGHTS = [{"InsightType": "ApiCallRateInsight"}]
TAGS = [{"Key": "team", "Value": "blue"}]

READS = {
    "get_trail": ("Name", {}),
    "get_trail_status": ("Name", {}),
    "get_event_selectors": ("TrailName", {}),
    "get_insight_selectors": ("TrailName", {}),
    "get_event_configuration": ("TrailName", {}),
}
CHANGES = {
    "update_trail": ("Name", {"S3KeyPrefix": "p"}),
    "start_logging": ("Name", {}),
    "stop_logging": ("Name", {}),
    "put_event_selectors": ("TrailName", {"EventSelectors": SELECTORS}),
    "put_insight_selectors": ("TrailName", {"InsightSelectors": INSIGHTS}),
    "put_event_configuration": ("TrailName", {"AggregationConfigurations": []}),
    "delete_trail": ("Name", {}),
}
TAGGING = {"add_tags": {"TagsList": TAGS}, "remove_tags": {"TagsList": TAGS}}

MISSING, FOREIGN, HOME_ONLY = "TrailNotFoundException", "CloudTrailARNInvalidException", "InvalidHomeRegionException"


@pytest.fixture(scope="module")
def bucket(server: Server) -> str:
    server.client("s3").create_bucket(Bucket="regions-bucket")
    return "regions-bucket"


def outcome(client: Any, method: str, **members: Any) -> str:
    try:
        getattr(client, method)(**members)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


@pytest.mark.parametrize("method", [*READS, *CHANGES])
def test_a_trail_is_read_where_it_is_seen_and_changed_at_home(server: Server, bucket: str, method: str) -> None:
    home, away = server.client("cloudtrail"), server.client("cloudtrail", AWAY)
    member, others = (READS | CHANGES)[method]
    shown = {}
    for is_multi in (True, False):
        for is_by_arn in (False, True):
            name = unique("region")
            arn = home.create_trail(Name=name, S3BucketName=bucket, IsMultiRegionTrail=is_multi)["TrailARN"]
            home.put_insight_selectors(TrailName=arn, InsightSelectors=INSIGHTS)
            given = {member: arn if is_by_arn else name, **others}
            shown[is_multi, is_by_arn] = outcome(away, method, **given), outcome(home, method, **given)
            if method != "delete_trail":
                home.delete_trail(Name=arn)
    from_away = HOME_ONLY if method in CHANGES else "ok"
    assert shown == {
        # The status of a shadow needs its ARN.
        (True, False): (MISSING if method == "get_trail_status" else from_away, "ok"),
        (True, True): (from_away, "ok"),
        (False, False): (MISSING, "ok"),
        (False, True): (FOREIGN, "ok"),
    }


@pytest.mark.parametrize("method", TAGGING)
def test_tags_are_changed_at_home(server: Server, bucket: str, method: str) -> None:
    home, away = server.client("cloudtrail"), server.client("cloudtrail", AWAY)
    for is_multi in (True, False):
        created = home.create_trail(Name=unique("region"), S3BucketName=bucket, IsMultiRegionTrail=is_multi)
        given = {"ResourceId": created["TrailARN"], **TAGGING[method]}
        assert outcome(away, method, **given) == FOREIGN
        assert outcome(home, method, **given) == "ok"
        home.delete_trail(Name=created["TrailARN"])


def test_what_is_described_depends_on_where_and_how_one_asks(server: Server, bucket: str) -> None:
    home, away = server.client("cloudtrail"), server.client("cloudtrail", AWAY)
    everywhere, here = unique("region"), unique("region")
    home.create_trail(Name=everywhere, S3BucketName=bucket, IsMultiRegionTrail=True)
    home.create_trail(Name=here, S3BucketName=bucket)

    def names(client: Any, **members: Any) -> set[str]:
        described = {trail["Name"] for trail in client.describe_trails(**members)["trailList"]}
        return described & {everywhere, here}

    assert names(home) == names(home, includeShadowTrails=False) == {everywhere, here}
    assert names(away) == {everywhere} and names(away, includeShadowTrails=False) == set()
    # Names are those of trails that are at home where one asks; others need their ARN.
    assert names(home, trailNameList=[everywhere, here, "nobody"]) == {everywhere, here}
    assert names(away, trailNameList=[everywhere, here, "nobody"]) == set()
    assert names(away, trailNameList=[trail_arn(everywhere), trail_arn(here)]) == {everywhere, here}
    (shadow,) = away.describe_trails(trailNameList=[trail_arn(everywhere)])["trailList"]
    (itself,) = home.describe_trails(trailNameList=[everywhere])["trailList"]
    assert shadow == itself
    listed = {trail["Name"] for trail in away.list_trails()["Trails"]}
    assert {everywhere, here} <= listed
    # A shadow's name is taken where it is seen.
    assert outcome(away, "create_trail", Name=everywhere, S3BucketName=bucket) == "TrailAlreadyExistsException"
    assert outcome(away, "create_trail", Name=here, S3BucketName=bucket) == "ok"
    for client, name in ((away, here), (home, here), (home, everywhere)):
        client.delete_trail(Name=name)
