//! Which members an event does not show: what the table marks, and what CloudTrail is known to keep to itself.

use cairn_operations::{Kind, Member, Operation, Plane, Shape};

/// What becomes of a member's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// It is shown.
    Show,
    /// It is replaced by [`HIDDEN`](crate::HIDDEN).
    Hide,
    /// The member is left out.
    Drop,
    /// Of a map only the names are shown.
    Names,
    /// Of a list of names and values the values are hidden: environments.
    HideValues,
}

/// Members that CloudTrail leaves out where it might hide them: service, and name.
const DROPPED: [(&str, &str); 20] = [
    ("cloudformation", "ParameterValue"),
    ("cloudformation", "TemplateBody"),
    ("dynamodb", "ExpressionAttributeValues"),
    ("iam", "Base32StringSeed"),
    ("iam", "NewPassword"),
    ("iam", "OldPassword"),
    ("iam", "Password"),
    ("iam", "QRCodePNG"),
    ("iam", "SecretAccessKey"),
    ("kms", "CiphertextBlob"),
    ("kms", "CiphertextForRecipient"),
    ("kms", "Plaintext"),
    ("kms", "PrivateKeyPlaintext"),
    // Which leaves `environment: {}`.
    ("lambda", "Variables"),
    ("secretsmanager", "SecretBinary"),
    ("secretsmanager", "SecretString"),
    ("sts", "SAMLAssertion"),
    ("sts", "SecretAccessKey"),
    ("sts", "TokenCode"),
    ("sts", "WebIdentityToken"),
];

/// Members that hold what resources are for (messages, items, configurations with passwords in them), which the
/// models do not mark: service, and name.
const CONTENTS: [(&str, &str); 43] = [
    ("apigateway", "variables"),
    ("apigatewayv2", "StageVariables"),
    ("autoscaling", "UserData"),
    ("datapipeline", "stringValue"),
    ("dynamodb", "AttributeUpdates"),
    ("dynamodb", "ExclusiveStartKey"),
    ("dynamodb", "Expected"),
    ("dynamodb", "KeyConditions"),
    ("dynamodb", "Parameters"),
    ("dynamodb", "QueryFilter"),
    ("dynamodb", "ScanFilter"),
    ("dynamodb", "Statement"),
    ("ecs", "environmentFiles"),
    ("elasticbeanstalk", "OptionSettings"),
    ("emr", "Properties"),
    ("events", "Detail"),
    ("glue", "Arguments"),
    ("glue", "ConnectionProperties"),
    ("glue", "DefaultArguments"),
    ("glue", "NonOverridableArguments"),
    ("glue", "RunProperties"),
    ("iot-data", "payload"),
    ("iam", "AuthenticationCode1"),
    ("iam", "AuthenticationCode2"),
    ("logs", "logEvents"),
    ("rds-data", "parameterSets"),
    ("rds-data", "parameters"),
    ("rds-data", "sql"),
    ("redshift-data", "Parameters"),
    ("s3", "MFA"),
    ("ses", "Content"),
    ("ses", "Data"),
    ("sesv2", "Data"),
    ("sesv2", "TemplateData"),
    ("sns", "Message"),
    ("sns", "MessageAttributes"),
    ("sns", "Subject"),
    ("sqs", "Body"),
    ("sqs", "MessageAttributes"),
    ("sqs", "MessageBody"),
    ("ssm", "Value"),
    ("stepfunctions", "input"),
    ("stepfunctions", "output"),
];

/// Maps of attributes of which DynamoDB's events tell the names only.
const NAMES_ONLY: [(&str, &str); 2] = [("dynamodb", "Item"), ("dynamodb", "Attributes")];

/// What becomes of the value of one of an operation's members, at any depth.
pub(crate) fn treatment(operation: Operation, member: Member) -> Treatment {
    let named = (operation.service().id(), member.name());
    let is_tag = named.0 == "ssm" && is_tag_like(operation, member);
    match member.shape().kind() {
        // No event shows bytes: they are ciphertexts, archives, or what somebody stored.
        Kind::Blob => Treatment::Drop,
        _ if DROPPED.contains(&named) => Treatment::Drop,
        _ if NAMES_ONLY.contains(&named) => Treatment::Names,
        _ if is_key_name(named) => Treatment::Show,
        _ if member.is_sensitive() => Treatment::Hide,
        _ if CONTENTS.contains(&named) && !is_tag => Treatment::Hide,
        Kind::String if named == ("apigateway", "value") && is_api_key(operation, member) => Treatment::Hide,
        Kind::String if is_content(operation, member.name()) => Treatment::Hide,
        Kind::Document if operation.plane() != Plane::Management => Treatment::Hide,
        kind => of_environment(member.name(), kind),
    }
}

/// Services whose data operations were gone through one by one.
const KNOWN_DATA: [&str; 7] = ["dynamodb", "dynamodbstreams", "kinesis", "lambda", "s3", "sns", "sqs"];

/// Of texts that go into what a resource holds, and come out of it, only those are shown that name something.
fn is_content(operation: Operation, name: &str) -> bool {
    const NAMING: [&str; 12] = [
        "alias",
        "arn",
        "endpoint",
        "id",
        "identifier",
        "key",
        "marker",
        "name",
        "token",
        "type",
        "url",
        "version",
    ];
    let is_known = KNOWN_DATA.contains(&operation.service().id());
    let name = name.to_ascii_lowercase();
    operation.plane() != Plane::Management && !is_known && !NAMING.iter().any(|end| name.ends_with(end))
}

/// In API Gateway `value` is an API key, and in changes of stages a variable. That of a map is neither: tags are such.
fn is_api_key(operation: Operation, member: Member) -> bool {
    let is_own = |shape: Option<Shape>| shape.and_then(|shape| shape.member("value")) == Some(member);
    let changes = operation.input().and_then(|input| input.member("patchOperations"));
    let change = changes.and_then(|changes| changes.shape().element()).map(Member::shape);
    is_own(operation.input())
        || is_own(operation.output())
        || (operation.name() == "UpdateStage" && is_own(change))
}

/// `Value` is the value of a parameter where parameters are written, and that of a tag or filter elsewhere.
fn is_tag_like(operation: Operation, member: Member) -> bool {
    member.name() == "Value" && !operation.name().contains("Parameter")
}

/// Names of keys of KMS are no keys, though S3's model marks them: who encrypts with whose key is what many
/// rules look for.
fn is_key_name((service, name): (&str, &str)) -> bool {
    service == "s3" && matches!(name, "SSEKMSKeyId" | "KMSMasterKeyID" | "KeyId")
}

/// Environments of processes, under whatever service: passwords are handed over in them.
fn of_environment(name: &str, kind: Kind) -> Treatment {
    let name = name.to_ascii_lowercase();
    let is_environment = name.ends_with("environment") || name.ends_with("environmentvariables");
    match kind {
        Kind::Map if is_environment => Treatment::Hide,
        Kind::List if is_environment => Treatment::HideValues,
        Kind::String if matches!(&*name, "userdata" | "userdataoverride") => Treatment::Hide,
        _ => Treatment::Show,
    }
}
