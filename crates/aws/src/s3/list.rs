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

/// What stands directly in a folder of a bucket, a page of it: [`S3::list_folder`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderPage {
    /// Its objects, ascending.
    pub objects: Vec<ObjectEntry>,
    /// Its folders, ascending, each with its whole path and a slash at the end.
    pub folders: Vec<String>,
    /// Where the next page begins, if there is one.
    pub next: Option<NextPage>,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPage(Next);

/// Where a list goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
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

    /// A page of what the folder `prefix` holds, which ends with a slash or is empty; `from` is what the page before
    /// told.
    pub async fn list_folder(
        &self,
        bucket: &str,
        prefix: &str,
        from: Option<NextPage>,
    ) -> Result<FolderPage, AwsError> {
        let from = from.map_or(Next::After(None), |NextPage(next)| next);
        let list = self.list_document(bucket, prefix, "&delimiter=%2F", from).await?;
        read_folder_page(&list).ok_or_else(|| self.malformed(bucket, "a list of objects"))
    }

    async fn page(
        &self,
        bucket: &str,
        prefix: &str,
        next: Next,
    ) -> Result<Option<(Vec<ObjectEntry>, Next)>, AwsError> {
        if next == Next::End {
            return Ok(None);
        }
        let list = self.list_document(bucket, prefix, "", next).await?;
        read_page(&list).map(Some).ok_or_else(|| self.malformed(bucket, "a list of objects"))
    }

    async fn list_document(
        &self,
        bucket: &str,
        prefix: &str,
        delimiter: &str,
        from: Next,
    ) -> Result<Element, AwsError> {
        let from = match from {
            Next::After(Some(key)) => format!("&start-after={}", address::in_query(&key)),
            Next::Token(token) => format!("&continuation-token={}", address::in_query(&token)),
            Next::After(None) | Next::End => String::new(),
        };
        // Keys may hold what XML cannot: they come percent-encoded.
        let prefix = address::in_query(prefix);
        let query = format!("list-type=2&encoding-type=url&prefix={prefix}{delimiter}{from}");
        let text = self.answer(BucketAsk { query: &query, ..BucketAsk::new(Method::GET, bucket) }).await?;
        self.document(bucket, &text)
    }
}

fn read_folder_page(list: &Element) -> Option<FolderPage> {
    let is_encoded = is_encoded(list);
    let folder = |entry: &Element| {
        let path = entry.text_of("Prefix")?;
        if is_encoded { decoded(path) } else { Some(path.to_owned()) }
    };
    let folders: Vec<String> = list.children("CommonPrefixes").map(folder).collect::<Option<_>>()?;
    let objects: Vec<ObjectEntry> =
        list.children("Contents").map(|entry| read_entry(entry, is_encoded)).collect::<Option<_>>()?;
    let last = objects.last().map(|object| object.key.as_str()).max(folders.last().map(String::as_str));
    let next = read_next(list, last)?;
    Some(FolderPage { next: Some(NextPage(next)).filter(|next| next.0 != Next::End), objects, folders })
}

fn is_encoded(list: &Element) -> bool {
    list.text_of("EncodingType") == Some("url")
}

/// Where the list goes on; `last` is what the page ends with.
fn read_next(list: &Element, last: Option<&str>) -> Option<Next> {
    Some(match list.text_of("IsTruncated") {
        Some("true") => match list.text_of("NextContinuationToken") {
            Some(token) => Next::Token(token.to_owned()),
            // Some endpoints forget the token; the last key does as well.
            None => Next::After(Some(last?.to_owned())),
        },
        _ => Next::End,
    })
}

fn read_page(list: &Element) -> Option<(Vec<ObjectEntry>, Next)> {
    let is_encoded = is_encoded(list);
    let entries = list.children("Contents").map(|entry| read_entry(entry, is_encoded));
    let entries: Vec<ObjectEntry> = entries.collect::<Option<_>>()?;
    let next = read_next(list, entries.last().map(|entry| entry.key.as_str()))?;
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
