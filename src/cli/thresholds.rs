//! `nobat thresholds`

use clap::Subcommand;

use crate::base::Verdict;
use crate::base::calendar::{DateStyle, Zone};
use crate::base::language::Language;
use crate::workflows::gates::exact_words;
use crate::workflows::thresholds::{HeldThreshold, set_threshold, thresholds};

use super::{Context, Ended};

/// What the gates hold figures against.
#[derive(Debug, clap::Args)]
pub struct Thresholds {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Every threshold: what it is, who set it and why.
    Show,
    /// Set one. The model owner alone may; the change and its reason are in the audit log.
    Set {
        /// Its name; an unknown one is answered with the names of all.
        name: String,
        /// What it shall be.
        value: f64,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

impl Thresholds {
    pub fn run(&self, context: &Context) -> Ended {
        match &self.step {
            Step::Show => {
                let held = thresholds(&context.home)?;
                context.output.print(&held, |language| held.iter().map(|of| line(of, language)).collect())?;
            }
            Step::Set { name, value, reason } => {
                let held = set_threshold(&context.home, name, *value, reason, &context.person)?;
                context.output.print(&held, |language| vec![line(&held, language)])?;
            }
        }
        Ok(Verdict::Pass)
    }
}

fn line(held: &HeldThreshold, language: Language) -> String {
    let number = |value: f64| exact_words(language, value);
    let head = language.fill_owned(
        "cli.thresholds.line",
        &[
            ("name", held.name.clone()),
            ("meaning", language.text(&held.name).to_owned()),
            ("value", number(held.value)),
            ("usual", number(held.usual)),
            ("least", number(held.least)),
            ("most", number(held.most)),
        ],
    );
    let (Some(person), Some(at), Some(reason)) = (&held.set_by, held.set_at, &held.reason) else { return head };
    let at = DateStyle::usual(language).date_and_time(Zone::default().clock().local(at), language);
    let set = language.fill("cli.thresholds.set", &[("person", person), ("at", &at), ("reason", reason)]);
    language.fill("compare.sentences", &[("first", &head), ("second", &set)])
}
