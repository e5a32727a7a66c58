use super::*;
use cairn_operations::services;

#[test]
fn operations_are_named_as_policies_name_them() {
    let check = |service: &str, operation: &str, expected: &[&str]| {
        assert_eq!(needed(service, operation), expected, "{service} {operation}");
    };
    check("ec2", "RunInstances", &["ec2:RunInstances"]);
    check("lambda", "Invoke", &["lambda:InvokeFunction"]);
    check("lambda", "ListFunctions", &["lambda:ListFunctions"]);
    check("monitoring", "PutMetricData", &["cloudwatch:PutMetricData"]);
    check("sqs", "SendMessageBatch", &["sqs:SendMessage"]);
    check("dynamodb", "TransactWriteItems", &WRITES);
}

#[test]
fn only_operations_that_there_are_are_listed() {
    let signing_as =
        |name: &'static str| services().iter().filter(move |service| service.signing_name() == name);
    for (service, operation, _) in OPERATIONS {
        assert!(
            signing_as(service).any(|service| service.operation(operation).is_some()),
            "{service} {operation}"
        );
    }
    for (service, _) in SERVICES {
        assert!(signing_as(service).next().is_some(), "{service}");
    }
}
