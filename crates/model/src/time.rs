//! Points in time.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// Microseconds since 1970-01-01T00:00:00Z, between the years 0000 and 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

const MICROS: i64 = 1_000_000;
/// 0000-01-01T00:00:00Z.
const SECONDS_MIN: i64 = -62_167_219_200;
/// 9999-12-31T23:59:59Z.
const SECONDS_MAX: i64 = 253_402_300_799;

impl Timestamp {
    /// The earliest time that can be written with a four-digit year.
    pub const MIN: Timestamp = Timestamp(SECONDS_MIN * MICROS);
    /// The latest time that can be written with a four-digit year, to the second.
    pub const MAX: Timestamp = Timestamp(SECONDS_MAX * MICROS);

    /// The time at this many microseconds since 1970; times outside the years 0000 to 9999 become the
    /// nearest inside.
    pub fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros.clamp(Self::MIN.0, Self::MAX.0 + MICROS - 1))
    }

    /// The time at this many whole seconds since 1970, clamped like [`Timestamp::from_micros`].
    pub fn from_seconds(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds.saturating_mul(MICROS))
    }

    /// Microseconds since 1970.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// Seconds since 1970 with their fraction, as AWS JSON writes timestamps.
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / MICROS as f64
    }

    /// Days since 1970, rounded down.
    pub const fn day(self) -> i32 {
        self.0.div_euclid(86_400 * MICROS) as i32
    }

    /// Reads an RFC 3339 time such as `2026-03-01T08:04:11Z`, with an optional fraction and offset.
    pub fn parse(text: &str) -> Option<Timestamp> {
        parse_whole_seconds(text.as_bytes()).or_else(|| {
            let parsed: jiff::Timestamp = text.parse().ok()?;
            let micros = parsed.as_microsecond();
            (Self::MIN.0..=Self::MAX.0 + MICROS - 1).contains(&micros).then_some(Timestamp(micros))
        })
    }

    /// Later by `duration`.
    pub fn plus(self, duration: Duration) -> Timestamp {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(self.0.saturating_add(micros))
    }

    /// Earlier by `duration`.
    pub fn minus(self, duration: Duration) -> Timestamp {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(self.0.saturating_sub(micros))
    }

    /// How long after `earlier` this is; zero if it is not after.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Rounded down to the whole second.
    pub fn floor_to_second(self) -> Timestamp {
        Timestamp(self.as_seconds() * MICROS)
    }

    /// (year, month, day, hour, minute, second) in UTC.
    pub fn civil(self) -> (i32, u32, u32, u32, u32, u32) {
        let seconds = self.as_seconds();
        let (year, month, day) = civil_from_days(seconds.div_euclid(86_400));
        let rest = seconds.rem_euclid(86_400) as u32;
        (year, month, day, rest / 3600, rest / 60 % 60, rest % 60)
    }

    /// `YYYYMMDDTHHMMSSZ`, as in SigV4 dates and digest file names.
    pub fn compact(self) -> String {
        let (year, month, day, hour, minute, second) = self.civil();
        format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
    }
}

/// Writes `YYYY-MM-DDTHH:MM:SSZ`, the fraction left out, as CloudTrail does.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}+{}us", self.0.rem_euclid(MICROS))
    }
}

/// The form nearly every event has, without the general parser: `YYYY-MM-DDTHH:MM:SSZ`.
fn parse_whole_seconds(text: &[u8]) -> Option<Timestamp> {
    let text: &[u8; 20] = text.try_into().ok()?;
    let punctuation = [text[4], text[7], text[10], text[13], text[16], text[19]];
    if punctuation != *b"--T::Z" {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        text[range]
            .iter()
            .try_fold(0i64, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    let date_exists = (1..=12).contains(&month) && day >= 1 && day <= days_in_month(year, month);
    if !date_exists || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_from_civil(year, month, day);
    Some(Timestamp::from_seconds(days * 86_400 + hour * 3600 + minute * 60 + second))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar.
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`], from the same source.
fn civil_from_days(days: i64) -> (i32, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month as u32, day as u32)
}

#[cfg(test)]
mod tests;
