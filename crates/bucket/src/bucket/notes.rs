//! Changing what is known of an object that is there. Everything here may wait for the disk.

use super::{Bucket, parent};
use crate::error::BucketError;
use crate::layout;
use crate::note::{self, Broken, Note};
use crate::object::{self, ObjectInfo};
use crate::tags::Tags;
use cairn_model::Timestamp;

impl Bucket {
    /// The object's tags.
    pub(crate) fn tags(&self, key: &str) -> Result<Tags, BucketError> {
        let path = layout::object_path(&self.objects, key);
        let (_, info) = object::open(&path, key)?;
        Ok(Note::read(&path, &info)?.tags.unwrap_or(info.tags))
    }

    /// Gives the object other tags.
    pub(crate) fn set_tags(&self, key: &str, tags: Tags) -> Result<(), BucketError> {
        self.annotate(key, |note, _| {
            note.tags = Some(tags);
            Ok(())
        })
    }

    /// Ends the object's lock as of `now`. A lock that was broken before is broken.
    pub(crate) fn break_lock(&self, key: &str, reason: &str, now: Timestamp) -> Result<(), BucketError> {
        self.annotate(key, |note, info| {
            info.locked_until.filter(|until| now < *until).ok_or(BucketError::NotLocked)?;
            note.broken.get_or_insert_with(|| Broken { at_us: now, reason: reason.to_owned() });
            Ok(())
        })
    }

    /// Changes the note on an object. When this returns well, the change survives power loss; before the
    /// rename there is no trace of it.
    fn annotate(
        &self,
        key: &str,
        change: impl FnOnce(&mut Note, &ObjectInfo) -> Result<(), BucketError>,
    ) -> Result<(), BucketError> {
        let path = layout::object_path(&self.objects, key);
        let _turn = self.turn(&path);
        let (_, info) = object::open(&path, key)?;
        let mut note = Note::read(&path, &info)?;
        change(&mut note, &info)?;
        let temp = self.write_json(&note.stored(&info))?;
        let renamed = self
            .folders
            .change(&self.disk, parent(&path), || self.disk.rename(&temp.path, &note::path(&path)))?;
        // The object holds its folder, and its turn holds the object.
        if renamed { Ok(()) } else { Err(BucketError::NoSuchKey) }
    }
}
