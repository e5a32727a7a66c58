use super::Cli;
use clap::CommandFactory;

#[test]
fn the_commands_are_well_formed() {
    Cli::command().debug_assert();
}

/// Every command that does something itself, with the words that call it.
fn commands(command: &clap::Command, words: &str) -> Vec<(String, clap::Command)> {
    let inner: Vec<&clap::Command> =
        command.get_subcommands().filter(|inner| inner.get_name() != "help").collect();
    if inner.is_empty() {
        return vec![(words.to_owned(), command.clone())];
    }
    inner.into_iter().flat_map(|inner| commands(inner, &format!("{words} {}", inner.get_name()))).collect()
}

#[test]
fn the_help_of_every_command_shows_an_example_of_it() {
    for (words, command) in commands(&Cli::command(), "cairn") {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(help.starts_with("Example") && help.contains(&format!("\n  {words}")), "{words}: {help}");
    }
}
