//! Uploads by HTML forms, as far as they must be read before s3s reads them: it passes over fields that it does not
//! know, and what we do not do is refused, never passed over.

use super::body::STALL;
use super::failure::custom;
use super::headers::{is_usual_acl, no_acls, no_encryption};
use crate::error::BoxError;
use bytes::BytesMut;
use futures::stream;
use http::StatusCode;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use memchr::memmem;
use s3s::{S3Error, S3Result, s3_error};

/// All fields before the file, with what stands between them.
const FIELDS_BYTES_MAX: usize = 1 << 20;

/// What a form may say, besides `acl` and user metadata.
const KNOWN: [&str; 20] = [
    "awsaccesskeyid",
    "bucket",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "file",
    "key",
    "policy",
    "redirect",
    "signature",
    "submit",
    "success_action_redirect",
    "success_action_status",
    "x-amz-algorithm",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-signature",
];

/// A form that asks for nothing that we do not do.
pub(super) struct Checked {
    /// Its body, whole.
    pub(super) body: s3s::Body,
    /// The access key id and the session token that its fields present, if it is of a temporary key.
    pub(super) temporary: Option<(String, String)>,
}

/// Reads a form up to its file, refuses what it asks for that we do not do, and gives the body back whole.
pub(super) async fn checked(mut body: s3s::Body) -> S3Result<Checked> {
    let mut head = BytesMut::new();
    while !has_file(&head) {
        let frame = tokio::time::timeout(STALL, body.frame()).await.map_err(|_| malformed())?;
        let Some(Ok(frame)) = frame else { break };
        let Ok(data) = frame.into_data() else { continue };
        head.extend_from_slice(&data);
        if head.len() > FIELDS_BYTES_MAX + data.len() {
            return Err(custom(
                "MaxPostPreDataLengthExceeded",
                StatusCode::BAD_REQUEST,
                "Your POST request fields preceding the upload file were too large.",
            ));
        }
    }
    fields(&head).try_for_each(|(name, value)| check(&name, value))?;
    let temporary = temporary(&head);
    let first = stream::iter([Ok::<_, BoxError>(Frame::data(head.freeze()))]);
    let rest = stream::unfold(body, |mut body| async move {
        let frame = body.frame().await?;
        Some((frame, body))
    });
    let body = s3s::Body::http_body_unsync(StreamBody::new(futures::StreamExt::chain(first, rest)));
    Ok(Checked { body, temporary })
}

fn temporary(head: &[u8]) -> Option<(String, String)> {
    let field = |wanted: &str| {
        let (_, value) = fields(head).find(|(name, _)| name == wanted)?;
        Some(String::from_utf8_lossy(value).into_owned())
    };
    let token = field("x-amz-security-token")?;
    // Signatures of version 4 and of version 2.
    let credential = field("x-amz-credential").or_else(|| field("awsaccesskeyid"))?;
    Some((credential.split('/').next().unwrap_or_default().to_owned(), token))
}

fn check(name: &str, value: &[u8]) -> S3Result<()> {
    let value = String::from_utf8_lossy(value);
    match name {
        "acl" | "x-amz-acl" if is_usual_acl(&value) => Ok(()),
        "acl" | "x-amz-acl" => Err(no_acls()),
        name if KNOWN.contains(&name) => Ok(()),
        name if name.starts_with("x-amz-meta-") || name.starts_with("x-ignore-") => Ok(()),
        name if name.starts_with("x-amz-server-side-encryption") => Err(no_encryption()),
        name => Err(s3_error!(NotImplemented, "The form field {name} is not implemented.")),
    }
}

/// The names, in lower case, and values of the fields before the file.
fn fields(head: &[u8]) -> impl Iterator<Item = (String, &[u8])> {
    let parts =
        memmem::find_iter(head, b"name=\"").filter(|at| *at == 0 || !head[at - 1].is_ascii_alphabetic());
    parts.filter_map(|at| {
        let rest = &head[at + 6..];
        let name = &rest[..memchr::memchr(b'"', rest)?];
        let value = memmem::find(rest, b"\r\n\r\n").map_or(&[][..], |end| &rest[end + 4..]);
        let value = &value[..memmem::find(value, b"\r\n--").unwrap_or(value.len())];
        Some((String::from_utf8_lossy(name).to_ascii_lowercase(), value))
    })
}

fn has_file(head: &[u8]) -> bool {
    fields(head).any(|(name, _)| name == "file")
}

fn malformed() -> S3Error {
    s3_error!(MalformedPOSTRequest, "The body of your POST request is not well-formed multipart/form-data.")
}
