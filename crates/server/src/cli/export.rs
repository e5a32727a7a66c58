//! `cairn export`.

use super::client::Connection;
use super::cloudtrail::CloudTrail;
use super::output::print;
use super::{Failure, client_runtime};
use cairn_template::{Kind, Present, export, yaml};
use clap::{Args, ValueEnum};

#[derive(Args)]
#[command(after_help = "\
Example:
  cairn export > cloudtrail.yaml

The trails, event data stores, channels, dashboards and resource policies of one's account in the region that requests are
signed for (AWS_REGION), as a CloudFormation template. `cairn apply --check` finds it without drift where nothing belongs to a
stack yet; what belongs to one is that stack's (--stack).")]
pub(super) struct Export {
    /// The form of the template
    #[arg(long, value_enum, default_value = "yaml")]
    format: Form,
    #[command(flatten)]
    connection: Connection,
}

/// How a template is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// YAML
    Yaml,
    /// JSON
    Json,
}

impl Export {
    pub(super) fn run(self) -> Result<(), Failure> {
        let template = export(&client_runtime()?.block_on(self.resources())?);
        print(&match self.format {
            Form::Yaml => yaml(&template),
            Form::Json => format!("{template:#}\n"),
        });
        Ok(())
    }

    async fn resources(&self) -> Result<Vec<Present>, Failure> {
        let (mut api, _) = CloudTrail::open(&self.connection, "export").await?;
        api.list(&Kind::ALL).await?;
        let mut resources = Vec::new();
        for (kind, id, arn) in api.directory.all() {
            // Policies come last: those of stores that are to be deleted go with them.
            let is_of_nobody = || !resources.iter().any(|resource: &Present| resource.arn == arn);
            if kind == Kind::ResourcePolicy && is_of_nobody() {
                continue;
            }
            resources.extend(api.read(kind, id).await?);
        }
        Ok(resources)
    }
}
