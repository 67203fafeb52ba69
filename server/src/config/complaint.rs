//! What is wrong with the settings, in words for the person who wrote them.

use super::layers::Origin;
use super::settings::{self, Setting};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Complaint {
    #[error("{name} is {value:?} ({origin}): {right}")]
    Value {
        name: &'static str,
        value: String,
        origin: Origin,
        right: String,
    },
    /// Like [`Complaint::Value`], for values that are nobody else's business.
    #[error("{name} ({origin}): {right}")]
    SecretValue {
        name: &'static str,
        origin: Origin,
        right: String,
    },
    #[error("config.yaml has {0:?}, which is no setting{guess}", guess = guess(.0))]
    Unknown(String),
    #[error("config.yaml sets {0} twice")]
    Twice(&'static str),
    #[error("{0} in config.yaml must be a plain value")]
    NotOneValue(&'static str),
    #[error("config.yaml cannot be read: {0}")]
    UnreadableFile(String),
    #[error("{0}")]
    Together(String),
}

impl Complaint {
    pub fn about(setting: &Setting, value: &str, origin: Origin, right: String) -> Self {
        let name = setting.name;
        if setting.secret {
            Self::SecretValue { name, origin, right }
        } else {
            Self::Value {
                name,
                value: value.to_owned(),
                origin,
                right,
            }
        }
    }
}

fn guess(name: &str) -> String {
    match settings::nearest(name) {
        Some(near) => format!("; did you mean {near}?"),
        None => "; `nests --help` lists them all".to_owned(),
    }
}
