//! Somebody who comes to a running program over the network, signed in.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use super::words;

const PATIENCE: Duration = Duration::from_secs(30);

pub struct Outsider {
    agent: Agent,
    address: String,
    pub cookie: String,
}

impl Outsider {
    pub fn sign_in(address: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0);
        let agent: Agent = config.timeout_global(Some(PATIENCE)).build().into();
        let answer = agent
            .post(format!("{address}/login/guest"))
            .send_form([("nickname", "Anna"), ("next", "/")])
            .expect("an answer");
        let set = answer.headers().get("set-cookie").expect("a cookie");
        let (cookie, _) = set.to_str().expect("text").split_once(';').expect("a pair");
        words::keep_secret(cookie);
        Self {
            agent,
            address: address.to_owned(),
            cookie: cookie.to_owned(),
        }
    }

    /// The token of the session that the cookie holds.
    pub fn token(&self) -> &str {
        self.cookie.split_once('=').expect("a pair").1
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        self.get_with(path, ("cookie", &self.cookie))
    }

    /// With nothing to be known by but that header.
    pub fn get_with(&self, path: &str, (name, value): (&str, &str)) -> (u16, Value) {
        let request = self.agent.get(format!("{}{path}", self.address));
        read(request.header(name, value).call())
    }

    pub fn post(&self, path: &str, json: &Value) -> (u16, Value) {
        let request = self.agent.post(format!("{}{path}", self.address));
        let request = request
            .header("cookie", &self.cookie)
            .header("content-type", "application/json");
        read(request.send(json.to_string()))
    }

    /// As a browser goes to a page.
    pub fn visit(&self, path: &str) -> (String, String) {
        let request = self.agent.get(format!("{}{path}", self.address));
        shown(
            request
                .header("cookie", &self.cookie)
                .header("accept", "text/html")
                .call(),
        )
    }

    /// As a browser sends a form.
    pub fn post_form(&self, path: &str, fields: &str) -> (String, String) {
        let request = self.agent.post(format!("{}{path}", self.address));
        let request = request
            .header("cookie", &self.cookie)
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded");
        shown(request.send(fields))
    }
}

/// What a browser makes of an answer: where it leads, and what it says.
fn shown(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (String, String) {
    let mut answer = answer.expect("an answer");
    let location = answer
        .headers()
        .get("location")
        .and_then(|value| value.to_str().ok());
    let location = location.unwrap_or_default().to_owned();
    (location, answer.body_mut().read_to_string().expect("a body"))
}

fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> (u16, Value) {
    let mut answer = answer.expect("an answer");
    let body = answer.body_mut().read_to_string().expect("a body");
    let json = serde_json::from_str(&body).unwrap_or_else(|e| panic!("{e}: {body}"));
    (answer.status().as_u16(), json)
}
