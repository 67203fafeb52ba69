//! Where a setting's text comes from: its default, `config.yaml`, the environment; the later one wins.
//!
//! Knows which names exist, not what their values mean.

use std::collections::BTreeMap;
use std::fmt;

use serde_yaml_ng::Value;

use super::complaint::Complaint;
use super::settings::{self, Setting};

/// cargo-leptos tells its program the address this way; a `NESTS_ADDR` wins over it.
const LEPTOS_SITE_ADDR: &str = "LEPTOS_SITE_ADDR";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    CargoLeptos,
    File,
    Environment,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "the default",
            Self::CargoLeptos => "LEPTOS_SITE_ADDR in the environment",
            Self::File => "config.yaml",
            Self::Environment => "the environment",
        })
    }
}

/// The text of every setting and where it came from.
#[derive(Debug)]
pub struct Layers(BTreeMap<&'static str, (String, Origin)>);

impl Layers {
    /// `file` is the text of `config.yaml`, where there is one; `env` answers like `std::env::var(..).ok()`.
    pub fn stack(
        file: Option<&str>,
        env: impl Fn(&str) -> Option<String>,
        complaints: &mut Vec<Complaint>,
    ) -> Self {
        let mut layers = Self(BTreeMap::new());
        if let Some(addr) = env(LEPTOS_SITE_ADDR) {
            layers.put(&settings::NESTS_ADDR, addr, Origin::CargoLeptos);
        }
        if let Some(text) = file {
            layers.put_file(text, complaints);
        }
        for setting in settings::ALL {
            if let Some(text) = env(setting.name) {
                layers.put(setting, text, Origin::Environment);
            }
        }
        layers
    }

    fn put(&mut self, setting: &Setting, text: String, origin: Origin) {
        self.0.insert(setting.name, (text.trim().to_owned(), origin));
    }

    fn put_file(&mut self, text: &str, complaints: &mut Vec<Complaint>) {
        let entries = match serde_yaml_ng::from_str::<Option<BTreeMap<String, Value>>>(text) {
            Ok(entries) => entries.unwrap_or_default(),
            Err(error) => return complaints.push(Complaint::UnreadableFile(error.to_string())),
        };
        for (key, value) in entries {
            let Some(setting) = settings::named(&key) else {
                complaints.push(Complaint::Unknown(key));
                continue;
            };
            if self
                .0
                .get(setting.name)
                .is_some_and(|(_, origin)| *origin == Origin::File)
            {
                complaints.push(Complaint::Twice(setting.name));
                continue;
            }
            match written(&value) {
                Some(text) => self.put(setting, text, Origin::File),
                None => complaints.push(Complaint::NotOneValue(setting.name)),
            }
        }
    }

    /// The setting's text and its origin; the text is empty where it is not set.
    pub fn text(&self, setting: &Setting) -> (&str, Origin) {
        match self.0.get(setting.name) {
            Some((text, origin)) if !text.is_empty() => (text, *origin),
            _ => (setting.default, Origin::Default),
        }
    }

    /// Whether somebody set it, to whatever value.
    pub fn is_set(&self, setting: &Setting) -> bool {
        self.text(setting).1 != Origin::Default
    }
}

/// A YAML value the way the environment would write it: lists with commas, maps as `key=value` pairs.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(b) => Some(b.to_string()),
        Value::Number(n) => Some(n.to_string()),
        Value::String(s) => Some(s.clone()),
        Value::Sequence(items) => items
            .iter()
            .map(written)
            .collect::<Option<Vec<_>>>()
            .map(|i| i.join(",")),
        Value::Mapping(pairs) => {
            let pair =
                |(key, value): (&Value, &Value)| Some(format!("{}={}", written(key)?, written(value)?));
            pairs
                .iter()
                .map(pair)
                .collect::<Option<Vec<_>>>()
                .map(|p| p.join(","))
        }
        Value::Tagged(_) => None,
    }
}
