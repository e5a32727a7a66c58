//! Chores of the workspace: `cargo xtask codegen` and `cargo xtask tidy`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to its user on the terminal"
)]

mod codegen;
mod tidy;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What every chore ends with: nothing, or the sentence to print before exiting with 1.
type Outcome = Result<(), Box<dyn Error>>;

const USAGE: &str = "usage:
  cargo xtask codegen [--check] [--botocore DIR] [--botocore-version V]
      write (or compare) what is generated from botocore's service models:
      crates/wire/src/generated and crates/operations/table.bin
  cargo xtask tidy
      check the tree against STYLE.md; prints `path:line: what` for each fault";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.split_first() {
        Some((chore, rest)) if chore == "codegen" => codegen::run(&root(), rest),
        Some((chore, [])) if chore == "tidy" => tidy::run(&root()),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder: the parent of this package's, which cargo names when it runs us. Asked at run time,
/// because checkouts share a build cache, and the program may have been built from another one.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&package).parent().expect("the xtask package lies in a folder of the workspace").to_path_buf()
}
