//! An object's bytes over connections that break.

use super::{ANSWER, ObjectBody, S3};
use crate::caller::pause;
use crate::error::AwsError;
use crate::transport::whole_story;
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use std::ops::Range;

/// How often in a row a body may break off without a byte having come.
const BREAKS_MAX: u32 = 4;

/// What is still to be read.
pub(super) struct Resumed {
    pub(super) s3: S3,
    pub(super) bucket: String,
    pub(super) key: String,
    /// The version that is read. Without one a body that breaks cannot be taken up.
    pub(super) etag: Option<String>,
    /// What has not come yet.
    pub(super) range: Range<u64>,
}

struct Reading {
    rest: Resumed,
    body: Option<Incoming>,
    breaks: u32,
}

impl Resumed {
    pub(super) fn stream(self, body: Incoming) -> ObjectBody {
        let reading = Reading { rest: self, body: Some(body), breaks: 0 };
        stream::try_unfold(reading, Reading::next).boxed()
    }
}

impl Reading {
    async fn next(mut self) -> Result<Option<(Bytes, Reading)>, AwsError> {
        loop {
            let Some(body) = &mut self.body else {
                self.reopen().await?;
                continue;
            };
            let error = match tokio::time::timeout(ANSWER, body.frame()).await {
                Ok(None) => return Ok(None),
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => {
                        self.breaks = 0;
                        self.rest.range.start += data.len() as u64;
                        return Ok(Some((data, self)));
                    }
                    Ok(_) | Err(_) => continue,
                },
                Ok(Some(Err(error))) => {
                    AwsError::NoAnswer { authority: self.authority(), why: whole_story(&error) }
                }
                Err(_elapsed) => AwsError::Timeout { authority: self.authority() },
            };
            self.broke(error).await?;
        }
    }

    /// Waits a little and lets go of the broken body, or gives up.
    async fn broke(&mut self, error: AwsError) -> Result<(), AwsError> {
        self.breaks += 1;
        if self.rest.etag.is_none() || self.breaks > BREAKS_MAX {
            return Err(error);
        }
        tracing::debug!(bucket = self.rest.bucket, key = self.rest.key, %error, "taking up an object where it broke off");
        self.body = None;
        tokio::time::sleep(pause(self.breaks)).await;
        Ok(())
    }

    async fn reopen(&mut self) -> Result<(), AwsError> {
        let rest = &self.rest;
        let opened = rest.s3.get_from(&rest.bucket, &rest.key, &rest.range, rest.etag.as_deref()).await;
        match opened {
            // An endpoint without ranges sends the whole object again.
            Ok(response)
                if rest.range.start > 0 && response.status() != http::StatusCode::PARTIAL_CONTENT =>
            {
                Err(rest.s3.malformed(&rest.bucket, "a range of an object"))
            }
            Ok(response) => {
                self.body = Some(response.into_body());
                Ok(())
            }
            Err(error) if error.status() == Some(412) => Err(AwsError::Changed),
            Err(error) => Err(error),
        }
    }

    fn authority(&self) -> String {
        self.rest.s3.authority(&self.rest.bucket)
    }
}
