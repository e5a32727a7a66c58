//! The figures of event selectors.

use super::Measure;
use crate::selectors::SelectorsRun;

/// Of Cairn's own making: what one core should reach.
const PAIRS_PER_SECOND: f64 = 5_000_000.0;

pub(super) fn measures(runs: &[SelectorsRun]) -> Vec<Measure> {
    let of = |name, value: &dyn Fn(&SelectorsRun) -> f64| {
        Measure::new("selectors, pairs a second a core", name, "/s", runs.iter().map(value).collect())
            .at_least(PAIRS_PER_SECOND)
    };
    vec![of("all kinds of events", &|run| run.all_events), of("data events alone", &|run| run.data_events)]
}
