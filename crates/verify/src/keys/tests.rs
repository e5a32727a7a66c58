#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;

const DER: &[u8] = b"not a key, but bytes";

fn file(change: impl FnOnce(&mut Value)) -> Result<KeysFile, KeysError> {
    let mut json = serde_json::json!({
        "version": 1,
        "PublicKeyList": [{
            "Value": BASE64_STANDARD.encode(DER), "Fingerprint": hex::encode(Md5::digest(DER)),
            "ValidityStartTime": "2026-01-01T00:00:00+00:00", "ValidityEndTime": 1_800_000_000.0,
        }],
        "heads": [{
            "trailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/t1", "region": "eu-west-1",
            "digestS3Bucket": "logs", "digestS3Object": "key", "digestHashValue": "ab".repeat(32),
            "digestSignature": "cdef", "digestEndTime": "2026-03-01T00:00:00Z",
        }],
    });
    change(&mut json);
    KeysFile::parse(json.to_string().as_bytes())
}

#[test]
fn what_cairn_writes_and_what_the_aws_cli_prints_are_read() {
    let ours = file(|_| ()).unwrap();
    let key = ours.key(&hex::encode(Md5::digest(DER))).unwrap();
    assert_eq!((&key.der[..], key.valid_to), (DER, Timestamp::from_seconds(1_800_000_000)));
    assert_eq!(ours.heads()[0].chain.region, "eu-west-1");
    let aws = file(|json| {
        json.as_object_mut().unwrap().remove("version");
        json.as_object_mut().unwrap().remove("heads");
    });
    assert!(aws.unwrap().heads().is_empty());
}

#[test]
fn what_is_wrong_is_named() {
    let message = |change: &dyn Fn(&mut Value)| file(change).unwrap_err().to_string();
    let newer = message(&|json| json["version"] = 2.into());
    assert!(newer.starts_with("the file is of version 2, this Cairn knows 1"), "{newer}");
    let other = message(&|json| json["PublicKeyList"][0]["Value"] = "AAAA".into());
    assert!(other.contains("Fingerprint of "), "{other}");
    let short = message(&|json| json["heads"][0]["digestHashValue"] = "ab".into());
    assert!(short.contains("digestHashValue of key"), "{short}");
    assert!(matches!(KeysFile::parse(b"{}"), Err(KeysError::Json(_))));
}
