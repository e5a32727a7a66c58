//! Names that a document does not give.

use http::Method;

/// The longest name of an unknown operation.
const NAME_BYTES_MAX: usize = 256;

/// The event name of an operation without an id: `GetOrdersOrderId` of `GET /orders/{orderId}`.
pub(super) fn of_operation(method: &Method, path: &str) -> String {
    let words = path.split(|character: char| !character.is_alphanumeric());
    std::iter::once(method.as_str().to_lowercase().as_str()).chain(words).map(capitalized).collect()
}

/// The event name of what no document names: method and path, printable and bounded.
pub(super) fn of_unknown(method: &Method, path: &str) -> String {
    let printable = |character: char| if character.is_control() { '\u{fffd}' } else { character };
    let mut name: String =
        format!("{method} ").chars().chain(path.chars()).take(NAME_BYTES_MAX).map(printable).collect();
    name.truncate(name.floor_char_boundary(NAME_BYTES_MAX));
    name
}

/// The event source by the host of the first server: the host itself, unless it is this machine or an address.
pub(super) fn source_of_host(host: &str) -> Option<String> {
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host).to_ascii_lowercase();
    let name = host.split(':').next().unwrap_or_default().trim_end_matches('.');
    let is_address = name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_name = name.contains('.') && !is_address && name.bytes().all(is_plain);
    (is_name && !name.ends_with(".localhost")).then(|| name.to_owned())
}

/// The event source by the title: `billing.internal` of `Billing API`. The domain is reserved for private use
/// (ICANN, 2024).
pub(super) fn source_of_title(title: &str) -> Option<String> {
    let title = title.to_lowercase();
    let words = title.split(|character: char| !character.is_ascii_alphanumeric());
    let mut words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words.last() == Some(&"api") {
        words.pop();
    }
    (!words.is_empty()).then(|| format!("{}.internal", words.join("-")))
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
