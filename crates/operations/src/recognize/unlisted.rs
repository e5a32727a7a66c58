//! Names for what the table lacks: made of what the request says, and always short and printable.

use super::named;
use super::{Recognized, Request, by_host, without_port};
use crate::index::{self, Service};

/// Bytes of a name at most.
const LENGTH_MAX: usize = 128;

/// Segments of a path beyond this length are rather values than names.
const SEGMENT_MAX: usize = 32;

/// What to call a request that calls no operation of these services, or of any if there are none.
pub(super) fn unlisted(request: &Request<'_>, services: &[&'static Service]) -> Recognized {
    Recognized::Unlisted { event_source: event_source(request, services), event_name: event_name(request) }
}

/// A browser's upload of an object, which S3's model does not list.
pub(super) fn form_upload() -> Recognized {
    Recognized::Unlisted { event_source: "s3.amazonaws.com".to_owned(), event_name: "PostObject".to_owned() }
}

fn event_source(request: &Request<'_>, services: &[&'static Service]) -> String {
    if let Some(service) = services.first() {
        return service.event_source().to_owned();
    }
    if let Some(name) = request.signing_name.map(|name| printable(name, LENGTH_MAX - 14))
        && !name.is_empty()
    {
        return format!("{name}.amazonaws.com");
    }
    let by_target = named::target(request).map(|(prefix, _)| index::by_target_prefix(prefix));
    let known = by_target.into_iter().flatten().chain(by_host(request.host)).next();
    known.map_or_else(|| host_name(request.host), |service| service.event_source().to_owned())
}

/// The host without its port, for requests that nothing else tells about.
fn host_name(host: &str) -> String {
    let name = printable(without_port(host), LENGTH_MAX);
    if name.is_empty() { "unknown".to_owned() } else { name }
}

fn event_name(request: &Request<'_>) -> String {
    let names = [
        named::target(request).map(|(_, name)| name.to_owned()),
        named::action(request),
        named::rpc_path(request.path).map(|(_, name)| name.to_owned()),
    ];
    let mut named = names.into_iter().flatten().map(|name| printable(&name, LENGTH_MAX));
    named.find(|name| !name.is_empty()).unwrap_or_else(|| by_path(request))
}

/// `GET /things/42/parts` is `GetThingsParts`: segments with digits and long ones are rather values.
fn by_path(request: &Request<'_>) -> String {
    let is_name = |segment: &&str| {
        segment.len() <= SEGMENT_MAX
            && !segment.contains(|found: char| found.is_ascii_digit() || found == '%')
    };
    let words = request.path.split('/').filter(is_name).flat_map(|segment| segment.split(is_separator));
    let mut name = capitalized(&request.method.to_ascii_lowercase());
    for word in words {
        if name.len() + word.len() > LENGTH_MAX {
            break;
        }
        name.push_str(&capitalized(word));
    }
    let name = printable(&name, LENGTH_MAX);
    if name.is_empty() { "Unknown".to_owned() } else { name }
}

fn is_separator(character: char) -> bool {
    !character.is_ascii_alphanumeric()
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// The printable ASCII of a text without spaces, at most `length_max` bytes.
fn printable(text: &str, length_max: usize) -> String {
    text.chars().filter(char::is_ascii_graphic).take(length_max).collect()
}
