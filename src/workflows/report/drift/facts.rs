//! How a result of the monitors came about, and what its words mean.

use crate::workflows::report::document::{Block, Cell};
use crate::workflows::report::tells::{Tells as _, program};

use super::Telling;

/// Words that a stranger need not know.
const TERMS: [&str; 7] = ["window", "kl", "floor", "psi_js", "concept", "ks", "preliminary"];

impl Telling<'_> {
    pub fn made(&self) -> Vec<Block> {
        let (account, report) = (self.account, self.report());
        let windows = &report.windows;
        let mut facts = Vec::new();
        let sets = [&account.dataset, &account.against].into_iter().zip(self.digests());
        let keys =
            [("report.fact_dataset", "report.fact_digest"), ("report.fact_against", "report.fact_against_digest")];
        for ((name, digest), (key, digest_key)) in sets.zip(keys) {
            facts.extend(name.as_ref().map(|name| self.fact(key, Cell::Name(name.clone()))));
            facts.extend(digest.map(|digest| self.fact(digest_key, Cell::Code(digest.to_string()))));
        }
        facts.extend(report.predictions.as_ref().map(|log| {
            let values = [
                ("n", self.count(log.n)),
                ("known", self.count(log.with_outcome)),
                ("versions", log.versions.join(", ")),
            ];
            self.fact("report.fact_log", Cell::text(self.fill("report.log_facts", &values)))
        }));
        facts.push(self.fact("report.fact_window", Cell::text(self.window(&windows.current))));
        facts.push(self.fact("report.fact_reference", Cell::text(self.window(&windows.reference))));
        let months = [
            ("report.fact_month", &windows.label_current),
            ("report.fact_month_before", &windows.label_reference),
        ];
        for (key, window) in months {
            facts.extend(window.as_ref().map(|window| self.fact(key, Cell::text(self.window(window)))));
        }
        let model = match report.model.trained_until {
            Some(until) => {
                let values = [("model", self.model()), ("until", self.date(until))];
                self.fill("report.model_until", &values)
            }
            None => self.model(),
        };
        facts.extend([
            self.fact("report.fact_model", Cell::text(model)),
            self.fact("report.fact_seed", Cell::Code(report.seed.to_string())),
            self.fact("report.fact_made_at", Cell::text(self.written_at())),
            self.fact("report.fact_program", Cell::Code(program())),
        ]);
        vec![Block::Facts(facts)]
    }

    pub fn terms(&self) -> Vec<Block> {
        vec![Block::Facts(self.terms_of(&TERMS))]
    }
}
