//! What a bucket's policy must let CloudTrail do, in the aws profile.

use super::*;
use serde_json::{Value, json};

const TRAIL: &str = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/main";

/// AWS's own template, for the trail `main` with the prefix `some/prefix`.
fn template() -> Value {
    let source = json!({"aws:SourceArn": TRAIL});
    let cloudtrail = json!({"Service": "cloudtrail.amazonaws.com"});
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "AWSCloudTrailAclCheck20150319", "Effect": "Allow", "Principal": cloudtrail,
         "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::acme-logs",
         "Condition": {"StringEquals": source}},
        {"Sid": "AWSCloudTrailWrite20150319", "Effect": "Allow", "Principal": cloudtrail,
         "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-logs/some/prefix/AWSLogs/111122223333/*",
         "Condition": {"StringEquals": {
            "aws:SourceArn": TRAIL, "s3:x-amz-acl": "bucket-owner-full-control"}}},
    ]})
}

fn judged(policy: PolicyText, prefix: Option<&str>) -> Result<Trail, TrailError> {
    let facts = Facts { limits: Limits::AWS, ..facts(&[], HOME) };
    let settings = Settings { prefix: prefix.map(str::to_owned), ..bucket("acme-logs") };
    let plan = create(&facts, &CreateTrail { settings, ..request("main") }).unwrap();
    let answers = Answers { bucket: Some(BucketAnswer::Own(policy)), ..yes(plan.questions()) };
    plan.settle(&answers)
}

fn check_policy(policy: Value, fault: &str) {
    let policy = PolicyText::Text(policy.to_string());
    check_fault(judged(policy, Some("some/prefix")), fault);
}

fn check_fault(result: Result<Trail, TrailError>, fault: &str) {
    let message = format!("Incorrect S3 bucket policy is detected for bucket: acme-logs. {fault}");
    check(result, "InsufficientS3BucketPolicyException", &message);
}

fn missing_acl_check() -> String {
    format!(
        "It has no statement like AWSCloudTrailAclCheck20150319, which lets cloudtrail.amazonaws.com do \
         s3:GetBucketAcl on arn:aws:s3:::acme-logs with aws:SourceArn \"{TRAIL}\"."
    )
}

fn missing_write(objects: &str) -> String {
    format!(
        "It has no statement like AWSCloudTrailWrite20150319, which lets cloudtrail.amazonaws.com do s3:PutObject on \
         arn:aws:s3:::acme-logs/{objects} with s3:x-amz-acl \"bucket-owner-full-control\" and aws:SourceArn \
         \"{TRAIL}\"."
    )
}

#[test]
fn the_template_is_enough_for_its_prefix_only() {
    let policy = PolicyText::Text(template().to_string());
    assert!(judged(policy.clone(), Some("some/prefix")).is_ok());
    check_fault(judged(policy, None), &missing_write("AWSLogs/111122223333/*"));
}

#[test]
fn the_statement_that_is_missing_is_named() {
    let objects = "some/prefix/AWSLogs/111122223333/*";
    check_fault(judged(PolicyText::None, None), &missing_acl_check());
    let mut policy = template();
    policy["Statement"][0]["Condition"]["StringEquals"]["aws:SourceArn"] = json!("another");
    check_policy(policy, &missing_acl_check());
    let mut policy = template();
    policy["Statement"].as_array_mut().unwrap().remove(1);
    check_policy(policy, &missing_write(objects));
    let mut policy = template();
    policy["Statement"][1]["Condition"]["StringEquals"]["s3:x-amz-acl"] = json!("private");
    check_policy(policy, &missing_write(objects));
    let mut policy = template();
    policy["Statement"][1]["Resource"] = json!("arn:aws:s3:::acme-logs/some/prefix/AWSLogs/210987654321/*");
    check_policy(policy, &missing_write(objects));
}

#[test]
fn a_denial_is_named() {
    let mut policy = template();
    let deny = json!({"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                      "Resource": "arn:aws:s3:::acme-logs/*"});
    policy["Statement"].as_array_mut().unwrap().push(deny);
    check_policy(
        policy,
        "Its statement Closed denies cloudtrail.amazonaws.com s3:PutObject on \
         arn:aws:s3:::acme-logs/some/prefix/AWSLogs/111122223333/*.",
    );
    let mut policy = template();
    let only_tls = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
                          "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
    policy["Statement"].as_array_mut().unwrap().push(only_tls);
    assert!(judged(PolicyText::Text(policy.to_string()), Some("some/prefix")).is_ok());
}

#[test]
fn a_policy_that_cannot_be_read_is_not_taken_for_a_good_one() {
    check_fault(judged(PolicyText::Text("{".to_owned()), None), "It is not a policy document.");
    let unreadable = PolicyText::Unreadable { code: "AccessDenied".to_owned() };
    check_fault(judged(unreadable, None), "It could not be read: AccessDenied.");
}

const TOPIC: &str = "arn:aws:sns:eu-central-1:111122223333:news";

/// AWS's own template.
fn topic_template() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "AWSCloudTrailSNSPolicy20131101", "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "SNS:Publish", "Resource": TOPIC,
        "Condition": {"StringEquals": {"aws:SourceArn": TRAIL}}}]})
}

fn told(limits: Limits, policy: PolicyText) -> Result<Trail, TrailError> {
    let facts = Facts { limits, ..facts(&[], HOME) };
    let settings = Settings { sns_topic: Some("news".to_owned()), ..bucket("acme-logs") };
    let plan = create(&facts, &CreateTrail { settings, ..request("main") }).unwrap();
    let own = BucketAnswer::Own(PolicyText::Text(template().to_string().replace("some/prefix/", "")));
    let answers = Answers { bucket: Some(own), topic: Some(Ok(policy)), ..yes(plan.questions()) };
    plan.settle(&answers)
}

fn check_topic(policy: PolicyText, why: &str) {
    let message = format!("SNS Topic does not exist or the topic policy is incorrect! {TOPIC}: {why}");
    check(told(Limits::AWS, policy), "InsufficientSnsTopicPolicyException", &message);
}

#[test]
fn a_topic_must_let_cloudtrail_publish() {
    let denied =
        "its policy does not let cloudtrail.amazonaws.com do SNS:Publish (AWSCloudTrailSNSPolicy20131101)";
    assert!(told(Limits::AWS, PolicyText::Text(topic_template().to_string())).is_ok());
    check_topic(PolicyText::None, denied);
    check_topic(PolicyText::Text("{".to_owned()), "its policy is not a policy document");
    let mut policy = topic_template();
    policy["Statement"][0]["Condition"]["StringEquals"]["aws:SourceArn"] = json!("another");
    check_topic(PolicyText::Text(policy.to_string()), denied);
    // The policy that SNS gives to every new topic lets its owner in only.
    let mut policy = topic_template();
    policy["Statement"][0]["Principal"] = json!({"AWS": "*"});
    policy["Statement"][0]["Condition"] = json!({"StringEquals": {"AWS:SourceOwner": "111122223333"}});
    check_topic(PolicyText::Text(policy.to_string()), denied);
    assert!(told(Limits { trails_per_region_max: 5, ..Limits::OPEN }, PolicyText::None).is_ok());
}

#[test]
fn the_open_profile_does_not_look_at_policies() {
    let plan = create(&facts(&[], HOME), &request("main")).unwrap();
    let answers = yes(plan.questions());
    assert!(plan.settle(&answers).is_ok());
}

#[test]
fn a_trail_of_an_organization_needs_the_organizations_folder() {
    let id: cairn_model::OrganizationId = "o-exampleorgid".parse().unwrap();
    let trail = Trail { organization: Some(id), ..Trail::clone(&trail("main", HOME, true)) };
    let of_account = template().to_string().replace("some/prefix/", "");
    let of_organization = of_account.replace("AWSLogs/111122223333", "AWSLogs/o-exampleorgid");
    let judged = |text: String| crate::trails::grants::check_bucket_policy(&trail, &PolicyText::Text(text));
    assert!(judged(of_organization).is_ok());
    assert!(judged(of_account).is_err());
}
