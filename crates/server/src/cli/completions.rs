//! `cairn completions`.

use super::{Cli, Failure, output};
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print a shell's completions.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn completions bash > /etc/bash_completion.d/cairn
  cairn completions zsh > ~/.zfunc/_cairn
  cairn completions fish > ~/.config/fish/completions/cairn.fish")]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "cairn", &mut script);
        output::print(&String::from_utf8_lossy(&script));
        Ok(())
    }
}
