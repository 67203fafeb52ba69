//! What was asked and what came back, as rows for a snapshot, without what differs from run to run.

use axum::http::{Method, StatusCode};
use nests::wire::ErrorBody;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, House};

/// What chance, the clock and the machine put into an answer, wherever it stands in it.
const TIMES: [&str; 7] = [
    "created_at",
    "last_activity",
    "restarted_at",
    "asleep_since",
    "added_at",
    "started_at",
    "ended_at",
];

/// Answers as rows: what was asked, the status, where it leads, what it says.
pub struct Table {
    pub rows: Vec<Value>,
    /// What each run calls otherwise, and its name in the table.
    names: Vec<(String, &'static str)>,
}

impl Table {
    pub fn of(house: &House) -> Self {
        let own_address = (house.addr.to_string(), "[host]");
        Self {
            rows: Vec::new(),
            names: vec![own_address],
        }
    }

    pub fn name(&mut self, text: impl Into<String>, name: &'static str) {
        self.names.push((text.into(), name));
    }

    pub fn enter(&mut self, asked: &str, answer: &Answer) {
        let says_json = answer.header("content-type") == "application/json";
        let mut row = json!({"asked": asked, "status": answer.status.as_u16()});
        if !answer.header("location").is_empty() {
            row["leads to"] = json!(answer.header("location"));
        }
        if !answer.header("retry-after").is_empty() {
            row["retry-after"] = json!("[s]");
        }
        if says_json {
            row["says"] = settled(answer.json());
        } else if !answer.body.is_empty() {
            row["says"] = json!(format!("[{}]", answer.header("content-type")));
        }
        self.push(&row);
    }

    /// A socket's door that stayed shut.
    pub fn enter_refusal(&mut self, asked: &str, status: StatusCode, error: Option<ErrorBody>) {
        let says = settled(serde_json::to_value(error).expect("JSON"));
        self.push(&json!({"asked": asked, "status": status.as_u16(), "says": says}));
    }

    fn push(&mut self, row: &Value) {
        let named = |text: String, (real, name): &(String, &'static str)| text.replace(real, name);
        let text = self.names.iter().fold(row.to_string(), named);
        self.rows.push(serde_json::from_str(&text).expect("still JSON"));
    }

    pub async fn get(&mut self, who: &Browser, path: &str) -> Answer {
        let answer = who.get(path).await;
        self.enter(&format!("GET {path}"), &answer);
        answer
    }

    pub async fn visit(&mut self, who: &Browser, path: &str) {
        let answer = who.visit(path).await;
        self.enter(&format!("GET {path} as a page"), &answer);
    }

    pub async fn send(&mut self, who: &Browser, method: Method, path: &str, body: Value) -> Answer {
        let answer = who.json(method.clone(), path, body.clone()).await;
        let sent = if body.is_null() {
            String::new()
        } else {
            format!(" {body}")
        };
        self.enter(&format!("{method} {path}{sent}"), &answer);
        answer
    }

    pub async fn form(&mut self, who: &Browser, path: &str, fields: &str) {
        let answer = who.post_form(path, fields).await;
        self.enter(format!("POST {path} {fields}").trim_end(), &answer);
    }
}

/// Times, waits and positions by their kind.
pub fn settled(mut said: Value) -> Value {
    match &mut said {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = settled(item.take())),
        Value::Object(fields) => {
            if let Some(wait) = fields.get("retry_after").map(Value::to_string) {
                let words = fields["message"].as_str().expect("words").replace(&wait, "[s]");
                fields["message"] = json!(words);
            }
            for (name, value) in fields.iter_mut() {
                *value = match name.as_str() {
                    time if TIMES.contains(&time) && !value.is_null() => json!("[time]"),
                    "retry_after" => json!("[s]"),
                    "now" => json!("[ms]"),
                    _ => settled(value.take()),
                };
            }
        }
        _ => {}
    }
    said
}
