//! A bucket to import from, here or elsewhere.

use super::fault::Fault;
use crate::app::App;
use bytes::Bytes;
use cairn_aws::{NextPage, S3};
use cairn_bucket::{Buckets, ListQuery};
use cairn_model::AccountId;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use std::time::Duration;

/// What a page of an own bucket's list has at most.
const PAGE: usize = 1000;
/// Waits before another try of what may go better a moment later; the client of S3 has tried some times by then.
const WAITS: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(8)];

/// A bucket that files are read from. Clones are the same.
#[derive(Clone)]
pub(crate) struct Bucket {
    name: String,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Own(Buckets),
    Elsewhere(S3),
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) key: String,
    pub(crate) bytes: u64,
}

/// What a folder holds directly.
#[derive(Default)]
pub(crate) struct FolderPage {
    pub(crate) files: Vec<File>,
    pub(crate) folders: Vec<String>,
    next: Option<From>,
}

/// Where a page begins.
enum From {
    Key(String),
    Page(NextPage),
}

impl Bucket {
    /// The bucket of this name, if `account` may read it: one of its own, or, for the operator's account, one elsewhere.
    /// Cairn's credentials may be good for more than what is another account's.
    pub(crate) async fn find(app: &App, name: &str, account: AccountId) -> Result<Option<Bucket>, Fault> {
        let bucket = |place| Some(Bucket { name: name.to_owned(), place });
        if let Some(own) = app.buckets.bucket(name).await {
            return Ok((own.owner == account).then(|| bucket(Place::Own(app.buckets.clone()))).flatten());
        }
        if account != app.home_account() {
            return Ok(None);
        }
        Ok(app.targets.s3_of(name).await?.and_then(|s3| bucket(Place::Elsewhere(s3))))
    }

    /// The file's URL.
    pub(crate) fn url(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }

    /// A page of what stands directly in a folder; `None` behind the last.
    async fn folder_page(&self, prefix: &str, from: Option<From>) -> Result<FolderPage, Fault> {
        match &self.place {
            Place::Own(buckets) => {
                let after = match from {
                    Some(From::Key(key)) => key,
                    _ => String::new(),
                };
                let delimiter = Some("/".to_owned());
                let query = ListQuery { prefix: prefix.to_owned(), delimiter, after, limit: PAGE };
                let page = buckets.list(&self.name, query).await?;
                let file = |object: cairn_bucket::ObjectInfo| File { key: object.key, bytes: object.size };
                Ok(FolderPage {
                    files: page.objects.into_iter().map(file).collect(),
                    folders: page.prefixes,
                    next: page.next.map(From::Key),
                })
            }
            Place::Elsewhere(s3) => {
                let from = match from {
                    Some(From::Page(page)) => Some(page),
                    _ => None,
                };
                let page = s3.list_folder(&self.name, prefix, from).await?;
                let file = |object: cairn_aws::ObjectEntry| File { key: object.key, bytes: object.size };
                Ok(FolderPage {
                    files: page.objects.into_iter().map(file).collect(),
                    folders: page.folders,
                    next: page.next.map(From::Page),
                })
            }
        }
    }

    /// Gives `visit` what stands directly in a folder, page by page.
    pub(crate) async fn look_into(
        &self,
        prefix: &str,
        mut visit: impl FnMut(FolderPage),
    ) -> Result<(), Fault> {
        let mut from = None;
        loop {
            let mut page = self.folder_page(prefix, from.take()).await?;
            from = page.next.take();
            visit(page);
            if from.is_none() {
                return Ok(());
            }
        }
    }

    /// The files whose keys begin with `prefix` and come behind `after`, in the order of their keys: all of them, or
    /// those that stand directly in the folder.
    pub(crate) fn files(
        &self,
        prefix: &str,
        is_whole: bool,
        after: &str,
    ) -> BoxStream<'static, Result<File, Fault>> {
        let (folder, after) = (prefix.to_owned(), after.to_owned());
        let all = match &self.place {
            Place::Own(buckets) => self.own_files(buckets.clone(), prefix, after),
            Place::Elsewhere(s3) => {
                let after = Some(after).filter(|after| !after.is_empty());
                let listed = s3.list(&self.name, prefix, after.as_deref());
                listed
                    .map_ok(|object| File { key: object.key, bytes: object.size })
                    .map_err(Fault::from)
                    .boxed()
            }
        };
        let belongs = move |file: &File| is_whole || !file.key[folder.len()..].contains('/');
        all.try_filter(move |file| std::future::ready(belongs(file))).boxed()
    }

    fn own_files(
        &self,
        buckets: Buckets,
        prefix: &str,
        after: String,
    ) -> BoxStream<'static, Result<File, Fault>> {
        let (name, prefix) = (self.name.clone(), prefix.to_owned());
        let pages = stream::try_unfold(Some(after), move |after| {
            let (buckets, name, prefix) = (buckets.clone(), name.clone(), prefix.clone());
            async move {
                let Some(after) = after else { return Ok::<_, Fault>(None) };
                let query = ListQuery { prefix, delimiter: None, after, limit: PAGE };
                let page = buckets.list(&name, query).await?;
                let files =
                    page.objects.into_iter().map(|object| Ok(File { key: object.key, bytes: object.size }));
                Ok(Some((stream::iter(files.collect::<Vec<_>>()), page.next)))
            }
        });
        pages.try_flatten().boxed()
    }

    /// All of an object, if it has `bytes_max` bytes at most.
    pub(crate) async fn read(&self, key: &str, bytes_max: usize) -> Result<Bytes, Fault> {
        match &self.place {
            Place::Own(buckets) => {
                let object = buckets.get(&self.name, key).await?;
                check_size(object.info.size, bytes_max)?;
                Ok(object.bytes().await?)
            }
            Place::Elsewhere(s3) => {
                let (head, mut body) = s3.get(&self.name, key).await?;
                check_size(head.size.unwrap_or_default(), bytes_max)?;
                let mut whole = Vec::new();
                while let Some(chunk) = body.try_next().await? {
                    whole.extend_from_slice(&chunk);
                    check_size(whole.len() as u64, bytes_max)?;
                }
                Ok(Bytes::from(whole))
            }
        }
    }
}

fn check_size(bytes: u64, bytes_max: usize) -> Result<(), Fault> {
    if bytes <= bytes_max as u64 {
        return Ok(());
    }
    let message = format!("it has {bytes} bytes; log files have no more than {bytes_max}");
    Err(Fault::lasting("FileTooLarge", message))
}

/// Does what may go better a moment later again, some times.
pub(super) async fn patiently<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    for wait in WAITS {
        match attempt().await {
            Err(fault) if fault.passes => tokio::time::sleep(wait).await,
            ended => return ended,
        }
    }
    attempt().await
}
