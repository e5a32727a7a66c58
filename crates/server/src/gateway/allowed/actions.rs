//! What policies call the operations of services other than S3.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS services". Nearly always the
//! operation's own name behind the name that its requests are signed for; the rest is listed here. A denial by IAM's
//! name would else be gone around.

use std::borrow::Cow;

/// Services that sign by another name than policies have for them.
const SERVICES: [(&str, &str); 4] = [
    ("cloudcontrolapi", "cloudformation"),
    ("iotdata", "iot"),
    ("monitoring", "cloudwatch"),
    ("tagging", "tag"),
];

/// Operations that need other actions than one of their name. What is in the bodies is not looked at, so all that they
/// may do is needed.
const OPERATIONS: [(&str, &str, &[&str]); 16] = [
    ("bedrock", "Converse", &["bedrock:InvokeModel"]),
    ("bedrock", "ConverseStream", &["bedrock:InvokeModelWithResponseStream"]),
    ("dynamodb", "BatchExecuteStatement", &PARTIQL),
    ("dynamodb", "ExecuteStatement", &PARTIQL),
    ("dynamodb", "ExecuteTransaction", &PARTIQL),
    ("dynamodb", "TransactGetItems", &["dynamodb:GetItem"]),
    ("dynamodb", "TransactWriteItems", &WRITES),
    ("execute-api", "PostToConnection", &["execute-api:ManageConnections"]),
    ("kms", "ReEncrypt", &["kms:ReEncryptFrom", "kms:ReEncryptTo"]),
    ("lambda", "Invoke", &["lambda:InvokeFunction"]),
    ("lambda", "InvokeWithResponseStream", &["lambda:InvokeFunction"]),
    ("secretsmanager", "BatchGetSecretValue", &BATCH_OF_SECRETS),
    ("sns", "PublishBatch", &["sns:Publish"]),
    ("sqs", "ChangeMessageVisibilityBatch", &["sqs:ChangeMessageVisibility"]),
    ("sqs", "DeleteMessageBatch", &["sqs:DeleteMessage"]),
    ("sqs", "SendMessageBatch", &["sqs:SendMessage"]),
];

const PARTIQL: [&str; 4] =
    ["dynamodb:PartiQLDelete", "dynamodb:PartiQLInsert", "dynamodb:PartiQLSelect", "dynamodb:PartiQLUpdate"];
const WRITES: [&str; 4] =
    ["dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
const BATCH_OF_SECRETS: [&str; 2] = ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"];

/// The actions that an operation needs, all of them. `service` is the name that its requests are signed for.
pub(super) fn needed(service: &str, operation: &str) -> Vec<Cow<'static, str>> {
    let listed = OPERATIONS.iter().find(|(of, name, _)| (*of, *name) == (service, operation));
    if let Some((_, _, actions)) = listed {
        return actions.iter().map(|action| Cow::Borrowed(*action)).collect();
    }
    let renamed = SERVICES.iter().find(|(signed, _)| *signed == service).map_or(service, |(_, name)| name);
    vec![Cow::Owned(format!("{renamed}:{operation}"))]
}

#[cfg(test)]
mod tests;
