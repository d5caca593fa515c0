//! `nobat data`

use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use crate::base::calendar::DateStyle;
use crate::base::{Digest, Verdict};
use crate::store::sqlite::Access;
use crate::store::workspace::Dataset;
use crate::workflows::datasets::{DatasetDocument, document, find, workspace};

use super::{Context, Ended, data_account};

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
    /// What the checks of its import found; with `--expect`, where it is not as a contract expects (exit code 3).
    Check {
        /// Its name, the beginning of its digest, or `latest`.
        name: String,
        /// The contract.
        #[arg(long, value_name = "E.yaml")]
        expect: Option<PathBuf>,
    },
    /// A contract for the next data set, made from this one.
    Expect {
        /// Its name, the beginning of its digest, or `latest`.
        name: String,
        /// Where to write the contract; printed without it.
        #[arg(long, value_name = "E.yaml")]
        save: Option<PathBuf>,
    },
    /// What its columns hold, and how long people waited where and when.
    Profile {
        /// Its name, the beginning of its digest, or `latest`.
        name: String,
    },
    /// Two data sets side by side.
    Compare {
        /// The first: its name, the beginning of its digest, or `latest`.
        a: String,
        /// The second.
        b: String,
    },
    /// Where the rows are that its import set aside, and why.
    Quarantine {
        /// Its name, the beginning of its digest, or `latest`.
        name: String,
    },
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
        match &self.what {
            What::Guess(guess) => guess.run(context),
            What::List => list(context, None),
            What::Show { name } => list(context, Some(name)),
            What::Check { name, expect: Some(contract) } => data_account::check(context, name, contract),
            What::Check { name, expect: None } => data_account::findings(context, name),
            What::Expect { name, save } => data_account::expect(context, name, save.as_deref()),
            What::Profile { name } => data_account::profile(context, name),
            What::Compare { a, b } => data_account::compare(context, (a, b)),
            What::Quarantine { name } => data_account::quarantine(context, name),
        }
    }
}

/// Every data set, or the one called `name`.
fn list(context: &Context, name: Option<&str>) -> Ended {
    let workspace = workspace(&context.home, Access::Read)?;
    let datasets = match name {
        None => workspace.datasets()?,
        Some(name) => vec![find(&workspace, name)?],
    };
    let entries = datasets.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    context.output.print(&entries, |language| {
        let line = |entry: &Entry| {
            let mut clock = entry.document.mapping.zone.clock();
            let mut date = |moment| DateStyle::usual(language).short(clock.local(moment).date(), language);
            language.fill(
                "cli.data.line",
                &[
                    ("digest", &entry.digest.short()),
                    ("name", &entry.name),
                    ("visits", &language.integer(entry.document.outcomes().visits)),
                    ("sites", &language.sites(entry.document.sites)),
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

fn entry(dataset: &Dataset) -> Result<Entry, crate::workflows::WorkflowError> {
    Ok(Entry {
        name: dataset.name.clone(),
        digest: dataset.digest,
        created_at: dataset.created_at,
        document: document(dataset)?,
    })
}
