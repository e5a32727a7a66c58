//! `requestParameters`, `responseElements` and `additionalEventData`: made up, in the sizes that real ones
//! have.

use super::ACCOUNT;
use super::call::{Call, Occasion};
use super::put;
use super::sources::Shape;
use crate::dice::{BASE32, BASE64, Dice, HEX};
use cairn_model::Timestamp;

/// Of 1,000 calls with parameters by their nature so many are made without any.
const WITHOUT_PARAMETERS: usize = 110;
/// Of 1,000 writing calls so many answer nothing.
const WITHOUT_ANSWER: usize = 430;

const WORDS: &[&str] = &[
    "nightly",
    "export",
    "for",
    "the",
    "ledger",
    "team",
    "owner",
    "rotates",
    "monthly",
    "managed",
    "by",
    "pipeline",
    "shared",
    "with",
    "partners",
    "temporary",
    "until",
    "migration",
    "ends",
    "do",
    "not",
    "edit",
    "manually",
];

/// Writes the value of `requestParameters`.
pub(super) fn write_parameters(out: &mut Vec<u8>, call: &Call, dice: &mut Dice) {
    let has_none = matches!(call.occasion, Occasion::ServiceEvent | Occasion::SignIn);
    if has_none || (call.occasion == Occasion::Api && dice.per_mille(WITHOUT_PARAMETERS)) {
        return put!(out, "null");
    }
    match (call.source.shape, call.read_only) {
        (Shape::Filter, true) => filters(out, call, dice),
        (Shape::Filter, false) => tagged(out, call, dice),
        (Shape::Named, true) => named(out, call, dice),
        (Shape::Named, false) => described(out, call, dice),
        (Shape::Policy, _) => policy(out, call, dice),
        (Shape::Bucket, _) => bucket(out, call, dice),
        (Shape::Key, _) => key(out, call, dice),
        (Shape::Secret, _) => secret(out, call, dice),
        (Shape::Role, _) => role(out, call, dice),
        (Shape::SignIn, _) => put!(out, "null"),
    }
}

fn filters(out: &mut Vec<u8>, call: &Call, dice: &mut Dice) {
    let id = &call.target;
    match dice.below(10) {
        0..4 => put!(
            out,
            r#"{{"filterSet":{{"items":[{{"name":"vpc-id","valueSet":{{"items":[{{"value":"vpc-{id}"}}]}}}}]}},"maxResults":{}}}"#,
            100 * (1 + dice.below(10)),
        ),
        4..8 => put!(out, r#"{{"instancesSet":{{"items":[{{"instanceId":"i-{id}"}}]}},"filterSet":{{}}}}"#),
        _ => put!(out, r#"{{"maxResults":{}}}"#, 100 * (1 + dice.below(10))),
    }
}

fn tagged(out: &mut Vec<u8>, call: &Call, dice: &mut Dice) {
    let id = &call.target;
    put!(out, r#"{{"resourcesSet":{{"items":[{{"resourceId":"i-{id}"}}]}},"tagSet":{{"items":["#);
    let tags = ["team", "cost-center", "stage", "service", "owner", "data-class"];
    let count = if dice.per_mille(60) { tags.len() } else { 1 + dice.below(2) };
    for (at, tag) in tags[..count].iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        put!(out, r#"{comma}{{"key":"{tag}","value":"{}-{}"}}"#, dice.pick(WORDS), dice.below(5000));
    }
    put!(out, "]}}}}");
}

fn named(out: &mut Vec<u8>, call: &Call, dice: &mut Dice) {
    let name = &call.target;
    match dice.below(3) {
        0 => put!(out, r#"{{"name":"/{name}","withDecryption":{}}}"#, dice.per_mille(700)),
        1 => put!(out, r#"{{"resourceType":"Parameter","resourceId":"/{name}"}}"#),
        _ => put!(
            out,
            r#"{{"nameFilter":"{name}","maxResults":{},"nextToken":"{}"}}"#,
            50,
            dice.digits(BASE64, 64)
        ),
    }
}

fn described(out: &mut Vec<u8>, call: &Call, dice: &mut Dice) {
    let name = &call.target;
    put!(
        out,
        r#"{{"name":"/{name}","type":"SecureString","value":"HIDDEN_DUE_TO_SECURITY_REASONS","description":""#
    );
    // A few descriptions are very long, as a few real parameters are.
    let words = if dice.per_mille(30) { 150 } else { 2 + dice.below(8) };
    for _ in 0..words {
        put!(out, "{} ", dice.pick(WORDS));
    }
    put!(out, r#"","overwrite":{}}}"#, dice.per_mille(300));
}

fn policy(out: &mut Vec<u8>, call: &Call, dice: &mut Dice) {
    let name = &call.target;
    if call.read_only {
        return put!(out, r#"{{"roleName":"{name}","maxItems":{}}}"#, 100);
    }
    if dice.per_mille(700) {
        return put!(
            out,
            r#"{{"roleName":"{name}","policyArn":"arn:aws:iam::{ACCOUNT}:policy/{name}-access"}}"#
        );
    }
    // A policy travels as JSON in a string.
    put!(
        out,
        r#"{{"roleName":"{name}","policyName":"inline","policyDocument":"{{\"Version\":\"2012-10-17\","#
    );
    put!(out, r#"\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:ListBucket\"],"#);
    put!(out, r#"\"Resource\":\"arn:aws:s3:::acme-{name}-{}/*\"}}]}}"}}"#, dice.below(100));
}

fn bucket(out: &mut Vec<u8>, call: &Call, dice: &mut Dice) {
    let (bucket, region) = (&call.target, call.region);
    put!(out, r#"{{"bucketName":"{bucket}","Host":"{bucket}.s3.{region}.amazonaws.com""#);
    match (call.is_management(), call.name) {
        (true, name) => {
            let setting = name.trim_start_matches("GetBucket").trim_start_matches("PutBucket");
            put!(out, r#","{}":"""#, setting.to_ascii_lowercase());
        }
        (false, "PutObject") => {
            put!(out, r#","x-amz-server-side-encryption":"AES256","x-amz-storage-class":"STANDARD_IA""#);
            object_key(out, dice);
        }
        (false, "GetObject") => object_key(out, dice),
        (false, _) => {}
    }
    put!(out, "}}");
}

fn object_key(out: &mut Vec<u8>, dice: &mut Dice) {
    let (day, hour, part) = (1 + dice.below(28), dice.below(24), dice.below(100_000));
    put!(
        out,
        r#","key":"{}/2026/03/{day:02}/{hour:02}/part-{part:05}-{}.parquet""#,
        dice.pick(WORDS),
        dice.digits(HEX, 12)
    );
}

fn key(out: &mut Vec<u8>, call: &Call, dice: &mut Dice) {
    let (key, region) = (&call.target, call.region);
    put!(
        out,
        r#"{{"keyId":"arn:aws:kms:{region}:{ACCOUNT}:key/{key}","encryptionAlgorithm":"SYMMETRIC_DEFAULT","#
    );
    put!(
        out,
        r#""encryptionContext":{{"aws:s3:arn":"arn:aws:s3:::acme-{}-{}"}}}}"#,
        dice.pick(WORDS),
        dice.below(400)
    );
}

fn secret(out: &mut Vec<u8>, call: &Call, dice: &mut Dice) {
    let (secret, region) = (&call.target, call.region);
    put!(out, r#"{{"secretId":"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{secret}""#);
    if dice.per_mille(500) {
        put!(out, r#","versionStage":"AWSCURRENT""#);
    }
    put!(out, "}}");
}

fn role(out: &mut Vec<u8>, call: &Call, dice: &mut Dice) {
    if call.name == "GetCallerIdentity" {
        return put!(out, "null");
    }
    let (role, session) = (&call.target, dice.digits(HEX, 16));
    put!(
        out,
        r#"{{"roleArn":"arn:aws:iam::{ACCOUNT}:role/{role}","roleSessionName":"i-0{session}","durationSeconds":3600}}"#
    );
}

/// Writes the value of `responseElements`.
pub(super) fn write_response(out: &mut Vec<u8>, call: &Call, time: Timestamp, failed: bool, dice: &mut Dice) {
    match call.occasion {
        Occasion::SignIn => put!(out, r#"{{"ConsoleLogin":"Success"}}"#),
        Occasion::ServiceEvent => put!(out, "null"),
        _ if failed => put!(out, "null"),
        _ if call.name.starts_with("AssumeRole") => credentials(out, call, time, dice),
        _ if call.read_only || dice.per_mille(WITHOUT_ANSWER) => put!(out, "null"),
        Occasion::Object => put!(
            out,
            r#"{{"x-amz-server-side-encryption":"AES256","x-amz-expiration":"expiry-date=\"Fri, 26 Mar 2027 00:00:00 GMT\", rule-id=\"old\""}}"#
        ),
        Occasion::Api | Occasion::ByService(_) => answer(out, call, time, dice),
    }
}

fn credentials(out: &mut Vec<u8>, call: &Call, time: Timestamp, dice: &mut Dice) {
    let (role, key) = (&call.target, dice.digits(BASE32, 16));
    let token = dice.digits(BASE64, 380);
    put!(
        out,
        r#"{{"credentials":{{"accessKeyId":"ASIA{key}","sessionToken":"{token}","expiration":"{time}"}},"#
    );
    let id = dice.digits(BASE32, 17);
    put!(
        out,
        r#""assumedRoleUser":{{"assumedRoleId":"AROA{id}:{role}","arn":"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{role}"}}}}"#
    );
}

fn answer(out: &mut Vec<u8>, call: &Call, time: Timestamp, dice: &mut Dice) {
    let (service, region, target) = (call.source.service, call.region, &call.target);
    match dice.below(10) {
        0..5 => put!(out, r#"{{"_return":true,"requestId":"{}"}}"#, dice.digits(HEX, 32)),
        5..8 => put!(
            out,
            r#"{{"arn":"arn:aws:{service}:{region}:{ACCOUNT}:{target}","version":{}}}"#,
            dice.below(60)
        ),
        _ => {
            put!(
                out,
                r#"{{"status":"creating","createTime":"{time}","arn":"arn:aws:{service}:{region}:{ACCOUNT}:{target}","groups":["#
            );
            for at in 0..2 + dice.below(4) {
                let comma = if at == 0 { "" } else { "," };
                let (group, subnet) = (dice.digits(HEX, 17), dice.digits(HEX, 17));
                put!(
                    out,
                    r#"{comma}{{"groupId":"sg-{group}","subnetId":"subnet-{subnet}","status":"active","port":{}}}"#,
                    1024 + dice.below(60_000)
                );
            }
            put!(
                out,
                r#"],"multiAZ":false,"backupRetentionPeriod":{},"deletionProtection":true}}"#,
                dice.below(35)
            );
        }
    }
}

/// Writes the member `additionalEventData`, which buckets, objects and sign-ins have.
pub(super) fn write_additional(out: &mut Vec<u8>, call: &Call, dice: &mut Dice) {
    if call.occasion == Occasion::SignIn {
        return put!(
            out,
            r#","additionalEventData":{{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"{}"}}"#,
            if dice.per_mille(900) { "Yes" } else { "No" },
        );
    }
    if call.source.shape != Shape::Bucket {
        return;
    }
    put!(
        out,
        r#","additionalEventData":{{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"{}=","bytesTransferredOut":{}}}"#,
        dice.digits(BASE64, 75),
        dice.skewed_below(1_000_000),
    );
}
