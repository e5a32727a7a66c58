//! When dashboards are refreshed.

use super::error::SettingError;
use cairn_model::{DashboardKind, RefreshFrequency, RefreshSchedule, Timestamp};

/// `RefreshSchedule` as callers give it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedSchedule {
    /// `Frequency`: its unit and its value.
    pub frequency: Option<(Option<String>, Option<i32>)>,
    /// `Status`, whether it is `ENABLED`.
    pub enabled: Option<bool>,
    /// `TimeOfDay`.
    pub time_of_day: Option<String>,
}

/// What becomes of a schedule: what is not given stays, or is enabled, at midnight.
pub(super) fn settle(
    kind: DashboardKind,
    present: Option<RefreshSchedule>,
    asked: &AskedSchedule,
) -> Result<RefreshSchedule, SettingError> {
    let start = RefreshSchedule { every: None, enabled: true, minute_of_day: 0 };
    let mut schedule = present.unwrap_or(start);
    if let Some((unit, value)) = &asked.frequency {
        schedule.every = Some(frequency(unit.as_deref(), *value)?);
    }
    if let Some(text) = &asked.time_of_day {
        schedule.minute_of_day = minute_of_day(text)?;
    }
    schedule.enabled = asked.enabled.unwrap_or(schedule.enabled);
    match (kind, schedule.every) {
        (DashboardKind::Managed, Some(every)) if every != RefreshFrequency::Hours(6) => {
            Err(SettingError::HighlightsSchedule)
        }
        (DashboardKind::Managed, None) => Err(SettingError::HighlightsSchedule),
        (DashboardKind::Custom, None) if schedule.enabled => Err(SettingError::NoFrequency),
        _ => Ok(schedule),
    }
}

fn frequency(unit: Option<&str>, value: Option<i32>) -> Result<RefreshFrequency, SettingError> {
    match (unit, value) {
        (Some("HOURS"), Some(1)) => Ok(RefreshFrequency::Hours(1)),
        (Some("HOURS"), Some(6)) => Ok(RefreshFrequency::Hours(6)),
        (Some("HOURS"), Some(12)) => Ok(RefreshFrequency::Hours(12)),
        (Some("HOURS"), Some(24)) => Ok(RefreshFrequency::Hours(24)),
        (Some("DAYS"), Some(1)) => Ok(RefreshFrequency::Daily),
        _ => Err(SettingError::Frequency),
    }
}

/// `HH:MM`. The model's pattern has no end, so there may be anything behind it.
fn minute_of_day(text: &str) -> Result<u16, SettingError> {
    let invalid = || SettingError::TimeOfDay(text.to_owned());
    let number = |digits: &str, below: u16| {
        let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|number| is_number && *number < below)
    };
    let (hour, minute) = text.split_once(':').ok_or_else(invalid)?;
    let read = number(hour, 24).zip(number(minute, 60)).map(|(hour, minute)| hour * 60 + minute);
    read.ok_or_else(invalid)
}

/// Whether a time of refresh has come after `last`. Times are counted from the schedule's time of day; those that passed
/// while nobody looked count as one.
pub(super) fn is_due(schedule: &RefreshSchedule, last: Timestamp, now: Timestamp) -> bool {
    let hours = match schedule.every {
        Some(RefreshFrequency::Hours(hours)) => i64::from(hours),
        Some(RefreshFrequency::Daily) => 24,
        None => return false,
    };
    let period = hours * 3_600 * 1_000_000;
    let offset = i64::from(schedule.minute_of_day) * 60 * 1_000_000;
    // Every period divides a day, so the times are the same on each.
    let latest = |time: Timestamp| (time.as_micros() - offset).div_euclid(period);
    schedule.enabled && latest(now) > latest(last)
}

/// The minute of a day as callers see it, such as `06:30`.
pub fn time_of_day(minute_of_day: u16) -> String {
    format!("{:02}:{:02}", minute_of_day / 60, minute_of_day % 60)
}
