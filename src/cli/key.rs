//! `nobat key`

use std::path::PathBuf;

use clap::Subcommand;

use crate::base::Verdict;
use crate::workflows::WorkflowError;
use crate::workflows::files::file_error;
use crate::workflows::people::{new_key, trust};

use super::{Context, Ended};

/// Keys that sign releases (minisign).
#[derive(Debug, clap::Args)]
pub struct Key {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a key pair in the home. The passphrase is asked for, or taken from `NOBAT_PASSPHRASE`.
    New {
        /// Whose key it is.
        name: String,
        /// Do not lock it: whoever can read the file can sign.
        #[arg(long)]
        no_passphrase: bool,
    },
    /// Have the serving side of this home load what this public key signed.
    Trust {
        /// The public key.
        #[arg(value_name = "FILE")]
        public: PathBuf,
    },
}

impl Key {
    pub fn run(&self, context: &Context) -> Ended {
        match &self.what {
            What::New { name, no_passphrase } => {
                let passphrase = match (no_passphrase, std::env::var("NOBAT_PASSPHRASE")) {
                    (true, _) => None,
                    (false, Ok(words)) => Some(words),
                    (false, Err(_)) => Some(ask_passphrase(context, "cli.key.new_passphrase")?),
                };
                let key = new_key(&context.home, name, passphrase.as_deref())?;
                let (secret, public) = (key.secret.display().to_string(), key.public.display().to_string());
                let document = serde_json::json!({ "id": key.id, "secret": secret, "public": public });
                context.output.print(&document, |language| {
                    vec![
                        language
                            .fill("cli.key.made", &[("id", &key.id), ("secret", &secret), ("public", &public)]),
                    ]
                })?;
            }
            What::Trust { public } => {
                let path = trust(&context.home, public)?.display().to_string();
                context.output.print(&serde_json::json!({ "trusted": path }), |language| {
                    vec![language.fill("cli.key.trusted", &[("path", &path)])]
                })?;
            }
        }
        Ok(Verdict::Pass)
    }
}

/// Asks on the terminal without showing what is typed.
pub(super) fn ask_passphrase(context: &Context, question: &str) -> Result<String, WorkflowError> {
    rpassword::prompt_password(context.output.language.text(question))
        .map_err(|cause| file_error("terminal".as_ref(), cause))
}
