//! `nobat features`

use clap::Subcommand;

use crate::analysis::features::{AUDITED_ARRIVALS, LeakageAudit, Sampling};
use crate::base::Verdict;
use crate::base::language::Language;
use crate::store::sqlite::Access;
use crate::workflows::SEED;
use crate::workflows::datasets::{find, prepare, workspace};
use crate::workflows::features::{FeatureEntry, audit_catalogue, catalogue, verdict};

use super::{Context, Ended};

/// The feature catalogue: what there is, computing it for a data set, auditing it for leaks.
#[derive(Debug, clap::Args)]
pub struct Features {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Every feature with its group and unit.
    List,
    /// Compute a sample of arrivals again from what was known then. Exit code 3 where a feature has seen the future, 4
    /// where nothing could be checked.
    Audit {
        /// The data set: its name, the beginning of its digest, or `latest`.
        #[arg(long, value_name = "D", default_value = "latest")]
        data: String,
        /// How many arrivals.
        #[arg(long, value_name = "N", default_value_t = AUDITED_ARRIVALS)]
        sample: usize,
        /// The seed of the sample.
        #[arg(long, default_value_t = SEED)]
        seed: u64,
    },
}

impl Features {
    pub fn run(&self, context: &Context) -> Ended {
        match &self.what {
            What::List => list(context),
            What::Audit { data, sample, seed } => {
                audit(context, data, Sampling { arrivals: *sample, seed: *seed })
            }
        }
    }
}

fn list(context: &Context) -> Ended {
    let entries = catalogue();
    context.output.print(&entries, |language| entries.iter().map(|entry| line(entry, language)).collect())?;
    Ok(Verdict::Pass)
}

fn line(entry: &FeatureEntry, language: Language) -> String {
    let critical = if entry.critical { language.text("cli.features.critical") } else { "" };
    let name = format!("feature.{}", entry.id);
    let fields = [
        ("id", entry.id.as_str()),
        ("name", language.text(&name)),
        ("group", entry.group),
        ("unit", entry.unit),
        ("critical", critical),
    ];
    language.fill("cli.features.line", &fields)
}

fn audit(context: &Context, data: &str, sampling: Sampling) -> Ended {
    let workspace = workspace(&context.home, Access::Read)?;
    let prepared = prepare(&workspace, &find(&workspace, data)?, &context.task)?;
    let found = audit_catalogue(&prepared, sampling, &context.task)?;
    context.output.print(&found, |language| audit_lines(&found, language))?;
    Ok(verdict(&found))
}

fn audit_lines(found: &LeakageAudit, language: Language) -> Vec<String> {
    let count = |n: u64| language.integer(n);
    let head = match verdict(found) {
        Verdict::Pass => "cli.features.audit_pass",
        Verdict::Fail => "cli.features.audit_fail",
        Verdict::Inconclusive => "cli.features.audit_nothing",
    };
    let leaks = count(found.leaks.len() as u64);
    let mut lines = vec![language.fill(head, &[("checked", &count(found.checked)), ("leaks", &leaks)])];
    for leak in &found.leaks {
        let fields = [
            ("feature", leak.feature.clone()),
            ("visit", leak.visit_id.clone()),
            ("offline", leak.offline.to_string()),
            ("recomputed", leak.recomputed.to_string()),
        ];
        lines.push(language.fill_owned("cli.features.leak", &fields));
    }
    lines
}
