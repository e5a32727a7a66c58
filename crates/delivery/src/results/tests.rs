#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;
use crate::new_signing_key;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use flate2::read::GzDecoder;
use std::io::Read;

fn text(file: &ResultFile) -> String {
    let mut text = String::new();
    GzDecoder::new(&file.bytes[..]).read_to_string(&mut text).unwrap();
    assert_eq!(file.sha256, crate::log_file::sha256_hex(&file.bytes));
    text
}

fn columns() -> Vec<String> {
    vec!["eventID".to_owned(), "say \"when\"".to_owned()]
}

#[test]
fn values_are_quoted_and_nulls_are_nothing() {
    let mut files = ResultFiles::new(&columns());
    let rows = [[Some("a,b\r\n"), None], [Some(""), Some("say \"now\"")]];
    for row in rows {
        assert_eq!(files.push(&row.map(|value| value.map(str::to_owned))), None);
    }
    let file = files.last().unwrap();
    assert_eq!(file.name, "result_1.csv.gz");
    let expected = "\"eventID\",\"say \"\"when\"\"\"\r\n\"a,b\r\n\",\r\n\"\",\"say \"\"now\"\"\"\r\n";
    assert_eq!(text(&file), expected);
    assert_eq!(files.last(), None);
}

#[test]
fn a_result_without_rows_has_a_file_with_its_columns() {
    let mut files = ResultFiles::new(&columns());
    assert_eq!(text(&files.last().unwrap()), "\"eventID\",\"say \"\"when\"\"\"\r\n");
}

#[test]
fn large_results_are_split_and_signed_in_order() {
    let mut files = ResultFiles::new(&columns());
    let row = [Some("x".repeat(FILE_BYTES / 2)), None];
    let mut found: Vec<ResultFile> = (0..5).filter_map(|_| files.push(&row)).collect();
    found.extend(files.last());
    let names: Vec<&str> = found.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["result_1.csv.gz", "result_2.csv.gz", "result_3.csv.gz"]);
    assert!(found.iter().all(|file| text(file).starts_with("\"eventID\",")));

    let key = new_signing_key().unwrap();
    let open = SigningKeyOpen { pkcs8: &key.pkcs8, fingerprint: &key.fingerprint };
    let signed = files.sign("us-east-1", Timestamp::from_seconds(0), open).unwrap();
    let signed: serde_json::Value = serde_json::from_slice(&signed).unwrap();
    assert_eq!(signed["queryCompleteTime"], "1970-01-01T00:00:00Z");
    assert_eq!(signed["files"][2]["fileName"], "result_3.csv.gz");
    let hashes: Vec<&str> = found.iter().map(|file| file.sha256.as_str()).collect();
    let signature = hex::decode(signed["hashSignature"].as_str().unwrap()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key.public_der);
    public.verify(hashes.join(" ").as_bytes(), &signature).unwrap();
}
