#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

const PAGE: &str = "# HELP cairn_lag Bytes\n# TYPE cairn_lag gauge\ncairn_lag{reader=\"history\"} 12\n\
                    cairn_lag{reader=\"delivery\"} 0\ncairn_lag_age 1.5\n";

#[test]
fn a_series_is_found_by_its_name_and_labels() {
    let figures = Figures::new(PAGE.to_owned());
    assert_eq!(figures.value(r#"cairn_lag{reader="history"}"#).unwrap(), 12.0);
    assert_eq!(figures.value(r#"cairn_lag{reader="delivery"}"#).unwrap(), 0.0);
    assert_eq!(figures.value("cairn_lag_age").unwrap(), 1.5);
}

#[test]
fn a_name_that_only_begins_alike_is_another() {
    let figures = Figures::new(PAGE.to_owned());
    let error = figures.value("cairn_lag").unwrap_err();
    assert_eq!(error.to_string(), "/_cairn/metrics has no cairn_lag");
}

#[test]
fn the_logs_mean_sync_is_that_of_the_commits_between() {
    let page = |count: u64, sum: f64| {
        Figures::new(format!("cairn_log_fsync_seconds_sum {sum}\ncairn_log_fsync_seconds_count {count}\n"))
            .log()
            .unwrap()
    };
    let between = page(30, 0.5).since(page(10, 0.1));
    assert_eq!(between, LogFigures { commits: 20, sync: Duration::from_millis(400) });
    assert_eq!(between.mean_sync_ms(), 20.0);
    assert_eq!(page(10, 0.1).since(page(10, 0.1)).mean_sync_ms(), 0.0);
}
