"""`cairn apply` and `cairn export`: what a template asks for is made, kept, changed and deleted through CloudTrail's API."""

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import MakeServer
from server import ACCOUNT, REGION, Server

WHOLE = """
AWSTemplateFormatVersion: "2010-09-09"
Description: All that there can be
Parameters:
  Bucket: {Type: String, AllowedPattern: "[a-z-]+"}
  Stage: {Type: String, Default: test, AllowedValues: [test, live]}
  Prefix: {Type: String, Default: hush-hush, NoEcho: true}
Mappings:
  Days: {test: {Kept: 30}, live: {Kept: 400}}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
Resources:
  Policy:
    Type: AWS::CloudTrail::ResourcePolicy
    Properties:
      ResourceArn: !GetAtt Inlet.ChannelArn
      ResourcePolicy:
        Version: 2012-10-17
        Statement:
          - Sid: Post
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: cloudtrail-data:PutAuditEvents
            Resource: !Ref Inlet
  Inlet:
    Type: AWS::CloudTrail::Channel
    Properties:
      Name: inlet
      Source: Custom
      Destinations: [{Type: EVENT_DATA_STORE, Location: !GetAtt Audit.EventDataStoreArn}]
  Audit:
    Type: AWS::CloudTrail::EventDataStore
    Properties:
      Name: audit
      TerminationProtectionEnabled: false
      RetentionPeriod: !FindInMap [Days, !Ref Stage, Kept]
      AdvancedEventSelectors:
        - FieldSelectors: [{Field: eventCategory, Equals: [ActivityAuditLog]}]
  Main:
    Type: AWS::CloudTrail::Trail
    Properties:
      TrailName: main
      S3BucketName: !Ref Bucket
      S3KeyPrefix: !Ref Prefix
      IsLogging: true
      IsMultiRegionTrail: !If [IsLive, true, !Ref "AWS::NoValue"]
      EnableLogFileValidation: true
      AdvancedEventSelectors:
        - Name: writes
          FieldSelectors:
            - {Field: eventCategory, Equals: [Management]}
            - {Field: readOnly, Equals: ["false"]}
      InsightSelectors: [{InsightType: ApiCallRateInsight}]
      Tags: [{Key: stage, Value: !Ref Stage}, {Key: made-by, Value: !Join ["/", [!Ref "AWS::StackName", cairn]]}]
  Board:
    Type: AWS::CloudTrail::Dashboard
    DependsOn: Audit
    Properties:
      Name: board
      RefreshSchedule: {Frequency: {Unit: HOURS, Value: 6}}
      Widgets:
        - QueryStatement: !Sub
            - SELECT eventID FROM ${Id}
            - Id: !Select [1, !Split ["/", !Ref Audit]]
          ViewProperties: {View: Table, Title: All}
  Unnamed:
    Type: AWS::CloudTrail::EventDataStore
    Condition: IsLive
    DeletionPolicy: Retain
    Properties: {TerminationProtectionEnabled: false}
Outputs:
  Where: {Value: !GetAtt Main.Arn}
"""


@pytest.fixture
def fresh(make_server: MakeServer) -> Server:
    server = make_server().start()
    server.client("s3").create_bucket(Bucket="logs")
    # The trail that a new server has would be exported too.
    server.client("cloudtrail").delete_trail(Name="default")
    return server


def template(server: Server, text: str, name: str = "stack.yaml") -> Path:
    path = server.folder / name
    path.write_text(text)
    return path


def apply(server: Server, text: str, *flags: str, code: int = 0, name: str = "stack.yaml", **options: Any) -> str:
    """What `cairn apply` prints."""
    done = server.cairn("apply", template(server, text, name).name, *flags, code=code, **options)
    return done.stdout + done.stderr


def whole(server: Server, *flags: str, code: int = 0, stage: str = "test", text: str = WHOLE) -> str:
    return apply(server, text, "--parameter", "Bucket=logs", "--parameter", f"Stage={stage}", *flags, code=code)


def summary(printed: str) -> str:
    (line,) = [line for line in printed.splitlines() if "to create" in line]
    return line


def trail(name: str = "main", more: str = "") -> str:
    properties = f"TrailName: {name}, S3BucketName: logs, IsLogging: true{more}"
    return f"Resources:\n  Main:\n    Type: AWS::CloudTrail::Trail\n    Properties: {{{properties}}}\n"


def test_a_template_is_made_once_and_then_nothing_changes(fresh: Server) -> None:
    lake = fresh.client("cloudtrail")
    assert "5 to create" in summary(whole(fresh, "--check", code=1))
    assert lake.list_trails()["Trails"] == [], "--check does nothing"
    assert "--yes" in whole(fresh, code=2), "nobody is there to ask"
    printed = whole(fresh, "--yes")
    assert summary(printed) == "5 to create, 0 to update, 0 to replace, 0 to delete, 0 unchanged"
    assert f"Where = arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main" in printed
    assert "hush" not in printed and "S3KeyPrefix" in printed

    main = lake.get_trail(Name="main")["Trail"]
    assert (main["S3KeyPrefix"], main["LogFileValidationEnabled"], main["IsMultiRegionTrail"]) == ("hush-hush", True, False)
    assert lake.get_trail_status(Name="main")["IsLogging"] is True
    tags = lake.list_tags(ResourceIdList=[main["TrailARN"]])["ResourceTagList"][0]["TagsList"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"stage": "test", "made-by": "stack/cairn"}
    (store,) = lake.list_event_data_stores()["EventDataStores"]
    assert lake.get_event_data_store(EventDataStore=store["EventDataStoreArn"])["RetentionPeriod"] == 30
    (channel,) = lake.list_channels()["Channels"]
    (destination,) = lake.get_channel(Channel=channel["ChannelArn"])["Destinations"]
    assert destination["Location"] == store["EventDataStoreArn"]
    policy = json.loads(lake.get_resource_policy(ResourceArn=channel["ChannelArn"])["ResourcePolicy"])
    assert policy["Statement"][0]["Resource"] == channel["ChannelArn"]
    (widget,) = lake.get_dashboard(DashboardId="board")["Widgets"]
    assert widget["QueryStatement"] == f"SELECT eventID FROM {store['EventDataStoreArn'].rpartition('/')[2]}"

    for flags in (["--check"], ["--yes"], ["--check"]):
        assert summary(whole(fresh, *flags)) == "0 to create, 0 to update, 0 to replace, 0 to delete, 5 unchanged"
    fresh.restart()
    whole(fresh, "--check")


def test_other_parameters_change_what_they_are_about(fresh: Server) -> None:
    whole(fresh, "--yes")
    printed = whole(fresh, "--yes", stage="live")
    assert summary(printed) == "1 to create, 2 to update, 0 to replace, 0 to delete, 3 unchanged"
    assert "RetentionPeriod: 30 -> 400" in printed and "IsMultiRegionTrail: default -> true" in printed
    lake = fresh.client("cloudtrail")
    assert lake.get_trail(Name="main")["Trail"]["IsMultiRegionTrail"] is True
    whole(fresh, "--check", stage="live")
    names = {store["Name"].rpartition("-")[0] or store["Name"] for store in lake.list_event_data_stores()["EventDataStores"]}
    assert names == {"audit", "stack-Unnamed"}

    printed = whole(fresh, "--yes")
    assert "retain   Unnamed" in printed and "0 to delete" in summary(printed)
    assert len(lake.list_event_data_stores()["EventDataStores"]) == 2, "DeletionPolicy: Retain"
    whole(fresh, "--check")


def test_drift_is_shown_and_put_right(fresh: Server) -> None:
    whole(fresh, "--yes")
    lake = fresh.client("cloudtrail")
    lake.stop_logging(Name="main")
    lake.update_trail(Name="main", EnableLogFileValidation=False)
    lake.put_insight_selectors(TrailName="main", InsightSelectors=[])
    lake.delete_dashboard(DashboardId="board")
    printed = whole(fresh, "--check", code=1)
    assert "IsLogging: false -> true" in printed and "EnableLogFileValidation: default -> true" in printed
    assert summary(printed) == "1 to create, 1 to update, 0 to replace, 0 to delete, 3 unchanged"
    whole(fresh, "--yes")
    whole(fresh, "--check")
    assert lake.get_trail_status(Name="main")["IsLogging"] is True


def test_what_the_template_no_longer_has_is_deleted_unless_it_is_retained(fresh: Server) -> None:
    whole(fresh, "--yes")
    lake = fresh.client("cloudtrail")
    printed = apply(fresh, "Resources: {}", "--yes")
    assert summary(printed) == "0 to create, 0 to update, 0 to replace, 5 to delete, 0 unchanged"
    assert lake.list_trails()["Trails"] == lake.list_channels()["Channels"] == []
    assert apply(fresh, "Resources: {}", "--check").count("delete") == 1, "the summary's"

    kept = trail() + "    DeletionPolicy: Retain\n"
    apply(fresh, kept, "--yes")
    printed = apply(fresh, "Resources: {}", "--yes")
    assert "retain   Main (AWS::CloudTrail::Trail) main" in printed
    assert len(lake.list_trails()["Trails"]) == 1
    assert "adopt    Main" in apply(fresh, kept, "--yes"), "it belongs to nobody"


def test_protected_stores_are_refused_before_anything_is_done(fresh: Server) -> None:
    store = "  Store: {Type: 'AWS::CloudTrail::EventDataStore', Properties: {Name: store}}\n"
    apply(fresh, trail() + store, "--yes")
    printed = apply(fresh, trail(more=", S3KeyPrefix: x"), "--yes", code=2)
    assert "store is protected from termination" in printed
    assert "S3KeyPrefix" not in fresh.client("cloudtrail").get_trail(Name="main")["Trail"]


def test_another_name_renames_a_store_and_replaces_a_trail(fresh: Server) -> None:
    store = "  Store: {Type: 'AWS::CloudTrail::EventDataStore', Properties: {Name: NAME}}\n"
    apply(fresh, trail() + store.replace("NAME", "old"), "--yes")
    lake = fresh.client("cloudtrail")
    (before,) = lake.list_event_data_stores()["EventDataStores"]
    printed = apply(fresh, trail("other") + store.replace("NAME", "new"), "--yes")
    assert summary(printed) == "0 to create, 1 to update, 1 to replace, 0 to delete, 0 unchanged"
    (after,) = lake.list_event_data_stores()["EventDataStores"]
    assert after == {"EventDataStoreArn": before["EventDataStoreArn"], "Name": "new"}
    assert [found["Name"] for found in lake.list_trails()["Trails"]] == ["other"]
    apply(fresh, trail("other") + store.replace("NAME", "new"), "--check")


def test_what_was_exported_is_found_without_drift_and_makes_the_same_elsewhere(fresh: Server, make_server: MakeServer) -> None:
    whole(fresh, "--yes")
    exported = fresh.cairn("export").stdout
    assert "!Ref" in exported
    assert apply(fresh, exported, "--check", name="exported.yaml", code=2).count("belongs to the stack stack") == 1
    assert summary(apply(fresh, exported, "--check")) == "0 to create, 0 to update, 0 to replace, 0 to delete, 5 unchanged"
    as_json = fresh.cairn("export", "--format", "json").stdout
    assert sorted(json.loads(as_json)["Resources"]) == ["Audit", "Board", "Inlet", "InletPolicy", "Main"]

    other = make_server().start()
    lake = other.client("cloudtrail")
    other.client("s3").create_bucket(Bucket="logs")
    assert summary(apply(other, as_json, "--check", name="copy.json", code=1)).startswith("5 to create")
    # A query names the store by its id, which another server gives anew.
    portable = json.loads(as_json)
    del portable["Resources"]["Board"]
    apply(other, json.dumps(portable), "--yes", name="copy.json")
    (channel,) = lake.list_channels()["Channels"]
    assert channel["ChannelArn"] in lake.get_resource_policy(ResourceArn=channel["ChannelArn"])["ResourcePolicy"]
    assert lake.get_trail(Name="main")["Trail"]["S3KeyPrefix"] == "hush-hush"
    # Made by hand, a stack takes it in.
    lake.create_trail(Name="by-hand", S3BucketName="logs")
    exported = other.cairn("export").stdout
    assert "adopt    ByHand" in apply(other, exported, "--check", name="copy.yaml")


def test_a_run_that_was_cut_off_is_finished_by_the_next(fresh: Server) -> None:
    broken = trail() + (
        "  Second:\n    Type: AWS::CloudTrail::Trail\n    DependsOn: Main\n"
        "    Properties: {TrailName: second, S3BucketName: nowhere, IsLogging: true}\n"
    )
    printed = apply(fresh, broken, "--yes", code=1)
    assert "Second: CreateTrail: " in printed and "S3BucketDoesNotExistException" in printed
    fresh.client("s3").create_bucket(Bucket="nowhere")
    printed = apply(fresh, broken, "--yes")
    assert summary(printed) == "1 to create, 0 to update, 0 to replace, 0 to delete, 1 unchanged"
    assert "keep     Main" in printed, "the record was written before the trail"
    apply(fresh, "Resources: {}", "--yes")
    assert fresh.client("cloudtrail").list_trails()["Trails"] == []


def test_stacks_and_accounts_keep_apart(fresh: Server) -> None:
    apply(fresh, trail(), "--yes", name="one.yaml")
    assert "main belongs to the stack one" in apply(fresh, trail(), "--yes", name="two.yaml", code=2)
    fresh.cairn("account", "create", "444455556666")
    other = fresh.create_key("--account", "444455556666")
    answer = fresh.request("GET", "/_cairn/stacks", key=other).json()
    assert answer == {"account": "444455556666", "region": REGION, "stacks": []}
    assert fresh.request("GET", "/_cairn/stacks", region="eu-west-1").json()["stacks"] == []
    (stack,) = fresh.request("GET", "/_cairn/stacks").json()["stacks"]
    assert (stack["name"], stack["resources"][0]["logicalId"]) == ("one", "Main")
    body = json.dumps({"revision": 0, "resources": []}).encode()
    refused = fresh.request("POST", "/_cairn/stacks/one", body)
    assert refused.status == 400 and refused.json()["__type"] == "ConflictException", "somebody else wrote it meanwhile"
    posting = fresh.create_key("--ingest-only", "--account", "444455556666")
    refused = fresh.request("GET", "/_cairn/stacks", key=posting)
    assert refused.status == 400 and refused.json()["__type"] == "AccessDeniedException"
    assert "cairn:ListStacks" in refused.json()["message"] and "only post events" in refused.json()["message"]


def put_stack(server: Server, name: str, revision: int, *resources: str, **options: Any) -> Any:
    """The answer to PutStack, for trails of these names."""
    of = [{"logicalId": "Main", "type": "AWS::CloudTrail::Trail", "id": resource} for resource in resources]
    body = json.dumps({"revision": revision, "resources": of}).encode()
    return server.request("POST", f"/_cairn/stacks/{name}", body, **options)


def test_who_read_a_stack_does_not_write_the_one_that_was_made_after_it(fresh: Server) -> None:
    revision = put_stack(fresh, "one", 0, "a").json()["revision"]
    assert put_stack(fresh, "one", revision).json()["revision"] == 0, "deleted"
    again = put_stack(fresh, "one", 0, "b").json()["revision"]
    refused = put_stack(fresh, "one", revision, "c")
    assert refused.status == 400 and refused.json()["__type"] == "ConflictException"
    assert put_stack(fresh, "one", again, "c").json()["revision"] > again


def test_an_account_has_200_stacks_at_most(fresh: Server) -> None:
    for number in range(200):
        region = ("us-east-1", "eu-west-1")[number % 2]
        assert put_stack(fresh, f"s{number}", 0, f"t{number}", region=region).status == 200
    refused = put_stack(fresh, "more", 0, "more")
    assert refused.status == 400 and refused.json()["__type"] == "ServiceQuotaExceededException"
    fresh.cairn("account", "create", "444455556666")
    other = fresh.create_key("--account", "444455556666")
    assert put_stack(fresh, "more", 0, "more", key=other).status == 200
    (stack,) = [stack for stack in fresh.request("GET", "/_cairn/stacks").json()["stacks"] if stack["name"] == "s0"]
    assert put_stack(fresh, "s0", stack["revision"]).json()["revision"] == 0
    assert put_stack(fresh, "more", 0, "more").status == 200


def test_faults_name_file_line_and_column(fresh: Server) -> None:
    for text, expected in [
        ("Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n", 'stack.yaml:3:11: Cairn does not make "AWS::SNS::Topic"'),
        (trail(more=", Colour: red"), 'has no property "Colour"'),
        (trail().replace("main", "!Ref Nobody"), "there is no parameter or resource \"Nobody\""),
        ("Resources: [", "stack.yaml:"),
    ]:
        assert expected in apply(fresh, text, "--yes", code=2), text
    assert "there is no parameter" in apply(fresh, trail().replace("logs", "!Ref Bucket"), code=2)
    assert "no parameter \"Stage\"" in apply(fresh, trail(), "--parameter", "Stage=x", code=2)
    assert "--parameter Bucket=VALUE" in apply(fresh, WHOLE, "--yes", code=2)
    assert "AllowedPattern" in apply(fresh, WHOLE, "--parameter", "Bucket=LOGS", "--yes", code=2)
    assert "--stack NAME" in apply(fresh, trail(), name="1.yaml", code=2)


EVERYTHING = """
Resources:
  Plain:
    Type: AWS::CloudTrail::Trail
    Properties:
      TrailName: plain
      S3BucketName: logs
      IsLogging: false
      IncludeGlobalServiceEvents: false
      EventSelectors:
        - ReadWriteType: WriteOnly
          ExcludeManagementEventSources: [kms.amazonaws.com]
          DataResources: [{Type: "AWS::S3::Object", Values: ["arn:aws:s3:::logs/"]}]
      AggregationConfigurations: [{EventCategory: Data, Templates: [API_ACTIVITY, USER_ACTIONS]}]
      RecursiveLogging: false
  Insights:
    Type: AWS::CloudTrail::EventDataStore
    Properties:
      TerminationProtectionEnabled: false
      AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Insight]}]}]
  Store:
    Type: AWS::CloudTrail::EventDataStore
    Properties:
      BillingMode: FIXED_RETENTION_PRICING
      MultiRegionEnabled: "false"
      TerminationProtectionEnabled: false
      IngestionEnabled: false
      FederationEnabled: true
      FederationRoleArn: !Sub arn:aws:iam::${AWS::AccountId}:role/reader
      InsightSelectors: [{InsightType: ApiErrorRateInsight}, {InsightType: ApiCallRateInsight}]
      InsightsDestination: !Ref Insights
      MaxEventSize: Large
      ContextKeySelectors: [{Type: RequestContext, Equals: ["aws:SourceIdentity"]}, {Type: TagContext, Equals: [team]}]
      Tags: [{Key: team, Value: blue}]
  Board:
    Type: AWS::CloudTrail::Dashboard
    Properties:
      RefreshSchedule: {Status: DISABLED, Frequency: {Unit: DAYS, Value: 1}}
      TerminationProtectionEnabled: false
      Widgets: []
      Tags: [{Key: team, Value: blue}]
"""

BARE = """
Resources:
  Plain: {Type: "AWS::CloudTrail::Trail", Properties: {TrailName: plain, S3BucketName: logs, IsLogging: true}}
  Insights:
    Type: AWS::CloudTrail::EventDataStore
    Properties:
      TerminationProtectionEnabled: false
      AdvancedEventSelectors: [{FieldSelectors: [{Field: eventCategory, Equals: [Insight]}]}]
  Store:
    Type: AWS::CloudTrail::EventDataStore
    Properties: {TerminationProtectionEnabled: false}
  Board: {Type: "AWS::CloudTrail::Dashboard", Properties: {}}
"""


def test_every_property_is_set_and_taken_back(fresh: Server) -> None:
    whole_again = EVERYTHING.replace("FIXED", "EXTENDABLE")
    for text, expected in [
        (EVERYTHING, "4 to create, 0 to update, 0 to replace, 0 to delete, 0 unchanged"),
        # Stores go from fixed to extendable prices and never back.
        (BARE, "0 to create, 3 to update, 0 to replace, 0 to delete, 1 unchanged"),
        (whole_again, "0 to create, 3 to update, 0 to replace, 0 to delete, 1 unchanged"),
        ("Resources: {}", "0 to create, 0 to update, 0 to replace, 4 to delete, 0 unchanged"),
        # Stores that are pending deletion keep their names, and are restored.
        (whole_again, "4 to create, 0 to update, 0 to replace, 0 to delete, 0 unchanged"),
    ]:
        assert summary(apply(fresh, text, "--yes")) == expected
        apply(fresh, text, "--check")
        exported = fresh.cairn("export").stdout
        if "Plain" in exported:
            apply(fresh, exported, "--check")
