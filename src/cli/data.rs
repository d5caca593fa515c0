//! `nobat data`

use clap::Subcommand;
use serde::Serialize;

use crate::base::calendar::DateStyle;
use crate::base::{Digest, Verdict};
use crate::store::sqlite::Access;
use crate::store::workspace::Dataset;
use crate::workflows::datasets::{DatasetDocument, document, find, workspace};

use super::{Context, Ended};

/// Data sets of the workspace.
#[derive(Debug, clap::Args)]
pub struct Data {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Every data set, the newest first.
    List,
    /// One data set: its source, its mapping and what became of each row.
    Show {
        /// Its name, the beginning of its digest, or `latest`.
        name: String,
    },
    /// Which columns of a file mean what, as far as names and values say.
    Guess(super::guess::GuessMapping),
}

#[derive(Serialize)]
struct Entry {
    name: String,
    digest: Digest,
    created_at: crate::base::Moment,
    #[serde(flatten)]
    document: DatasetDocument,
}

impl Data {
    pub fn run(&self, context: &Context) -> Ended {
        let open = || workspace(&context.home, Access::Read);
        let datasets = match &self.what {
            What::Guess(guess) => return guess.run(context),
            What::List => open()?.datasets()?,
            What::Show { name } => vec![find(&open()?, name)?],
        };
        let entries = datasets.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        context.output.print(&entries, |language| {
            let line = |entry: &Entry| {
                let mut clock = entry.document.mapping.zone.clock();
                let mut date = |moment| DateStyle::usual(language).short(clock.local(moment).date(), language);
                let report = &entry.document.report;
                language.fill(
                    "cli.data.line",
                    &[
                        ("digest", &entry.digest.short()),
                        ("name", &entry.name),
                        ("visits", &language.integer(report.accepted + report.repaired)),
                        ("sites", &language.integer(entry.document.sites)),
                        ("first", &date(entry.document.first)),
                        ("last", &date(entry.document.last)),
                    ],
                )
            };
            if entries.is_empty() {
                vec![language.text("cli.data.none").to_owned()]
            } else {
                entries.iter().map(line).collect()
            }
        })?;
        Ok(Verdict::Pass)
    }
}

fn entry(dataset: &Dataset) -> Result<Entry, crate::workflows::WorkflowError> {
    Ok(Entry {
        name: dataset.name.clone(),
        digest: dataset.digest,
        created_at: dataset.created_at,
        document: document(dataset)?,
    })
}
