//! The WebDriver wire: JSON over HTTP to a driver on this machine.
//!
//! A client of its own: the ready-made ones bring an async runtime and a TLS
//! stack, several times the compile time of everything else here, for what are
//! a dozen blocking requests over loopback.

use crate::Error;
use serde_json::Value;
use std::time::Duration;
use ureq::Agent;

/// The connection to a driver.
pub struct Wire {
    agent: Agent,
    base: String,
}

impl Wire {
    /// A connection to the driver on a port of this machine.
    pub fn new(port: u16) -> Self {
        let config = Agent::config_builder()
            // Error answers carry the reason in their body.
            .http_status_as_error(false)
            .proxy(None)
            .build();
        Self {
            agent: config.into(),
            base: format!("http://127.0.0.1:{port}"),
        }
    }

    /// Sends a command and returns the `value` of the answer.
    ///
    /// # Errors
    /// When the driver does not answer within the limit or says no.
    pub fn post(&self, path: &str, body: &Value, limit: Duration) -> Result<Value, Error> {
        let answer = self
            .agent
            .post(format!("{}{path}", self.base))
            .config()
            .timeout_global(Some(limit))
            .build()
            .send_json(body);
        value(path, limit, answer)
    }

    /// Asks for something.
    ///
    /// # Errors
    /// As for [`Wire::post`].
    pub fn get(&self, path: &str, limit: Duration) -> Result<Value, Error> {
        let request = self.agent.get(format!("{}{path}", self.base));
        value(
            path,
            limit,
            request.config().timeout_global(Some(limit)).build().call(),
        )
    }

    /// Ends something.
    ///
    /// # Errors
    /// As for [`Wire::post`].
    pub fn delete(&self, path: &str, limit: Duration) -> Result<Value, Error> {
        let request = self.agent.delete(format!("{}{path}", self.base));
        value(
            path,
            limit,
            request.config().timeout_global(Some(limit)).build().call(),
        )
    }
}

fn value(
    path: &str,
    limit: Duration,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Value, Error> {
    // The session's number says nothing to a reader.
    let command = path.splitn(4, '/').last().unwrap_or(path).to_owned();
    let mut response = match answer {
        Ok(response) => response,
        Err(ureq::Error::Timeout(_)) => {
            return Err(Error::Timeout {
                what: format!("browser driver: {command}"),
                seconds: limit.as_secs(),
            });
        }
        Err(error) => {
            return Err(Error::Driver {
                command,
                why: error.to_string(),
            });
        }
    };
    let body = response
        .body_mut()
        .with_config()
        // Screenshots and traces are large.
        .limit(256 << 20)
        .read_json::<Value>();
    let mut body = match body {
        Ok(body) => body,
        Err(error) => {
            return Err(Error::Driver {
                command,
                why: error.to_string(),
            });
        }
    };
    let value = body.get_mut("value").map(Value::take).unwrap_or_default();
    match value.get("error").and_then(Value::as_str) {
        Some(kind) if !response.status().is_success() => {
            let message = value
                .get("message")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let why = format!("{kind}: {}", message.lines().next().unwrap_or_default());
            Err(Error::Driver { command, why })
        }
        _ => Ok(value),
    }
}
