//! The events of the tests: 50 calls over three days, and a few of each other family.

use crate::columns::ColumnsBuilder;
use crate::keys::{ColumnKeys, Keys, TextKey};
use crate::sql::Family;
use crate::testing::admit;
use cairn_model::{Event, Position};
use datafusion::arrow::array::RecordBatch;

pub(super) fn of(family: Family) -> Vec<String> {
    match family {
        Family::Events => calls(),
        Family::Insights => INSIGHTS.iter().map(|text| (*text).to_owned()).collect(),
        Family::ActivityAuditLog => ACTIVITY.iter().map(|text| (*text).to_owned()).collect(),
        Family::ConfigurationItem => vec![CONFIGURATION.to_owned()],
        Family::Evidence => vec![EVIDENCE.to_owned()],
    }
}

pub(super) fn batch(texts: &[String]) -> RecordBatch {
    let mut builder = ColumnsBuilder::new();
    for (number, text) in texts.iter().enumerate() {
        let bytes = admit(text);
        let event = Event::decode(&bytes).unwrap();
        let keys = Keys::of(Position::new(number as u64), &event);
        let column_keys = ColumnKeys {
            position: keys.position,
            event_time: keys.event_time,
            arrival: keys.arrival,
            category: keys.category,
            event_source: keys.text(TextKey::EventSource),
            event_name: keys.text(TextKey::EventName),
            event_id: keys.text(TextKey::EventId),
            username: keys.text(TextKey::Username),
        };
        let resources = keys.resources.iter().map(|resource| (resource.kind.as_deref(), &*resource.name));
        builder.append(&event, &column_keys, resources, false);
    }
    builder.finish().unwrap()
}

fn calls() -> Vec<String> {
    CALLS.iter().map(|text| (*text).to_owned()).chain((0..38).map(read)).collect()
}

/// One of many reads of objects.
fn read(number: u32) -> String {
    let user = ["bob", "carol"][number as usize % 2];
    let region = ["eu-west-1", "us-east-1"][number as usize % 2];
    let error = if number % 10 == 9 { r#""errorCode":"AccessDenied","errorMessage":"no","# } else { "" };
    let (key, address, bucket) = (number % 3, number % 5, number % 4);
    format!(
        r#"{{"eventVersion":"1.09","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{user}","accountId":"111122223333","accessKeyId":"AKIA{key}","userName":"{user}"}},"eventTime":"2026-01-06T10:{number:02}:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"{region}","sourceIPAddress":"10.0.0.{address}",{error}"requestParameters":{{"bucketName":"b{bucket}","key":"k{number}"}},"eventID":"read-{number}","readOnly":true,"managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data"}}"#
    )
}

const CALLS: [&str; 12] = [
    r#"{"eventVersion":"1.08","userIdentity":{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333"},"eventTime":"2026-01-05T08:00:00Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.5","userAgent":"Mozilla/5.0","requestParameters":null,"responseElements":{"ConsoleLogin":"Success"},"additionalEventData":{"LoginTo":"https://console.aws.amazon.com/","MobileVersion":"No","MFAUsed":"No"},"eventID":"login-root","readOnly":false,"eventType":"AwsConsoleSignIn","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}"#,
    r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"alice","accountId":"111122223333"},"eventTime":"2026-01-05T09:00:00Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","errorMessage":"Failed authentication","requestParameters":null,"responseElements":{"ConsoleLogin":"Failure"},"additionalEventData":{"MFAUsed":"Yes"},"eventID":"login-alice","readOnly":false,"eventType":"AwsConsoleSignIn","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}"#,
    r#"{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","principalId":"AROA1:dave","arn":"arn:aws:sts::111122223333:assumed-role/Admin/dave","accountId":"111122223333","accessKeyId":"ASIA1","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA1","arn":"arn:aws:iam::111122223333:role/Admin","accountId":"111122223333","userName":"Admin"},"webIdFederationData":{"federatedProvider":"accounts.example.com","attributes":{"sub":"dave"}},"attributes":{"creationDate":"2026-01-05T08:30:00Z","mfaAuthenticated":"true"},"sourceIdentity":"dave@example.com"}},"eventTime":"2026-01-05T10:00:00Z","eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress","awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli/2.0","requestParameters":{"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"},{"cidrIp":"10.0.0.0/8"}]}},{"ipProtocol":"udp","fromPort":53,"toPort":53,"ipRanges":{"items":[]}}]}},"responseElements":{"_return":true},"eventID":"sg-open","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}"#,
    r#"{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Admin/dave","accountId":"111122223333","accessKeyId":"ASIA1","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/Admin","accountId":"111122223333","userName":"Admin"},"attributes":{"creationDate":"2026-01-05T08:30:00Z","mfaAuthenticated":"false"}}},"eventTime":"2026-01-05T11:00:00Z","eventSource":"ec2.amazonaws.com","eventName":"RevokeSecurityGroupIngress","awsRegion":"eu-central-1","sourceIPAddress":"198.51.100.7","requestParameters":{"groupId":"sg-1"},"responseElements":{"_return":true},"eventID":"sg-close","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}"#,
    r#"{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/Build/ci","accountId":"111122223333","accessKeyId":"ASIA2","invokedBy":"autoscaling.amazonaws.com"},"eventTime":"2026-01-05T12:00:00Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","awsRegion":"eu-west-1","sourceIPAddress":"autoscaling.amazonaws.com","requestParameters":{"instanceType":"m7g.large","tagSpecificationSet":{"items":[{"resourceType":"instance","tags":[{"key":"team","value":"red"},{"key":"env","value":"prod"}]}]}},"responseElements":{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}},"eventID":"run","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}"#,
    r#"{"eventVersion":"1.09","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/bob","accountId":"111122223333","accessKeyId":"AKIA0","userName":"bob"},"eventTime":"2026-01-05T13:51:00Z","eventSource":"s3.amazonaws.com","eventName":"PutObject","awsRegion":"eu-west-1","sourceIPAddress":"10.0.0.1","requestParameters":{"bucketName":"b0","key":"a/b.txt"},"responseElements":{"x-amz-server-side-encryption":"AES256"},"additionalEventData":{"SignatureVersion":"SigV4","bytesTransferredIn":2048,"aclRequired":"Yes"},"eventID":"put","readOnly":false,"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b0/a/b.txt"},{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::b0"}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data","tlsDetails":{"tlsVersion":"TLSv1.2","cipherSuite":"ECDHE-RSA-AES128-GCM-SHA256","clientProvidedHostHeader":"b0.s3.amazonaws.com"}}"#,
    r#"{"eventVersion":"1.09","userIdentity":{"type":"AWSAccount","principalId":"AIDA9:mallory","accountId":"999988887777"},"eventTime":"2026-01-05T14:00:00Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRole","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.1","requestParameters":{"roleArn":"arn:aws:iam::111122223333:role/Audit","roleSessionName":"audit","durationSeconds":3600},"responseElements":{"credentials":{"accessKeyId":"ASIA9"}},"eventID":"assume","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","sharedEventID":"shared-1","eventCategory":"Management"}"#,
    r#"{"eventVersion":"1.09","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/carol","accountId":"111122223333","accessKeyId":"AKIA1","userName":"carol"},"eventTime":"2026-01-07T01:00:00Z","eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue","awsRegion":"eu-west-1","sourceIPAddress":"10.0.0.2","errorCode":"AccessDenied","errorMessage":"User: carol is not authorized","requestParameters":{"secretId":"prod/db"},"eventID":"secret","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}"#,
    r#"{"eventVersion":"1.09","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","accountId":"111122223333","accessKeyId":"ASIA3","userName":"alice"},"eventTime":"2026-01-07T02:00:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","requestParameters":{"userName":"eve","tags":[{"key":"a","value":"1"}]},"responseElements":{"user":{"userName":"eve"}},"eventID":"create-user","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","sessionCredentialFromConsole":"true"}"#,
    r#"{"eventVersion":"1.09","userIdentity":{"type":"AWSService","invokedBy":"config.amazonaws.com"},"eventTime":"2026-01-07T03:00:00Z","eventSource":"config.amazonaws.com","eventName":"PutEvaluations","awsRegion":"eu-west-1","sourceIPAddress":"config.amazonaws.com","requestParameters":{"evaluations":[{"complianceType":"NON_COMPLIANT","complianceResourceId":"b1"},{"complianceType":"COMPLIANT","complianceResourceId":"b2"}]},"eventID":"config","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}"#,
    r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/bob","accountId":"111122223333","accessKeyId":"AKIA0","userName":"bob"},"eventTime":"2026-01-07T04:00:00Z","eventSource":"dynamodb.amazonaws.com","eventName":"DeleteTable","awsRegion":"eu-west-1","sourceIPAddress":"10.0.0.1","requestParameters":{"tableName":"orders"},"eventID":"context","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","eventContext":{"requestContext":{"aws:ViaAWSService":"false"},"tagContext":{"principalTags":{"team":"blue"},"resourceTags":[{"arn":"arn:aws:dynamodb:::table/orders","tags":{"env":"prod"}}]}}}"#,
    r#"{"eventVersion":"1.09","eventTime":"2026-01-07T05:00:00Z","eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.77","vpcEndpointId":"vpce-1","errorCode":"VpceAccessDenied","eventID":"vpce","readOnly":true,"recipientAccountId":"111122223333","eventCategory":"NetworkActivity"}"#,
];

const INSIGHTS: [&str; 2] = [
    r#"{"eventVersion":"1.09","eventTime":"2026-01-05T10:00:00Z","awsRegion":"us-east-1","eventID":"i1","eventType":"AwsCloudTrailInsight","recipientAccountId":"111122223333","sharedEventID":"s1","insightDetails":{"state":"Start","eventSource":"iam.amazonaws.com","eventName":"DeletePolicy","insightType":"ApiErrorRateInsight","errorCode":"NoSuchEntity","insightContext":{"statistics":{"baseline":{"average":0.002},"insight":{"average":14.5},"insightDuration":5,"baselineDuration":10080},"attributions":[{"attribute":"userIdentityArn","insight":[{"value":"arn:aws:iam::1:role/Ops","average":14.5}],"baseline":[]}]}},"eventCategory":"Insight"}"#,
    r#"{"eventVersion":"1.09","eventTime":"2026-01-05T11:00:00Z","awsRegion":"us-east-1","eventID":"i2","recipientAccountId":"111122223333","eventSource":"s3.amazonaws.com","eventName":"PutObject","insightState":"End","insightType":"ApiCallRateInsight","insightEventSource":"s3.amazonaws.com","insightEventName":"PutObject","insightContext":{"baselineAverage":1.5,"insightAverage":30,"baselineDuration":100,"insightDuration":7},"eventCategory":"Insight"}"#,
];

const ACTIVITY: [&str; 2] = [
    r#"{"eventVersion":"1.0","eventCategory":"ActivityAuditLog","eventType":"ActivityLog","eventID":"a1","eventTime":"2026-01-05T10:00:00Z","awsRegion":"eu-west-1","recipientAccountId":"111122223333","metadata":{"ingestionTime":"2026-01-05T10:00:05Z","channelARN":"arn:aws:cloudtrail:eu-west-1:111122223333:channel/x"},"eventData":{"version":"1","userIdentity":{"type":"OktaUser","principalId":"u-7","details":{"mail":"u7@example.com"}},"eventSource":"okta","eventName":"user.session.start","eventTime":"2026-01-05T10:00:00Z","UID":"uid-1","requestParameters":{"app":"crm","ids":[1,2]},"sourceIPAddress":"192.0.2.5","recipientAccountId":"111122223333"}}"#,
    r#"{"eventVersion":"1.0","eventCategory":"ActivityAuditLog","eventType":"ActivityLog","eventID":"a2","eventTime":"2026-01-05T11:00:00Z","awsRegion":"eu-west-1","recipientAccountId":"111122223333","eventData":{"version":"1","userIdentity":{"type":"OktaUser","principalId":"u-8"},"eventSource":"okta","eventName":"user.session.end","eventTime":"2026-01-05T11:00:00Z","UID":"uid-2","recipientAccountId":"111122223333"}}"#,
];

const CONFIGURATION: &str = r#"{"eventVersion":"1.0","eventCategory":"ConfigurationItem","eventType":"AwsConfigurationItem","eventID":"c1","eventSource":"config.amazonaws.com","eventName":"ConfigurationItem","eventTime":"2026-01-05T10:00:00Z","recipientAccountId":"111122223333","eventData":{"configurationItemVersion":"1.3","configurationItemStatus":"ResourceDiscovered","resourceType":"AWS::S3::Bucket","resourceId":"b1","configuration":{"name":"b1","owner":{"id":"x"}},"relationships":[{"name":"Is in","resourceId":"r1"}],"tags":{"team":"red"}}}"#;

const EVIDENCE: &str = r#"{"eventVersion":"1.0","eventCategory":"Evidence","eventType":"AwsAuditManagerEvidence","eventID":"v1","eventSource":"auditmanager.amazonaws.com","eventName":"Evidence","eventTime":"2026-01-05T10:00:00Z","recipientAccountId":"111122223333","eventData":{"awsAccountId":"111122223333","complianceCheck":"FAILED","time":"2026-01-05T09:59:00Z","attributes":{"rule":"x"},"controlName":"c"}}"#;
