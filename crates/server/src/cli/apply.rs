//! `cairn apply`.

mod act;
mod plan;
mod record;
mod shown;

use super::access::{document, pairs};
use super::client::Connection;
use super::cloudtrail::CloudTrail;
use super::output::{print, tell};
use super::{Failure, client_runtime};
use cairn_template::{Fault, Kind, Settled, Stacks, Template};
use clap::Args;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn apply trails.yaml
  cairn apply trails.yaml --parameter Bucket=logs --yes
  cairn apply trails.yaml --check

The template is CloudFormation's, YAML or JSON, with resources of the types AWS::CloudTrail::Trail, EventDataStore, Channel,
Dashboard and ResourcePolicy. What is to be done is shown before it is done. What an earlier run made and the template no
longer has is deleted, unless its DeletionPolicy is Retain. It acts in the region that requests are signed for (AWS_REGION).")]
pub(super) struct Apply {
    /// The template; - for standard input
    template: PathBuf,
    /// KEY=VALUE, a parameter of the template
    #[arg(long = "parameter", value_name = "KEY=VALUE")]
    parameters: Vec<String>,
    /// The name of the stack that the resources belong to; the template's file name unless it is given
    #[arg(long, value_name = "NAME")]
    stack: Option<String>,
    /// Do it without asking
    #[arg(long, conflicts_with = "check")]
    yes: bool,
    /// Do nothing; exit with 1 if something is to be done
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    connection: Connection,
}

impl Apply {
    pub(super) fn run(self) -> Result<(), Failure> {
        let stack = self.stack_name()?;
        let parameters = pairs(&self.parameters)?;
        let text = document(&self.template)?;
        let template = Template::parse(&text).map_err(|fault| self.fault(&fault))?;
        client_runtime()?.block_on(async {
            let (mut api, stacks) = CloudTrail::open(&self.connection, &stack).await?;
            let settled = template.settle(api.environment.clone(), &parameters);
            let settled = settled.map_err(|fault| self.fault(&fault))?;
            let stacks = Stacks::of(&stack, &stacks);
            let owned = stacks.own().iter().map(|owned| owned.kind);
            api.list(&settled.kinds().chain(owned).collect::<Vec<Kind>>()).await?;
            self.apply(api, &settled, stacks).await
        })
    }

    async fn apply(&self, mut api: CloudTrail, settled: &Settled<'_>, stacks: Stacks) -> Result<(), Failure> {
        let place = |fault: Fault| self.fault(&fault);
        let plan = plan::plan(&api, settled, &stacks, &place).await?;
        print(&settled.masked(&shown::plan(&plan, &api.environment)));
        if self.check {
            return match plan.is_drift() {
                true => Err(Failure::Failed("what is there is not what the template asks for".to_owned())),
                false => Ok(()),
            };
        }
        if plan.is_something() {
            self.confirm()?;
        }
        let outputs = act::act(&mut api, settled, &plan, &stacks, &place).await?;
        print(&settled.masked(&shown::outputs(&outputs)));
        Ok(())
    }

    /// Asks the person at the terminal, who may take it back.
    fn confirm(&self) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if self.template == Path::new("-") || !std::io::stdin().is_terminal() {
            let message = "nobody is there to ask: --yes does it without asking, --check only looks";
            return Err(Failure::Usage(message.to_owned()));
        }
        tell("Do this? Only \"yes\" is taken for it:");
        std::io::stderr().flush().map_err(Failure::failed)?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).map_err(Failure::failed)?;
        match answer.trim() {
            "yes" => Ok(()),
            _ => Err(Failure::Failed("nothing was done".to_owned())),
        }
    }

    fn fault(&self, fault: &Fault) -> Failure {
        Failure::Usage(format!("{}:{fault}", self.template.display()))
    }

    fn stack_name(&self) -> Result<String, Failure> {
        let name = match &self.stack {
            Some(name) => name.clone(),
            None => of_file(&self.template),
        };
        match cairn_decide::stacks::is_name(&name) {
            true => Ok(name),
            false => Err(Failure::Usage(format!(
                "{name:?} is not the name of a stack: a letter, then letters, digits and hyphens, 128 at most; \
                 give one with --stack NAME"
            ))),
        }
    }
}

/// `my.trails.yaml` as `my-trails`.
fn of_file(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}
