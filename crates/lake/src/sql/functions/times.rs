//! Functions of times. All are in UTC.

use super::rows::{RowFunction, Run, Texts, Want, real, text, text_array, time, whole, whole_at};
use crate::sql::types;
use crate::sql::values::{civil, micros_of, time_of};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, TimestampMicrosecondArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, TimestampMicrosecondType};
use datafusion::error::{DataFusionError, Result};
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime;
use jiff::{Span, Unit};
use std::ops::Range;
use std::sync::Arc;

pub(super) fn all() -> Vec<RowFunction> {
    use Want::{Real, Text, Time, Whole};
    let date: fn(&[DataType]) -> DataType = |_| DataType::Date32;
    let mut all = vec![
        RowFunction::new("date_add", &[Text, Whole, Time], |args| args[2].clone(), add),
        RowFunction::new("date_diff", &[Text, Time, Time], whole, difference),
        RowFunction::new("date_trunc", &[Text, Time], |args| args[1].clone(), truncate),
        RowFunction::new("date_format", &[Time, Text], text, format),
        RowFunction::new("date_parse", &[Text, Text], time, |args| parse(args, true)),
        RowFunction::new("try_date_parse", &[Text, Text], time, |args| parse(args, false)),
        RowFunction::new("from_iso8601_timestamp", &[Text], time, |args| from_iso8601(args, true)),
        RowFunction::new("try_from_iso8601_timestamp", &[Text], time, |args| from_iso8601(args, false)),
        RowFunction::new("from_iso8601_date", &[Text], date, |args| from_iso8601_date(args, true)),
        RowFunction::new("try_from_iso8601_date", &[Text], date, |args| from_iso8601_date(args, false)),
        RowFunction::new("to_iso8601", &[Time], text, to_iso8601),
        RowFunction::new("from_unixtime", &[Real], time, from_unixtime),
        RowFunction::new("to_unixtime", &[Time], real, to_unixtime),
    ];
    all.extend(PARTS.iter().map(|(name, run)| RowFunction::new(name, &[Time], whole, *run)));
    all
}

/// Parts of a time, one function each.
const PARTS: &[(&str, Run)] = &[
    ("year", |args| part(args, |time| time.year().into())),
    ("quarter", |args| part(args, |time| i64::from(time.month() - 1) / 3 + 1)),
    ("month", |args| part(args, |time| time.month().into())),
    ("week", |args| part(args, |time| time.date().iso_week_date().week().into())),
    ("week_of_year", |args| part(args, |time| time.date().iso_week_date().week().into())),
    ("year_of_week", |args| part(args, |time| time.date().iso_week_date().year().into())),
    ("yow", |args| part(args, |time| time.date().iso_week_date().year().into())),
    ("day", |args| part(args, |time| time.day().into())),
    ("day_of_month", |args| part(args, |time| time.day().into())),
    ("day_of_week", |args| part(args, |time| time.weekday().to_monday_one_offset().into())),
    ("dow", |args| part(args, |time| time.weekday().to_monday_one_offset().into())),
    ("day_of_year", |args| part(args, |time| time.day_of_year().into())),
    ("doy", |args| part(args, |time| time.day_of_year().into())),
    ("hour", |args| part(args, |time| time.hour().into())),
    ("minute", |args| part(args, |time| time.minute().into())),
    ("second", |args| part(args, |time| time.second().into())),
    ("millisecond", |args| part(args, |time| time.millisecond().into())),
];

/// The times of a column of times or dates.
fn times(array: &ArrayRef) -> Result<TimestampMicrosecondArray> {
    let times = cast(array, &types::time())?;
    Ok(times.as_primitive::<TimestampMicrosecondType>().clone())
}

fn part(args: &[ArrayRef], part: fn(DateTime) -> i64) -> Result<ArrayRef> {
    let parts = times(&args[0])?.iter().map(|time| civil(time?).map(part)).collect::<Int64Array>();
    Ok(Arc::new(parts))
}

fn time_array(times: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(times.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
}

fn failure<T>(message: String) -> Result<T> {
    Err(DataFusionError::Execution(message))
}

fn unit(name: &str) -> Result<(Unit, i64)> {
    Ok(match name.to_ascii_lowercase().as_str() {
        "millisecond" => (Unit::Millisecond, 1),
        "second" => (Unit::Second, 1),
        "minute" => (Unit::Minute, 1),
        "hour" => (Unit::Hour, 1),
        "day" => (Unit::Day, 1),
        "week" => (Unit::Week, 1),
        "month" => (Unit::Month, 1),
        "quarter" => (Unit::Month, 3),
        "year" => (Unit::Year, 1),
        _ => return failure(format!("'{name}' is not a valid unit of time")),
    })
}

fn span(unit: Unit, count: i64) -> std::result::Result<Span, jiff::Error> {
    let span = Span::new();
    match unit {
        Unit::Year => span.try_years(count),
        Unit::Month => span.try_months(count),
        Unit::Week => span.try_weeks(count),
        Unit::Day => span.try_days(count),
        Unit::Hour => span.try_hours(count),
        Unit::Minute => span.try_minutes(count),
        Unit::Second => span.try_seconds(count),
        _ => span.try_milliseconds(count),
    }
}

fn add(args: &[ArrayRef]) -> Result<ArrayRef> {
    let (units, times) = (Texts::of(&args[0]), times(&args[2])?);
    let add = |row| -> Result<Option<i64>> {
        let (Some(name), Some(count)) = (units.get(row), whole_at(&args[1], row)) else { return Ok(None) };
        if times.is_null(row) {
            return Ok(None);
        }
        let (unit, factor) = unit(name)?;
        let moved = || {
            let span = span(unit, count.checked_mul(factor)?).ok()?;
            micros_of(civil(times.value(row))?.checked_add(span).ok()?)
        };
        match moved() {
            Some(time) => Ok(Some(time)),
            None => failure(format!("{count} times '{name}' leads out of the calendar")),
        }
    };
    let moved = (0..times.len()).map(add).collect::<Result<Vec<_>>>()?;
    Ok(cast(&time_array(moved.into_iter()), args[2].data_type())?)
}

/// The beginning of the unit that a time is in.
fn truncate(args: &[ArrayRef]) -> Result<ArrayRef> {
    let (units, times) = (Texts::of(&args[0]), times(&args[1])?);
    let first = units.iter().next().flatten();
    let starts = match first.filter(|first| units.iter().all(|name| name == Some(first))) {
        Some(name) => {
            let mut start = starts_of(name);
            let start = |row| if times.is_valid(row) { start(times.value(row)) } else { Ok(0) };
            let starts = (0..times.len()).map(start).collect::<Result<Vec<i64>>>()?;
            TimestampMicrosecondArray::new(starts.into(), times.nulls().cloned())
        }
        None => {
            let start = |row| match units.get(row).filter(|_| times.is_valid(row)) {
                Some(name) => starts_of(name)(times.value(row)).map(Some),
                None => Ok(None),
            };
            (0..times.len()).map(start).collect::<Result<_>>()?
        }
    };
    Ok(cast(&starts.with_timezone("UTC"), args[1].data_type())?)
}

/// Finds the beginning of each time's unit. Times that follow each other are mostly of one.
fn starts_of(name: &str) -> impl FnMut(i64) -> Result<i64> {
    let mut period = 0..0;
    move |time| {
        if !period.contains(&time) {
            period = match period_around(name, time)? {
                Some(period) => period,
                None => return failure(format!("the '{name}' of a time leads out of the calendar")),
            };
        }
        Ok(period.start)
    }
}

/// From the beginning of the unit that a time is in to its end, in microseconds since 1970.
fn period_around(name: &str, time: i64) -> Result<Option<Range<i64>>> {
    const SECOND: i64 = 1_000_000;
    const DAY: i64 = 86_400 * SECOND;
    // 1970 began on a Thursday, weeks begin on Mondays.
    let even = |length: i64, shift: i64| {
        let start = (time.checked_add(shift)?).div_euclid(length).checked_mul(length)?.checked_sub(shift)?;
        Some(start..start.checked_add(length)?)
    };
    let (unit, factor) = unit(name)?;
    Ok(match unit {
        Unit::Millisecond => even(SECOND / 1_000, 0),
        Unit::Second => even(SECOND, 0),
        Unit::Minute => even(60 * SECOND, 0),
        Unit::Hour => even(3_600 * SECOND, 0),
        Unit::Day => even(DAY, 0),
        Unit::Week => even(7 * DAY, 3 * DAY),
        _ => months_around(unit, factor, time),
    })
}

fn months_around(unit: Unit, months: i64, time: i64) -> Option<Range<i64>> {
    let date = civil(time)?.date();
    let month = match unit {
        Unit::Year => 1,
        _ => date.month() - (date.month() - 1) % i8::try_from(months).ok()?,
    };
    let start = Date::new(date.year(), month, 1).ok()?;
    let end = start.checked_add(span(unit, months).ok()?).ok()?;
    Some(micros_of(start.into())?..micros_of(end.into())?)
}

/// How many whole units lie between two times.
fn difference(args: &[ArrayRef]) -> Result<ArrayRef> {
    let (units, from, to) = (Texts::of(&args[0]), times(&args[1])?, times(&args[2])?);
    let difference = |row| -> Result<Option<i64>> {
        let Some(name) = units.get(row).filter(|_| from.is_valid(row) && to.is_valid(row)) else {
            return Ok(None);
        };
        let (unit, factor) = unit(name)?;
        let between = || {
            let span = civil(from.value(row))?.until((unit, civil(to.value(row))?)).ok()?;
            Some(match unit {
                Unit::Year => span.get_years().into(),
                Unit::Month => span.get_months().into(),
                Unit::Week => span.get_weeks().into(),
                Unit::Day => span.get_days().into(),
                Unit::Hour => span.get_hours().into(),
                Unit::Minute => span.get_minutes(),
                Unit::Second => span.get_seconds(),
                _ => span.get_milliseconds(),
            })
        };
        Ok(between().map(|count: i64| count / factor))
    };
    Ok(Arc::new((0..from.len()).map(difference).collect::<Result<Int64Array>>()?))
}

/// MySQL's letters of formats, which Trino takes, as those of strftime.
fn strftime(format: &str) -> Result<String> {
    let mut out = String::with_capacity(format.len());
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        out.push_str(match letters.next() {
            Some('Y') => "%Y",
            Some('y') => "%y",
            Some('m') => "%m",
            Some('c') => "%-m",
            Some('d') => "%d",
            Some('e') => "%-d",
            Some('H') => "%H",
            Some('k') => "%-H",
            Some('h' | 'I') => "%I",
            Some('l') => "%-I",
            Some('i') => "%M",
            Some('s' | 'S') => "%S",
            Some('f') => "%6f",
            Some('p') => "%p",
            Some('T') => "%H:%M:%S",
            Some('r') => "%I:%M:%S %p",
            Some('j') => "%j",
            Some('M') => "%B",
            Some('b') => "%b",
            Some('W') => "%A",
            Some('a') => "%a",
            Some('v') => "%V",
            Some('x') => "%G",
            Some('%') => "%%",
            other => {
                let letter = other.map(String::from).unwrap_or_default();
                return failure(format!("'%{letter}' is not supported in formats of times"));
            }
        });
    }
    Ok(out)
}

fn format(args: &[ArrayRef]) -> Result<ArrayRef> {
    let (times, formats) = (times(&args[0])?, Texts::of(&args[1]));
    let format = |row| -> Result<Option<String>> {
        let Some(format) = formats.get(row).filter(|_| times.is_valid(row)) else { return Ok(None) };
        let Some(time) = civil(times.value(row)) else { return Ok(None) };
        let text = strtime::format(strftime(format)?, time);
        text.map(Some).or_else(|error| failure(format!("cannot format a time as '{format}': {error}")))
    };
    let texts = (0..times.len()).map(format).collect::<Result<Vec<_>>>()?;
    Ok(text_array(texts.into_iter()))
}

fn parse(args: &[ArrayRef], strict: bool) -> Result<ArrayRef> {
    let (texts, formats) = (Texts::of(&args[0]), Texts::of(&args[1]));
    let parse = |row| -> Result<Option<i64>> {
        let (Some(text), Some(format)) = (texts.get(row), formats.get(row)) else { return Ok(None) };
        match parsed(text, &strftime(format)?) {
            None if strict => {
                failure(format!("Invalid format: '{text}' is not a time of the form '{format}'"))
            }
            time => Ok(time),
        }
    };
    let times = (0..args[0].len()).map(parse).collect::<Result<Vec<_>>>()?;
    Ok(time_array(times.into_iter()))
}

/// What the format does not name is the first of its kind.
fn parsed(text: &str, format: &str) -> Option<i64> {
    let parts = strtime::parse(format, text).ok()?;
    let date = parts.to_date().or_else(|_| {
        let year = parts.year().unwrap_or(1970);
        Date::new(year, parts.month().unwrap_or(1), parts.day().unwrap_or(1))
    });
    let time = parts.to_time().unwrap_or_else(|_| {
        Time::new(parts.hour().unwrap_or(0), parts.minute().unwrap_or(0), 0, 0).unwrap_or(Time::MIN)
    });
    micros_of(date.ok()?.to_datetime(time))
}

fn from_iso8601(args: &[ArrayRef], strict: bool) -> Result<ArrayRef> {
    let read = |text: Option<&str>| match text.map(|text| (text, time_of(text))) {
        Some((text, None)) if strict => {
            failure(format!("Invalid format: '{text}' is not a time of ISO 8601"))
        }
        read => Ok(read.and_then(|(_, time)| time)),
    };
    let times = Texts::of(&args[0]).iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(time_array(times.into_iter()))
}

fn from_iso8601_date(args: &[ArrayRef], strict: bool) -> Result<ArrayRef> {
    Ok(cast(&from_iso8601(args, strict)?, &DataType::Date32)?)
}

fn to_iso8601(args: &[ArrayRef]) -> Result<ArrayRef> {
    let is_date = args[0].data_type() == &DataType::Date32;
    let times = times(&args[0])?;
    let text = |time: Option<i64>| {
        let time = civil(time?)?;
        let date = time.date();
        Some(match is_date {
            true => date.to_string(),
            false => format!("{date}T{}.{:03}Z", time.strftime("%H:%M:%S"), time.millisecond()),
        })
    };
    Ok(text_array(times.iter().map(text)))
}

fn from_unixtime(args: &[ArrayRef]) -> Result<ArrayRef> {
    let seconds = args[0].as_primitive::<Float64Type>();
    Ok(time_array(seconds.iter().map(|seconds| seconds.map(|seconds| (seconds * 1e6).round() as i64))))
}

fn to_unixtime(args: &[ArrayRef]) -> Result<ArrayRef> {
    let seconds =
        times(&args[0])?.iter().map(|time| time.map(|time| time as f64 / 1e6)).collect::<Float64Array>();
    Ok(Arc::new(seconds))
}
