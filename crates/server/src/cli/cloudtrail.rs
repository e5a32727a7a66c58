//! What `cairn apply` and `cairn export` read through CloudTrail's API.

use super::Failure;
use super::client::{Client, Connection, Refused};
use bytes::Bytes;
use cairn_template::{Call, Directory, Environment, Kind, Present, questions};
use http::Method;
use serde_json::Value;
use std::time::Duration;

/// How often a call is made again that came too soon after others, and how long it waits.
const THROTTLED_MAX: u32 = 8;
const THROTTLED_WAIT: Duration = Duration::from_millis(500);

/// CloudTrail's API, and what is where in an account and region.
pub(super) struct CloudTrail {
    pub(super) client: Client,
    pub(super) environment: Environment,
    pub(super) directory: Directory,
}

/// What the server says of stacks.
pub(super) struct Recorded {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) stacks: Value,
}

impl CloudTrail {
    /// Asks where one is, and which stacks there are. `stack` is what `AWS::StackName` stands for.
    pub(super) async fn open(connection: &Connection, stack: &str) -> Result<(CloudTrail, Value), Failure> {
        let client = Client::new(connection)?;
        let Recorded { account, region, stacks } = recorded(&client).await?;
        let environment = Environment { account, region, stack: stack.to_owned() };
        Ok((CloudTrail { client, environment, directory: Directory::default() }, stacks))
    }

    /// Finds out what is there of these types.
    pub(super) async fn list(&mut self, kinds: &[Kind]) -> Result<(), Failure> {
        for mut question in Directory::questions(kinds) {
            loop {
                let answer = self.call(&question).await.map_err(Failure::failed)?;
                match self.directory.add(&question, &answer, &self.environment) {
                    Some(next) => question = next,
                    None => break,
                }
            }
        }
        Ok(())
    }

    /// Calls an operation, again after a while if it came too soon.
    pub(super) async fn call(&self, call: &Call) -> Result<Value, Refused> {
        let mut throttled = 0;
        loop {
            match self.client.cloudtrail(call.operation, &call.input).await {
                Err(refused) if refused.exception == "ThrottlingException" && throttled < THROTTLED_MAX => {
                    throttled += 1;
                    tokio::time::sleep(THROTTLED_WAIT).await;
                }
                answer => return answer,
            }
        }
    }

    /// A resource as it is, if it is there.
    pub(super) async fn read(&self, kind: Kind, id: &str) -> Result<Option<Present>, Failure> {
        let Some(arn) = self.directory.arn(kind, id) else { return Ok(None) };
        let mut answers = Vec::new();
        for (index, question) in questions(kind, arn).iter().enumerate() {
            match self.call(&question.call).await {
                Ok(answer) => answers.push(answer),
                Err(refused) if question.absent.contains(&refused.exception.as_str()) => match index {
                    0 => return Ok(None),
                    _ => answers.push(Value::Null),
                },
                Err(refused) => return Err(Failure::failed(refused)),
            }
        }
        Ok(Present::of(kind, &answers, &self.environment))
    }
}

async fn recorded(client: &Client) -> Result<Recorded, Failure> {
    let answer: Value = client.call(Method::GET, "/_cairn/stacks", &[], Bytes::new()).await?;
    let text = |member: &str| answer[member].as_str().unwrap_or_default().to_owned();
    Ok(Recorded { account: text("account"), region: text("region"), stacks: answer["stacks"].clone() })
}
