//! `nobat serve`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::base::Verdict;
use crate::serving::{self, Options};
use crate::workflows::WorkflowError;

use super::{Context, Ended};

/// Answers over HTTP with the live version, and notices by itself when another one goes live.
#[derive(Debug, clap::Args)]
pub struct Serve {
    /// Where to listen; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// A public key, or a folder of them: nothing else is loaded than what these have signed. The folder `trusted` of
    /// the home without it.
    #[arg(long, value_name = "KEY")]
    trust: Option<PathBuf>,
    /// Stop when standard input closes, so that the service never outlives whoever started it.
    #[arg(long)]
    until_input_closes: bool,
}

impl Serve {
    pub fn run(&self, context: &Context) -> Ended {
        let options = Options {
            listen: self.listen,
            registry: context.home.registry().to_owned(),
            predictions: context.home.predictions(),
            trust: self.trust.clone().unwrap_or_else(|| context.home.trusted()),
            poll: Duration::from_millis(100),
        };
        let stop = context.task.cancel_token();
        if self.until_input_closes {
            let stop = stop.clone();
            std::thread::spawn(move || {
                // Whatever ends the input, its other end is gone.
                let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
                stop.cancel();
            });
        }
        serving::run(options, &stop, |address| {
            if context.output.is_json() {
                println!("{}", serde_json::json!({ "listening": address }));
            } else {
                context
                    .output
                    .line(&context.output.language.fill("cli.serve", &[("address", &address.to_string())]));
            }
        })
        .map_err(|error| WorkflowError::Serving(Box::new(error)))?;
        Ok(Verdict::Pass)
    }
}
