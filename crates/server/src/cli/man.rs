//! `cairn man`.

use super::{Cli, Failure, output};
use clap::{Args, CommandFactory};
use std::path::PathBuf;

/// Print the manual page, or write those of all commands into a folder.
#[derive(Args)]
#[command(after_help = "\
Examples:
  cairn man | man -l -
  cairn man /usr/local/share/man/man1")]
pub(super) struct Man {
    /// The folder, made if it is missing; without it the main page is printed
    folder: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Some(folder) = self.folder else {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(Failure::failed)?;
            output::print(&String::from_utf8_lossy(&page));
            return Ok(());
        };
        let written =
            std::fs::create_dir_all(&folder).and_then(|()| clap_mangen::generate_to(Cli::command(), &folder));
        written.map_err(|error| Failure::Failed(format!("{}: {error}", folder.display())))
    }
}
