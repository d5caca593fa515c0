//! The serving side as a child process, and as a service that one talks to over HTTP.
//!
//! The child ends when its standard input closes, so that it never outlives whoever started it, not even after a
//! crash.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::base::{Moment, Version};

use super::{Home, WorkflowError};

/// A running service that stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    address: SocketAddr,
}

/// What `nobat serve --json` says when it is ready.
#[derive(Debug, Deserialize)]
struct Ready {
    listening: SocketAddr,
}

/// An answer of `POST /v1/predict`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The predicted wait.
    pub minutes: f64,
    /// The version that answered.
    pub version: Version,
    /// The generation in which it did.
    pub generation: i64,
    /// Features of its contract that were not known.
    pub missing: Vec<String>,
}

/// What `GET /v1/live` says.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct LiveStatus {
    /// The generation that answers.
    pub generation: Option<i64>,
    /// The version that answers.
    pub version: Option<Version>,
    /// When it was loaded.
    pub loaded_at: Option<Moment>,
    /// A generation that was refused, and why.
    pub refused: Option<RefusedGeneration>,
}

/// A generation that the service did not load.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct RefusedGeneration {
    /// The generation.
    pub generation: i64,
    /// The version.
    pub version: Version,
    /// Why, in English.
    pub reason: String,
    /// The key of its sentences in the string catalogue.
    #[serde(default)]
    pub key: String,
    /// What stands in their placeholders.
    #[serde(default)]
    pub fields: std::collections::BTreeMap<String, String>,
}

/// How long a service may take to come up, and to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starts the service of `home` at `listen` (port 0: any free one) with the program at `program`.
///
/// # Errors
/// [`WorkflowError::Service`] with what the service said where it did not come up.
pub fn start(home: &Home, program: &Path, listen: SocketAddr) -> Result<Server, WorkflowError> {
    let mut command = Command::new(program);
    command
        .arg("--home")
        .arg(home.folder())
        .arg("--registry")
        .arg(home.registry())
        .arg("--json")
        .args(["serve", "--until-input-closes", "--listen", &listen.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let service = |reason: String| WorkflowError::Service { reason };
    let mut child = command.spawn().map_err(|error| service(error.to_string()))?;
    let stdin = child.stdin.take();
    let mut line = String::new();
    if let Some(out) = child.stdout.take() {
        // A service that cannot come up ends, which closes its output.
        BufReader::new(out).read_line(&mut line).map_err(|error| service(error.to_string()))?;
    }
    match serde_json::from_str::<Ready>(&line) {
        Ok(ready) => {
            drain(child.stderr.take());
            Ok(Server { child, stdin, address: ready.listening })
        }
        Err(_) => {
            drop(stdin);
            let said =
                child.wait_with_output().map(|output| String::from_utf8_lossy(&output.stderr).trim().to_owned());
            Err(service(said.unwrap_or_default()))
        }
    }
}

/// Reads the log of the service to its end, so that it never waits for somebody to read it.
fn drain(log: Option<std::process::ChildStderr>) {
    if let Some(mut log) = log {
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    }
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The id of its process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Whether it is still there.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let deadline = Instant::now() + Duration::from_secs(3);
        while Instant::now() < deadline {
            if !self.is_running() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        // It did not stop by itself. There is nobody left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Talks to a service.
#[derive(Clone, Debug)]
pub struct Client {
    agent: ureq::Agent,
    address: SocketAddr,
}

impl Client {
    /// A client of the service at `address`.
    #[must_use]
    pub fn new(address: SocketAddr) -> Client {
        let config =
            ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false).build();
        Client { agent: config.into(), address }
    }

    /// A prediction for `request`, the JSON of `POST /v1/predict`.
    ///
    /// # Errors
    /// [`WorkflowError::Service`], or [`WorkflowError::ServiceRefused`] where it answers with a problem.
    pub fn predict(&self, request: &serde_json::Value) -> Result<Answer, WorkflowError> {
        let url = format!("http://{}/v1/predict", self.address);
        read(self.agent.post(url).send_json(request))
    }

    /// What is live.
    ///
    /// # Errors
    /// As [`Client::predict`].
    pub fn live(&self) -> Result<LiveStatus, WorkflowError> {
        read(self.agent.get(format!("http://{}/v1/live", self.address)).call())
    }
}

fn read<T: DeserializeOwned>(
    response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<T, WorkflowError> {
    let service = |reason: String| WorkflowError::Service { reason };
    let mut response = response.map_err(|error| service(error.to_string()))?;
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().map_err(|error| service(error.to_string()))?;
    if status != 200 {
        #[derive(Deserialize)]
        struct Problem {
            detail: String,
        }
        let detail = serde_json::from_str::<Problem>(&text).map_or(text, |problem| problem.detail);
        return Err(WorkflowError::ServiceRefused { status, detail });
    }
    serde_json::from_str(&text).map_err(|error| service(error.to_string()))
}
