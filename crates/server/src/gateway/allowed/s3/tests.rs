use super::{Call, Need, Unclear, needs};
use http::Request;
use http::request::Parts;

fn parts(path: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("it is well formed").into_parts().0
}

fn needed(operation: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Result<Vec<Need>, Unclear> {
    let parts = parts(path, headers);
    let (bucket, key) = parts.uri.path()[1..].split_once('/').expect("both are named");
    let named = (Some(bucket.to_owned()), Some(key.to_owned()).filter(|key| !key.is_empty()));
    needs(&Call { operation, parts: &parts, named, body: body.as_bytes() })
}

#[track_caller]
fn check(operation: &str, path: &str, headers: &[(&str, &str)], expected: &[&str]) {
    let needed = needed(operation, path, headers, "").expect("it is clear");
    let shown = |need: &Need| format!("{} {}", need.action, need.resource.replace("arn:aws:s3:::", ""));
    assert_eq!(needed.iter().map(shown).collect::<Vec<_>>(), expected, "{operation} {path}");
}

#[test]
fn actions_are_named_as_policies_name_them() {
    check("GetObject", "/b/k", &[], &["s3:GetObject b/k"]);
    check("HeadBucket", "/b/", &[], &["s3:ListBucket b"]);
    check("SelectObjectContent", "/b/k?select&select-type=2", &[], &["s3:GetObject b/k"]);
    check("DeleteBucketMetricsConfiguration", "/b/?metrics&id=1", &[], &["s3:PutMetricsConfiguration b"]);
    check(
        "DeleteBucketAnalyticsConfiguration",
        "/b/?analytics&id=1",
        &[],
        &["s3:PutAnalyticsConfiguration b"],
    );
}

#[test]
fn a_version_is_another_thing_than_its_object() {
    check("DeleteObject", "/b/k?versionId=v", &[], &["s3:DeleteObjectVersion b/k"]);
    check("DeleteObject", "/b/k?version%49d=v", &[], &["s3:DeleteObjectVersion b/k"]);
    check("DeleteObject", "/b/k?versionId=", &[], &["s3:DeleteObject b/k"]);
    check("DeleteObject", "/b/k?versionid=v", &[("versionid", "v")], &["s3:DeleteObject b/k"]);
    check("HeadObject", "/b/k?versionId=null", &[], &["s3:GetObjectVersion b/k"]);
    check("GetObjectTagging", "/b/k?tagging&versionId=v", &[], &["s3:GetObjectVersionTagging b/k"]);
    let copy = [("x-amz-copy-source", "/from/a%20b?versionId=v")];
    check("CopyObject", "/b/k", &copy, &["s3:PutObject b/k", "s3:GetObjectVersion from/a b"]);
    let copy = [("x-amz-copy-source", "from/a")];
    check("UploadPartCopy", "/b/k", &copy, &["s3:PutObject b/k", "s3:GetObject from/a"]);
}

#[test]
fn what_headers_ask_for_besides_is_needed_too() {
    let tagged = [("x-amz-tagging", "a=1")];
    check("PutObject", "/b/k", &tagged, &["s3:PutObject b/k", "s3:PutObjectTagging b/k"]);
    check("PutObject", "/b/k?X-Amz-Tagging=a", &[], &["s3:PutObject b/k", "s3:PutObjectTagging b/k"]);
    check("GetObject", "/b/k", &tagged, &["s3:GetObject b/k"]);
    let locked = [("x-amz-acl", "private"), ("x-amz-object-lock-mode", "GOVERNANCE")];
    check(
        "PutObject",
        "/b/k",
        &locked,
        &["s3:PutObject b/k", "s3:PutObjectAcl b/k", "s3:PutObjectRetention b/k"],
    );
    let bypass = [("x-amz-bypass-governance-retention", "True")];
    check("DeleteObject", "/b/k", &bypass, &["s3:DeleteObject b/k", "s3:BypassGovernanceRetention b/k"]);
    check(
        "DeleteObject",
        "/b/k",
        &[("x-amz-bypass-governance-retention", "false")],
        &["s3:DeleteObject b/k"],
    );
}

#[test]
fn every_object_that_is_deleted_is_asked_about() {
    let body =
        "<Delete><Object><Key>a</Key></Object><Object><Key>b</Key><VersionId>v</VersionId></Object></Delete>";
    let bypass = [("x-amz-bypass-governance-retention", "true")];
    let needed = needed("DeleteObjects", "/bucket/?delete", &bypass, body).expect("it is clear");
    let need = |action: &'static str, key: &str| Need {
        action: action.into(),
        resource: format!("arn:aws:s3:::bucket/{key}"),
    };
    let expected = [
        need("s3:DeleteObject", "a"),
        need("s3:DeleteObjectVersion", "b"),
        need("s3:BypassGovernanceRetention", "a"),
        need("s3:BypassGovernanceRetention", "b"),
    ];
    assert_eq!(needed, expected);
}

#[test]
fn what_can_be_read_in_several_ways_is_refused() {
    assert_eq!(needed("DeleteObjects", "/b/?delete", &[], ""), Err(Unclear::Objects));
    assert_eq!(needed("PostObject", "/b/", &[], ""), Err(Unclear::Form));
    let twice = Err(Unclear::Repeated("versionId".to_owned()));
    assert_eq!(needed("GetObject", "/b/k?versionId=&versionId=v", &[], ""), twice);
    let sources = [("x-amz-copy-source", "a/b"), ("x-amz-copy-source", "c/d")];
    assert_eq!(
        needed("CopyObject", "/b/k", &sources, ""),
        Err(Unclear::Repeated("x-amz-copy-source".to_owned()))
    );
}
