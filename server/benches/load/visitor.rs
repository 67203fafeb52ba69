//! Somebody who is signed in, over plain HTTP.

use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Response};

use crate::Outcome;
use crate::program::Program;

const ANSWER_TIME: Duration = Duration::from_secs(30);
/// The largest thing fetched is the wasm.
const LONGEST_BODY: u64 = 16 * 1024 * 1024;

#[derive(Clone)]
pub struct Visitor {
    agent: Agent,
    house: String,
    /// The session's cookie, as it is sent.
    pub cookie: String,
}

/// One answer as it came over the wire, still compressed.
pub struct Fetched {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// From the request to the first byte of the body.
    pub first_byte: Duration,
}

impl Visitor {
    /// Signs `count` people in.
    pub fn crowd(program: &Program, count: usize) -> Outcome<Vec<Self>> {
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(ANSWER_TIME))
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .into();
        let house = format!("http://{}", program.addr);
        (0..count)
            .map(|n| Self::sign_in(agent.clone(), house.clone(), n))
            .collect()
    }

    /// Each comes from an address of their own, as a proxy would report it: one address may only sign in so often.
    fn sign_in(agent: Agent, house: String, n: usize) -> Outcome<Self> {
        let address = format!("10.{}.{}.{}", n >> 16 & 255, n >> 8 & 255, n & 255);
        let answer = agent
            .post(format!("{house}/login/guest"))
            .header("x-forwarded-for", address)
            .send_form([("nickname", format!("Person {n}").as_str()), ("next", "/")])?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .and_then(|cookie| cookie.to_str().ok()?.split(';').next());
        let cookie = cookie
            .ok_or_else(|| format!("signing in was answered with {}", answer.status()))?
            .to_owned();
        Ok(Self { agent, house, cookie })
    }

    pub fn get(&self, path: &str) -> Outcome<Value> {
        let answer = self
            .agent
            .get(format!("{}{path}", self.house))
            .header("cookie", &self.cookie)
            .call()?;
        json(path, answer)
    }

    pub fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let request = self
            .agent
            .post(format!("{}{path}", self.house))
            .header("cookie", &self.cookie);
        json(
            path,
            request
                .header("content-type", "application/json")
                .send(body.to_string())?,
        )
    }

    pub fn fetch(&self, path: &str, encoding: &str) -> Outcome<Fetched> {
        let request = self
            .agent
            .get(format!("{}{path}", self.house))
            .header("cookie", &self.cookie);
        let began = Instant::now();
        let mut answer = request.header("accept-encoding", encoding).call()?;
        if !answer.status().is_success() {
            return Err(format!("{path} was answered with {}", answer.status()).into());
        }
        let headers = answer.headers().clone();
        let mut reader = answer.body_mut().with_config().limit(LONGEST_BODY).reader();
        let mut body = vec![0];
        std::io::Read::read_exact(&mut reader, &mut body)?;
        let first_byte = began.elapsed();
        std::io::Read::read_to_end(&mut reader, &mut body)?;
        Ok(Fetched {
            headers,
            body,
            first_byte,
        })
    }
}

fn json(path: &str, mut answer: Response<ureq::Body>) -> Outcome<Value> {
    let body = answer.body_mut().read_to_string()?;
    if !answer.status().is_success() {
        return Err(format!("{path} was answered with {}: {body}", answer.status()).into());
    }
    Ok(serde_json::from_str(&body)?)
}
