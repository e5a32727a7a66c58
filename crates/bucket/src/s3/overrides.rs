//! Headers of answers, as callers want them to be.

use super::access::Who;
use s3s::dto::{GetObjectOutput, Timestamp};
use s3s::{S3Result, s3_error};

/// What the caller wants the answer's headers to be instead.
pub(super) struct Overrides {
    pub(super) content_type: Option<String>,
    pub(super) content_language: Option<String>,
    pub(super) expires: Option<Timestamp>,
    pub(super) cache_control: Option<String>,
    pub(super) content_disposition: Option<String>,
    pub(super) content_encoding: Option<String>,
}

impl Overrides {
    /// Only who signs may ask for them: else anyone could make a bucket's objects look like something else.
    pub(super) fn check(&self, who: &Who) -> S3Result<()> {
        let is_any = self.expires.is_some()
            || [
                &self.content_type,
                &self.content_language,
                &self.cache_control,
                &self.content_disposition,
                &self.content_encoding,
            ]
            .into_iter()
            .any(Option::is_some);
        match who.actor {
            None if is_any => Err(s3_error!(
                InvalidRequest,
                "Request specific response headers cannot be used for anonymous GET requests."
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn apply(self, output: GetObjectOutput) -> GetObjectOutput {
        GetObjectOutput {
            content_type: self.content_type.or(output.content_type),
            content_language: self.content_language.or(output.content_language),
            cache_control: self.cache_control.or(output.cache_control),
            content_disposition: self.content_disposition.or(output.content_disposition),
            content_encoding: self.content_encoding.or(output.content_encoding),
            ..output
        }
    }
}
