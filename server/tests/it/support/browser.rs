//! Somebody with a browser or a script: sends requests, keeps the cookie.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use axum::response::Response;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Answer, Events, words};

const LONGEST_ANSWER: usize = 16 * 1024 * 1024;

#[derive(Clone)]
pub struct Browser {
    app: Router,
    pub cookie: String,
}

impl Browser {
    pub fn new(app: Router) -> Self {
        Self {
            app,
            cookie: String::new(),
        }
    }

    pub async fn sign_in(&mut self, nickname: &str) {
        let answer = self
            .post_form("/login/guest", &format!("nickname={nickname}&next=/"))
            .await
            .expect(303);
        self.take_cookie(&answer);
        words::keep_secret(&self.cookie);
    }

    /// Keeps the cookie that the answer sets.
    pub fn take_cookie(&mut self, answer: &Answer) {
        let set = answer.header("set-cookie");
        assert!(!set.is_empty(), "no cookie: {answer:?}");
        self.cookie = set.split(';').next().unwrap_or_default().to_owned();
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(path, &[]).await
    }

    /// Like a browser that follows a link.
    pub async fn visit(&self, path: &str) -> Answer {
        self.ask(path, &[("accept", "text/html,application/xhtml+xml")])
            .await
    }

    pub async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, Body::empty()).await
    }

    pub async fn post(&self, path: &str, json: Value) -> Answer {
        self.json(Method::POST, path, json).await
    }

    /// Builds a nest of that name; gives its code.
    pub async fn build(&self, name: &str) -> String {
        let card = self
            .post("/api/nests", json!({"name": name}))
            .await
            .expect(200)
            .json();
        card["code"].as_str().expect("a code").to_owned()
    }

    /// The token of the session that the cookie holds.
    pub fn token(&self) -> &str {
        self.cookie.split_once('=').expect("signed in").1
    }

    pub async fn json(&self, method: Method, path: &str, json: Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.send(method, path, &headers, Body::from(json.to_string()))
            .await
    }

    pub async fn post_form(&self, path: &str, fields: &str) -> Answer {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html"),
        ];
        self.send(Method::POST, path, &headers, Body::from(fields.to_owned()))
            .await
    }

    /// Calls a server function as the page's program does, with form fields.
    pub async fn call(&self, function: &str, fields: &str) -> Answer {
        self.call_door(&format!("/api/fn/{function}"), fields).await
    }

    /// Sends what a form would, as a program does.
    pub async fn call_door(&self, path: &str, fields: &str) -> Answer {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "application/json"),
        ];
        self.send(Method::POST, path, &headers, Body::from(fields.to_owned()))
            .await
    }

    /// Opens a stream of events.
    pub async fn listen(&self, path: &str) -> Events {
        let response = self.stream(path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events::of(response.into_body())
    }

    /// An answer whose body has not ended yet.
    pub async fn stream(&self, path: &str) -> Response {
        self.respond(Method::GET, path, &[], Body::empty()).await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let response = self.respond(method, path, headers, body).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, LONGEST_ANSWER).await.expect("the whole body");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    async fn respond(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Response {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", "127.0.0.1");
        }
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).unwrap_or_else(|e| panic!("{path}: {e}"));
        match self.app.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}
