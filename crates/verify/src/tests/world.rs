//! A copied folder as a trail's bucket leaves it, made from the format page alone.

use crate::{Folder, KeysFile, Progress, Report, Scope, verify};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKey};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cairn_model::Timestamp;
use md5::{Digest, Md5};
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;
use tempfile::TempDir;

pub(super) const ACCOUNT: &str = "111122223333";
pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// Making a key takes a while: all tests share these.
static KEYS: LazyLock<[KeyPair; 2]> = LazyLock::new(|| {
    let key = || KeyPair::generate(KeySize::Rsa2048).unwrap();
    [key(), key()]
});

pub(super) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(crate::unpack::sha256(bytes))
}

pub(super) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn gunzip(gzip: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(gzip).read_to_end(&mut plain).unwrap();
    plain
}

/// A digest that was delivered.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) sha256: String,
    pub(super) signature: String,
    pub(super) end: Timestamp,
    /// Keys of the log files that it names.
    pub(super) files: Vec<String>,
}

/// One trail's chain for one region in a folder.
pub(super) struct World {
    pub(super) dir: TempDir,
    /// What stands before `bucket/key` or `key` in the folder.
    pub(super) below: String,
    pub(super) bucket: String,
    pub(super) prefix: String,
    pub(super) account: String,
    /// The organization whose trail it is, and the account that the trail belongs to.
    pub(super) organization: Option<(String, String)>,
    pub(super) trail: String,
    pub(super) region: String,
    /// Which key signs.
    pub(super) signer: usize,
    pub(super) now: Timestamp,
    pub(super) digests: Vec<Made>,
    previous: Option<Made>,
    ended: Vec<Made>,
    files: u32,
}

impl World {
    pub(super) fn new() -> World {
        World {
            dir: tempfile::tempdir().unwrap(),
            below: String::new(),
            bucket: "logs".to_owned(),
            prefix: String::new(),
            account: ACCOUNT.to_owned(),
            organization: None,
            trail: "t_1".to_owned(),
            region: "eu-west-1".to_owned(),
            signer: 0,
            now: at("2026-03-01T10:00:30Z"),
            digests: Vec::new(),
            previous: None,
            ended: Vec::new(),
            files: 0,
        }
    }

    /// Five windows of an hour, with two log files each but the third.
    pub(super) fn of_five() -> World {
        let mut world = World::new();
        for window in 0..5 {
            world.window(if window == 2 { 0 } else { 2 });
        }
        world
    }

    pub(super) fn path(&self, key: &str) -> PathBuf {
        self.dir.path().join(&self.below).join(key)
    }

    pub(super) fn put(&self, key: &str, bytes: &[u8]) {
        let path = self.path(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(super) fn remove(&self, key: &str) {
        fs::remove_file(self.path(key)).unwrap();
    }

    fn day(&self, kind: &str) -> String {
        let (year, month, day, ..) = self.now.civil();
        let World { prefix, account, region, .. } = self;
        let organization = self.organization.as_ref().map(|(id, _)| format!("{id}/")).unwrap_or_default();
        format!(
            "{prefix}AWSLogs/{organization}{account}/{kind}/{region}/{year:04}/{month:02}/{day:02}/{account}_{kind}_{region}_"
        )
    }

    /// A log file delivered now.
    pub(super) fn log_file(&mut self) -> (String, String) {
        self.files += 1;
        let plain = format!("{{\"Records\":[{{\"eventID\":\"{}\"}},{{\"eventID\":\"other\"}}]}}", self.files);
        let minute = self.now.compact();
        let key = format!("{}{}Z_{:016}.json.gz", self.day("CloudTrail"), &minute[..13], self.files);
        self.put(&key, &gzip(plain.as_bytes()));
        (key, sha256_hex(plain.as_bytes()))
    }

    /// An hour with so many log files, and its digest.
    pub(super) fn window(&mut self, files: usize) -> Made {
        let start = self.now;
        self.now = self.now.plus(HOUR / 2);
        let named: Vec<(String, String)> = (0..files).map(|_| self.log_file()).collect();
        self.now = start.plus(HOUR);
        self.digest(start, &named)
    }

    fn digest(&mut self, start: Timestamp, named: &[(String, String)]) -> Made {
        let end = self.now;
        let key =
            format!("{}{}_us-east-1_{}.json.gz", self.day("CloudTrail-Digest"), self.trail, end.compact());
        let previous = self.previous.as_ref();
        let file = |(key, sha256): &(String, String)| {
            json!({ "s3Bucket": self.bucket, "s3Object": key, "hashValue": sha256, "hashAlgorithm": "SHA-256",
                "newestEventTime": null, "oldestEventTime": null })
        };
        let says = json!({
            "awsAccountId": self.account, "digestStartTime": start.to_string(), "digestEndTime": end.to_string(),
            "digestS3Bucket": self.bucket, "digestS3Object": key,
            "digestPublicKeyFingerprint": fingerprint(self.signer), "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": null, "oldestEventTime": null,
            "previousDigestS3Bucket": previous.map(|made| &made.bucket),
            "previousDigestS3Object": previous.map(|made| &made.key),
            "previousDigestHashValue": previous.map(|made| &made.sha256),
            "previousDigestHashAlgorithm": previous.map(|_| "SHA-256"),
            "previousDigestSignature": previous.map(|made| &made.signature),
            "logFiles": named.iter().map(file).collect::<Vec<_>>(),
        });
        let plain = says.to_string().into_bytes();
        self.put(&key, &gzip(&plain));
        let signature = sign(&says, &plain, self.signer);
        let files = named.iter().map(|(key, _)| key.clone()).collect();
        let made =
            Made { bucket: self.bucket.clone(), key, sha256: sha256_hex(&plain), signature, end, files };
        self.previous = Some(made.clone());
        self.digests.push(made.clone());
        made
    }

    /// The trail stops; the next window begins a new run.
    pub(super) fn stop(&mut self) {
        self.ended.extend(self.previous.take());
    }

    /// Changes what a digest says, as one could who has no key.
    pub(super) fn edit(&self, key: &str, change: impl FnOnce(&mut Value)) {
        let mut says: Value = serde_json::from_slice(&gunzip(&fs::read(self.path(key)).unwrap())).unwrap();
        change(&mut says);
        self.put(key, &gzip(says.to_string().as_bytes()));
    }

    /// What `cairn key export` writes: keys, and heads of these.
    pub(super) fn keys(&self) -> Value {
        let heads: Vec<Value> = self.ended.iter().chain(&self.previous).map(|made| self.head(made)).collect();
        json!({ "version": 1, "PublicKeyList": [public_key(0), public_key(1)], "heads": heads })
    }

    fn head(&self, made: &Made) -> Value {
        let World { account, trail, region, .. } = self;
        let account = self.organization.as_ref().map_or(account, |(_, owner)| owner);
        json!({
            "trailARN": format!("arn:aws:cloudtrail:us-east-1:{account}:trail/{trail}"), "region": region,
            "digestS3Bucket": made.bucket, "digestS3Object": made.key, "digestHashValue": made.sha256,
            "digestSignature": made.signature, "digestEndTime": made.end.to_string(),
        })
    }

    pub(super) fn verify(&self) -> Report {
        self.verify_with(&self.keys(), &Scope::default())
    }

    pub(super) fn verify_with(&self, keys: &Value, scope: &Scope) -> Report {
        let keys = KeysFile::parse(keys.to_string().as_bytes()).unwrap();
        let folder = Folder::open(self.dir.path()).unwrap();
        verify(&folder, &keys, scope, 2, &Progress::default()).unwrap()
    }

    /// Verifies; the findings must be these, as (code, key), in the order of their objects.
    pub(super) fn check(&self, expected: &[(&str, &str)]) -> Report {
        let report = self.verify();
        assert_eq!(codes(&report), sorted(expected), "{:#?}", report.findings);
        report
    }
}

/// Findings as (code, key).
pub(super) fn codes(report: &Report) -> Vec<(String, String)> {
    let key = |object: &str| {
        let key = object.strip_prefix("s3://").and_then(|object| object.split_once('/'));
        key.map_or(object, |(_, key)| key).to_owned()
    };
    let pair = |finding: &crate::Finding| (finding.fault.code().to_owned(), key(&finding.object));
    let mut codes: Vec<(String, String)> = report.findings.iter().map(pair).collect();
    codes.sort();
    codes
}

pub(super) fn sorted(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let pair = |(code, key): &(&str, &str)| ((*code).to_owned(), (*key).to_owned());
    let mut expected: Vec<(String, String)> = expected.iter().map(pair).collect();
    expected.sort();
    expected
}

fn public_der(which: usize) -> Vec<u8> {
    let key: &PublicKey = KEYS[which].public_key();
    key.as_ref().to_vec()
}

pub(super) fn fingerprint(which: usize) -> String {
    hex::encode(Md5::digest(public_der(which)))
}

pub(super) fn public_key(which: usize) -> Value {
    json!({
        "Value": BASE64_STANDARD.encode(public_der(which)), "Fingerprint": fingerprint(which),
        "ValidityStartTime": "2026-01-01T00:00:00Z", "ValidityEndTime": "2027-01-01T00:00:00Z",
    })
}

/// The signature of a digest that says this, by one of the keys.
pub(super) fn sign(says: &Value, plain: &[u8], which: usize) -> String {
    let text = |member: &str| says[member].as_str().unwrap_or("null").to_owned();
    let place = format!("{}/{}", text("digestS3Bucket"), text("digestS3Object"));
    let signed =
        [text("digestEndTime"), place, sha256_hex(plain), text("previousDigestSignature")].join("\n");
    let mut signature = vec![0; KEYS[which].public_modulus_len()];
    KEYS[which].sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    hex::encode(signature)
}

/// The key pairs are ours to make: this is what AWS's own reader would be given.
#[test]
fn a_fingerprint_is_that_of_a_key_in_pkcs1() {
    let pkcs8 = KEYS[0].as_der().unwrap();
    assert!(pkcs8.as_ref().len() > 1000);
    assert_eq!((public_der(0).len(), fingerprint(0).len()), (270, 32));
}
