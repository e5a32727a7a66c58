//! Looking for folders with log files.

use super::bucket::{Bucket, FolderPage, patiently};
use super::fault::Fault;
use cairn_decide::imports::{Folder, Plan};

/// A folder that holds files of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) path: String,
    /// All below it belongs to it; else only what stands directly in it.
    pub(super) is_whole: bool,
}

/// The folders below `prefix` that hold files. An error names the folder that could not be looked into.
pub(super) async fn find(bucket: &Bucket, plan: &Plan, prefix: &str) -> Result<Vec<Found>, (String, Fault)> {
    let mut found = Vec::new();
    let mut waiting = vec![prefix.to_owned()];
    while let Some(path) = waiting.pop() {
        if plan.folder(&path) == Folder::Day {
            found.push(Found { path, is_whole: true });
            continue;
        }
        let looked = patiently(|| look_into(bucket, plan, &path)).await;
        let (has_files, below) = looked.map_err(|fault| (path.clone(), fault))?;
        if has_files {
            found.push(Found { path, is_whole: false });
        }
        waiting.extend(below);
    }
    Ok(found)
}

/// Whether a folder holds files itself, and the folders in it that are of interest.
async fn look_into(bucket: &Bucket, plan: &Plan, path: &str) -> Result<(bool, Vec<String>), Fault> {
    let (mut has_files, mut below) = (false, Vec::new());
    let visit = |page: FolderPage| {
        has_files |= page.files.iter().any(|file| plan.takes(&file.key));
        below.extend(page.folders.into_iter().filter(|path| plan.folder(path) != Folder::Skip));
    };
    bucket.look_into(path, visit).await?;
    Ok((has_files, below))
}
