#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use super::*;

const ID: &str = "11111111-2222-4333-8444-555555555555";

fn check(text: &str, expected: Result<&str, &str>) {
    let place = Place { account: "111122223333".parse().unwrap(), region: "eu-central-1" };
    let found = id_of(Kind::EventDataStore, place, text).map_err(|error| error.to_string());
    assert_eq!(found, expected.map_err(str::to_owned), "{text}");
}

#[test]
fn an_arn_or_its_id_is_taken() {
    check(ID, Ok(ID));
    check(&format!("arn:aws:cloudtrail:eu-central-1:111122223333:eventdatastore/{ID}"), Ok(ID));
}

#[test]
fn whatever_else_is_given_is_no_arn() {
    let upper = ID.replace('4', "A");
    let channel = format!("arn:aws:cloudtrail:eu-central-1:111122223333:channel/{ID}");
    let other_service = format!("arn:aws:s3:eu-central-1:111122223333:eventdatastore/{ID}");
    for text in ["", "my-store", &upper, &ID[1..], &channel, &other_service, "arn:aws:cloudtrail"] {
        check(text, Err(&format!("Event data store ARN {text} is not valid.")));
    }
}

#[test]
fn arns_of_other_accounts_and_regions_are_not_reached() {
    check(
        &format!("arn:aws:cloudtrail:eu-central-1:999999999999:eventdatastore/{ID}"),
        Err("Account in ARN is wrong, you can only access resources in account 111122223333."),
    );
    check(
        &format!("arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/{ID}"),
        Err("Region in ARN is wrong, you can only access resources in region eu-central-1."),
    );
}
