#![allow(clippy::unwrap_used, reason = "tests")]

use super::table::number;
use super::*;
use crate::arguments::Groups;
use crate::figures::LogFigures;
use crate::files::Files;
use crate::gateway::{CpuSeconds, Crowd, Latency, Rounds, Throughput, Transfer};
use crate::import::ImportRun;
use crate::large::LargeRun;
use crate::open_loop::Times;
use crate::quantiles::Quantiles;
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

fn settings() -> Settings {
    Settings {
        cairn: PathBuf::from("/bin/cairn"),
        work: PathBuf::from("/work"),
        seconds: 15,
        runs: 3,
        connections: 8,
        batch: 500,
        pool_events: 200_000,
        rate: 1000,
        single_connections: 16,
        visible_rate: 40_000,
        import_events: 1_000_000,
        start_events: 10_000_000,
        transfer_bytes: 1_000_000_000,
        groups: Groups::All,
        gateway_part: None,
        kept: None,
        deliver_every: "5s".to_owned(),
        seed: 1,
    }
}

fn times(milliseconds: u64) -> Quantiles {
    Quantiles::of(vec![Duration::from_millis(milliseconds)])
}

fn open_loop(milliseconds: u64) -> Times {
    Times { answered: times(milliseconds), late: times(0) }
}

fn rounds(rates: [f64; 3]) -> Rounds {
    Rounds { rates: rates.to_vec(), calls: 60_000, cpu: 3.0 }
}

fn gateway() -> GatewayRun {
    GatewayRun {
        latency: Some(Latency { plain: open_loop(1), recorded: open_loop(3), disk: disk() }),
        throughput: Some(Throughput {
            plain: rounds([20e3, 10e3, 30e3]),
            recorded: rounds([12e3, 15e3, 18e3]),
            dropped: 0,
        }),
        transfer: Some(Transfer {
            plain: CpuSeconds { upload: 0.4, download: 0.6 },
            recorded: CpuSeconds { upload: 0.5, download: 0.75 },
            took: Duration::from_secs(2),
        }),
        crowd: Some(Crowd { before: 60_000_000, most: 140_000_000 }),
    }
}

fn disk() -> Disk {
    Disk { small: times(1), large: times(2) }
}

fn log() -> LogFigures {
    LogFigures { commits: 1000, sync: Duration::from_millis(1500) }
}

fn ingest(events: u64) -> IngestRun {
    IngestRun {
        events,
        bytes: events * 1400,
        load: Duration::from_secs(10),
        requests: times(40),
        busy: 0,
        history_after: Duration::from_secs(4),
        trail_after: Duration::from_secs(12),
        server_cpu: 15.0,
        client_cpu: 2.0,
        peak_memory: 500 << 20,
        log: log(),
        disk: disk(),
    }
}

fn import() -> ImportRun {
    let files = Files { events: 1_000_000, files: 200, bytes: 180_000_000, zstd_bytes: 100_000_000 };
    ImportRun { files, took: Duration::from_secs(8), server_cpu: 14.0, client_cpu: 2.0 }
}

fn large() -> LargeRun {
    let page = PageTimes { attribute: "EventName", value: "rare", page: 1, times: times(3), cpu: 0.4 };
    LargeRun {
        import: import(),
        table_bytes: 90_000_000,
        lookups: vec![page],
        verified_bytes: 1_000_000_000,
        verify: Duration::from_secs(5),
        idle_memory: 70 << 20,
        start_events: 10_000_000,
        start: Duration::from_millis(300),
    }
}

fn report(busy: u64) -> Report {
    let probes =
        Probes { copy_gigabytes: 9.5, gzip_megabytes: 211.0, gzip_ratio: 7.9, work_in_memory: false };
    let single = SingleRun { times: open_loop(2), log: log(), disk: disk() };
    let runs = [ingest(900_000), IngestRun { busy, ..ingest(700_000) }, ingest(850_000)];
    let single = [single.clone(), single.clone(), single];
    let visible = [VisibleRun { rate: 39_990.0, visible: times(120) }];
    let measured = Measured {
        probes,
        ingest: runs.to_vec(),
        single: single.to_vec(),
        visible: visible.to_vec(),
        selectors: vec![SelectorsRun { all_events: 3e7, data_events: 4e6 }],
        gateway: vec![gateway()],
        import: Vec::new(),
        stores: Vec::new(),
        large: Some(large()),
        lookups: Vec::new(),
    };
    Report::new(&settings(), &measured)
}

#[track_caller]
fn line<'a>(table: &'a str, name: &str) -> Vec<&'a str> {
    let line = table.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
    line.split_whitespace().collect()
}

#[test]
fn the_table_has_medians_goals_and_runs() {
    let table = report(0).to_string();
    let acknowledged =
        ["events", "acknowledged", "/s", "85,000", ">=", "80,000", "met", "90,000", "70,000", "85,000"];
    assert_eq!(line(&table, "events acknowledged"), acknowledged);
    let trail = ["trail", "delivered", "after", "s", "12.0", "<=", "10.0", "missed", "12.0", "12.0", "12.0"];
    assert_eq!(line(&table, "trail delivered"), trail);
    assert_eq!(
        line(&table, "data events"),
        ["data", "events", "alone", "/s", "4,000,000", ">=", "5,000,000", "missed"]
    );
    assert_eq!(line(&table, "memory copy"), ["memory", "copy", "GB/s", "9.500"]);
}

#[test]
fn goals_of_single_events_hang_on_the_disk() {
    let report = report(0);
    let goal = |name| report.measures.iter().find(|measure| measure.name == name).unwrap().goal;
    assert_eq!(goal("acknowledged, p50"), Some(Goal::AtMost(1.5 + 0.7)));
    assert_eq!(goal("acknowledged, p99"), Some(Goal::AtMost(2.0 + 3.0)));
}

#[test]
fn the_gateway_is_held_against_a_plain_proxy() {
    let report = report(0);
    let measures: Vec<_> =
        report.measures.iter().filter(|measure| measure.group == "the recording gateway").collect();
    let found = |name| measures.iter().filter(move |measure| measure.name == name);
    let added = found("added to a call, p50").next().unwrap();
    assert_eq!((added.median, added.goal), (2.0, Some(Goal::AtMost(1.5 + 0.5))));
    let ratios: Vec<f64> = found("the one by the other").map(|measure| measure.median).collect();
    assert_eq!(ratios, [0.75, 1.25]);
}

#[test]
fn what_was_not_measured_is_not_shown() {
    let probes =
        Probes { copy_gigabytes: 9.5, gzip_megabytes: 211.0, gzip_ratio: 7.9, work_in_memory: false };
    let table = Report::new(&settings(), &Measured::new(probes)).to_string();
    assert!(table.contains("one core") && !table.contains("single events  "), "{table}");
}

#[test]
fn the_json_has_every_run() {
    let json: Value = serde_json::to_value(report(0)).unwrap();
    let first = &json["measures"][0];
    assert_eq!(first["runs"], serde_json::json!([90_000.0, 70_000.0, 85_000.0]));
    assert_eq!(
        (&first["median"], &first["goal"]["atLeast"]),
        (&Value::from(85_000.0), &Value::from(80_000.0))
    );
    assert_eq!(json["settings"]["poolEvents"], 200_000);
    assert_eq!(json["formatVersion"], 1);
}

#[test]
fn requests_that_were_not_taken_are_told() {
    assert!(!report(0).to_string().contains("busy"));
    assert!(report(7).to_string().contains("answered 7 requests of durable ingest with \"busy\""));
}

#[test]
fn numbers_are_short() {
    let numbers = [0.0, 0.12345, 9.5, 10.04, 211.0, 1000.0, 81_234.5, 1_234_567.0, -1500.0];
    let texts = ["0.000", "0.123", "9.500", "10.0", "211.0", "1,000", "81,234", "1,234,567", "-1,500"];
    assert_eq!(numbers.map(number), texts);
}
