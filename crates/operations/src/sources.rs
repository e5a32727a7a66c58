//! What CloudTrail calls services.

/// Services whose event source is neither their endpoint prefix nor their signing name.
///
/// From the examples in the services' own guides on logging with CloudTrail, and from real logs.
const EXCEPTIONS: [(&str, &str); 9] = [
    ("appconfigdata", "appconfig"),
    ("chime-sdk-identity", "chime"),
    ("chime-sdk-meetings", "chime"),
    ("chime-sdk-messaging", "chime"),
    ("chime-sdk-voice", "chime"),
    ("cloudhsmv2", "cloudhsm"),
    ("lexv2-models", "lex"),
    ("lexv2-runtime", "lex"),
    ("rds-data", "rdsdata"),
];

/// Services whose event source is their signing name, though their endpoint prefix has no dot.
const AS_SIGNED: [&str; 11] = [
    "appstream",
    "bedrock-agent",
    "bedrock-agent-runtime",
    "bedrock-data-automation",
    "bedrock-data-automation-runtime",
    "bedrock-runtime",
    "memorydb",
    "pinpoint",
    "s3control",
    "ses",
    "sesv2",
];

/// Names in credentials' scopes under which operations of other services are called too, and their signing
/// name.
const SIGNING_ALIASES: [(&str, &str); 4] =
    [("s3express", "s3"), ("s3-object-lambda", "s3"), ("s3-outposts", "s3"), ("email", "ses")];

/// Services whose successors share signing name, methods and paths with them.
pub(crate) const HAVE_SUCCESSORS: [&str; 6] =
    ["chime", "greengrass", "lex-models", "lex-runtime", "pinpoint-sms-voice", "wisdom"];

/// `eventSource` of a service: its endpoint prefix, or its signing name if the prefix has a dot in it
/// (`api.ecr`, `streams.dynamodb`), and some exceptions.
pub(crate) fn event_source(id: &str, signing_name: &str, endpoint_prefix: &str) -> String {
    let exception = EXCEPTIONS.iter().find(|(exception, _)| *exception == id);
    let name = match exception {
        Some((_, name)) => name,
        None if AS_SIGNED.contains(&id) || endpoint_prefix.contains('.') => signing_name,
        None => endpoint_prefix,
    };
    format!("{name}.amazonaws.com")
}

/// Another signing name whose services a credential's scope may mean.
pub(crate) fn signing_alias(scope: &str) -> Option<&'static str> {
    SIGNING_ALIASES.iter().find(|(alias, _)| *alias == scope).map(|(_, name)| *name)
}
