//! Figures of event data stores.

use super::Figures;
use crate::app::App;

pub(super) fn page(figures: &mut Figures<'_>, app: &App) {
    let stats = app.stores.stats();
    let gauges = [
        ("cairn_stores_open", "Event data stores whose tables are open", stats.open),
        ("cairn_stores_behind", "Event data stores that have to catch up with the log", stats.behind),
        ("cairn_stores_tail_rows", "Events of event data stores that are in no table yet", stats.tail_rows),
        ("cairn_stores_tail_bytes", "Memory of these", stats.tail_bytes),
        ("cairn_stores_table_rows", "Events of the open tables of event data stores", stats.table_rows),
        ("cairn_stores_table_bytes", "Bytes of these tables' files", stats.table_bytes),
        ("cairn_stores_table_files", "Files of these tables", stats.table_files),
        (
            "cairn_stores_visible_position",
            "Queries see everything below this position, but for stores that have to catch up",
            app.stores.position().get(),
        ),
    ];
    for (name, help, value) in gauges {
        figures.gauge(name, help, value as f64);
    }
    let counters = [
        (
            "cairn_stores_taken_total",
            "Events that event data stores took, each counted once for every store",
            stats.taken,
        ),
        (
            "cairn_stores_too_large_total",
            "Events that were larger than a store takes, likewise",
            stats.too_large,
        ),
        ("cairn_stores_duplicates_total", "Events left out because a store had them", stats.duplicates),
        ("cairn_stores_errors_total", "Failed work on tables of event data stores", stats.errors),
    ];
    for (name, help, value) in counters {
        figures.counter(name, help, value);
    }
}
