//! Lists of objects.

use super::s3;
use super::script::{Script, answer, refusal};
use futures::{StreamExt, TryStreamExt};

fn page(truncated: bool, token: &str, keys: &[&str], encoding: &str) -> String {
    let entry = |key: &&str| {
        format!(
            "<Contents><Key>{key}</Key><Size>7</Size><ETag>&quot;e&quot;</ETag>\
             <LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
        )
    };
    let entries: String = keys.iter().map(entry).collect();
    let body = format!(
        "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{encoding}<IsTruncated>{truncated}\
         </IsTruncated>{token}{entries}</ListBucketResult>"
    );
    answer(200, &[], &body)
}

#[tokio::test]
async fn pages_are_followed_by_their_tokens_and_keys_are_decoded() {
    let url = "<EncodingType>url</EncodingType>";
    let token = "<NextContinuationToken>t/1==</NextContinuationToken>";
    let script = Script::of([
        page(true, token, &["p/a+b", "p/c%2Bd%0A"], url),
        page(false, "", &["p/%E2%98%BA"], url),
    ])
    .await;
    let entries: Vec<_> = s3(&script).list("logs", "p/", Some("p/0&1")).try_collect().await.unwrap();
    let keys: Vec<_> = entries.iter().map(|entry| entry.key.as_str()).collect();
    assert_eq!(keys, ["p/a b", "p/c+d\n", "p/\u{263a}"]);
    assert_eq!((entries[0].size, entries[0].etag.as_str()), (7, "\"e\""));
    assert_eq!(entries[0].last_modified, "2026-01-01T00:00:00.000Z");
    assert_eq!(
        script.lines(),
        [
            "GET /logs/?list-type=2&encoding-type=url&prefix=p%2F&start-after=p%2F0%261",
            "GET /logs/?list-type=2&encoding-type=url&prefix=p%2F&continuation-token=t%2F1%3D%3D",
        ]
    );
}

#[tokio::test]
async fn an_endpoint_that_knows_neither_tokens_nor_encoding_is_listed_whole() {
    let script = Script::of([page(true, "", &["a%20+b"], ""), page(false, "", &[], "")]).await;
    let entries: Vec<_> = s3(&script).list("logs", "", None).try_collect().await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].key, "a%20+b");
    assert_eq!(script.lines()[1], "GET /logs/?list-type=2&encoding-type=url&prefix=&start-after=a%2520%2Bb");
}

#[tokio::test]
async fn a_folder_shows_its_objects_and_its_folders_page_by_page() {
    let folders =
        "<EncodingType>url</EncodingType><CommonPrefixes><Prefix>p/2026+1%2F</Prefix></CommonPrefixes>";
    let token = "<NextContinuationToken>t</NextContinuationToken>";
    let script = Script::of([page(true, token, &["p/a"], folders), page(false, "", &["p/b"], "")]).await;
    let first = s3(&script).list_folder("logs", "p/", None).await.unwrap();
    assert_eq!((first.objects[0].key.as_str(), first.folders), ("p/a", vec!["p/2026 1/".to_owned()]));
    let second = s3(&script).list_folder("logs", "p/", first.next).await.unwrap();
    assert_eq!((second.objects[0].key.as_str(), second.next), ("p/b", None));
    assert_eq!(
        script.lines(),
        [
            "GET /logs/?list-type=2&encoding-type=url&prefix=p%2F&delimiter=%2F",
            "GET /logs/?list-type=2&encoding-type=url&prefix=p%2F&delimiter=%2F&continuation-token=t",
        ]
    );
}

#[tokio::test]
async fn a_list_ends_with_its_first_error() {
    for (bad, code) in [
        (refusal(404, "NoSuchBucket"), "NoSuchBucket"),
        (answer(200, &[], "<html>"), "MalformedResponse"),
        (page(true, "", &[], ""), "MalformedResponse"),
    ] {
        let script = Script::of([bad]).await;
        let mut list = s3(&script).list("logs", "", None);
        assert_eq!(list.next().await.unwrap().unwrap_err().code(), code);
        assert!(list.next().await.is_none());
    }
}

#[tokio::test]
async fn what_a_bucket_says_of_itself_is_read() {
    let script = Script::of([
        answer(200, &[], "<LocationConstraint>eu-central-1</LocationConstraint>"),
        answer(200, &[], "<LocationConstraint/>"),
        answer(200, &[], "{\"Statement\":[]}"),
        refusal(404, "NoSuchBucketPolicy"),
        answer(404, &[], ""),
    ])
    .await;
    let s3 = s3(&script);
    assert_eq!(s3.get_bucket_location("logs").await.unwrap(), "eu-central-1");
    assert_eq!(s3.get_bucket_location("logs").await.unwrap(), "us-east-1");
    assert_eq!(s3.get_bucket_policy("logs").await.unwrap().as_deref(), Some("{\"Statement\":[]}"));
    assert_eq!(s3.get_bucket_policy("logs").await.unwrap(), None);
    assert!(s3.head_bucket("logs").await.unwrap_err().is_not_found());
    assert_eq!(script.lines()[2..], ["GET /logs/?policy=", "GET /logs/?policy=", "HEAD /logs/"]);
}
