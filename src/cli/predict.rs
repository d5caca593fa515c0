//! `nobat predict`

use std::net::SocketAddr;

use crate::base::Verdict;
use crate::workflows::WorkflowError;
use crate::workflows::server::Client;

use super::{Context, Ended};

/// Asks a running service for one prediction.
#[derive(Debug, clap::Args)]
pub struct Predict {
    /// Where the service listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    at: SocketAddr,
    /// The request as JSON: `{"site": …, "service": …, "people_ahead": 4, …}`.
    #[arg(value_name = "JSON")]
    request: String,
}

impl Predict {
    pub fn run(&self, context: &Context) -> Ended {
        let request: serde_json::Value = serde_json::from_str(&self.request)
            .map_err(|error| WorkflowError::Document { reason: error.to_string() })?;
        let answer = Client::new(self.at).predict(&request)?;
        context.output.print(&answer, |language| {
            vec![language.fill(
                "cli.predict",
                &[("minutes", &language.decimal(answer.minutes, 1)), ("version", &answer.version.to_string())],
            )]
        })?;
        Ok(Verdict::Pass)
    }
}
