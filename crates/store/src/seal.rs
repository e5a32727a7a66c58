//! Secrets at rest: encrypted under a key that lives in a file of its own.
//!
//! Backups and copies of the log or the catalog carry sealed secrets; without the key file they
//! say nothing. The layout is in FORMAT.md, "Sealed secrets".

use crate::disk::{Disk, read_up_to};
use crate::durable_file::write_durably;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use std::path::{Path, PathBuf};
use std::{fmt, io};

#[cfg(test)]
mod tests;

/// Bytes of the key, and of the key file.
pub const KEY_BYTES: usize = 32;

/// The first byte of all that is sealed: AES-256-GCM, random 96-bit nonce.
const VERSION: u8 = 1;
const NONCE_AT: usize = 1;
const CIPHERTEXT_AT: usize = NONCE_AT + NONCE_LEN;

/// Seals and opens secrets under one key. Its `Debug` shows nothing of the key.
pub struct Seal {
    key: RandomizedNonceKey,
}

/// Why the key could not be had. All of them stop the start.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key file could not be read or written.
    #[error("key file {path}: {source}")]
    Io {
        /// The key file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others than the owner may read or write the key file.
    #[error(
        "key file {path} may be read or written by others: run `chmod 600 {path}`, and if others had \
         the chance to read it, make new access keys"
    )]
    Exposed {
        /// The key file.
        path: PathBuf,
    },
    /// The key file does not hold a key.
    #[error("key file {path} must hold {KEY_BYTES} bytes: restore it from a backup")]
    Malformed {
        /// The key file.
        path: PathBuf,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes for a new key")]
    NoRandomness,
}

/// The system gave no random bytes for a nonce. Nothing was sealed.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes to seal a secret")]
pub struct SealError;

/// Why something sealed could not be opened.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// A newer version of Cairn sealed it.
    #[error("sealed by a newer version of Cairn (format {0})")]
    Newer(u8),
    /// Too short, altered, sealed under another key, or for another purpose.
    #[error("not what this key sealed for this purpose")]
    NotAuthentic,
}

impl Seal {
    /// A seal under these key bytes.
    pub fn new(key: &[u8; KEY_BYTES]) -> Seal {
        Seal {
            key: RandomizedNonceKey::new(&AES_256_GCM, key).expect("AES-256-GCM takes every key of 32 bytes"),
        }
    }

    /// The seal under the key in this file. A file that others may read is refused, since what
    /// it sealed must be taken as known to them.
    pub fn load(disk: &dyn Disk, path: &Path) -> Result<Seal, KeyError> {
        let io_error = |source| KeyError::Io { path: path.to_owned(), source };
        if !disk.is_private(path).map_err(io_error)? {
            return Err(KeyError::Exposed { path: path.to_owned() });
        }
        let file = disk.open(path).map_err(io_error)?;
        // One byte more than a key, so that a longer file shows.
        let mut bytes = [0; KEY_BYTES + 1];
        let count = read_up_to(&*file, &mut bytes, 0).map_err(io_error)?;
        match bytes[..count].try_into() {
            Ok(key) => Ok(Seal::new(key)),
            Err(_) => Err(KeyError::Malformed { path: path.to_owned() }),
        }
    }

    /// Makes a new key and the file for it (mode 0600). When this returns `Ok`, the key survives
    /// power loss. An existing file is overwritten: what it sealed is then lost for good.
    pub fn create(disk: &dyn Disk, path: &Path) -> Result<Seal, KeyError> {
        let mut key = [0; KEY_BYTES];
        rand::fill(&mut key).map_err(|_| KeyError::NoRandomness)?;
        write_durably(disk, path, &key).map_err(|source| KeyError::Io { path: path.to_owned(), source })?;
        Ok(Seal::new(&key))
    }

    /// The seal under the key in this file; a file that is missing is made. For the first start
    /// only: later a missing key file is a fault that a new key would hide.
    pub fn load_or_create(disk: &dyn Disk, path: &Path) -> Result<Seal, KeyError> {
        match Seal::load(disk, path) {
            Err(KeyError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Seal::create(disk, path)
            }
            other => other,
        }
    }

    /// Encrypts `plain` for one purpose: only `open` with the same `context` gives it back, so
    /// that a sealed secret moved to another account or field does not open there.
    pub fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut ciphertext = plain.to_vec();
        let nonce =
            self.key.seal_in_place_append_tag(Aad::from(context), &mut ciphertext).map_err(|_| SealError)?;
        let mut sealed = Vec::with_capacity(CIPHERTEXT_AT + ciphertext.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Decrypts what [`Seal::seal`] made under the same key for the same context.
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Vec<u8>, UnsealError> {
        match sealed.first() {
            Some(&VERSION) => {}
            Some(&newer) if newer > VERSION => return Err(UnsealError::Newer(newer)),
            _ => return Err(UnsealError::NotAuthentic),
        }
        let nonce = sealed
            .get(NONCE_AT..CIPHERTEXT_AT)
            .and_then(|bytes| Nonce::try_assume_unique_for_key(bytes).ok())
            .ok_or(UnsealError::NotAuthentic)?;
        let mut bytes = sealed[CIPHERTEXT_AT..].to_vec();
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(context), &mut bytes)
            .map_err(|_| UnsealError::NotAuthentic)?
            .len();
        bytes.truncate(plain);
        Ok(bytes)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(..)")
    }
}
