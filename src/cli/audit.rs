//! `nobat audit` and `nobat verify`

use crate::base::Verdict;
use crate::base::calendar::{DateStyle, Zone};
use crate::base::explain::in_words;
use crate::store::registry::Registry;
use crate::store::sqlite::Access;
use crate::workflows::verify::{ContractProblem, Verified, verify};

use super::{Context, Ended};

/// What was done to the registry, the newest first.
#[derive(Debug, clap::Args)]
pub struct Audit {
    /// How many events.
    #[arg(long, default_value_t = 50)]
    limit: u32,
}

/// Walks the hash chain and checks every artifact, evidence and signature. Exit code 3 where something is wrong.
#[derive(Debug, clap::Args)]
pub struct Verify {}

impl Audit {
    pub fn run(&self, context: &Context) -> Ended {
        let events = Registry::open(context.home.registry(), Access::Read)?.events(self.limit, None)?;
        context.output.print(&events, |language| {
            let mut clock = Zone::default().clock();
            events
                .iter()
                .map(|event| {
                    let local = clock.local(event.at);
                    language.fill(
                        "cli.audit.line",
                        &[
                            ("seq", &language.integer(event.seq.unsigned_abs())),
                            ("at", &DateStyle::usual(language).date_and_time(local, language)),
                            ("kind", language.text(&format!("audit_event.{}", event.kind.id()))),
                            ("version", &event.version.map(|version| version.to_string()).unwrap_or_default()),
                            ("person", &event.person),
                        ],
                    )
                })
                .collect()
        })?;
        Ok(Verdict::Pass)
    }
}

impl Verify {
    pub fn run(&self, context: &Context) -> Ended {
        let Verified { registry: found, contracts } = verify(&context.home)?;
        let language = context.output.language;
        let problem =
            |problem: &crate::store::registry::Problem| language.fill_owned(problem.key(), &problem.fields());
        let contract = |problem: &ContractProblem| {
            let told = |(name, value): (&'static str, String)| (name, in_words(&value, language));
            let fields: Vec<(&'static str, String)> = problem.fields().into_iter().map(told).collect();
            language.fill_owned(problem.key(), &fields)
        };
        let problems: Vec<String> =
            found.problems.iter().map(problem).chain(contracts.iter().map(contract)).collect();
        let document = serde_json::json!({
            "events": found.events,
            "versions": found.versions,
            "artifacts": found.artifacts,
            "signatures": found.signatures,
            "head": found.head,
            "problems": problems,
        });
        context.output.print(&document, |language| {
            let count = |n: u64| language.integer(n);
            let mut lines = vec![language.fill(
                "cli.verify.counts",
                &[
                    ("events", &count(found.events as u64)),
                    ("artifacts", &count(found.artifacts as u64)),
                    ("signatures", &count(found.signatures as u64)),
                ],
            )];
            if problems.is_empty() {
                lines.push(language.text("cli.verify.sound").to_owned());
            }
            lines.extend(problems.iter().cloned());
            lines
        })?;
        Ok(if problems.is_empty() { Verdict::Pass } else { Verdict::Fail })
    }
}
