//! `nobat import`

use std::path::PathBuf;

use crate::base::Verdict;
use crate::base::language::Language;
use crate::workflows::import::{ImportOutcome, ImportRequest, import_file};

use super::data_account::violation_lines;
use super::{Context, Ended};

/// Reads files of visits and keeps them as one data set: CSV, TSV, JSON Lines (plain, gzip, Zstandard), Parquet.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The files, or folders of files, of one shape.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Which columns mean what; without it, that is guessed from names and values, and asked where in doubt.
    #[arg(long, value_name = "M.yaml")]
    map: Option<PathBuf>,
    /// What to call the data set; the name of the file without it.
    #[arg(long)]
    name: Option<String>,
    /// A contract, made with `nobat data expect`; where the data set is not as expected, the exit code is 3. It is kept
    /// all the same.
    #[arg(long, value_name = "E.yaml")]
    expect: Option<PathBuf>,
    /// A data set that the files continue: its name, the beginning of its digest, or `latest`. Its visits and the new ones
    /// become a new data set; what the two share is taken once, and the older data set stays as it is.
    #[arg(long, value_name = "D")]
    append: Option<String>,
}

impl Import {
    pub fn run(&self, context: &Context) -> Ended {
        let request = ImportRequest {
            paths: self.files.clone(),
            mapping: self.map.clone(),
            name: self.name.clone(),
            append_to: self.append.clone(),
            person: context.person.clone(),
            expectations: self.expect.clone(),
        };
        let outcome = import_file(&context.home, &request, &context.task)?;
        context.output.print(&outcome.summary(), |language| lines(&outcome, language))?;
        let is_as_expected = outcome.violations.as_ref().is_none_or(Vec::is_empty);
        Ok(if is_as_expected { Verdict::Pass } else { Verdict::Fail })
    }
}

fn lines(outcome: &ImportOutcome, language: Language) -> Vec<String> {
    let report = &outcome.report;
    let count = |n: u64| language.integer(n);
    let mut lines = vec![
        language.fill(
            "cli.import.head",
            &[("name", &outcome.dataset.name), ("digest", &outcome.dataset.digest.short())],
        ),
        language.fill(
            "cli.import.rows",
            &[
                ("read", &count(report.read)),
                ("accepted", &count(report.accepted)),
                ("repaired", &count(report.repaired)),
                ("quarantined", &count(report.quarantined)),
                ("duplicate", &count(report.duplicate)),
            ],
        ),
        language.fill(
            "cli.import.outcomes",
            &[
                ("served", &count(report.served)),
                ("abandoned", &count(report.abandoned)),
                ("unfinished", &count(report.unfinished)),
            ],
        ),
    ];
    if let (Some(parent), Some(all)) = (&outcome.parent, &outcome.outcomes) {
        let key =
            if outcome.dataset.digest == parent.digest { "cli.import.nothing_new" } else { "cli.import.parent" };
        let values = [
            ("name", parent.name.clone()),
            ("digest", parent.digest.short()),
            ("before", count(parent.visits)),
            ("completed", count(parent.completed)),
            ("visits", count(all.visits)),
        ];
        lines.push(language.fill_owned(key, &values));
    }
    for finding in &report.findings {
        let name = language.text(&format!("check.{}", finding.check.id())).to_owned();
        let action = language.text(&format!("action.{}", finding.action.id())).to_owned();
        let values = [("action", action.as_str()), ("n", &count(finding.count)), ("name", &name)];
        lines.push(language.fill("cli.import.finding", &values));
    }
    if let Some(violations) = &outcome.violations {
        lines.extend(violation_lines(violations, language));
    }
    if let Some(path) = &outcome.quarantine {
        lines.push(language.fill("cli.import.quarantine", &[("path", &path.display().to_string())]));
    }
    lines
}
