//! What all sections check.

use crate::document::{Member, member};
use crate::fault::{Fault, Mark, Problem};

/// How long a name may be, as at AWS.
const NAME_LENGTH_MAX: usize = 255;

/// Refuses keys that nothing would read.
pub(crate) fn known_keys(members: &[Member], known: &[&str]) -> Result<(), Fault> {
    match members.iter().find(|member| !known.contains(&member.key.as_str())) {
        Some(unknown) => {
            let (key, known) = (unknown.key.clone(), known.join(", "));
            Err(unknown.mark.fault(Problem::UnknownKey { key, known }))
        }
        None => Ok(()),
    }
}

/// Refuses what is no name of a parameter, mapping, condition, resource or output.
pub(super) fn check_name(named: &Member) -> Result<(), Fault> {
    let is_name = (1..=NAME_LENGTH_MAX).contains(&named.key.len())
        && named.key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_name { Ok(()) } else { Err(named.mark.fault(Problem::Name(named.key.clone()))) }
}

/// A text that is written out, without functions, and where it stands.
pub(super) fn text_of(members: &[Member], key: &str) -> Result<Option<(String, Mark)>, Fault> {
    let Some(found) = member(members, key) else { return Ok(None) };
    Ok(Some((found.value.text()?.to_owned(), found.value.mark)))
}
