//! `userIdentity` without the texts that have columns of their own, and with them again.
//!
//! Most of an identity's bytes are a few texts that come again with every call of a principal. A column of
//! each compresses far better than the object does, so they are taken out of it and put back when the
//! record is put together.

use super::IDENTITY;
use cairn_model::json::{members, write_string};
use cairn_model::{Event, Field};
use std::ops::Range;

/// Members taken out of one identity: where their values stand in the record's text.
#[derive(Debug, Default)]
pub(super) struct Taken {
    values: Vec<(Field, Range<usize>)>,
    /// Where the values of the objects around the issuer's members start.
    around_issuer: Vec<(Field, usize)>,
}

impl Taken {
    pub(super) fn clear(&mut self) {
        self.values.clear();
        self.around_issuer.clear();
    }

    /// Takes note of an object that members may be taken out of.
    pub(super) fn pass(&mut self, field: Field, value: Range<usize>) {
        self.around_issuer.push((field, value.start));
    }

    /// Takes a member whose value is a string. To be called in the order of the text.
    pub(super) fn take(&mut self, field: Field, value: Range<usize>) {
        self.values.push((field, value));
    }

    /// Appends the identity, which stands at `object` in `text`, without the members taken to `out`. False, and
    /// nothing appended, if a key is not written the plain way: then the object must be kept whole.
    pub(super) fn leave_out(&self, event: &Event<'_>, object: &Range<usize>, out: &mut String) -> bool {
        let text = event.text();
        if !self.around_issuer.iter().all(|(field, value)| key_start(text, *value, field.key()).is_some()) {
            return false;
        }
        let start = out.len();
        let mut from = object.start;
        for (field, value) in &self.values {
            let Some(key) = key_start(text, value.start, field.key()) else {
                out.truncate(start);
                return false;
            };
            out.push_str(&text[from..key]);
            let behind = text[value.end..object.end].trim_ascii_start();
            match behind.strip_prefix(',') {
                Some(behind) => from = object.end - behind.len(),
                None => {
                    // The last member: the comma in front of it goes, unless it went with another.
                    from = value.end;
                    let kept = out[start..].trim_ascii_end();
                    let kept = kept.strip_suffix(',').unwrap_or(kept).len();
                    out.truncate(start + kept);
                }
            }
        }
        out.push_str(&text[from..object.end]);
        true
    }
}

/// Where the key of a value starts, if it is written as it is and not by escapes.
fn key_start(text: &str, value: usize, key: &str) -> Option<usize> {
    let before = text[..value].trim_ascii_end().strip_suffix(':')?.trim_ascii_end();
    let before = before.strip_suffix('"')?.strip_suffix(key)?.strip_suffix('"')?;
    Some(before.len())
}

fn is_of_issuer(field: Field) -> bool {
    matches!(field, Field::SessionIssuerArn | Field::SessionIssuerUserName | Field::SessionIssuerPrincipalId)
}

/// Appends an identity with the members that were taken out of it. `texts` are those of [`IDENTITY`].
pub(crate) fn put_back(rest: &str, texts: &[Option<&str>; IDENTITY.len()], out: &mut Vec<u8>) {
    let of_issuer = |issuer: bool| {
        let all = IDENTITY.iter().zip(texts);
        all.filter(move |((field, _), text)| text.is_some() && is_of_issuer(*field) == issuer)
    };
    // Behind the brace that opens the object.
    let mut at = rest.len().min(1);
    out.extend_from_slice(&rest.as_bytes()[..at]);
    write_members(of_issuer(false), &rest[at..], out);
    if of_issuer(true).next().is_some()
        && let Some(issuer) = issuer_start(rest)
    {
        out.extend_from_slice(&rest.as_bytes()[at..issuer]);
        at = issuer;
        write_members(of_issuer(true), &rest[at..], out);
    }
    out.extend_from_slice(&rest.as_bytes()[at..]);
}

/// Writes members of an object in front of its other ones, with which `behind` starts.
fn write_members<'a>(
    members: impl Iterator<Item = (&'a (Field, &'static str), &'a Option<&'a str>)>,
    behind: &str,
    out: &mut Vec<u8>,
) {
    let start = out.len();
    for ((field, _), text) in members {
        if out.len() > start {
            out.push(b',');
        }
        write_string(out, field.key());
        out.push(b':');
        write_string(out, text.unwrap_or(""));
    }
    if out.len() > start && !behind.trim_ascii_start().starts_with('}') {
        out.push(b',');
    }
}

/// Where the members of `sessionContext.sessionIssuer` start.
fn issuer_start(identity: &str) -> Option<usize> {
    let value = |object, key| members(object).find_map(|(found, value)| (found == key).then_some(value));
    let issuer = value(value(identity, "\"sessionContext\"")?, "\"sessionIssuer\"")?;
    issuer.starts_with('{').then(|| issuer.as_ptr() as usize - identity.as_ptr() as usize + 1)
}

#[cfg(test)]
mod tests;
