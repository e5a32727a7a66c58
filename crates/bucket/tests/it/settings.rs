//! Tags, ACLs, and what buckets say of themselves.

use super::*;

fn tagging(pairs: &[(&str, &str)]) -> String {
    let tags: String = pairs
        .iter()
        .map(|(key, value)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>"))
        .collect();
    format!("<Tagging><TagSet>{tags}</TagSet></Tagging>")
}

#[tokio::test]
async fn objects_and_buckets_have_tags() {
    let server = Server::with_bucket().await;
    server.send(call(Method::PUT, "/bucket/k").body("x")).await;
    for (path, none) in [("/bucket?tagging", "NoSuchTagSet"), ("/bucket/k?tagging", "")] {
        assert_eq!(server.send(call(Method::GET, path)).await.code(), none);
        let put = server.send(call(Method::PUT, path).body(tagging(&[("b", "2"), ("a", "ü")]))).await;
        assert!(put.status.is_success(), "{}", put.body);
        let shown = server.send(call(Method::GET, path)).await.body;
        assert!(shown.contains("<Tag><Key>a</Key><Value>ü</Value></Tag><Tag><Key>b</Key>"), "{shown}");
        let reserved = call(Method::PUT, path).body(tagging(&[("aws:x", "1")]));
        assert_eq!(server.send(reserved).await.code(), "InvalidTag");
        let many: Vec<String> = (0..51).map(|number| number.to_string()).collect();
        let many: Vec<_> = many.iter().map(|key| (key.as_str(), "")).collect();
        assert_eq!(server.send(call(Method::PUT, path).body(tagging(&many))).await.code(), "BadRequest");
        assert_eq!(server.send(call(Method::DELETE, path)).await.status, StatusCode::NO_CONTENT);
        assert!(!server.send(call(Method::GET, path)).await.body.contains("<Key>"));
    }
    let missing = server.send(call(Method::PUT, "/bucket/none?tagging").body(tagging(&[]))).await;
    assert_eq!(missing.code(), "NoSuchKey");
    let put = call(Method::PUT, "/bucket/k").header("x-amz-tagging", "a=1&a=2").body("x");
    assert_eq!(server.send(put).await.code(), "InvalidTag");
}

#[tokio::test]
async fn a_policy_comes_back_as_it_was_put_and_is_on_the_record() {
    let server = Server::with_bucket().await;
    assert_eq!(server.send(call(Method::GET, "/bucket?policy")).await.code(), "NoSuchBucketPolicy");
    let text = r#"{ "Statement": {"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::bucket/*"} }"#;
    let put = server.send(call(Method::PUT, "/bucket?policy").body(text)).await;
    let (name, said) = put.outcome.said.clone().unwrap();
    assert_eq!((name, said["Statement"]["Effect"].as_str()), ("bucketPolicy", Some("Deny")));
    assert_eq!(server.send(call(Method::GET, "/bucket?policy")).await.body, text);
    assert_eq!(server.buckets.policy("bucket").as_deref(), Some(text));
    let wrong = text.replace("s3:PutObject", "s3:PutObjekt");
    let refused = server.send(call(Method::PUT, "/bucket?policy").body(wrong)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "MalformedPolicy"));
    assert!(refused.body.contains("s3:PutObjekt"), "{}", refused.body);
}

#[tokio::test]
async fn acls_say_that_the_owner_has_full_control_and_nothing_else_can_be_said() {
    let server = Server::with_bucket().await;
    server.send(call(Method::PUT, "/bucket/k").body("x")).await;
    for path in ["/bucket?acl", "/bucket/k?acl"] {
        let shown = server.send(call(Method::GET, path)).await.body;
        assert!(shown.contains("FULL_CONTROL") && shown.contains(ACCOUNT), "{shown}");
        for (acl, code) in [
            ("private", ""),
            ("bucket-owner-full-control", ""),
            ("public-read", "AccessControlListNotSupported"),
        ] {
            assert_eq!(server.send(call(Method::PUT, path).header("x-amz-acl", acl)).await.code(), code);
        }
        let same = server.send(call(Method::PUT, path).body(shown.clone())).await;
        assert_eq!(same.code(), "", "{}", same.body);
        let other = shown.replace("FULL_CONTROL", "READ");
        assert_eq!(
            server.send(call(Method::PUT, path).body(other)).await.code(),
            "AccessControlListNotSupported"
        );
    }
}

#[tokio::test]
async fn what_buckets_do_not_have_is_said_as_s3_says_it() {
    let server = Server::with_bucket().await;
    let cases = [
        ("encryption", 404, "ServerSideEncryptionConfigurationNotFoundError"),
        ("lifecycle", 404, "NoSuchLifecycleConfiguration"),
        ("replication", 404, "ReplicationConfigurationNotFoundError"),
        ("website", 404, "NoSuchWebsiteConfiguration"),
        ("object-lock", 404, "ObjectLockConfigurationNotFoundError"),
        ("logging", 200, ""),
        ("notification", 200, ""),
        ("accelerate", 200, ""),
        ("requestPayment", 200, ""),
        ("ownershipControls", 200, ""),
        ("location", 200, ""),
        ("inventory", 501, "NotImplemented"),
    ];
    for (part, status, code) in cases {
        let answer = server.send(call(Method::GET, &format!("/bucket?{part}"))).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{part}: {}", answer.body);
        let nowhere = server.send(call(Method::GET, &format!("/nowhere?{part}"))).await;
        assert!(["NoSuchBucket", "NotImplemented"].contains(&nowhere.code()), "{part}: {}", nowhere.body);
    }
    let encryption = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";
    let refused = server.send(call(Method::PUT, "/bucket?encryption").body(encryption)).await;
    assert_eq!(refused.code(), "NotImplemented");
    assert!(refused.body.contains("do not encrypt"), "{}", refused.body);
}
