//! Compiles the models' regular expressions to tables of character classes.
//!
//! The models use a small part of Java's syntax: classes, escapes, `.`, repetition of one
//! character, one optional group at the end, and anchors (which change nothing, because a value
//! must match as a whole). Anything else is an error here, at generation, not a surprise there.

use std::iter::Peekable;
use std::str::Chars;

/// A set of characters as sorted ranges that do not touch, both ends included.
pub(super) type Class = Vec<(char, char)>;

/// A character of `class`, `min` to `max` times.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Repeat {
    pub(super) class: Class,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
}

/// Java's line terminators, which `.` does not match unless `(?s)` is set.
const LINE_TERMINATORS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// The sequences of which a value must match one as a whole.
pub(super) fn parse(text: &str) -> Result<Vec<Vec<Repeat>>, String> {
    let (text, dot_is_all) = match text.strip_prefix("(?s)") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let text = text.strip_prefix('^').unwrap_or(text);
    let text = text.strip_suffix('$').unwrap_or(text);
    let Some((before, group)) = text.strip_suffix(")?").and_then(|text| text.split_once('(')) else {
        return Ok(vec![sequence(text, dot_is_all)?]);
    };
    let without = sequence(before, dot_is_all)?;
    let with = [without.clone(), sequence(group, dot_is_all)?].concat();
    Ok(vec![without, with])
}

fn sequence(text: &str, dot_is_all: bool) -> Result<Vec<Repeat>, String> {
    let mut rest = text.chars().peekable();
    let mut repeats = Vec::new();
    while let Some(character) = rest.next() {
        let class = match character {
            '[' => bracketed(&mut rest)?,
            '\\' => escape(&mut rest)?,
            '.' => dot(dot_is_all),
            '(' | ')' | '|' | '*' | '+' | '?' | '{' | '^' | '$' => {
                return Err(format!("`{character}` is not understood in `{text}`"));
            }
            literal => vec![(literal, literal)],
        };
        let (min, max) = quantifier(&mut rest)?;
        repeats.push(Repeat { class: merge(class), min, max });
    }
    Ok(repeats)
}

fn bracketed(rest: &mut Peekable<Chars<'_>>) -> Result<Class, String> {
    let mut class = Class::new();
    loop {
        let mut part = match rest.next().ok_or("`[` without `]`")? {
            ']' => return Ok(class),
            '^' if class.is_empty() => return Err("negated classes are not understood".to_owned()),
            '\\' => escape(rest)?,
            literal => vec![(literal, literal)],
        };
        if let [(from, to)] = part[..]
            && from == to
            && range_follows(rest)
        {
            rest.next();
            let to = match rest.next().ok_or("`[` without `]`")? {
                '\\' => match escape(rest)?[..] {
                    [(to, same)] if to == same => to,
                    _ => return Err("a range ends in a class".to_owned()),
                },
                literal => literal,
            };
            part = vec![(from, to)];
        }
        class.append(&mut part);
    }
}

/// Whether `-` stands here and is not the last character of the class.
fn range_follows(rest: &Peekable<Chars<'_>>) -> bool {
    let mut ahead = rest.clone();
    ahead.next() == Some('-') && ahead.next().is_some_and(|next| next != ']')
}

fn escape(rest: &mut Peekable<Chars<'_>>) -> Result<Class, String> {
    Ok(match rest.next().ok_or("`\\` at the end")? {
        'w' => vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')],
        'd' => vec![('0', '9')],
        's' => vec![(' ', ' '), ('\t', '\r')],
        'n' => vec![('\n', '\n')],
        't' => vec![('\t', '\t')],
        'u' => {
            let character = utf16_escape(rest)?;
            vec![(character, character)]
        }
        other if other.is_alphanumeric() => return Err(format!("`\\{other}` is not understood")),
        literal => vec![(literal, literal)],
    })
}

/// The character of `XXXX`, or of `XXXX\uXXXX` where the first half is a high surrogate.
fn utf16_escape(rest: &mut Peekable<Chars<'_>>) -> Result<char, String> {
    let mut unit = || {
        let digits: String = rest.by_ref().take(4).collect();
        u16::from_str_radix(&digits, 16).map_err(|_| format!("`\\u{digits}` is no escape"))
    };
    let first = unit()?;
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(first.into()).ok_or("a lone surrogate".to_owned());
    }
    if rest.next() != Some('\\') || rest.next() != Some('u') {
        return Err("a high surrogate without its low one".to_owned());
    }
    let digits: String = rest.by_ref().take(4).collect();
    let second = u16::from_str_radix(&digits, 16).map_err(|_| "a bad low surrogate")?;
    match char::decode_utf16([first, second]).next() {
        Some(Ok(character)) => Ok(character),
        _ => Err("a bad pair of surrogates".to_owned()),
    }
}

fn dot(matches_all: bool) -> Class {
    if matches_all {
        return vec![('\0', char::MAX)];
    }
    let mut class = Class::new();
    let mut from = '\0';
    for terminator in LINE_TERMINATORS {
        if from < terminator {
            class.push((from, before(terminator)));
        }
        from = after(terminator);
    }
    class.push((from, char::MAX));
    class
}

fn quantifier(rest: &mut Peekable<Chars<'_>>) -> Result<(u32, Option<u32>), String> {
    let bounds = match rest.peek() {
        Some('*') => (0, None),
        Some('+') => (1, None),
        Some('?') => (0, Some(1)),
        Some('{') => {
            rest.next();
            let inside: String = rest.by_ref().take_while(|character| *character != '}').collect();
            return counts(&inside).ok_or(format!("`{{{inside}}}` is not understood"));
        }
        _ => return Ok((1, Some(1))),
    };
    rest.next();
    Ok(bounds)
}

fn counts(inside: &str) -> Option<(u32, Option<u32>)> {
    match inside.split_once(',') {
        None => inside.parse().ok().map(|count| (count, Some(count))),
        Some((min, "")) => Some((min.parse().ok()?, None)),
        Some((min, max)) => Some((min.parse().ok()?, Some(max.parse().ok()?))),
    }
}

/// Sorts the ranges and joins those that overlap or touch.
fn merge(mut class: Class) -> Class {
    class.sort_unstable();
    let mut merged = Class::new();
    for (from, to) in class {
        match merged.last_mut() {
            Some((_, end)) if from <= after(*end) => *end = to.max(*end),
            _ => merged.push((from, to)),
        }
    }
    merged
}

fn after(character: char) -> char {
    match character {
        '\u{D7FF}' => '\u{E000}',
        char::MAX => char::MAX,
        _ => char::from_u32(character as u32 + 1).expect("only surrogates are no characters"),
    }
}

fn before(character: char) -> char {
    char::from_u32(character as u32 - 1).expect("line terminators stand above zero, outside the surrogates")
}

#[cfg(test)]
mod tests;
