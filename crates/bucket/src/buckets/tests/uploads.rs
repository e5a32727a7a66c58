//! Multipart uploads.

use super::{at, body, open};
use crate::bucket::Condition;
use crate::buckets::{Buckets, Completion, UploadAt};
use crate::checksum::{Algorithm, Coverage};
use crate::error::BucketError;
use crate::incoming::ObjectBody;
use crate::tags::Tags;
use crate::upload::{NamedPart, Plan, UploadsQuery};
use bytes::Bytes;

const FIVE_MIB: usize = 5 << 20;

async fn begin(buckets: &Buckets, key: &str, plan: Plan, seconds: i64) -> UploadAt {
    let id = buckets.create_upload("bucket", key, plan, at(seconds)).await.unwrap();
    UploadAt { bucket: "bucket".to_owned(), key: key.to_owned(), id }
}

async fn part(buckets: &Buckets, at_upload: &UploadAt, number: u16, bytes: Vec<u8>) -> NamedPart {
    let algorithm = buckets.upload_plan(at_upload).await.unwrap().checksum.map(|(algorithm, _)| algorithm);
    let (bytes, checks) = (ObjectBody::Bytes(Bytes::from(bytes)), (algorithm, None));
    let put = buckets.put_part(at_upload.clone(), number, bytes, checks, at(100)).await.unwrap();
    NamedPart { number, etag: put.etag, checksums: Vec::new() }
}

fn completion() -> Completion {
    Completion { condition: Condition::Always, now: at(100), algorithm: None, check: None }
}

#[tokio::test]
async fn a_completed_upload_is_what_its_maker_planned() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    for coverage in [Coverage::FullObject, Coverage::Composite] {
        let tags = Tags::from([("a".to_owned(), "b".to_owned())]);
        let checksum = Some((Algorithm::Crc32, coverage));
        let upload = begin(&buckets, "k", Plan { tags: tags.clone(), checksum, ..Plan::default() }, 1).await;
        let parts = vec![
            part(&buckets, &upload, 2, vec![1; FIVE_MIB]).await,
            part(&buckets, &upload, 7, b"end".to_vec()).await,
        ];
        let made = buckets.complete_upload(upload.clone(), parts, completion()).await.unwrap();
        let info = buckets.head("bucket", "k").await.unwrap();
        assert_eq!(info.parts, [(1, FIVE_MIB as u64), (1, 3)]);
        assert_eq!((&info.tags, &info.etag), (&tags, &made.etag));
        let checksum = info.checksum.unwrap();
        assert_eq!((checksum.algorithm, checksum.coverage), (Algorithm::Crc32, coverage));
        assert_eq!(checksum.value.ends_with("-2"), coverage == Coverage::Composite);
    }
}

#[tokio::test]
async fn whoever_completes_once_more_hears_what_was_made() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let upload = begin(&buckets, "k", Plan::default(), 1).await;
    let named = part(&buckets, &upload, 1, b"body".to_vec()).await;
    let again = || vec![NamedPart { number: 1, etag: named.etag.clone(), checksums: Vec::new() }];
    let first = buckets.complete_upload(upload.clone(), again(), completion()).await.unwrap();
    let second = buckets.complete_upload(upload.clone(), again(), completion()).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(body(&buckets, "k").await, "body");
    buckets.delete("bucket", "k", at(100)).await.unwrap();
    let gone = buckets.complete_upload(upload, again(), completion()).await;
    assert!(matches!(gone, Err(BucketError::NoSuchUpload)));
}

#[tokio::test]
async fn a_part_that_is_not_the_named_one_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let plan = Plan { checksum: Some((Algorithm::Sha256, Coverage::Composite)), ..Plan::default() };
    let upload = begin(&buckets, "k", plan, 1).await;
    let right = part(&buckets, &upload, 1, b"body".to_vec()).await;
    let cases = [
        NamedPart { number: 2, etag: right.etag.clone(), checksums: Vec::new() },
        NamedPart { number: 1, etag: "0".repeat(32), checksums: Vec::new() },
        NamedPart {
            number: 1,
            etag: right.etag.clone(),
            checksums: vec![(Algorithm::Sha256, "wrong".to_owned())],
        },
        NamedPart {
            number: 1,
            etag: right.etag.clone(),
            checksums: vec![(Algorithm::Crc32, "x".to_owned())],
        },
    ];
    for named in cases {
        let refused = buckets.complete_upload(upload.clone(), vec![named], completion()).await;
        assert!(matches!(refused, Err(BucketError::InvalidPart)));
    }
    let none = buckets.complete_upload(upload.clone(), Vec::new(), completion()).await;
    assert!(matches!(none, Err(BucketError::InvalidPart)));
    buckets.complete_upload(upload, vec![right], completion()).await.unwrap();
}

#[tokio::test]
async fn uploads_that_nobody_ends_are_forgotten_after_a_while() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let old = begin(&buckets, "old", Plan::default(), 10).await;
    let new = begin(&buckets, "new", Plan::default(), 20).await;
    let named = part(&buckets, &old, 1, b"x".to_vec()).await;
    assert_eq!(buckets.end_uploads_before(at(20)).await.unwrap(), 1);
    assert_eq!(buckets.end_uploads_before(at(20)).await.unwrap(), 0);
    let gone = buckets.complete_upload(old.clone(), vec![named], completion()).await;
    assert!(matches!(gone, Err(BucketError::NoSuchUpload)));
    assert!(!dir.path().join("bucket/uploads").join(old.id).exists());
    let named = part(&buckets, &new, 1, b"y".to_vec()).await;
    buckets.complete_upload(new, vec![named], completion()).await.unwrap();
}

#[tokio::test]
async fn pages_of_uploads_and_parts_join_to_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    let buckets = open(dir.path()).await;
    let mut all = Vec::new();
    for key in ["a/1", "a/2", "b", "b", "b", "c"] {
        let upload = begin(&buckets, key, Plan::default(), 1).await;
        all.push((upload.key, upload.id));
    }
    all.sort();
    let mut query = UploadsQuery { limit: 2, ..UploadsQuery::default() };
    let mut seen = Vec::new();
    loop {
        let page = buckets.list_uploads("bucket", query.clone()).await.unwrap();
        seen.extend(page.uploads.into_iter().map(|upload| (upload.key, upload.id)));
        let Some((key, id)) = page.next else { break };
        (query.after_key, query.after_id) = (key, Some(id));
    }
    assert_eq!(seen, all);
    let folded = UploadsQuery { delimiter: Some("/".to_owned()), limit: 2, ..UploadsQuery::default() };
    let page = buckets.list_uploads("bucket", folded.clone()).await.unwrap();
    assert_eq!((page.prefixes.as_slice(), page.uploads.len()), (&["a/".to_owned()][..], 1));
    let after =
        UploadsQuery { after_key: "a/".to_owned(), after_id: Some(String::new()), limit: 9, ..folded };
    let page = buckets.list_uploads("bucket", after).await.unwrap();
    assert_eq!((page.prefixes.len(), page.uploads.len()), (0, 4));

    let upload = begin(&buckets, "parts", Plan::default(), 1).await;
    for number in [3, 1, 9] {
        part(&buckets, &upload, number, vec![7; usize::from(number)]).await;
    }
    let page = buckets.list_parts(upload.clone(), 0, 2).await.unwrap();
    let numbers: Vec<_> = page.parts.iter().map(|part| (part.number, part.size)).collect();
    assert_eq!((numbers.as_slice(), page.is_truncated), (&[(1, 1), (3, 3)][..], true));
    let page = buckets.list_parts(upload, 3, 2).await.unwrap();
    assert_eq!((page.parts.len(), page.is_truncated), (1, false));
}
