//! Bucket names.

/// Whether `name` may name a bucket: S3's rules for general purpose buckets, which also make it a safe
/// folder name.
///
/// 3 to 63 of `a-z 0-9 . -`, first and last a letter or digit, no `..`, not shaped like an IPv4 address.
/// Source: "General purpose bucket naming rules" in the Amazon S3 user guide.
pub(crate) fn is_bucket_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let letter_or_digit =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let allowed =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'.' || *byte == b'-';
    (3..=63).contains(&bytes.len())
        && bytes.iter().all(allowed)
        && letter_or_digit(bytes.first())
        && letter_or_digit(bytes.last())
        && !name.contains("..")
        && !name.starts_with("xn--")
        && name.parse::<std::net::Ipv4Addr>().is_err()
}

#[cfg(test)]
mod tests;
