//! Calls of CloudTrail's own API by the AWS SDK for Rust. Arguments: a bucket, the name of everything else. Prints what it
//! saw, a `name=value` a line; ends with 1 at the first call that fails and should not have.

mod environment;

use aws_sdk_cloudtrail::config::{BehaviorVersion, retry::RetryConfig};
use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, LookupAttribute, LookupAttributeKey, Tag,
};
use aws_sdk_cloudtrail::{Client, Config};
use std::env;
use std::error::Error;

type Done<T = ()> = Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Done {
    let given: Vec<String> = env::args().skip(1).collect();
    let [bucket, name]: [String; 2] = given.try_into().map_err(|_| "arguments: BUCKET NAME")?;
    let client = Client::from_conf(settings()?);
    trails(&client, &bucket, &name).await?;
    refusals(&client, &bucket, &name).await?;
    stores(&client, &name).await?;
    reads(&client).await?;
    client.delete_trail().name(&name).send().await?;
    let gone = client.get_trail().name(&name).send().await.expect_err("it is deleted").into_service_error();
    println!("gone={}", gone.is_trail_not_found_exception());
    Ok(())
}

fn settings() -> Done<Config> {
    Ok(Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(environment::endpoint()?)
        .region(environment::region()?)
        .credentials_provider(environment::credentials()?)
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build())
}

async fn trails(client: &Client, bucket: &str, name: &str) -> Done {
    let tag = Tag::builder().key("team").value("blue").build()?;
    let created = client.create_trail().name(name).s3_bucket_name(bucket).tags_list(tag).send().await?;
    let arn = created.trail_arn().ok_or("no ARN")?;
    println!("arn={arn}");
    // Operations without an output answer with an empty body.
    client.start_logging().name(name).send().await?;
    let status = client.get_trail_status().name(name).send().await?;
    println!("logging={:?} {}", status.is_logging(), status.start_logging_time().is_some());
    client.put_event_selectors().trail_name(name).advanced_event_selectors(objects()?).send().await?;
    let selectors = client.get_event_selectors().trail_name(name).send().await?;
    println!("selectors={}", selectors.advanced_event_selectors() == [objects()?]);
    let tags = client.list_tags().resource_id_list(arn).send().await?;
    println!("tags={:?}", tags.resource_tag_list()[0].tags_list()[0].value());
    Ok(())
}

/// Takes what is done to objects.
fn objects() -> Done<AdvancedEventSelector> {
    let equals = |name: &str, value: &str| AdvancedFieldSelector::builder().field(name).equals(value).build();
    let data = equals("eventCategory", "Data")?;
    let objects = equals("resources.type", "AWS::S3::Object")?;
    Ok(AdvancedEventSelector::builder()
        .name("objects")
        .field_selectors(data)
        .field_selectors(objects)
        .build()?)
}

/// Errors are of the variants that the SDK has for them.
async fn refusals(client: &Client, bucket: &str, name: &str) -> Done {
    let again = client.create_trail().name(name).s3_bucket_name(bucket).send().await;
    let again = again.expect_err("there is one").into_service_error();
    println!("again={}", again.is_trail_already_exists_exception());
    let invalid = client.create_trail().name("a").s3_bucket_name(bucket).send().await;
    let invalid = invalid.expect_err("it is too short").into_service_error();
    println!("invalid={}", invalid.is_invalid_trail_name_exception());
    Ok(())
}

async fn stores(client: &Client, name: &str) -> Done {
    let made =
        client.create_event_data_store().name(name).termination_protection_enabled(false).send().await?;
    let arn = made.event_data_store_arn().ok_or("no ARN")?;
    let short = client.update_event_data_store().event_data_store(arn).retention_period(1).send().await;
    let short = short.expect_err("it is too short").into_service_error();
    println!("short={}", short.is_invalid_parameter_exception());
    client.delete_event_data_store().event_data_store(arn).send().await?;
    let store = client.get_event_data_store().event_data_store(arn).send().await?;
    println!(
        "store={:?} {}",
        store.status().map(|status| status.as_str()),
        store.created_timestamp().is_some()
    );
    Ok(())
}

/// Pages, dates and bytes.
async fn reads(client: &Client) -> Done {
    let mut pages = client.list_trails().into_paginator().items().send();
    let mut trails = 0;
    while let Some(trail) = pages.next().await {
        trail?;
        trails += 1;
    }
    println!("trails={}", trails > 0);
    let keys = client.list_public_keys().send().await?;
    let is_whole = |key: &&aws_sdk_cloudtrail::types::PublicKey| {
        key.value().is_some_and(|value| !value.as_ref().is_empty())
    };
    println!("keys={}", keys.public_key_list().iter().filter(is_whole).count() > 0);
    let name = LookupAttributeKey::EventName;
    let creation = LookupAttribute::builder().attribute_key(name).attribute_value("CreateTrail").build()?;
    let mut events =
        client.lookup_events().lookup_attributes(creation).max_results(1).into_paginator().items().send();
    let mut found = 0;
    while let Some(event) = events.next().await {
        found += usize::from(event?.event_time().is_some());
    }
    println!("found={}", found >= 2);
    Ok(())
}
