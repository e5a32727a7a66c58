//! ListObjectsV2, page after page.

use super::{BucketAsk, S3, address};
use crate::error::AwsError;
use crate::xml::Element;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use http::Method;
use percent_encoding::percent_decode_str;

/// An object as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectEntry {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its ETag, with the quotes that belong to it; empty if the endpoint shows none.
    pub etag: String,
    /// When it was put, in ISO 8601 as S3 writes it: `2026-01-31T12:00:00.000Z`.
    pub last_modified: String,
}

/// Objects in ascending order of their keys' UTF-8 bytes. It ends with the first error.
pub type ObjectStream = BoxStream<'static, Result<ObjectEntry, AwsError>>;

/// Where a list goes on.
enum Next {
    /// Behind this key, or at the start.
    After(Option<String>),
    /// Where the page before ended.
    Token(String),
    /// Nowhere: that was all.
    End,
}

impl S3 {
    /// The bucket's objects whose keys start with `prefix` and come behind `start_after`. A page of 1,000 is asked for
    /// when the one before it has been taken.
    pub fn list(&self, bucket: &str, prefix: &str, start_after: Option<&str>) -> ObjectStream {
        let (s3, bucket, prefix) = (self.clone(), bucket.to_owned(), prefix.to_owned());
        let first = Next::After(start_after.map(str::to_owned));
        let pages = stream::try_unfold(first, move |next| {
            let (s3, bucket, prefix) = (s3.clone(), bucket.clone(), prefix.clone());
            async move { s3.page(&bucket, &prefix, next).await }
        });
        pages.map_ok(|entries| stream::iter(entries.into_iter().map(Ok))).try_flatten().boxed()
    }

    async fn page(
        &self,
        bucket: &str,
        prefix: &str,
        next: Next,
    ) -> Result<Option<(Vec<ObjectEntry>, Next)>, AwsError> {
        let from = match next {
            Next::After(None) => String::new(),
            Next::After(Some(key)) => format!("&start-after={}", address::in_query(&key)),
            Next::Token(token) => format!("&continuation-token={}", address::in_query(&token)),
            Next::End => return Ok(None),
        };
        // Keys may hold what XML cannot: they come percent-encoded.
        let query = format!("list-type=2&encoding-type=url&prefix={}{from}", address::in_query(prefix));
        let text = self.answer(BucketAsk { query: &query, ..BucketAsk::new(Method::GET, bucket) }).await?;
        read_page(&self.document(bucket, &text)?)
            .map(Some)
            .ok_or_else(|| self.malformed(bucket, "a list of objects"))
    }
}

fn read_page(list: &Element) -> Option<(Vec<ObjectEntry>, Next)> {
    let is_encoded = list.text_of("EncodingType") == Some("url");
    let entries = list.children("Contents").map(|entry| read_entry(entry, is_encoded));
    let entries: Vec<ObjectEntry> = entries.collect::<Option<_>>()?;
    let next = match list.text_of("IsTruncated") {
        Some("true") => match list.text_of("NextContinuationToken") {
            Some(token) => Next::Token(token.to_owned()),
            // Some endpoints forget the token; the last key does as well.
            None => Next::After(Some(entries.last()?.key.clone())),
        },
        _ => Next::End,
    };
    Some((entries, next))
}

fn read_entry(entry: &Element, is_encoded: bool) -> Option<ObjectEntry> {
    let key = entry.text_of("Key")?;
    Some(ObjectEntry {
        key: if is_encoded { decoded(key)? } else { key.to_owned() },
        size: entry.text_of("Size")?.parse().ok()?,
        etag: entry.text_of("ETag").unwrap_or_default().to_owned(),
        last_modified: entry.text_of("LastModified").unwrap_or_default().to_owned(),
    })
}

/// As forms are encoded: a plus is a space.
fn decoded(key: &str) -> Option<String> {
    let spaced = key.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}
