//! A validator that follows what `aws cloudtrail validate-logs` does, and checks what it leaves out: the
//! hash of the predecessor, that windows join, that ends grow, the times over all events.

use super::bucket::Buckets;
use super::world::KEYS;
use crate::target::Object;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Read;

/// What one region's chain holds.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) faults: Vec<String>,
    pub(super) digests: usize,
    /// Digests without a predecessor.
    pub(super) starting: usize,
    /// Keys of the log files that digests name.
    pub(super) named: BTreeSet<String>,
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

/// Exactly one gzip member, nothing behind it.
pub(super) fn gunzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut decoder = flate2::bufread::GzDecoder::new(bytes);
    let mut plain = Vec::new();
    decoder.read_to_end(&mut plain).ok()?;
    decoder.into_inner().is_empty().then_some(plain)
}

/// Walks all digests of a trail in a region from the newest to the oldest.
pub(super) fn validate(buckets: &Buckets, trail: &str, region: &str) -> Report {
    let mut report = Report::default();
    let is_mine = |object: &Object| {
        let marks = [format!("/CloudTrail-Digest/{region}/"), format!("_{trail}_")];
        marks.iter().all(|mark| object.key.contains(mark))
    };
    let mut listed: Vec<Object> = buckets.objects().into_iter().filter(is_mine).collect();
    listed.sort_by(|a, b| end_in_key(&a.key).cmp(end_in_key(&b.key)));
    // A chain may go through several buckets: what a link leads to is not walked again.
    while let Some(newest) = listed.pop() {
        let mut next = Some(newest);
        let mut successor: Option<Value> = None;
        while let Some(object) = next {
            listed.retain(|other| other.key != object.key);
            let Some(json) = check_digest(buckets, &object, &mut report) else {
                break;
            };
            if let Some(successor) = &successor {
                check_link(&json, &object, successor, &mut report);
            }
            next = follow(buckets, &json, &mut report);
            successor = Some(json);
        }
    }
    report
}

fn end_in_key(key: &str) -> &str {
    let name = key.strip_suffix(".json.gz").unwrap();
    &name[name.len() - 16..]
}

fn check_digest(buckets: &Buckets, object: &Object, report: &mut Report) -> Option<Value> {
    report.digests += 1;
    let mut fault = |what: &str| report.faults.push(format!("{}: {what}", object.key));
    let Some(plain) = gunzip(&object.bytes) else {
        fault("not one gzip member");
        return None;
    };
    let json: Value = serde_json::from_slice(&plain).unwrap();
    let text = |member: &str| json[member].as_str().unwrap_or("null").to_owned();
    if text("digestS3Bucket") != object.bucket || text("digestS3Object") != object.key {
        fault("has been moved from its original location");
    }
    if text("digestEndTime").replace(['-', ':'], "") != end_in_key(&object.key) {
        fault("its name says another end");
    }
    let fingerprint = text("digestPublicKeyFingerprint");
    let Some(key) = KEYS.iter().find(|key| key.fingerprint == fingerprint) else {
        fault("public key not found");
        return None;
    };
    let to_sign = [
        text("digestEndTime"),
        format!("{}/{}", object.bucket, object.key),
        sha256(&plain),
        text("previousDigestSignature"),
    ]
    .join("\n");
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key.public_der);
    if public.verify(to_sign.as_bytes(), &signature(object)).is_err() {
        fault("signature verification failed");
    }
    check_files(buckets, object, &json, report);
    Some(json)
}

fn signature(object: &Object) -> Vec<u8> {
    assert_eq!(object.metadata[1], ("signature-algorithm", "SHA256withRSA".to_owned()));
    let (name, signature) = &object.metadata[0];
    assert_eq!(*name, "signature");
    hex::decode(signature).unwrap()
}

fn check_files(buckets: &Buckets, digest: &Object, json: &Value, report: &mut Report) {
    let files = json["logFiles"].as_array().unwrap();
    let mut times = Vec::new();
    for file in files {
        let key = file["s3Object"].as_str().unwrap();
        if !report.named.insert(key.to_owned()) {
            report.faults.push(format!("{key}: named by two digests"));
        }
        times.extend([&file["oldestEventTime"], &file["newestEventTime"]].map(Value::to_string));
        let Some(object) = buckets.get(file["s3Bucket"].as_str().unwrap(), key) else {
            report.faults.push(format!("{key}: not found"));
            continue;
        };
        let plain = gunzip(&object.bytes);
        if plain.is_none_or(|plain| file["hashValue"] != sha256(&plain).as_str()) {
            report.faults.push(format!("{key}: hash value doesn't match"));
        }
    }
    times.sort();
    let bounds = [times.first(), times.last()].map(|time| time.map_or("null", String::as_str));
    let said = [&json["oldestEventTime"], &json["newestEventTime"]].map(Value::to_string);
    if said != bounds {
        report.faults.push(format!("{}: wrong event times", digest.key));
    }
}

fn check_link(json: &Value, object: &Object, successor: &Value, report: &mut Report) {
    let plain = gunzip(&object.bytes).unwrap();
    let joins = successor["previousDigestHashValue"] == sha256(&plain).as_str()
        && successor["previousDigestHashAlgorithm"] == "SHA-256"
        && successor["digestStartTime"] == json["digestEndTime"]
        && successor["previousDigestSignature"] == object.metadata[0].1.as_str()
        && successor["digestEndTime"].as_str() > json["digestEndTime"].as_str();
    if !joins {
        report.faults.push(format!("{}: its successor does not join", object.key));
    }
}

fn follow(buckets: &Buckets, json: &Value, report: &mut Report) -> Option<Object> {
    let Some(key) = json["previousDigestS3Object"].as_str() else {
        report.starting += 1;
        return None;
    };
    let found = buckets.get(json["previousDigestS3Bucket"].as_str().unwrap(), key);
    if found.is_none() {
        report.faults.push(format!("{key}: not found"));
    }
    found
}
