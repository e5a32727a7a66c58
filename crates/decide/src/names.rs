//! Names: of trails, of buckets, and of what delivery writes.

mod key;
mod rules;

pub use key::{LogKind, digest_key, log_file_key, random_part};
pub use rules::{
    BucketNameError, PrefixError, TrailNameError, check_bucket_name, check_prefix, check_trail_name,
};

#[cfg(test)]
mod tests;
