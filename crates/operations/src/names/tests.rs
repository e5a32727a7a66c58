use super::*;
use crate::service;

#[test]
fn renamed_operations_are_sorted_and_in_the_table() {
    for (id, renamed) in [("s3", &S3[..]), ("s3control", &S3_CONTROL[..]), ("lambda", &LAMBDA[..])] {
        assert!(renamed.is_sorted());
        let service = service(id).expect("it is listed");
        for (name, _) in renamed {
            assert!(service.operation(name).is_some(), "{id} has no {name}");
        }
    }
}

#[test]
fn events_of_lambda_carry_dates_up_to_2018() {
    assert_eq!(event_name("lambda", "CreateFunction"), "CreateFunction20150331");
    assert_eq!(event_name("lambda", "UpdateFunctionCode"), "UpdateFunctionCode20150331v2");
    assert_eq!(event_name("lambda", "Invoke"), "Invoke");
    assert_eq!(event_name("lambda", "CreateFunctionUrlConfig"), "CreateFunctionUrlConfig");
    assert_eq!(event_name("s3", "ListObjectsV2"), "ListObjects");
    assert_eq!(event_name("s3control", "GetPublicAccessBlock"), "GetAccountPublicAccessBlock");
    assert_eq!(event_name("iam", "ListObjectsV2"), "ListObjectsV2");
}
