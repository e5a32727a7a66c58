//! What is delivered of a query's results: CSV files as one gzip member each, and a file that signs them.
//!
//! Source of the signed file: AWS CloudTrail User Guide, "Validate saved query results".

use crate::digest::SIGNATURE_ALGORITHM;
use crate::log_file::Workspace;
use crate::signing::Signer;
pub use crate::signing::UnusableKey;
use bytes::Bytes;
use cairn_model::Timestamp;
use serde::Serialize;

/// Bytes of CSV in a file; the row that reaches it is its last. The whole file is in memory once plain and once packed.
const FILE_BYTES: usize = 32 << 20;
const GZIP_LEVEL: i32 = 6;

/// The name of the file that signs the others.
pub const SIGN_FILE: &str = "result_sign.json";

/// Result files, one after the other.
#[derive(Default)]
pub struct ResultFiles {
    workspace: Workspace,
    header: Vec<u8>,
    signed: Vec<SignedFile>,
}

/// A file to put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultFile {
    /// `result_<n>.csv.gz`, n from 1 on.
    pub name: String,
    /// One gzip member.
    pub bytes: Bytes,
    /// Lower-case hex SHA-256 of `bytes`.
    pub sha256: String,
}

/// A file, as the one that signs names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedFile {
    file_hash_value: String,
    file_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignFile<'a> {
    version: &'static str,
    region: &'a str,
    files: &'a [SignedFile],
    hash_algorithm: &'static str,
    signature_algorithm: &'static str,
    query_complete_time: String,
    hash_signature: String,
    public_key_fingerprint: &'a str,
}

/// The private key that signs, open.
#[derive(Clone, Copy)]
pub struct SigningKeyOpen<'a> {
    /// PKCS#8 DER.
    pub pkcs8: &'a [u8],
    /// As ListPublicKeys shows it.
    pub fingerprint: &'a str,
}

/// Shows nothing of the private key.
impl std::fmt::Debug for SigningKeyOpen<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SigningKeyOpen").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ResultFiles {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("ResultFiles").field("signed", &self.signed).finish_non_exhaustive()
    }
}

impl ResultFiles {
    /// Begins the first file. Each has the names of the columns as its first line.
    pub fn new(columns: &[String]) -> ResultFiles {
        let mut header = Vec::new();
        write_line(columns.iter().map(|name| Some(name.as_str())), &mut header);
        let mut files = ResultFiles { header, ..ResultFiles::default() };
        files.begin();
        files
    }

    /// Adds a row. When a file is full it is handed out, and the next one begins.
    pub fn push(&mut self, row: &[Option<String>]) -> Option<ResultFile> {
        write_line(row.iter().map(Option::as_deref), &mut self.workspace.plain);
        (self.workspace.plain.len() >= FILE_BYTES).then(|| self.cut())
    }

    /// The last file. If all rows are in others there is none, unless there are no rows at all.
    pub fn last(&mut self) -> Option<ResultFile> {
        let is_empty = self.workspace.plain.len() == self.header.len();
        (!is_empty || self.signed.is_empty()).then(|| self.cut())
    }

    /// The file that signs all that were handed out: RSASSA-PKCS1-v1_5 with SHA-256 over their hashes, in order, a space
    /// between two.
    pub fn sign(
        &self,
        region: &str,
        completed: Timestamp,
        key: SigningKeyOpen<'_>,
    ) -> Result<Bytes, UnusableKey> {
        let signer = Signer::open(key.pkcs8, key.fingerprint)?;
        let hashes: Vec<&str> = self.signed.iter().map(|file| file.file_hash_value.as_str()).collect();
        let file = SignFile {
            version: "1.0",
            region,
            files: &self.signed,
            hash_algorithm: "SHA-256",
            signature_algorithm: SIGNATURE_ALGORITHM,
            query_complete_time: completed.to_string(),
            hash_signature: signer.sign(&hashes.join(" "))?,
            public_key_fingerprint: key.fingerprint,
        };
        Ok(Bytes::from(serde_json::to_vec(&file).expect("it has string keys only")))
    }

    fn begin(&mut self) {
        self.workspace.plain.clear();
        self.workspace.plain.extend_from_slice(&self.header);
    }

    fn cut(&mut self) -> ResultFile {
        let name = format!("result_{}.csv.gz", self.signed.len() + 1);
        let packed = self.workspace.pack(GZIP_LEVEL);
        let (bytes, sha256) = (Bytes::copy_from_slice(packed.gzip), packed.gzip_sha256);
        self.signed.push(SignedFile { file_hash_value: sha256.clone(), file_name: name.clone() });
        self.begin();
        ResultFile { name, bytes, sha256 }
    }
}

/// RFC 4180, every value quoted, but null, which is nothing at all.
fn write_line<'v>(values: impl Iterator<Item = Option<&'v str>>, out: &mut Vec<u8>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        if let Some(value) = value {
            out.push(b'"');
            out.extend_from_slice(value.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        }
    }
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests;
