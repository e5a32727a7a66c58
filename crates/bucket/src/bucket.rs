//! One bucket's folder: making, opening and deleting it. Everything here may wait for the disk.

mod notes;
mod objects;
mod settings;

pub(crate) use objects::check_key;
pub use objects::{Condition, PutObject, PutOutcome};

use crate::disk::Disk;
use crate::error::BucketError;
use crate::folders::Folders;
use crate::incoming::TempFile;
use crate::note;
use crate::settings::Settings;
use crate::stored;
use crate::walk::Walk;
use cairn_model::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Writers of one key take turns; this many turns for all keys.
const TURNS: usize = 256;

/// What a bucket is, for everyone to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketInfo {
    /// 3 to 63 characters of `a-z 0-9 . -`.
    pub name: String,
    /// For example `us-east-1`.
    pub region: String,
    /// The account that made it, and the only one that may use it unless its policy says otherwise.
    pub owner: AccountId,
    /// When.
    pub created: Timestamp,
}

/// A bucket's folder.
pub(crate) struct Bucket {
    pub(crate) info: BucketInfo,
    root: PathBuf,
    objects: PathBuf,
    pub(crate) disk: Disk,
    folders: Folders,
    /// The folders of multipart uploads.
    pub(crate) uploads: Folders,
    turns: Vec<Mutex<()>>,
    temps: AtomicU64,
    settings: RwLock<Arc<Settings>>,
    /// Changes of the settings take turns.
    changing: Mutex<()>,
}

/// `bucket.json`.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    name: String,
    region: String,
    owner: AccountId,
    created_us: Timestamp,
}

const VERSION: u32 = 1;

impl Bucket {
    /// Makes the bucket's folder. It counts as a bucket once `bucket.json` is there; that comes last, so a
    /// crash before it leaves an empty folder that the next try uses. Settings that a crash left behind are
    /// those of a bucket that was deleted: they must not become this one's.
    pub(crate) fn create(dir: &Path, info: BucketInfo, disk: &Disk) -> Result<Bucket, BucketError> {
        let bucket = Bucket::new(dir, info, disk);
        for folder in [&bucket.root, &bucket.objects, &bucket.temp_folder(), &bucket.uploads_folder()] {
            disk.make_folder(folder)?;
        }
        bucket.clear_temp()?;
        bucket.clear_settings()?;
        let temp = bucket.write_json(&Stored::from(&bucket.info))?;
        let placed = disk.link(&temp.path, &bucket.json_path());
        match placed {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(BucketError::AlreadyExists);
            }
            placed => placed?,
        }
        if let Err(error) = disk.sync_folder(&bucket.root).and_then(|()| disk.sync_folder(dir)) {
            // Nobody was promised this bucket; it must not be there for the next try.
            let _ = disk.unlink(&bucket.json_path()).and_then(|()| disk.sync_folder(&bucket.root));
            return Err(error.into());
        }
        Ok(bucket)
    }

    /// Opens the bucket in the folder `name` of `dir`; nothing if that is not a bucket. Removes what a crash
    /// left unfinished.
    pub(crate) fn open(dir: &Path, name: &str, disk: &Disk) -> Result<Option<Bucket>, BucketError> {
        let path = dir.join(name).join("bucket.json");
        let Some(stored) = stored::read::<Stored>(&path, VERSION)? else { return Ok(None) };
        if stored.name != name {
            return Err(BucketError::Damaged(path));
        }
        let bucket = Bucket::new(dir, stored.info(), disk);
        // A crash may have come before the folders of `create` were durable, and after bucket.json was
        // visible.
        for folder in [&bucket.objects, &bucket.temp_folder(), &bucket.uploads_folder()] {
            disk.make_folder(folder)?;
        }
        disk.sync_folder(&bucket.root)?;
        bucket.clear_temp()?;
        bucket.clear_ended_uploads()?;
        bucket.read_settings()?;
        Ok(Some(bucket))
    }

    fn new(dir: &Path, info: BucketInfo, disk: &Disk) -> Bucket {
        let root = dir.join(&info.name);
        let objects = root.join("objects");
        Bucket {
            info,
            disk: disk.clone(),
            folders: Folders::new(objects.clone()),
            uploads: Folders::new(root.join("uploads")),
            turns: (0..TURNS).map(|_| Mutex::new(())).collect(),
            temps: AtomicU64::new(0),
            settings: RwLock::default(),
            changing: Mutex::new(()),
            objects,
            root,
        }
    }

    /// Ends the bucket if it holds no object; unfinished multipart uploads go with it. Files that are not
    /// ours stay, and with them their folders, which are then no longer a bucket.
    pub(crate) fn delete_bucket(&self, dir: &Path) -> Result<(), BucketError> {
        self.folders.delete(|| {
            if Walk::new(&self.objects, "", "")?.next()?.is_some() {
                return Err(BucketError::NotEmpty);
            }
            self.disk.unlink(&self.json_path()).and_then(|()| self.disk.sync_folder(&self.root)).map_err(
                |error| {
                    tracing::error!("cannot delete the bucket {}: {error}", self.info.name);
                    BucketError::Failed
                },
            )
        })?;
        self.remove_leftovers(dir);
        Ok(())
    }

    /// Best effort: without bucket.json the rest is nobody's.
    fn remove_leftovers(&self, dir: &Path) {
        let cleared = self.clear_temp().and_then(|()| self.clear_uploads());
        if let Err(error) = cleared.and_then(|()| self.clear_settings()) {
            tracing::warn!("cannot clear {}: {error}", self.root.display());
        }
        self.remove_empty_folders(&self.root);
        if let Err(error) = self.disk.sync_folder(dir) {
            tracing::warn!("cannot sync {}: {error}", dir.display());
        }
    }

    /// Notes of objects that are gone count as nothing.
    fn remove_empty_folders(&self, folder: &Path) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.remove_empty_folders(&entry.path());
            } else if entry.file_name().to_str().is_some_and(|name| name.ends_with(note::SUFFIX)) {
                let _ = self.disk.unlink(&entry.path());
            }
        }
        let _ = self.disk.remove_folder(folder);
    }

    /// Writes `value` as JSON aside, durably.
    pub(crate) fn write_json(&self, value: &impl Serialize) -> Result<TempFile, BucketError> {
        let path = self.next_temp();
        let mut file = self.disk.create(&path)?;
        let temp = TempFile::new(path, &self.disk);
        let json = serde_json::to_vec(value).expect("strings and numbers always serialize");
        self.disk.write(&mut file, &temp.path, &json)?;
        self.disk.sync_file(&file, &temp.path)?;
        Ok(temp)
    }

    /// Holds off other writers of `path` in this process, until the durable end of a put or deletion:
    /// whoever comes next meets a state that lasts.
    fn turn(&self, path: &Path) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        let turn = usize::try_from(hasher.finish() % TURNS as u64).expect("less than TURNS");
        self.turns[turn].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clear_temp(&self) -> io::Result<()> {
        for entry in std::fs::read_dir(self.temp_folder())? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(is_temp_name) {
                self.disk.unlink(&entry.path())?;
            }
        }
        Ok(())
    }

    fn next_temp(&self) -> PathBuf {
        let number = self.temps.fetch_add(1, Ordering::Relaxed);
        self.temp_folder().join(format!("{number:016x}.part"))
    }

    /// The bucket's folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    fn temp_folder(&self) -> PathBuf {
        self.root.join("tmp")
    }

    pub(crate) fn uploads_folder(&self) -> PathBuf {
        self.root.join("uploads")
    }

    fn json_path(&self) -> PathBuf {
        self.root.join("bucket.json")
    }

    fn settings_path(&self) -> PathBuf {
        self.root.join("settings.json")
    }
}

impl From<&BucketInfo> for Stored {
    fn from(info: &BucketInfo) -> Stored {
        Stored {
            version: VERSION,
            name: info.name.clone(),
            region: info.region.clone(),
            owner: info.owner,
            created_us: info.created,
        }
    }
}

impl Stored {
    fn info(self) -> BucketInfo {
        BucketInfo { name: self.name, region: self.region, owner: self.owner, created: self.created_us }
    }
}

pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().expect("every file of ours lies in a folder")
}

fn is_temp_name(name: &str) -> bool {
    name.strip_suffix(".part").is_some_and(|stem| {
        stem.len() == 16 && stem.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}
