//! Who gets in: other accounts, users, nobody known.

use super::*;

fn policy(statements: &str) -> Call {
    call(Method::PUT, "/bucket?policy")
        .body(format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#))
}

const READ_FOR_ALL: &str =
    r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/public/*"}"#;

async fn with_policy(statements: &str) -> Server {
    let server = Server::with_bucket().await;
    for key in ["public/k", "private/k"] {
        server.send(call(Method::PUT, &format!("/bucket/{key}")).body("x")).await;
    }
    let put = server.send(policy(statements)).await;
    assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", put.body);
    server
}

#[tokio::test]
async fn a_policy_lets_in_strangers_for_what_it_names_and_no_more() {
    let server = with_policy(READ_FOR_ALL).await;
    let cases = [
        (Method::GET, "/bucket/public/k", "", ""),
        (Method::HEAD, "/bucket/public/k", "", ""),
        (Method::GET, "/bucket/private/k", "", "AccessDenied"),
        (Method::GET, "/bucket", "", "AccessDenied"),
        (Method::GET, "/bucket?policy", "", "AccessDenied"),
        (Method::PUT, "/bucket/public/k", "y", "AccessDenied"),
        (Method::DELETE, "/bucket/public/k", "", "AccessDenied"),
        (Method::DELETE, "/bucket?policy", "", "AccessDenied"),
        (Method::GET, "/bucket/public/k?acl", "", "AccessDenied"),
        // Whether a key is taken is not theirs to know.
        (Method::GET, "/bucket/public/none", "", "AccessDenied"),
        (Method::GET, "/", "", "AccessDenied"),
        (Method::PUT, "/other", "", "AccessDenied"),
        (Method::GET, "/nowhere/k", "", "NoSuchBucket"),
    ];
    for (method, path, body, code) in cases {
        let stranger = Call { key: "AKIDOTHER", ..call(method.clone(), path).body(body) };
        let anonymous = server.send_as_it_is(stranger.unsigned()).await;
        assert_eq!(anonymous.code(), code, "{method} {path}: {}", anonymous.body);
        assert_eq!(anonymous.outcome.account, None);
        if path != "/" && path != "/other" {
            let other = server.send(stranger).await;
            assert_eq!(other.code(), code, "{method} {path}: {}", other.body);
        }
    }
    let delete = "<Delete><Object><Key>public/k</Key></Object></Delete>";
    let md5 = BASE64_STANDARD.encode(<md5::Md5 as md5::Digest>::digest(delete));
    let many = call(Method::POST, "/bucket?delete").header("content-md5", &md5).body(delete);
    let answer = server.send_as_it_is(many.unsigned()).await;
    assert!(answer.body.contains("<Code>AccessDenied</Code>"), "{}", answer.body);
    assert_eq!(server.send(call(Method::GET, "/bucket/public/k")).await.body, "x");
}

#[tokio::test]
async fn an_account_or_user_that_a_policy_names_gets_what_it_says() {
    let statements = r#"
        {"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":["s3:ListBucket"],"Resource":"arn:aws:s3:::bucket",
         "Condition":{"StringLike":{"s3:prefix":"public/*"}}},
        {"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::000000000000:user/team/bob"},"Action":"s3:Delete*","Resource":"*"}"#;
    let server = with_policy(statements).await;
    let other = |path: &str| Call { key: "AKIDOTHER", ..call(Method::GET, path) };
    assert_eq!(server.send(other("/bucket?list-type=2&prefix=public%2Fa")).await.status, StatusCode::OK);
    for path in ["/bucket?list-type=2", "/bucket?prefix=private%2F", "/bucket?prefix=p%2F&prefix=public%2F"] {
        assert_ne!(server.send(other(path)).await.status, StatusCode::OK, "{path}");
    }
    let bob = |method| Call { key: "AKIDUSER", ..call(method, "/bucket/public/k") };
    assert_eq!(server.send(bob(Method::GET)).await.status, StatusCode::OK);
    assert_eq!(server.send(bob(Method::DELETE)).await.code(), "AccessDenied");
    assert_eq!(server.send(call(Method::DELETE, "/bucket/public/k")).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_owners_root_is_never_shut_out_of_the_policy() {
    let deny_all = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::bucket","arn:aws:s3:::bucket/*"]}"#;
    let server = with_policy(deny_all).await;
    assert_eq!(server.send(call(Method::GET, "/bucket/public/k")).await.code(), "AccessDenied");
    assert_eq!(server.send(call(Method::GET, "/bucket")).await.code(), "AccessDenied");
    let user = Call { key: "AKIDUSER", ..call(Method::DELETE, "/bucket?policy") };
    assert_eq!(server.send(user).await.code(), "AccessDenied");
    assert!(server.send(call(Method::GET, "/bucket?policy")).await.body.contains("Deny"));
    assert_eq!(server.send(call(Method::DELETE, "/bucket?policy")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(server.send(call(Method::GET, "/bucket/public/k")).await.body, "x");
}

#[tokio::test]
async fn conditions_see_the_connection_and_the_headers() {
    let server = with_policy(
        r#"{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}},
           {"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},
           {"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"*","Condition":{"StringEquals":{"s3:authType":"REST-HEADER"}}}"#,
    )
    .await;
    assert_eq!(server.send(call(Method::GET, "/bucket/public/k")).await.status, StatusCode::OK);
    assert_eq!(server.send(call(Method::PUT, "/bucket/public/k")).await.code(), "AccessDenied");
    assert_eq!(server.send(call(Method::DELETE, "/bucket/public/k")).await.code(), "AccessDenied");
}

#[tokio::test]
async fn a_public_access_block_shuts_strangers_out() {
    let server = with_policy(READ_FOR_ALL).await;
    let status = server.send(call(Method::GET, "/bucket?policyStatus")).await.body;
    assert!(status.contains("<IsPublic>true</IsPublic>"), "{status}");
    let missing = server.send(call(Method::GET, "/bucket?publicAccessBlock")).await;
    assert_eq!((missing.status.as_u16(), missing.code()), (404, "NoSuchPublicAccessBlockConfiguration"));
    let block = "<PublicAccessBlockConfiguration><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";
    let put = server.send(call(Method::PUT, "/bucket?publicAccessBlock").body(block)).await;
    assert_eq!(put.status, StatusCode::OK, "{}", put.body);
    let read = call(Method::GET, "/bucket/public/k");
    assert_eq!(server.send_as_it_is(read.unsigned()).await.code(), "AccessDenied");
    assert_eq!(server.send(read).await.status, StatusCode::OK);
    assert_eq!(server.send(policy(READ_FOR_ALL)).await.code(), "AccessDenied");
    let shown = server.send(call(Method::GET, "/bucket?publicAccessBlock")).await.body;
    assert!(shown.contains("<RestrictPublicBuckets>true</RestrictPublicBuckets>"), "{shown}");
    server.send(call(Method::DELETE, "/bucket?publicAccessBlock")).await;
    let read = call(Method::GET, "/bucket/public/k");
    assert_eq!(server.send_as_it_is(read.unsigned()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn headers_that_a_signature_does_not_cover_change_nothing() {
    let server = Server::with_bucket().await;
    server.send(call(Method::PUT, "/bucket/secret").body("secret")).await;
    let mut request = call(Method::PUT, "/bucket/k").signed();
    request.headers_mut().insert("x-amz-copy-source", "bucket/secret".parse().unwrap());
    let answer = server.send_as_it_is(request).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (403, "AccessDenied"));
    assert!(answer.body.contains("not signed: x-amz-copy-source"), "{}", answer.body);
    assert_eq!(server.send(call(Method::GET, "/bucket/k")).await.code(), "NoSuchKey");
}

#[tokio::test]
async fn buckets_are_named_by_the_host_too() {
    let server = Server::with_bucket().await;
    for host in ["bucket.s3.localhost:4580", "bucket.localhost", "bucket.s3.example.com"] {
        let at_host = |method, path| Call { host, ..call(method, path) };
        let put = server.send(at_host(Method::PUT, "/a/b").body(host)).await;
        assert_eq!(put.status, StatusCode::OK, "{}", put.body);
        assert_eq!(put.outcome.bucket.as_deref(), Some("bucket"));
        assert_eq!(put.outcome.key.as_deref(), Some("a/b"));
        assert_eq!(server.send(call(Method::GET, "/bucket/a/b")).await.body, host);
        assert!(server.send(at_host(Method::GET, "/")).await.body.contains("<Key>a/b</Key>"));
    }
    let by_path = Call { host: "s3.example.com", ..call(Method::GET, "/bucket/a/b") };
    assert_eq!(server.send(by_path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn unknown_parts_of_buckets_and_objects_are_refused_instead_of_taken_for_something_else() {
    let server = Server::with_bucket().await;
    for (method, path) in [
        (Method::PUT, "/bucket/k?renameObject"),
        (Method::PUT, "/bucket/k?encryption"),
        (Method::PUT, "/bucket/k?uploadId=0123456789abcdef0123456789abcdef"),
        (Method::PUT, "/new?abac"),
        (Method::GET, "/bucket?metadataConfiguration"),
        (Method::DELETE, "/bucket?nonsense"),
    ] {
        let answer = server.send(call(method.clone(), path)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (501, "NotImplemented"), "{method} {path}");
    }
    assert!(server.buckets.bucket("bucket").await.is_some());
    assert!(server.buckets.bucket("new").await.is_none());
    let twice = server.send(call(Method::GET, "/bucket?prefix=a&prefix=b")).await;
    assert_eq!(twice.code(), "InvalidArgument");
}

#[tokio::test]
async fn a_name_that_another_account_counts_on_is_taken() {
    let server = server().await;
    let refused = server.send(call(Method::PUT, "/others-logs")).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "BucketAlreadyExists"));
    let made = server.send(Call { key: "AKIDOTHER", ..call(Method::PUT, "/others-logs") }).await;
    assert_eq!(made.status, StatusCode::OK);
}

#[tokio::test]
async fn a_temporary_key_presents_its_token_with_every_request() {
    let server = Server::with_bucket().await;
    let list = |path: &str| Call { key: "ASIAROOT", ..call(Method::GET, path) };
    let with_header = server.send(list("/bucket").header("x-amz-security-token", TOKEN)).await;
    assert_eq!((with_header.status, with_header.outcome.account.is_some()), (StatusCode::OK, true));
    let with_query = server.send(list("/bucket?X-Amz-Security-Token=token%2B%2F%3D")).await;
    assert_eq!(with_query.status, StatusCode::OK, "{}", with_query.body);
    // That it was presented once is not enough.
    let without = server.send(list("/bucket")).await;
    assert_eq!((without.code(), without.outcome.account), ("InvalidAccessKeyId", None));
}
