//! How a comparison came about, so that it can be done again; and what its words mean.

use crate::analysis::models::Artifact;
use crate::base::Digest;
use crate::workflows::report::document::{Block, Cell, Fact};

use super::Telling;
use crate::workflows::report::tells::{Tells as _, program};

/// Words that a stranger need not know.
const TERMS: [&str; 8] = ["visit", "wait", "error", "interval", "gate", "bootstrap", "false_alarms", "shadow"];

impl Telling<'_> {
    pub fn made(&self) -> Vec<Block> {
        let account = self.account;
        let comparison = self.comparison();
        let mut facts = vec![
            self.fact("report.fact_dataset", Cell::Name(account.dataset.clone())),
            self.fact("report.fact_digest", Cell::Code(account.digest.to_string())),
            self.fact("report.fact_period", Cell::text(self.period())),
            self.fact("report.fact_visits", Cell::text(self.visits())),
        ];
        let [current, candidate] = account.artifacts;
        facts.extend(self.model(
            ["report.fact_current", "report.fact_current_learned", "report.fact_current_digest"],
            self.current(),
            account.outcome.current.as_ref(),
            current,
        ));
        facts.extend(self.model(
            ["report.fact_candidate", "report.fact_candidate_learned", "report.fact_candidate_digest"],
            self.candidate(),
            account.outcome.candidate.as_ref(),
            candidate,
        ));
        let resamples = [("n", self.count(comparison.resamples)), ("blocks", self.count(comparison.site_days))];
        facts.extend([
            self.fact("report.fact_resamples", Cell::text(self.fill("report.resamples", &resamples))),
            self.fact("report.fact_seed", Cell::Code(comparison.seed.to_string())),
            self.fact("report.fact_made_at", Cell::text(self.written_at())),
            self.fact("report.fact_program", Cell::Code(program())),
            self.fact("report.fact_command", Cell::Code(self.command())),
        ]);
        vec![Block::Facts(facts)]
    }

    fn period(&self) -> String {
        let comparison = self.comparison();
        let values = [
            ("from", self.date(comparison.from)),
            ("to", self.date(comparison.until)),
            ("zone", self.account.zone.to_string()),
        ];
        self.fill("report.period", &values)
    }

    fn visits(&self) -> String {
        let comparison = self.comparison();
        let values = [
            ("n", self.count(comparison.n)),
            ("days", self.count(comparison.days)),
            ("blocks", self.count(comparison.site_days)),
            ("abandoned", self.count(comparison.abandoned)),
            ("unfinished", self.count(comparison.unfinished)),
        ];
        self.fill("report.visits", &values)
    }

    fn model(&self, keys: [&str; 3], words: String, kept: Option<&Artifact>, digest: Option<Digest>) -> Vec<Fact> {
        let [name, learned, sha256] = keys;
        let mut facts = vec![self.fact(name, Cell::text(words))];
        let learned_words = match kept {
            None => self.text("report.fitted_on_the_spot"),
            Some(artifact) => {
                let origin = &artifact.origin;
                let values = [
                    ("n", self.count(origin.train_n)),
                    ("from", self.date(origin.trained_from)),
                    ("until", self.date(origin.trained_until)),
                    ("program", origin.program.clone()),
                    ("dataset", origin.dataset.short()),
                ];
                self.fill("report.learned", &values)
            }
        };
        facts.push(self.fact(learned, Cell::text(learned_words)));
        facts.extend(digest.map(|digest| self.fact(sha256, Cell::Code(digest.to_string()))));
        facts
    }

    /// What gives the same numbers again.
    fn command(&self) -> String {
        let comparison = self.comparison();
        let weights = self.account.outcome.weights;
        let mut command = format!(
            "nobat compare --current {} --candidate {} --data {} --seed {} --cost-minute {} --cost-turn {}",
            comparison.current.name,
            comparison.candidate.name,
            self.account.digest,
            comparison.seed,
            weights.per_minute_needless,
            weights.per_turn_missed
        );
        let days = [("--from", comparison.selection.from), ("--until", comparison.selection.until)];
        let days = days.into_iter().filter_map(|(name, day)| Some(format!(" {name} {}", day?)));
        command.extend(days);
        let lineage = &comparison.lineage;
        let files = [
            (&comparison.selection.current_file, lineage.current_trained_until),
            (&comparison.selection.candidate_file, lineage.candidate_trained_until),
        ];
        // One end of training is said for both files.
        let end = files.into_iter().find_map(|(file, until)| until.filter(|_| file.is_some()));
        command.extend(end.map(|until| format!(" --trained-until {until}")));
        command
    }

    pub fn terms(&self) -> Vec<Block> {
        vec![Block::Facts(self.terms_of(&TERMS))]
    }
}
