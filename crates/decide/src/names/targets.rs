//! What callers may write for the topic and the key of a trail.

use cairn_model::AccountId;

const TOPIC_CHARACTERS_MAX: usize = 256;
const KEY_CHARACTERS_MAX: usize = 2048;

/// `InvalidSnsTopicNameException`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SNS topic {0} is not a valid topic name or ARN.")]
pub struct TopicNameError(pub String);

/// The ARN of the topic that a caller names: an ARN as it is, a name as that of a topic of `account` in `region`.
/// Names have 1 to 256 letters, digits, hyphens and underscores; FIFO topics take no notifications of trails.
pub fn topic_arn(name_or_arn: &str, region: &str, account: AccountId) -> Result<String, TopicNameError> {
    let refused = || TopicNameError(name_or_arn.to_owned());
    if !name_or_arn.starts_with("arn:") {
        return match is_topic_name(name_or_arn) {
            true => Ok(format!("arn:aws:sns:{region}:{account}:{name_or_arn}")),
            false => Err(refused()),
        };
    }
    match name_or_arn.splitn(6, ':').collect::<Vec<_>>()[..] {
        ["arn", "aws", "sns", region, account, name]
            if is_word(region) && account.parse::<AccountId>().is_ok() && is_topic_name(name) =>
        {
            Ok(name_or_arn.to_owned())
        }
        _ => Err(refused()),
    }
}

/// What a topic's ARN is shown as beside itself: the name, where that is enough to find it again.
pub fn topic_name<'a>(arn: &'a str, region: &str, account: AccountId) -> &'a str {
    let here = format!("arn:aws:sns:{region}:{account}:");
    arn.strip_prefix(&here).unwrap_or(arn)
}

fn is_topic_name(name: &str) -> bool {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (1..=TOPIC_CHARACTERS_MAX).contains(&name.len()) && name.bytes().all(is_allowed)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// `InvalidKmsKeyIdException`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("KmsKeyId {0} is not a valid key ID, key ARN, alias name (alias/...) or alias ARN.")]
pub struct KmsKeyIdError(pub String);

/// Judges how a caller names a KMS key: `alias/x`, an alias's ARN, a key's ARN or id.
pub fn check_kms_key_id(text: &str) -> Result<(), KmsKeyIdError> {
    let is_valid = text.len() <= KEY_CHARACTERS_MAX
        && match text.splitn(6, ':').collect::<Vec<_>>()[..] {
            ["arn", "aws", "kms", region, account, resource] => {
                is_word(region)
                    && account.parse::<AccountId>().is_ok()
                    && (is_alias(resource) || resource.strip_prefix("key/").is_some_and(is_key_id))
            }
            [resource] => is_alias(resource) || is_key_id(resource),
            _ => false,
        };
    if is_valid { Ok(()) } else { Err(KmsKeyIdError(text.to_owned())) }
}

fn is_alias(text: &str) -> bool {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/');
    let name = text.strip_prefix("alias/");
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(is_allowed))
}

/// A UUID, or `mrk-` and 32 hexadecimal digits for a key of several regions.
fn is_key_id(text: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    match text.strip_prefix("mrk-") {
        Some(digits) => digits.len() == 32 && is_hex(digits),
        None => text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(is_hex),
    }
}
