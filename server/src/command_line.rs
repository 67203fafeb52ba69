//! What can be typed after `nests`, and what `nests --help` says.

use std::fmt::Write as _;

use crate::config::settings;

/// What the program is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    Serve,
    /// Move the keys of an older installation.
    MigrateKeys {
        dry_run: bool,
    },
    Help,
    Version,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("I don't know {0:?}; `nests --help` says what there is")]
pub struct UnknownArgument(String);

/// `arguments` are those after the program's name.
///
/// # Errors
/// The first argument that means nothing.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Errand, UnknownArgument> {
    let mut errand = Errand::Serve;
    for argument in arguments {
        match argument.as_str() {
            "serve" => {}
            "migrate-keys" => errand = Errand::MigrateKeys { dry_run: false },
            "--dry-run" if matches!(errand, Errand::MigrateKeys { .. }) => {
                errand = Errand::MigrateKeys { dry_run: true };
            }
            "--help" | "-h" | "help" => errand = Errand::Help,
            "--version" | "-V" => return Ok(Errand::Version),
            _ => return Err(UnknownArgument(argument)),
        }
    }
    Ok(errand)
}

pub fn version() -> String {
    format!("nests {}\n", env!("CARGO_PKG_VERSION"))
}

/// Every setting with its default and meaning.
pub fn help() -> String {
    let mut text = String::from(
        "EchoNest: a shared music queue.\n\n\
         nests [serve]                   start (the default)\n\
         nests migrate-keys [--dry-run]  move the keys of an older installation into the Main Nest\n\
         nests --help                    this text\n\
         nests --version                 the version\n\n\
         Settings come from config.yaml in the working directory and from the environment, which wins.\n\
         RUST_LOG sets what is logged, like RUST_LOG=debug (default: info).\n\n",
    );
    let (later, now): (Vec<_>, Vec<_>) = settings::ALL.iter().partition(|s| s.later);
    describe(&mut text, &now);
    text.push_str("Taken and checked, but without effect in this version:\n\n");
    describe(&mut text, &later);
    text
}

fn describe(text: &mut String, all: &[&&settings::Setting]) {
    for setting in all {
        let default = match setting.default {
            "" => String::new(),
            default => format!(" ({default})"),
        };
        // Writing to a String cannot fail.
        writeln!(text, "  {}{default}\n{}", setting.name, wrapped(setting.help)).unwrap_or_default();
    }
}

/// The words in lines that fit a terminal, indented.
fn wrapped(words: &str) -> String {
    const WIDTH: usize = 80;
    const INDENT: &str = "      ";
    let mut lines = String::new();
    let mut line = String::from(INDENT);
    for word in words.split_whitespace() {
        if line.len() + word.len() > WIDTH {
            lines.push_str(line.trim_end());
            lines.push('\n');
            line = String::from(INDENT);
        }
        line.push_str(word);
        line.push(' ');
    }
    lines.push_str(line.trim_end());
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Errand, UnknownArgument> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn serving_is_what_it_does_unless_told_otherwise() {
        assert_eq!(parsed(""), Ok(Errand::Serve));
        assert_eq!(parsed("serve"), Ok(Errand::Serve));
        assert_eq!(parsed("serve --help"), Ok(Errand::Help));
        assert_eq!(parsed("-V"), Ok(Errand::Version));
        let migrate = |dry_run| Ok(Errand::MigrateKeys { dry_run });
        assert_eq!(parsed("migrate-keys"), migrate(false));
        assert_eq!(parsed("migrate-keys --dry-run"), migrate(true));
        assert_eq!(
            parsed("--dry-run"),
            Err(UnknownArgument("--dry-run".into())),
            "of what?"
        );
        assert_eq!(parsed("sreve"), Err(UnknownArgument("sreve".into())));
    }

    #[test]
    fn help_lists_every_setting_with_its_default_in_lines_that_fit_a_terminal() {
        let help = help();
        for setting in settings::ALL {
            assert!(help.contains(&format!("  {}", setting.name)), "{}", setting.name);
        }
        assert!(help.contains("NEST_MAX_ACTIVE (20)"));
        assert!(help.lines().all(|line| line.chars().count() <= 100));
    }
}
