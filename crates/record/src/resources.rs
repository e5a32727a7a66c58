//! `resources`: what a call touched, for the services whose events tell it.

use crate::call::{Resource, ResourceArn};
use crate::decode::Members;
use crate::observed::Observed;
use cairn_model::AccountId;
use cairn_operations::{Operation, Plane};
use serde_json::Value;

/// The resources of a call, by what its request and answer say.
pub(crate) fn resources(
    operation: Operation,
    request: &Members,
    answer: &Members,
    observed: &Observed<'_>,
) -> Vec<Resource> {
    let call = Touched { operation, request, answer, observed };
    let named = match operation.service().id() {
        "dynamodb" | "dynamodbstreams" => call.tables(),
        "ecr" => call.plain("repository/", "RepositoryName"),
        "kinesis" => call.streams(),
        "kms" => call.keys(),
        "lambda" if operation.plane() != Plane::Management => call.functions(),
        "sns" if operation.plane() != Plane::Management => call.topics(),
        "sqs" if operation.plane() != Plane::Management => call.queues(),
        "ssm" => call.parameters(),
        "sts" => call.roles(),
        _ => Vec::new(),
    };
    if named.is_empty() { call.of_plane() } else { named }
}

/// Everything that tells what a call touched.
struct Touched<'a> {
    operation: Operation,
    request: &'a Members,
    answer: &'a Members,
    observed: &'a Observed<'a>,
}

/// The text that a member was given.
pub(crate) fn text<'a>(members: &'a Members, name: &str) -> Option<&'a str> {
    members.iter().find(|(member, _)| member.name() == name)?.1.as_str()
}

/// The account in an ARN.
pub(crate) fn account_of(arn: &str) -> Option<AccountId> {
    arn.split(':').nth(4)?.parse().ok()
}

impl Touched<'_> {
    fn requested(&self, name: &str) -> Option<&str> {
        text(self.request, name).filter(|text| !text.is_empty())
    }

    /// The ARN of something that is named in the caller's account and region, unless its name is one.
    fn arn(&self, service: &str, before: &str, name: &str) -> String {
        if name.starts_with("arn:") {
            return name.to_owned();
        }
        let Observed { region, account, .. } = self.observed;
        format!("arn:aws:{service}:{region}:{account}:{before}{name}")
    }

    fn tables(&self) -> Vec<Resource> {
        let arn = |name: &str| {
            let arn = self.arn("dynamodb", "table/", name);
            // A stream's ARN goes on behind its table's.
            let table = arn.split("/stream/").next().unwrap_or(&arn).to_owned();
            resource("AWS::DynamoDB::Table", table)
        };
        if let Some(name) = self.requested("TableName").or_else(|| self.requested("StreamArn")) {
            return vec![arn(name)];
        }
        let items = self.request.iter().find(|(member, _)| member.name() == "RequestItems");
        let tables = items.and_then(|(_, value)| value.as_object()).into_iter().flatten();
        tables.map(|(name, _)| arn(name)).collect()
    }

    fn streams(&self) -> Vec<Resource> {
        let name = self.requested("StreamARN").or_else(|| self.requested("StreamName"));
        name.map(|name| resource("AWS::Kinesis::Stream", self.arn("kinesis", "stream/", name)))
            .into_iter()
            .collect()
    }

    /// The key that the answer names: a request may name an alias, or nothing.
    fn keys(&self) -> Vec<Resource> {
        let answered = text(self.answer, "KeyId").filter(|name| name.starts_with("arn:"));
        let metadata = self.answer.iter().find(|(member, _)| member.name() == "KeyMetadata");
        let created = metadata.and_then(|(_, value)| value.get("Arn")?.as_str());
        let requested = ["KeyId", "TargetKeyId"].iter().find_map(|name| self.requested(name));
        let requested = requested.filter(|name| !name.contains("alias/"));
        let name = answered.or(created).or(requested);
        name.map(|name| resource("AWS::KMS::Key", self.arn("kms", "key/", name))).into_iter().collect()
    }

    fn functions(&self) -> Vec<Resource> {
        let arn = |name| resource("AWS::Lambda::Function", self.arn("lambda", "function:", name));
        self.requested("FunctionName").map(arn).into_iter().collect()
    }

    fn topics(&self) -> Vec<Resource> {
        let target = self.requested("TopicArn").or_else(|| self.requested("TargetArn"));
        let of_target = |arn: &str| {
            let is_endpoint = arn.contains(":endpoint/");
            let kind = if is_endpoint { "AWS::SNS::PlatformEndpoint" } else { "AWS::SNS::Topic" };
            resource(kind, arn.to_owned())
        };
        target.map(of_target).into_iter().collect()
    }

    /// A queue's URL ends in account and name.
    fn queues(&self) -> Vec<Resource> {
        let arn = |url: &str| {
            let mut parts = url.rsplit('/');
            let (name, account) = (parts.next()?, parts.next()?);
            let account: AccountId = account.parse().ok()?;
            let region = self.observed.region;
            Some(resource("AWS::SQS::Queue", format!("arn:aws:sqs:{region}:{account}:{name}")))
        };
        self.requested("QueueUrl").and_then(arn).into_iter().collect()
    }

    /// Parameters, whose resources have no type in events.
    fn parameters(&self) -> Vec<Resource> {
        if !self.operation.name().contains("Parameter") {
            return Vec::new();
        }
        let names = self.request.iter().find(|(member, _)| member.name() == "Names");
        let names = names.and_then(|(_, value)| value.as_array()).into_iter().flatten();
        let all = self.requested("Name").into_iter().chain(names.filter_map(Value::as_str));
        all.map(|name| untyped(self.arn("ssm", "parameter/", name.trim_start_matches('/')))).collect()
    }

    fn plain(&self, before: &str, member: &str) -> Vec<Resource> {
        let name = self.requested(member).or_else(|| {
            let (lower, _) = self.request.iter().find(|(it, _)| it.name().eq_ignore_ascii_case(member))?;
            text(self.request, lower.name())
        });
        let service = self.operation.service().signing_name();
        name.map(|name| untyped(self.arn(service, before, name))).into_iter().collect()
    }

    fn roles(&self) -> Vec<Resource> {
        let arn = self.requested("RoleArn").filter(|arn| arn.starts_with("arn:"));
        arn.map(|arn| resource("AWS::IAM::Role", arn.to_owned())).into_iter().collect()
    }

    /// Selectors of data events go by the type, so each has a resource of it: the first ARN that the request
    /// names, else all that the service has here.
    fn of_plane(&self) -> Vec<Resource> {
        let Plane::Data { resource_type: Some(resource_type) } = self.operation.plane() else {
            return Vec::new();
        };
        let is_arn = |text: &&str| text.starts_with("arn:");
        let named = self.request.iter().filter_map(|(_, value)| value.as_str()).find(is_arn);
        vec![match named {
            Some(arn) => resource(resource_type, arn.to_owned()),
            None => Resource {
                resource_type: Some(resource_type.into()),
                arn: ResourceArn::Prefix(self.arn(self.operation.service().signing_name(), "", "")),
                account: Some(self.observed.account),
            },
        }]
    }
}

fn resource(resource_type: &'static str, arn: String) -> Resource {
    Resource { resource_type: Some(resource_type.into()), ..untyped(arn) }
}

fn untyped(arn: String) -> Resource {
    Resource { resource_type: None, account: account_of(&arn), arn: ResourceArn::Whole(arn) }
}

#[cfg(test)]
mod tests;
