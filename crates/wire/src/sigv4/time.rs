//! The two ways a signed request tells its time.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, fmt};

/// `20261120T230000Z`, ISO 8601's basic format, as in `x-amz-date`.
pub(super) fn basic(timestamp: Timestamp) -> String {
    let at = TimeZone::UTC.to_datetime(timestamp);
    let mut text = String::with_capacity(16);
    push_digits(&mut text, at.year().unsigned_abs(), 4);
    for part in [at.month(), at.day()] {
        push_digits(&mut text, part.unsigned_abs().into(), 2);
    }
    text.push('T');
    for part in [at.hour(), at.minute(), at.second()] {
        push_digits(&mut text, part.unsigned_abs().into(), 2);
    }
    text.push('Z');
    text
}

/// `20261120`, as in scopes.
pub(super) fn date(timestamp: Timestamp) -> String {
    let mut text = basic(timestamp);
    text.truncate(8);
    text
}

fn push_digits(text: &mut String, number: u16, count: u32) {
    let digit = |place: u32| char::from_digit(u32::from(number) / 10_u32.pow(place) % 10, 10);
    text.extend((0..count).rev().filter_map(digit));
}

/// Reads ISO 8601's basic format; nothing else, so that text and time are one to one.
pub(super) fn parse_basic(text: &str) -> Option<Timestamp> {
    let text: &[u8; 16] = text.as_bytes().try_into().ok()?;
    if (text[8], text[15]) != (b'T', b'Z') {
        return None;
    }
    let year = number(&text[..4])?;
    let [month, day] = [4, 6].map(|at| part(text, at));
    let [hour, minute, second] = [9, 11, 13].map(|at| part(text, at));
    let civil = DateTime::new(year, month?, day?, hour?, minute?, second?, 0).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

fn part(text: &[u8; 16], at: usize) -> Option<i8> {
    i8::try_from(number(&text[at..at + 2])?).ok()
}

fn number(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i16::from(digit - b'0')))
}

/// Reads the `Date` header: HTTP's format, or ISO 8601's basic one.
pub(super) fn parse_date_header(text: &str) -> Option<Timestamp> {
    let http = || Some(fmt::rfc2822::parse(text).ok()?.timestamp());
    parse_basic(text).or_else(http)
}

#[cfg(test)]
mod tests;
