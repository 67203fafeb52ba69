//! What can be typed after `nests`, and what `nests --help` says.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::config::settings;

/// What the program is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    Serve,
    /// Move the keys of an older installation.
    MigrateKeys {
        dry_run: bool,
    },
    /// Read an older installation's play logs.
    ImportPlays {
        files: Vec<PathBuf>,
    },
    Help,
    Version,
}

/// Why the arguments mean nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    #[error("I don't know {0:?}; `nests --help` says what there is")]
    Unknown(String),
    #[error("import-plays reads the files that stand behind it, like play_log_2020_01_31.json")]
    NoFiles,
}

/// `arguments` are those after the program's name.
///
/// # Errors
/// The first argument that means nothing, or what is missing.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Errand, ArgumentError> {
    let mut errand = Errand::Serve;
    for argument in arguments {
        match (argument.as_str(), &mut errand) {
            ("--help" | "-h" | "help", _) => errand = Errand::Help,
            ("--version" | "-V", _) => return Ok(Errand::Version),
            (file, Errand::ImportPlays { files }) if !file.starts_with('-') => files.push(file.into()),
            ("serve", _) => {}
            ("migrate-keys", _) => errand = Errand::MigrateKeys { dry_run: false },
            ("import-plays", _) => errand = Errand::ImportPlays { files: Vec::new() },
            ("--dry-run", Errand::MigrateKeys { dry_run }) => *dry_run = true,
            _ => return Err(ArgumentError::Unknown(argument)),
        }
    }
    match errand {
        Errand::ImportPlays { files } if files.is_empty() => Err(ArgumentError::NoFiles),
        errand => Ok(errand),
    }
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
         nests import-plays FILE...      read play logs of an older installation, for throwbacks\n\
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

    fn parsed(line: &str) -> Result<Errand, ArgumentError> {
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
            Err(ArgumentError::Unknown("--dry-run".into())),
            "of what?"
        );
        let files = ["a.json", "serve"].map(PathBuf::from).to_vec();
        assert_eq!(
            parsed("import-plays a.json serve"),
            Ok(Errand::ImportPlays { files })
        );
        assert_eq!(parsed("import-plays"), Err(ArgumentError::NoFiles));
        assert_eq!(
            parsed("import-plays a.json --dry-run"),
            Err(ArgumentError::Unknown("--dry-run".into()))
        );
        assert_eq!(parsed("sreve"), Err(ArgumentError::Unknown("sreve".into())));
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
