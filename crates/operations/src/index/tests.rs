use super::*;

#[test]
fn services_are_sorted_by_id_and_say_what_they_speak() {
    assert!(services().is_sorted_by_key(|service| service.id()));
    for service in services() {
        assert!(service.protocols().count() > 0, "{service:?}");
    }
    let monitoring = service("cloudwatch").expect("it is listed");
    let protocols: Vec<_> = monitoring.protocols().collect();
    assert_eq!(protocols, [Protocol::RpcV2Cbor, Protocol::Json10, Protocol::Query]);
    let queues = service("sqs").expect("it is listed");
    assert_eq!(queues.protocols().collect::<Vec<_>>(), [Protocol::Json10, Protocol::Query]);
}

#[test]
fn event_sources_are_those_of_cloudtrail() {
    let check = |id: &str, event_source: &str| {
        assert_eq!(service(id).expect("it is listed").event_source(), event_source);
    };
    check("s3", "s3.amazonaws.com");
    check("s3control", "s3.amazonaws.com");
    check("cloudwatch", "monitoring.amazonaws.com");
    check("ecr", "ecr.amazonaws.com");
    check("ses", "ses.amazonaws.com");
    check("sesv2", "ses.amazonaws.com");
    check("dynamodbstreams", "dynamodb.amazonaws.com");
    check("bedrock-runtime", "bedrock.amazonaws.com");
    check("neptune", "rds.amazonaws.com");
    check("docdb", "rds.amazonaws.com");
    check("rds-data", "rdsdata.amazonaws.com");
    check("elbv2", "elasticloadbalancing.amazonaws.com");
    check("servicecatalog-appregistry", "servicecatalog-appregistry.amazonaws.com");
    check("stepfunctions", "states.amazonaws.com");
    check("signin", "signin.amazonaws.com");
    check("memorydb", "memorydb.amazonaws.com");
    check("appstream", "appstream.amazonaws.com");
}

#[test]
fn of_services_that_share_a_signing_name_the_one_called_so_comes_first_and_the_outdated_last() {
    let ids = |name: &str| by_signing_name(name).iter().map(|service| service.id()).collect::<Vec<_>>();
    assert_eq!(ids("rds"), ["rds", "docdb", "neptune"]);
    assert_eq!(ids("s3"), ["s3", "s3control"]);
    assert_eq!(ids("wisdom"), ["qconnect", "wisdom"]);
    assert_eq!(ids("nothing"), [""; 0]);
}
