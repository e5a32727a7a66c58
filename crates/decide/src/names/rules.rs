//! Which names callers may give.

use std::net::Ipv4Addr;

const NAME_LENGTH_MIN: usize = 3;
const NAME_LENGTH_MAX: usize = 128;
const PREFIX_LENGTH_MAX: usize = 200;

/// `InvalidTrailNameException`. The texts are AWS's where they are known, mistakes included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrailNameError {
    /// Less than 3 characters.
    #[error(
        "Trail name too short. Minimum allowed length: {NAME_LENGTH_MIN} characters. Specified name length: {0} characters."
    )]
    TooShort(usize),
    /// More than 128 characters.
    #[error(
        "Trail name too long. Maximum allowed length: {NAME_LENGTH_MAX} characters. Specified name length: {0} characters."
    )]
    TooLong(usize),
    /// Starts with a punctuation character.
    #[error("Trail name must starts with a letter or number.")]
    Start,
    /// Ends with a punctuation character.
    #[error("Trail name must ends with a letter or number.")]
    End,
    /// Has a character that names may not have.
    #[error(
        "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_)."
    )]
    Character,
    /// Two punctuation characters side by side.
    #[error("Trail name cannot have adjacent periods, hyphens, or underscores.")]
    AdjacentPunctuation,
    /// Looks like an IPv4 address.
    #[error("Trail name cannot be in IP address format.")]
    IpAddress,
}

/// Judges a trail's name, in the order in which AWS's messages are known to come.
pub fn check_trail_name(name: &str) -> Result<(), TrailNameError> {
    let length = name.chars().count();
    let is_plain = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if length < NAME_LENGTH_MIN {
        return Err(TrailNameError::TooShort(length));
    }
    if length > NAME_LENGTH_MAX {
        return Err(TrailNameError::TooLong(length));
    }
    if !is_plain(name.chars().next()) {
        return Err(TrailNameError::Start);
    }
    if !is_plain(name.chars().next_back()) {
        return Err(TrailNameError::End);
    }
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || is_punctuation(b)) {
        return Err(TrailNameError::Character);
    }
    if name.as_bytes().windows(2).any(|pair| pair.iter().all(|b| is_punctuation(*b))) {
        return Err(TrailNameError::AdjacentPunctuation);
    }
    if is_ip_address(name) {
        return Err(TrailNameError::IpAddress);
    }
    Ok(())
}

fn is_punctuation(byte: u8) -> bool {
    matches!(byte, b'.' | b'-' | b'_')
}

/// Four groups of one to three digits, as no name may look, whether or not they make an address.
fn is_ip_address(name: &str) -> bool {
    let is_group = |group: &str| (1..=3).contains(&group.len()) && group.bytes().all(|b| b.is_ascii_digit());
    name.split('.').count() == 4 && name.split('.').all(is_group)
}

/// `InvalidS3BucketNameException`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Bucket name {0} is not a valid S3 bucket name.")]
pub struct BucketNameError(pub String);

/// Judges a bucket's name: 3 to 63 lower-case letters, digits, periods and hyphens; every label begins and
/// ends with a letter or digit; not an IPv4 address.
pub fn check_bucket_name(name: &str) -> Result<(), BucketNameError> {
    let is_letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        let is_edge = |b: Option<&u8>| b.is_some_and(|b| is_letter(*b));
        is_edge(bytes.first()) && is_edge(bytes.last()) && bytes.iter().all(|b| is_letter(*b) || *b == b'-')
    };
    let is_valid =
        (3..=63).contains(&name.len()) && name.split('.').all(is_label) && name.parse::<Ipv4Addr>().is_err();
    if is_valid { Ok(()) } else { Err(BucketNameError(name.to_owned())) }
}

/// `InvalidS3PrefixException`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrefixError {
    /// More than 200 characters.
    #[error(
        "S3 prefix too long. Maximum allowed length: {PREFIX_LENGTH_MAX} characters. Specified prefix length: {0} characters."
    )]
    TooLong(usize),
    /// Starts or ends with a slash: the keys would have an empty folder.
    #[error("S3 prefix cannot start or end with a slash (/).")]
    Slash,
    /// A character that keys should not have.
    #[error("S3 prefix cannot have control characters.")]
    Character,
}

/// Judges what stands before `AWSLogs/` in keys.
pub fn check_prefix(prefix: &str) -> Result<(), PrefixError> {
    let length = prefix.chars().count();
    if length > PREFIX_LENGTH_MAX {
        return Err(PrefixError::TooLong(length));
    }
    if prefix.starts_with('/') || prefix.ends_with('/') {
        return Err(PrefixError::Slash);
    }
    if prefix.chars().any(char::is_control) {
        return Err(PrefixError::Character);
    }
    Ok(())
}
