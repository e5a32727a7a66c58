//! A data file's bytes, counted, for the reader of Parquet.

use crate::table::OpenFile;
use bytes::Bytes;
use datafusion::parquet::errors::{ParquetError, Result};
use datafusion::parquet::file::reader::{ChunkReader, Length};
use datafusion::physical_plan::metrics::Count;
use std::io::{BufReader, Read};

/// Bytes read at once where a file does not say where its pages are.
const READ_BYTES: usize = 64 << 10;

/// A file's bytes.
#[derive(Clone)]
pub(super) struct Chunks {
    pub(super) open: OpenFile,
    pub(super) length: u64,
    pub(super) bytes: Count,
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<Behind>;

    fn get_read(&self, start: u64) -> Result<BufReader<Behind>> {
        Ok(BufReader::with_capacity(READ_BYTES, Behind { chunks: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.bytes.add(length);
        self.open.read(start, length).map_err(|error| ParquetError::External(Box::new(error)))
    }
}

/// What stands behind a place in a file.
pub(super) struct Behind {
    chunks: Chunks,
    at: u64,
}

impl Read for Behind {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let left = self.chunks.length.saturating_sub(self.at);
        let length = left.min(out.len() as u64) as usize;
        let bytes = self.chunks.get_bytes(self.at, length).map_err(std::io::Error::other)?;
        out[..length].copy_from_slice(&bytes);
        self.at += length as u64;
        Ok(length)
    }
}
