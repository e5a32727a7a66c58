//! Names: of trails, of their targets, and of what delivery writes.

mod key;
mod rules;
mod targets;

pub use key::{LogKind, digest_key, log_file_key, log_stream_name, random_part};
pub use rules::{
    BucketNameError, PrefixError, TrailNameError, check_bucket_name, check_prefix, check_trail_name,
};
pub use targets::{KmsKeyIdError, TopicNameError, check_kms_key_id, topic_arn, topic_name};

#[cfg(test)]
mod tests;
