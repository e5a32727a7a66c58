use super::*;
use crate::service;

#[test]
fn the_data_plane_names_operations_of_the_table_in_order() {
    assert!(DATA.is_sorted_by_key(|row| row.service));
    for row in DATA {
        let service = service(row.service).unwrap_or_else(|| panic!("{} is no service", row.service));
        for operation in row.operations {
            assert!(service.operation(operation).is_some(), "{service:?} has no {operation}");
        }
    }
}

#[test]
fn what_touches_content_is_data_and_the_rest_management() {
    let data = |resource_type: &'static str| Plane::Data { resource_type: Some(resource_type) };
    assert_eq!(plane("s3", "GetObject"), data("AWS::S3::Object"));
    assert_eq!(plane("s3", "CreateBucket"), Plane::Management);
    assert_eq!(plane("lambda", "Invoke"), data("AWS::Lambda::Function"));
    assert_eq!(plane("lambda", "CreateFunction"), Plane::Management);
    assert_eq!(plane("dynamodb", "PutItem"), data("AWS::DynamoDB::Table"));
    assert_eq!(plane("dynamodbstreams", "GetRecords"), data("AWS::DynamoDB::Stream"));
    assert_eq!(plane("kinesis", "SubscribeToShard"), data("AWS::Kinesis::StreamConsumer"));
    assert_eq!(plane("sns", "Publish"), data("AWS::SNS::Topic"));
    assert_eq!(plane("ebs", "GetSnapshotBlock"), data("AWS::EC2::Snapshot"));
    assert_eq!(plane("apigatewaymanagementapi", "PostToConnection"), Plane::Data { resource_type: None });
    assert_eq!(plane("sts", "AssumeRole"), Plane::Management);
    assert_eq!(plane("nothing", "GetObject"), Plane::Management);
}
