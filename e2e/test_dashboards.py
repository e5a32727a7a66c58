"""Dashboards through boto3: their life, their refusals, their pages, and what survives a restart."""

from typing import Any

import pytest

from asking import Lake
from conftest import MakeServer
from events import event, unique
from server import ACCOUNT, REGION, Server
from test_event_data_stores import NOWHERE, create
from test_trails import AWAY, refused

HIGHLIGHTS = "AWSCloudTrail-Highlights"
SIX_HOURS = {"Frequency": {"Unit": "HOURS", "Value": 6}, "Status": "ENABLED"}


@pytest.fixture
def lake(server: Server) -> Any:
    return server.client("cloudtrail", parameter_validation=False)


@pytest.fixture
def store(lake: Any) -> str:
    return create(lake)["EventDataStoreArn"].rpartition("/")[2]


def dashboard_arn(name: str, region: str = REGION, account: str = ACCOUNT) -> str:
    return f"arn:aws:cloudtrail:{region}:{account}:dashboard/{name}"


def widget(store: str, **members: Any) -> dict[str, Any]:
    statement = f"SELECT errorCode, COUNT(*) AS errors FROM {store} WHERE eventTime > '?' GROUP BY errorCode"
    view = {"View": "Table", "Title": "Top errors", "Height": "2", "Width": "4"}
    return {"QueryStatement": statement, "QueryParameters": ["$StartTime$"], "ViewProperties": view, **members}


def shown(client: Any, dashboard: str) -> dict[str, Any]:
    found = client.get_dashboard(DashboardId=dashboard)
    del found["ResponseMetadata"]
    return found


def listed(client: Any, **members: Any) -> list[str]:
    found = client.list_dashboards(**members)["Dashboards"]
    return [dashboard["DashboardArn"].rpartition("/")[2] for dashboard in found]


def test_a_dashboard_is_created_shown_updated_and_deleted(server: Server, lake: Any, store: str) -> None:
    name, tags = unique("dash"), [{"Key": "team", "Value": "blue"}]
    created = lake.create_dashboard(Name=name, Widgets=[widget(store)], RefreshSchedule=SIX_HOURS, TagsList=tags)
    del created["ResponseMetadata"]
    arn, schedule = dashboard_arn(name), {**SIX_HOURS, "TimeOfDay": "00:00"}
    expected = {
        "DashboardArn": arn, "Type": "CUSTOM", "RefreshSchedule": schedule, "TerminationProtectionEnabled": False,
        "Widgets": [{**widget(store), "QueryAlias": f"widget1.{name}"}],
    }
    assert created == {**expected, "Name": name, "TagsList": tags}
    found = shown(lake, name)
    times = {"CreatedTimestamp": found["CreatedTimestamp"], "UpdatedTimestamp": found["CreatedTimestamp"]}
    assert found == {**expected, **times, "Status": "CREATED"} == shown(lake, arn)
    assert lake.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"] == tags

    off = {"Status": "DISABLED", "TimeOfDay": "06:30"}
    updated = lake.update_dashboard(
        DashboardId=arn, Widgets=[], RefreshSchedule=off, TerminationProtectionEnabled=True
    )
    del updated["ResponseMetadata"]
    assert updated["RefreshSchedule"] == {**SIX_HOURS, **off}
    found = shown(lake, name)
    assert updated == {"Name": name, **{key: value for key, value in found.items() if key != "Status"}}
    assert (found["Status"], found["Widgets"]) == ("UPDATED", [])
    assert found["CreatedTimestamp"] < found["UpdatedTimestamp"]

    refused(lake.delete_dashboard, "ConflictException", DashboardId=name)
    lake.update_dashboard(DashboardId=name, TerminationProtectionEnabled=False)
    lake.delete_dashboard(DashboardId=arn)
    refused(lake.get_dashboard, "ResourceNotFoundException", DashboardId=name)
    (event,) = server.found(name="CreateDashboard", text=name)
    assert event["requestParameters"]["name"] == name
    assert event["responseElements"]["dashboardArn"] == arn


def test_the_highlights_dashboard_is_cloudtrails_own(lake: Any, store: str) -> None:
    for schedule in [None, {**SIX_HOURS, "Status": "DISABLED"}, {"Frequency": {"Unit": "DAYS", "Value": 1}}]:
        members = {} if schedule is None else {"RefreshSchedule": schedule}
        refused(lake.create_dashboard, "ValidationException", Name=HIGHLIGHTS, **members)
    created = lake.create_dashboard(Name=HIGHLIGHTS, RefreshSchedule=SIX_HOURS)
    assert (created["Type"], created["TerminationProtectionEnabled"]) == ("MANAGED", True)
    assert len(created["Widgets"]) == 10
    assert listed(lake, Type="MANAGED") == [HIGHLIGHTS]
    assert HIGHLIGHTS not in listed(lake, Type="CUSTOM")
    refused(lake.update_dashboard, "ValidationException", DashboardId=HIGHLIGHTS, Widgets=[widget(store)])
    refresh, values = lake.start_dashboard_refresh, {"$EventDataStoreId$": store}
    refused(refresh, "ValidationException", DashboardId=HIGHLIGHTS)
    missing = {"$EventDataStoreId$": NOWHERE}
    refused(refresh, "EventDataStoreNotFoundException", DashboardId=HIGHLIGHTS, QueryParameterValues=missing)
    refreshed = refresh(DashboardId=HIGHLIGHTS, QueryParameterValues=values)["RefreshId"]
    assert shown(lake, HIGHLIGHTS)["LastRefreshId"] == refreshed
    lake.update_dashboard(DashboardId=HIGHLIGHTS, TerminationProtectionEnabled=False)
    lake.delete_dashboard(DashboardId=HIGHLIGHTS)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"Name": "ab"}, "ValidationException"),
        ({"Name": "a.b.c"}, "ValidationException"),
        ({"Name": "AWSCloudTrail-Mine"}, "ValidationException"),
        ({"TagsList": [{"Key": "aws:x"}]}, "InvalidTagParameterException"),
        ({"TagsList": [{"Key": f"k{n}", "Value": "v"} for n in range(51)]}, "InvalidTagParameterException"),
        ({"RefreshSchedule": {"Status": "ENABLED"}}, "ValidationException"),
        ({"RefreshSchedule": {"Frequency": {"Unit": "HOURS", "Value": 2}}}, "ValidationException"),
        ({"RefreshSchedule": {**SIX_HOURS, "TimeOfDay": "24:00"}}, "ValidationException"),
        ({"Widgets": [widget(NOWHERE)]}, "EventDataStoreNotFoundException"),
        ({"Widgets": [widget(NOWHERE, QueryStatement="DELETE")]}, "InvalidQueryStatementException"),
        ({"Widgets": [widget(NOWHERE, QueryParameters=["$StartTime$"] * 2)]}, "InvalidQueryStatementException"),
        ({"Widgets": [widget(NOWHERE, QueryParameters=["$Now$"])]}, "ValidationException"),
        ({"Widgets": [widget(NOWHERE, ViewProperties={"View": "PieChart"})]}, "ValidationException"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_no_dashboard_can_be_is_refused(lake: Any, members: dict[str, Any], code: str) -> None:
    name = unique("refused")
    refused(lake.create_dashboard, code, **{"Name": name, **members})
    assert name not in listed(lake)


def test_a_dashboard_has_up_to_ten_widgets_of_active_stores(lake: Any, store: str) -> None:
    name, quota = unique("wide"), "ServiceQuotaExceededException"
    refused(lake.create_dashboard, quota, Name=name, Widgets=[widget(store)] * 11)
    lake.create_dashboard(Name=name, Widgets=[widget(store)] * 10)
    refused(lake.update_dashboard, quota, DashboardId=name, Widgets=[widget(store)] * 11)
    refused(lake.create_dashboard, "ConflictException", Name=name)
    assert lake.start_dashboard_refresh(DashboardId=name)["RefreshId"].isdigit()
    lake.delete_event_data_store(EventDataStore=store)
    inactive = "InactiveEventDataStoreException"
    refused(lake.update_dashboard, inactive, DashboardId=name, Widgets=[widget(store)])
    refused(lake.start_dashboard_refresh, inactive, DashboardId=name)


def test_dashboards_are_listed_page_by_page(server: Server, lake: Any) -> None:
    prefix = unique("page")
    names = [f"{prefix}-{number}" for number in range(3)]
    for name in names:
        lake.create_dashboard(Name=name)
    assert listed(lake, NamePrefix=prefix) == names
    page = lake.list_dashboards(NamePrefix=prefix, MaxResults=2)
    assert [found["Type"] for found in page["Dashboards"]] == ["CUSTOM"] * 2
    assert listed(lake, NamePrefix=prefix, NextToken=page["NextToken"]) == names[2:]
    away = server.client("cloudtrail", AWAY)
    refused(away.list_dashboards, "ValidationException", NextToken=page["NextToken"])
    refused(lake.list_dashboards, "ValidationException", NextToken="none")
    assert listed(away, NamePrefix=prefix) == []


def test_a_dashboard_that_is_not_there_is_not_found_by_any_operation(server: Server, lake: Any) -> None:
    name = unique("mine")
    lake.create_dashboard(Name=name)
    stranger = server.client("cloudtrail", key=server.create_key("--account", "444455556666"))
    away = server.client("cloudtrail", AWAY)
    for client, named in [
        (lake, "nobody"), (lake, dashboard_arn(name, AWAY)), (lake, dashboard_arn(name, account="444455556666")),
        (stranger, name), (stranger, dashboard_arn(name)), (away, name), (away, dashboard_arn(name)),
    ]:
        for call in [
            client.get_dashboard, client.update_dashboard, client.delete_dashboard, client.start_dashboard_refresh,
        ]:
            refused(call, "ResourceNotFoundException", DashboardId=named)
    assert shown(lake, name)["Status"] == "CREATED"


def test_dashboards_survive_restarts(make_server: MakeServer) -> None:
    server = make_server().start()
    lake = server.client("cloudtrail")
    store = create(lake)["EventDataStoreArn"].rpartition("/")[2]
    lake.create_dashboard(Name="kept", Widgets=[widget(store)], RefreshSchedule=SIX_HOURS)
    lake.add_tags(ResourceId=dashboard_arn("kept"), TagsList=[{"Key": "team", "Value": "blue"}])
    lake.create_dashboard(Name="gone")
    lake.delete_dashboard(DashboardId="gone")
    before = shown(lake, "kept")
    assert before["Status"] == "CREATED"
    server.restart()
    assert shown(server.client("cloudtrail"), "kept") == before
    server.kill()
    server.start()
    lake = server.client("cloudtrail")
    assert shown(lake, "kept") == before
    assert listed(lake) == ["kept"]
    tags = lake.list_tags(ResourceIdList=[dashboard_arn("kept")])["ResourceTagList"][0]["TagsList"]
    assert tags == [{"Key": "team", "Value": "blue"}]
    server.stop()


def results(lake: Lake, dashboard: str, refresh: str) -> list[list[dict[str, str]]]:
    """The rows of every widget of a refresh."""
    widgets = shown(lake.client, dashboard)["Widgets"]
    found = []
    for shown_widget in widgets:
        named = {"QueryAlias": shown_widget["QueryAlias"], "RefreshId": refresh}
        query = lake.client.describe_query(**named)["QueryId"]
        assert lake.ended(query)["QueryStatus"] == "FINISHED"
        found.append(lake.rows(query))
    return found


def test_a_refresh_runs_the_queries_of_all_widgets(make_server: MakeServer) -> None:
    server = make_server().start()
    lake, name = Lake(server), "errors"
    store = lake.store()
    server.post_events([event("Called", "shown.example.com", errorCode=f"Error{n % 2}") for n in range(6)])
    lake.wait_for(store, 6)
    grouped = (
        f"SELECT date_trunc('?', eventTime) AS period, count(*) AS errors FROM {store} "
        "WHERE eventSource = 'shown.example.com' AND eventTime BETWEEN '?' AND '?' GROUP BY 1"
    )
    line = {"View": "LineChart", "XAxisColumn": "period", "YAxisColumn": "errors"}
    parameters = ["$Period$", "$StartTime$", "$EndTime$"]
    widgets = [
        widget(store, QueryStatement=grouped, QueryParameters=parameters, ViewProperties=line),
        {"QueryStatement": f"SELECT nothing FROM {store}", "ViewProperties": {"View": "Table"}},
    ]
    lake.client.create_dashboard(Name=name, Widgets=[widget(store), widgets[0]])
    assert "LastRefreshId" not in shown(lake.client, name)

    first = lake.client.start_dashboard_refresh(DashboardId=name)["RefreshId"]
    table, periods = results(lake, name, first)
    counted = {row["errorCode"]: row["errors"] for row in table}
    assert counted == {**counted, "Error0": "3", "Error1": "3"}
    assert sum(int(row["errors"]) for row in periods) == 6
    past = {"$StartTime$": "2020-01-01T00:00:00Z", "$EndTime$": "2020-02-01T00:00:00Z", "$Period$": "day"}
    second = lake.client.start_dashboard_refresh(DashboardId=name, QueryParameterValues=past)["RefreshId"]
    assert results(lake, name, second)[1] == []
    assert sum(int(row["errors"]) for row in results(lake, name, first)[1]) == 6
    assert int(second) > int(first) and 10 <= len(second) <= 20
    found = shown(lake.client, name)
    assert found["LastRefreshId"] == second and "LastRefreshFailureReason" not in found

    lake.client.update_dashboard(DashboardId=name, Widgets=widgets)
    third = lake.client.start_dashboard_refresh(DashboardId=name)["RefreshId"]
    found = shown(lake.client, name)
    assert found["LastRefreshId"] == third and "Widget 2" in found["LastRefreshFailureReason"], found
    query = lake.client.describe_query(QueryAlias=f"widget1.{name}", RefreshId=third)["QueryId"]
    assert lake.ended(query)["QueryStatus"] == "FINISHED"
    refused(lake.client.describe_query, "QueryIdNotFoundException", QueryAlias=f"widget2.{name}", RefreshId=third)
    server.restart()
    lake = Lake(server)
    assert shown(lake.client, name)["LastRefreshId"] == third
    (recorded, *_) = server.found(3, name="StartDashboardRefresh", text=name)
    assert recorded["responseElements"]["refreshId"] in (first, second, third)
    server.stop()


def test_the_highlights_have_widgets_that_all_run(make_server: MakeServer) -> None:
    server = make_server().start()
    lake = Lake(server)
    store = lake.store()
    server.post_events([event(errorCode="AccessDenied")])
    lake.wait_for(store, 1)
    lake.client.create_dashboard(Name=HIGHLIGHTS, RefreshSchedule=SIX_HOURS)
    values = {"$EventDataStoreId$": store}
    refresh = lake.client.start_dashboard_refresh(DashboardId=HIGHLIGHTS, QueryParameterValues=values)["RefreshId"]
    rows = results(lake, HIGHLIGHTS, refresh)
    assert len(rows) == 10 and rows[0] and rows[1] and rows[3]
    assert "LastRefreshFailureReason" not in shown(lake.client, HIGHLIGHTS)
    server.stop()
