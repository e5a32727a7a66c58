use crate::shape::{Kind, Location, Shape};
use crate::{service, services};
use std::collections::BTreeSet;

#[test]
fn every_service_unpacks_and_every_shape_can_be_walked() {
    for service in services() {
        let operations: Vec<_> = service.operations().collect();
        assert_eq!(operations.len(), service.operation_count(), "{service:?}");
        assert!(operations.is_sorted_by_key(|operation| operation.name()), "{service:?}");
        for operation in operations {
            assert!(operation.uri().starts_with('/'), "{operation:?}");
            for shape in operation.input().into_iter().chain(operation.output()) {
                walk(shape);
            }
        }
    }
}

/// Visits all that is inside, each shape once.
fn walk(shape: Shape) {
    let mut open = vec![shape];
    let mut seen = BTreeSet::new();
    while let Some(shape) = open.pop() {
        if !seen.insert(format!("{shape:?}")) {
            continue;
        }
        let parts = [shape.element(), shape.key(), shape.value()];
        let count = parts.iter().flatten().count();
        match shape.kind() {
            Kind::List => assert_eq!(count, 1),
            Kind::Map => assert_eq!(count, 2),
            _ => assert_eq!(count, 0),
        }
        for member in shape.members().chain(parts.into_iter().flatten()) {
            let may_be_empty = member.location() == Location::Headers;
            assert!(may_be_empty || !(member.wire_name().is_empty() || member.query_name().is_empty()));
            open.push(member.shape());
        }
    }
}

#[test]
fn the_table_has_all_services_and_operations_of_its_models() {
    assert_eq!(services().len(), 439);
    assert_eq!(services().iter().map(|service| service.operation_count()).sum::<usize>(), 19_796);
}

#[test]
fn ten_large_services_take_little_memory() {
    let ids = ["ec2", "sagemaker", "quicksight", "connect", "glue", "securityhub", "iot", "s3", "iam", "rds"];
    let bytes: usize = ids.iter().map(|id| service(id).expect("it is listed").table().heap_bytes()).sum();
    assert!(bytes < 4 << 20, "{bytes} bytes");
}

#[test]
fn names_on_the_wire_are_those_of_the_models() {
    let input = |service_id: &str, name: &str| {
        let operation = service(service_id).and_then(|service| service.operation(name));
        operation.and_then(|operation| operation.input()).expect("it takes parameters")
    };
    let describe = input("ec2", "DescribeInstances");
    let ids = describe.member("InstanceIds").expect("it is a member");
    assert_eq!((ids.wire_name(), ids.query_name()), ("InstanceId", "InstanceId"));
    let dry_run = describe.member("DryRun").expect("it is a member");
    assert_eq!((dry_run.wire_name(), dry_run.query_name()), ("dryRun", "DryRun"));

    let put = input("s3", "PutObject");
    let body = put.payload().expect("it has a body");
    assert!(body.name() == "Body" && body.shape().is_streaming());
    assert_eq!(put.member_by_wire_name("x-amz-acl").expect("it is a header").name(), "ACL");

    let create = input("rds", "CreateDBInstance");
    assert!(create.member("MasterUserPassword").expect("it is a member").is_sensitive());
    assert!(!create.member("ManageMasterUserPassword").expect("it is a member").is_sensitive());
    let create = input("elasticache", "CreateUser");
    assert!(create.member("Passwords").expect("it is a member").is_sensitive(), "a list of them is one too");
}
