//! A bucket's settings on disk and in memory.

use super::Bucket;
use crate::error::BucketError;
use crate::settings::Settings;
use std::io;
use std::sync::{Arc, PoisonError};

impl Bucket {
    /// What the bucket's owner has said about it.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the settings. When this returns well, the change survives power loss; if it fails after the
    /// rename ([`BucketError::Failed`]), it counts after the next opening or not at all.
    pub(crate) fn change_settings(
        &self,
        change: impl FnOnce(&mut Settings) -> Result<(), BucketError>,
    ) -> Result<(), BucketError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut settings = Settings::clone(&self.settings());
        change(&mut settings)?;
        let temp = self.write_json(&settings.stored())?;
        let path = self.settings_path();
        match self.folders.change(&self.disk, &self.root, || self.disk.rename(&temp.path, &path))? {
            true => self.keep_settings(settings),
            false => return Err(BucketError::NoSuchBucket),
        }
        Ok(())
    }

    pub(super) fn read_settings(&self) -> Result<(), BucketError> {
        self.keep_settings(Settings::read(&self.settings_path(), &self.info.name)?);
        Ok(())
    }

    /// Removes settings that a deleted bucket left, durably.
    pub(super) fn clear_settings(&self) -> io::Result<()> {
        let path = self.settings_path();
        if !path.exists() {
            return Ok(());
        }
        self.disk.unlink(&path)?;
        self.disk.sync_folder(&self.root)
    }

    fn keep_settings(&self, settings: Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
    }
}
