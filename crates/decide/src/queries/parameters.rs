//! Statements with places for parameters: `?`, or `'?'` for texts.

use super::StatementError;

/// The statement with its places filled in order. What is filled in stays one value, whatever it holds.
pub fn fill(statement: &str, parameters: &[String]) -> Result<String, StatementError> {
    let found = places(statement);
    match (parameters.len(), found.len()) {
        (given, places) if given > places => {
            return Err(StatementError::TooManyParameters { places, parameters: given });
        }
        (given, places) if given < places && given > 0 => {
            return Err(StatementError::TooFewParameters { places, parameters: given });
        }
        _ => {}
    }
    let (mut filled, mut behind) = (String::with_capacity(statement.len()), 0);
    for (place, value) in found.iter().zip(parameters) {
        filled.push_str(&statement[behind..place.start]);
        match place.is_text || !is_plain(value) {
            true => filled.push_str(&format!("'{}'", value.replace('\'', "''"))),
            false => filled.push_str(value),
        }
        behind = place.end;
    }
    filled.push_str(&statement[behind..]);
    Ok(filled)
}

/// A place of a statement, quotes included.
pub(super) struct Place {
    start: usize,
    end: usize,
    is_text: bool,
}

/// Numbers and ids of stores stand in statements without quotes.
fn is_plain(value: &str) -> bool {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    is_number || (value.len() == 36 && value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'))
}

/// The places of a statement, in their order: none is in a comment, or a part of a text.
pub(super) fn places(statement: &str) -> Vec<Place> {
    let (mut found, mut start) = (Vec::new(), 0);
    while let Some(first) = statement[start..].chars().next() {
        let rest = &statement[start..];
        let length = match first {
            '\'' | '"' => quoted(rest, first),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest[2..].find("*/").map_or(rest.len(), |end| end + 4),
            first => first.len_utf8(),
        };
        let end = start + length;
        let is_text = &rest[..length] == "'?'";
        if is_text || first == '?' {
            found.push(Place { start, end, is_text });
        }
        start = end;
    }
    found
}

/// How long the text at the start is, its quotes included. A quote that is doubled is part of it.
fn quoted(rest: &str, quote: char) -> usize {
    let mut quotes = rest.char_indices().skip(1).filter(|(_, letter)| *letter == quote).peekable();
    while let Some((at, _)) = quotes.next() {
        if quotes.next_if(|(next, _)| *next == at + 1).is_none() {
            return at + 1;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests;
