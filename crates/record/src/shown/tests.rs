#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use crate::testing::{Sent, operation};
use crate::{HIDDEN, shown::time::TimeForm};
use serde_json::{Value, json};

fn parameters(form: &str) -> Value {
    Sent::form("ec2", form).outcome().call.request_parameters.unwrap_or_default()
}

#[test]
fn ec2_lists_are_objects_with_items_under_names_of_their_own() {
    assert_eq!(
        parameters("Action=DescribeInstances&InstanceId.1=i-1&InstanceId.2=i-2&MaxResults=10"),
        json!({"instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]}, "maxResults": 10, "filterSet": {}})
    );
    assert_eq!(
        parameters("Action=CreateTags&ResourceId.1=vpc-1&Tag.1.Key=a&Tag.1.Value=b"),
        json!({"resourcesSet": {"items": [{"resourceId": "vpc-1"}]}, "tagSet": {"items": [{"key": "a", "value": "b"}]}})
    );
    assert_eq!(
        parameters(
            "Action=AuthorizeSecurityGroupIngress&GroupId=sg-1&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=22\
             &IpPermissions.1.ToPort=22&IpPermissions.1.IpRanges.1.CidrIp=0.0.0.0%2F0"
        ),
        json!({"groupId": "sg-1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
            "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}, "groups": {}, "ipv6Ranges": {}, "prefixListIds": {}}]}})
    );
    assert_eq!(
        parameters(
            "Action=ModifySnapshotAttribute&SnapshotId=snap-1&CreateVolumePermission.Add.1.UserId=210987654321"
        ),
        json!({"createVolumePermission": {"add": {"items": [{"userId": "210987654321"}]}}, "snapshotId": "snap-1",
            "attributeType": "CREATE_VOLUME_PERMISSION"})
    );
}

#[test]
fn what_is_launched_is_a_list_of_one_and_user_data_is_hidden() {
    let shown = parameters(
        "Action=RunInstances&ImageId=ami-1&MinCount=1&MaxCount=2&InstanceType=t3.micro&UserData=aHVudGVyMjI%3D\
         &TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=a&TagSpecification.1.Tag.1.Value=b",
    );
    assert_eq!(shown["instancesSet"], json!({"items": [{"imageId": "ami-1", "minCount": 1, "maxCount": 2}]}));
    assert_eq!(shown["userData"], "<sensitiveDataRemoved>");
    assert_eq!(
        shown["tagSpecificationSet"],
        json!({"items": [{"resourceType": "instance", "tags": [{"key": "a", "value": "b"}]}]})
    );
}

#[test]
fn the_size_of_a_new_volume_is_told_as_text() {
    let sent = Sent::form("ec2", "Action=CreateVolume&AvailabilityZone=us-east-1a&Size=8&Iops=100").answer(
        200,
        "<CreateVolumeResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId>\
         <volumeId>vol-1</volumeId><size>8</size><iops>100</iops></CreateVolumeResponse>",
    );
    let call = sent.outcome().call;
    assert_eq!(call.request_parameters.unwrap(), json!({"zone": "us-east-1a", "size": "8", "iops": 100}));
    let answer = call.response_elements.unwrap();
    assert_eq!((&answer["size"], &answer["iops"]), (&json!("8"), &json!(100)));
}

#[test]
fn younger_operations_of_ec2_are_shown_as_their_xml() {
    let sent = Sent::form("ec2", "Action=DeleteFlowLogs&FlowLogId.1=fl-1").answer(
        200,
        "<DeleteFlowLogsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId>\
         <unsuccessful/></DeleteFlowLogsResponse>",
    );
    let call = sent.outcome().call;
    assert_eq!(
        call.request_parameters.unwrap(),
        json!({"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-1"}}})
    );
    assert_eq!(
        call.response_elements.unwrap(),
        json!({"DeleteFlowLogsResponse": {"xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/", "requestId": "r",
            "unsuccessful": ""}})
    );
    assert_eq!(parameters("Action=DescribeHosts"), json!({"DescribeHostsRequest": ""}));
}

#[test]
fn ec2_answers_tell_their_id_first_and_times_in_milliseconds() {
    let sent = Sent::form("ec2", "Action=CreateSnapshot&VolumeId=vol-1").answer(
        200,
        "<CreateSnapshotResponse><requestId>r</requestId><snapshotId>snap-1</snapshotId>\
         <startTime>2023-07-10T12:11:26.923Z</startTime><encrypted>false</encrypted><tagSet/></CreateSnapshotResponse>",
    );
    let elements = sent.outcome().call.response_elements.unwrap();
    assert_eq!(elements.as_object().unwrap().keys().next().unwrap(), "requestId");
    assert_eq!(elements["startTime"], 1_688_991_086_923_i64);
    assert_eq!(elements["tagSet"], json!({}));
    let sent = Sent::form("ec2", "Action=DeleteVpc&VpcId=vpc-1")
        .answer(200, "<DeleteVpcResponse><requestId>r</requestId><return>true</return></DeleteVpcResponse>");
    assert_eq!(sent.outcome().call.response_elements.unwrap(), json!({"requestId": "r", "_return": true}));
}

#[test]
fn times_are_shown_in_the_form_of_their_service() {
    let check = |service: &str, name: &str, sent: Value, expected: Value| {
        assert_eq!(TimeForm::of(operation(service, name)).shown(sent), expected);
    };
    check("iam", "GetUser", json!("2023-07-10T00:05:03Z"), json!("Jul 10, 2023 12:05:03 AM"));
    check("sts", "AssumeRole", json!("2023-07-10T18:18:41Z"), json!("Jul 10, 2023, 6:18:41 PM"));
    check("secretsmanager", "DeleteSecret", json!(1_688_991_785.5), json!("Jul 10, 2023, 12:23:05 PM"));
    check("ec2", "DescribeVpcs", json!("2023-07-10T12:23:05.500Z"), json!(1_688_991_785_500_i64));
    check("lambda", "GetFunction", json!(1_688_991_785), json!(1_688_991_785));
    check("iam", "GetUser", json!("soon"), json!("soon"));
}

#[test]
fn environments_tell_names_only_and_a_single_structure_is_unwrapped_for_rds() {
    let body = r#"{"jobDefinitionName":"j","type":"container","containerProperties":{"environment":[{"name":"DB","value":"hunter22"}]}}"#;
    let sent = Sent::new("batch", "POST", "/v1/registerjobdefinition").body(body).answer(200, "{}");
    assert_eq!(
        sent.outcome().call.request_parameters.unwrap()["containerProperties"],
        json!({"environment": [{"name": "DB", "value": HIDDEN}]})
    );
    let sent = Sent::form("rds", "Action=DeleteDBInstance&DBInstanceIdentifier=d").answer(
        200,
        "<DeleteDBInstanceResponse><DeleteDBInstanceResult><DBInstance><DBInstanceIdentifier>d</DBInstanceIdentifier>\
         <AllocatedStorage>10</AllocatedStorage></DBInstance></DeleteDBInstanceResult></DeleteDBInstanceResponse>",
    );
    assert_eq!(
        sent.outcome().call.response_elements.unwrap(),
        json!({"dBInstanceIdentifier": "d", "allocatedStorage": 10})
    );
}
