// CloudTrail's own API by the AWS SDK for JavaScript v3. Prints what it saw as one JSON object.
// Arguments: a bucket, the name of everything else.
"use strict";

const cloudtrail = require("@aws-sdk/client-cloudtrail");

const [bucket, name] = process.argv.slice(2);
const client = new cloudtrail.CloudTrailClient({ maxAttempts: 1 });

/** Calls an operation by its name. */
function call(operation, input = {}) {
  return client.send(new cloudtrail[`${operation}Command`](input));
}

/** The name of the error that a call fails with, if it is of the class that the SDK has for it. */
async function failure(operation, input) {
  try {
    await call(operation, input);
    return null;
  } catch (error) {
    return error instanceof cloudtrail[error.name] ? error.name : `${error.name} is of no class`;
  }
}

/** What a trail is told and tells. */
async function trails(seen) {
  const created = await call("CreateTrail", { Name: name, S3BucketName: bucket, TagsList: [{ Key: "team", Value: "blue" }] });
  seen.arn = created.TrailARN;
  // Operations without an output answer with an empty body.
  const started = await call("StartLogging", { Name: name });
  seen.started = Object.keys(started);
  const status = await call("GetTrailStatus", { Name: name });
  seen.isLogging = status.IsLogging;
  seen.startIsDate = status.StartLoggingTime instanceof Date && Math.abs(Date.now() - status.StartLoggingTime) < 60_000;
  const objects = [
    { Field: "eventCategory", Equals: ["Data"] },
    { Field: "resources.type", Equals: ["AWS::S3::Object"] },
  ];
  await call("PutEventSelectors", { TrailName: name, AdvancedEventSelectors: [{ Name: "objects", FieldSelectors: objects }] });
  seen.selectors = (await call("GetEventSelectors", { TrailName: name })).AdvancedEventSelectors;
  seen.tags = (await call("ListTags", { ResourceIdList: [seen.arn] })).ResourceTagList[0].TagsList;
  seen.again = await failure("CreateTrail", { Name: name, S3BucketName: bucket });
  seen.invalid = await failure("CreateTrail", { Name: "a", S3BucketName: bucket });
}

/** What stands in pages, dates and bytes. */
async function reads(seen) {
  seen.trails = [];
  for await (const page of cloudtrail.paginateListTrails({ client }, {})) {
    seen.trails.push(...page.Trails.map((trail) => trail.Name));
  }
  const keys = (await call("ListPublicKeys")).PublicKeyList;
  seen.keysAreBytes = keys.length > 0 && keys.every((key) => key.Value instanceof Uint8Array && key.ValidityEndTime instanceof Date);
  const attributes = [{ AttributeKey: "EventName", AttributeValue: "CreateTrail" }];
  seen.looked = [];
  for await (const page of cloudtrail.paginateLookupEvents({ client, pageSize: 1 }, { LookupAttributes: attributes })) {
    seen.looked.push(...page.Events.map((event) => event.EventTime instanceof Date && JSON.parse(event.CloudTrailEvent).eventName));
  }
}

/** A store and a channel from first to last. */
async function stores(seen) {
  const audit = { FieldSelectors: [{ Field: "eventCategory", Equals: ["ActivityAuditLog"] }] };
  const store = await call("CreateEventDataStore", { Name: name, AdvancedEventSelectors: [audit], TerminationProtectionEnabled: false });
  const id = { EventDataStore: store.EventDataStoreArn };
  seen.storeIsDated = (await call("GetEventDataStore", id)).CreatedTimestamp instanceof Date;
  const to = [{ Type: "EVENT_DATA_STORE", Location: store.EventDataStoreArn }];
  const channel = await call("CreateChannel", { Name: name, Source: "Custom", Destinations: to });
  seen.channel = (await call("GetChannel", { Channel: channel.ChannelArn })).Name;
  seen.inUse = await failure("DeleteEventDataStore", id);
  await call("DeleteChannel", { Channel: channel.ChannelArn });
  await call("DeleteEventDataStore", id);
  seen.status = (await call("GetEventDataStore", id)).Status;
  seen.short = await failure("CreateEventDataStore", { Name: `${name}-short`, RetentionPeriod: 1 });
}

async function main() {
  const seen = {};
  await trails(seen);
  await reads(seen);
  await stores(seen);
  await call("DeleteTrail", { Name: name });
  seen.gone = await failure("GetTrail", { Name: name });
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
