#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;
use clap::Parser;

fn settings(arguments: &[&str]) -> Settings {
    let binary = std::env::current_exe().unwrap();
    let always = ["cairn-bench", "--cairn", binary.to_str().unwrap()];
    Arguments::try_parse_from(always.iter().chain(arguments)).unwrap().settings().unwrap()
}

#[test]
fn a_whole_benchmark_takes_three_runs_of_15_seconds() {
    let settings = settings(&[]);
    assert_eq!((settings.runs, settings.seconds, settings.connections, settings.batch), (3, 15, 8, 500));
    assert_eq!(settings.rate, 1000);
}

#[test]
fn a_quick_one_can_still_be_given_a_time() {
    let settings = settings(&["--quick", "--seconds", "7"]);
    assert_eq!((settings.runs, settings.seconds), (1, 7));
}

#[test]
fn a_binary_that_is_not_there_is_named() {
    let arguments = Arguments::try_parse_from(["cairn-bench", "--cairn", "/nowhere/cairn"]).unwrap();
    assert!(arguments.settings().unwrap_err().to_string().starts_with("/nowhere/cairn: "));
}

#[test]
fn no_connections_and_no_runs_are_refused() {
    for wrong in
        [["--connections", "0"], ["--runs", "0"], ["--batch", "0"], ["--rate", "0"], ["--seconds", "0"]]
    {
        assert!(Arguments::try_parse_from(["cairn-bench"].iter().chain(&wrong)).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_group_can_be_measured_alone() {
    let groups = settings(&["--only-gateway"]).groups;
    assert!(groups.has_gateway() && !groups.has_ingest());
    let groups = settings(&["--only-ingest"]).groups;
    assert!(groups.has_ingest() && !groups.has_gateway());
    let groups = settings(&["--only-import"]).groups;
    assert!(groups == Groups::Import && !groups.has_ingest() && !groups.has_gateway());
    let groups = settings(&["--only-lookups", "/kept"]).groups;
    assert!(!groups.has_ingest() && !groups.has_gateway());
    assert!(Arguments::try_parse_from(["cairn-bench", "--only-ingest", "--only-gateway"]).is_err());
}

#[test]
fn a_part_of_the_gateway_can_be_measured_alone() {
    let settings = settings(&["--only-gateway-part", "throughput"]);
    assert!(settings.groups.has_gateway() && !settings.groups.has_ingest());
    assert_eq!(settings.gateway_part, Some(GatewayPart::Throughput));
}
