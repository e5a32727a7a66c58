#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;

fn request<'a>(operation: &'a str, headers: &'a HeaderMap) -> S3Request<'a> {
    S3Request {
        operation,
        bucket: Some("acme"),
        key: None,
        query: None,
        host: "acme.localhost:4580",
        headers,
        body: None,
        owner: Some("111122223333".parse().unwrap()),
        bytes_in: 0,
        bytes_out: 0,
    }
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

#[test]
fn a_bucket_is_created_with_its_parameters_and_is_no_resource_yet() {
    let headers = headers(&[
        ("authorization", "AWS4-HMAC-SHA256 ..."),
        ("x-amz-acl", "private"),
        ("x-amz-date", "20260301T080411Z"),
        ("x-amz-server-side-encryption-customer-key", "secret"),
    ]);
    let configuration = json!({"LocationConstraint": "eu-central-1"});
    let call = s3(&S3Request {
        body: Some(("CreateBucketConfiguration", configuration.clone())),
        bytes_in: 7,
        ..request("CreateBucket", &headers)
    });
    assert_eq!((call.event_name.as_ref(), call.category), ("CreateBucket", Category::Management));
    assert!(!call.read_only);
    assert_eq!(
        call.request_parameters.unwrap(),
        json!({"bucketName": "acme", "Host": "acme.localhost:4580", "x-amz-acl": "private",
            "CreateBucketConfiguration": configuration})
    );
    assert_eq!(
        call.additional_event_data.unwrap(),
        json!({"SignatureVersion": "SigV4", "AuthenticationMethod": "AuthHeader",
            "bytesTransferredIn": 7, "bytesTransferredOut": 0})
    );
    assert_eq!(call.resources, []);
}

#[test]
fn a_sub_resource_is_an_empty_string_and_names_are_cloudtrails() {
    let headers = HeaderMap::new();
    let call =
        s3(&S3Request { query: Some("publicAccessBlock"), ..request("GetPublicAccessBlock", &headers) });
    assert_eq!(call.event_name, "GetBucketPublicAccessBlock");
    assert!(call.read_only);
    assert_eq!(
        call.request_parameters.unwrap(),
        json!({"bucketName": "acme", "Host": "acme.localhost:4580", "publicAccessBlock": ""})
    );
    let bucket = Resource {
        resource_type: Some("AWS::S3::Bucket".into()),
        arn: ResourceArn::Whole("arn:aws:s3:::acme".to_owned()),
        account: Some("111122223333".parse().unwrap()),
    };
    assert_eq!(call.resources, [bucket]);
    assert_eq!(
        call.additional_event_data.unwrap(),
        json!({"bytesTransferredIn": 0, "bytesTransferredOut": 0})
    );
}

#[test]
fn a_presigned_call_is_recorded_without_what_signed_it() {
    let headers = HeaderMap::new();
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20260301&X-Amz-Expires=300\
        &X-Amz-Security-Token=t&X-Amz-Signature=abc&bucketName=forged";
    let call = s3(&S3Request { key: Some("a b"), query: Some(query), ..request("GetObject", &headers) });
    assert_eq!(
        call.request_parameters.unwrap(),
        json!({"bucketName": "acme", "key": "a b", "Host": "acme.localhost:4580",
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Expires": "300"})
    );
    assert_eq!(call.additional_event_data.unwrap()["AuthenticationMethod"], "QueryString");
}

#[test]
fn keys_of_sse_c_in_a_presigned_url_are_not_told() {
    let headers = HeaderMap::new();
    let query = "X-Amz-Server-Side-Encryption-Customer-Key=hunter22&x-amz-server-side-encryption-customer-key-MD5=hunter23\
        &x-amz-copy-source-server-side-encryption-customer-key=hunter24&X-Amz-Mfa=hunter25&x-amz-acl=private";
    let call = s3(&S3Request { key: Some("k"), query: Some(query), ..request("PutObject", &headers) });
    assert_eq!(
        call.request_parameters.unwrap(),
        json!({"bucketName": "acme", "key": "k", "Host": "acme.localhost:4580", "x-amz-acl": "private"})
    );
}

#[test]
fn data_events_name_the_object_or_the_prefix_first() {
    let headers = HeaderMap::new();
    let first = |request: S3Request<'_>| {
        let call = s3(&request);
        assert_eq!(call.category, Category::Data);
        assert_eq!(call.resources.len(), 2);
        call.resources[0].arn.clone()
    };
    let get = S3Request { key: Some("a/b.csv"), ..request("GetObject", &headers) };
    assert_eq!(first(get), ResourceArn::Whole("arn:aws:s3:::acme/a/b.csv".to_owned()));
    let list =
        S3Request { query: Some("list-type=2&prefix=logs%2Fa+b"), ..request("ListObjectsV2", &headers) };
    assert_eq!(s3(&list).event_name, "ListObjects");
    assert_eq!(first(list), ResourceArn::Prefix("arn:aws:s3:::acme/logs/a b".to_owned()));
    assert_eq!(first(request("HeadBucket", &headers)), ResourceArn::Prefix("arn:aws:s3:::acme/".to_owned()));
}

#[test]
fn listing_buckets_is_about_no_bucket() {
    let headers = HeaderMap::new();
    let call = s3(&S3Request {
        bucket: None,
        owner: None,
        host: "localhost:4580",
        ..request("ListBuckets", &headers)
    });
    assert_eq!((call.category, call.read_only), (Category::Management, true));
    assert_eq!(call.request_parameters.unwrap(), json!({"Host": "localhost:4580"}));
    assert_eq!(call.resources, []);
}

#[test]
fn a_forwarded_call_tells_its_configuration_and_what_its_answer_says() {
    let body = "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet><Tag><Key>a</Key><Value>true</Value></Tag></TagSet></Tagging>";
    let sent = crate::testing::Sent::new("s3", "PUT", "/acme?tagging")
        .header("authorization", "AWS4-HMAC-SHA256 ...")
        .body(body)
        .answer_header("x-amz-id-2", "i")
        .answer_header("x-amz-request-id", "r");
    let outcome = sent.outcome();
    assert_eq!(
        outcome.call.request_parameters.unwrap(),
        json!({"bucketName": "acme", "Host": "localhost:4580", "tagging": "",
            "Tagging": {"xmlns": "http://s3.amazonaws.com/doc/2006-03-01/", "TagSet": {"Tag": {"Key": "a", "Value": true}}}})
    );
    assert_eq!(
        outcome.call.additional_event_data.unwrap(),
        json!({"SignatureVersion": "SigV4", "AuthenticationMethod": "AuthHeader", "bytesTransferredIn": body.len(),
            "bytesTransferredOut": 0, "x-amz-id-2": "i"})
    );
    assert_eq!(outcome.request_id.as_deref(), Some("r"));
}

#[test]
fn a_forwarded_policy_is_parsed_and_an_object_is_not_told() {
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let sent = crate::testing::Sent::new("s3", "PUT", "/acme?policy").body(policy).answer(204, "");
    let parameters = sent.outcome().call.request_parameters.unwrap();
    assert_eq!(parameters["bucketPolicy"], json!({"Version": "2012-10-17", "Statement": []}));

    let sent = crate::testing::Sent::new("s3", "PUT", "/acme/a/b%20c")
        .header("x-amz-server-side-encryption-customer-key", "hunter22")
        .body("<secret/>")
        .answer_header("x-amz-version-id", "v1");
    let call = sent.outcome().call;
    assert_eq!(
        call.request_parameters.unwrap(),
        json!({"bucketName": "acme", "key": "a/b c", "Host": "localhost:4580"})
    );
    assert_eq!(call.response_elements.unwrap(), json!({"x-amz-version-id": "v1"}));
    assert_eq!(call.category, Category::Data);
}

#[test]
fn calls_on_own_buckets_and_forwarded_ones_are_recorded_alike() {
    let sent = crate::testing::Sent::new("s3", "GET", "/acme/a/b.csv?versionId=v");
    let forwarded = sent.outcome().call;
    let own = s3(&S3Request {
        key: Some("a/b.csv"),
        query: Some("versionId=v"),
        host: "localhost:4580",
        owner: None,
        ..request("GetObject", &sent.headers)
    });
    assert_eq!(own, forwarded);
}
