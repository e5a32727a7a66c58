//! Log groups of CloudWatch Logs.

use super::{ServiceFault, Targets, fault, in_time};
use cairn_aws::Logs;

/// Why a log group takes no events.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LogGroupFault {
    /// No CloudWatch Logs is configured.
    #[error("no CloudWatch Logs is configured")]
    NotConfigured,
    /// There is no such log group.
    #[error("there is no such log group")]
    NotFound,
    /// CloudWatch Logs refused or did not answer.
    #[error(transparent)]
    Service(#[from] ServiceFault),
}

impl Targets {
    /// Makes a stream of the log group of this ARN, or finds it there. Answers within 2 seconds.
    pub(crate) async fn make_log_stream(&self, group_arn: &str, stream: &str) -> Result<(), LogGroupFault> {
        let logs = self.logs().ok_or(LogGroupFault::NotConfigured)?;
        let asked = async {
            match logs.create_log_stream(group_arn, stream).await {
                Err(error) if error.is_not_found() => Ok(None),
                other => other.map(Some),
            }
        };
        in_time(format!("log group {group_arn}"), asked).await?.ok_or(LogGroupFault::NotFound)
    }

    /// Appends events, each a time in milliseconds since 1970 and a message, to a stream, which is made if it is
    /// missing. Their bounds are those of [`Logs::put_log_events`].
    pub(crate) async fn put_log_events(
        &self,
        group_arn: &str,
        stream: &str,
        events: &[(i64, &str)],
    ) -> Result<(), ServiceFault> {
        let not_configured = || ServiceFault { code: "ResourceNotFoundException".to_owned() };
        let logs = self.logs().ok_or_else(not_configured)?;
        match logs.put_log_events(group_arn, stream, events).await {
            Ok(0) => Ok(()),
            Ok(rejected) => {
                tracing::warn!(
                    group = group_arn,
                    stream,
                    rejected,
                    "CloudWatch Logs took not all events: their times"
                );
                Ok(())
            }
            Err(error) => {
                tracing::warn!(group = group_arn, stream, %error, "a log group took no events");
                Err(fault(&error))
            }
        }
    }

    fn logs(&self) -> Option<&Logs> {
        self.services.get().and_then(|services| services.logs.as_ref())
    }
}
