//! The sections of a card, each as its lines.

use crate::analysis::evaluation::Errors;
use crate::analysis::insight::ResidualSlice;
use crate::analysis::models::Fitted;

use super::{Card, ends_of, worst};

/// A figure of the table of errors: its name, its value, and whether that is a share.
type Figure = (&'static str, fn(&Errors) -> f64, bool);

const FIGURES: [Figure; 6] = [
    ("metric.median", |errors| errors.median_absolute_error, false),
    ("metric.p90", |errors| errors.p90_absolute_error, false),
    ("metric.rmse", |errors| errors.rmse, false),
    ("metric.bias", |errors| errors.bias, false),
    ("metric.within_20", |errors| errors.within_20, true),
    ("metric.too_low", |errors| errors.too_low, true),
];

impl Card<'_> {
    /// Title and purpose.
    pub fn head(&self) -> Vec<String> {
        let title = [("run", self.count(self.test.run.id.unsigned_abs())), ("family", self.family())];
        let mut lines = vec![format!("# {}", self.fill("card.title", &title))];
        lines.extend(self.heading("card.purpose"));
        lines.push(self.text("card.purpose_line"));
        lines.push(String::new());
        lines.push(self.text(&format!("train.about_{}", self.test.run.family)));
        lines
    }

    pub fn data(&self) -> Vec<String> {
        let outcomes = self.dataset.outcomes();
        let origin = &self.test.artifact.origin;
        let document = &self.test.document;
        let mut lines = self.heading("card.data");
        let set = [
            ("name", self.dataset_name.clone()),
            ("visits", self.count(outcomes.visits)),
            ("sites", self.language.sites(self.dataset.sites)),
            ("first", self.date(self.dataset.first)),
            ("last", self.date(self.dataset.last)),
        ];
        lines.push(format!("- {}", self.fill("card.set", &set)));
        lines.push(format!("- SHA-256: `{}`", origin.dataset));
        let ends = [
            ("served", self.count(outcomes.served)),
            ("abandoned", self.count(outcomes.abandoned)),
            ("unfinished", self.count(outcomes.unfinished)),
        ];
        lines.push(format!("- {}", self.fill("card.outcomes", &ends)));
        let learned = [
            ("n", self.count(origin.train_n)),
            ("from", self.date(origin.trained_from)),
            ("until", self.date(origin.trained_until)),
        ];
        lines.push(format!("- {}", self.fill("card.learned", &learned)));
        let tested = [
            ("n", self.count(document.test_n)),
            ("days", self.count(document.test.as_ref().map_or(0, |errors| errors.days))),
        ];
        lines.push(format!("- {}", self.fill("card.tested", &tested)));
        if document.earlier_tests > 0 {
            let earlier = self.fill("train.earlier_value", &[("n", self.count(document.earlier_tests))]);
            lines.push(format!("- {}: {earlier}", self.text("train.earlier")));
        }
        lines
    }

    pub fn features(&self) -> Vec<String> {
        let features = self.test.artifact.contract.features();
        let mut lines = self.heading("card.features");
        if features.is_empty() {
            lines.push(self.text("card.no_features"));
            return lines;
        }
        lines.push(self.text("card.features_line"));
        lines.push(String::new());
        let heads = ["card.feature", "card.feature_id", "card.unit", "card.critical"].map(|key| self.text(key));
        lines.extend(table_head(&heads));
        for feature in features {
            let name = match &feature.expression {
                Some(expression) => format!("`{expression}`"),
                None => self.feature(&feature.id),
            };
            let unit = self.text(&format!("unit.{}", feature.unit));
            let critical = if feature.critical { self.text("card.is_critical") } else { String::new() };
            lines.push(table_row(&[name, format!("`{}`", feature.id), unit, critical]));
        }
        lines
    }

    /// Parameters, seed, and what a prediction may not do.
    pub fn settings(&self) -> Vec<String> {
        let mut lines = self.heading("card.settings");
        lines.push(format!("- {}", self.fill("card.family", &[("family", self.family())])));
        for (name, value) in &self.test.artifact.origin.parameters {
            let value = match value {
                serde_json::Value::String(word) => {
                    let key = format!("choice.{word}");
                    self.text(&key)
                }
                other => self.plain_number(&other.to_string()),
            };
            lines.push(format!("- {}: {value} (`{name}`)", self.text(&format!("parameter.{name}"))));
        }
        let seed = self.language.digits(&self.test.artifact.origin.seed.to_string());
        lines.push(format!("- {}: {seed}", self.text("train.seed")));
        lines.extend(self.heading("card.monotone"));
        let constrained: Vec<_> = match &self.test.artifact.model {
            Fitted::Boosted(trees) => trees.monotone().collect(),
            _ => Vec::new(),
        };
        if constrained.is_empty() {
            lines.push(self.text("card.monotone_none"));
        }
        for (feature, direction) in constrained {
            let key = format!("card.monotone_{}", direction.id());
            lines.push(format!("- {}", self.fill(&key, &[("feature", self.feature(feature))])));
        }
        lines
    }

    /// A number of JSON with as many decimals as it has there.
    fn plain_number(&self, text: &str) -> String {
        let places = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        text.parse().map_or_else(|_| text.to_owned(), |value| self.language.decimal(value, places))
    }

    pub fn errors(&self) -> Vec<String> {
        let document = &self.test.document;
        let mut lines = self.heading("card.errors");
        let (Some(test), sides) = (&document.test, [&document.test, &document.rule, &document.constant]) else {
            lines.push(self.text("card.untested"));
            return lines;
        };
        let n = [("n", self.count(test.n)), ("days", self.count(test.days))];
        lines.push(self.fill("card.errors_line", &n));
        lines.push(String::new());
        let heads = ["card.figure", "train.this_run", "train.column_rule", "train.column_constant"];
        lines.extend(table_head(&heads.map(|key| self.text(key))));
        let row = |name: &str, value: &dyn Fn(&Errors) -> String| {
            let mut cells = vec![self.text(name)];
            cells.extend(sides.iter().map(|side| side.as_ref().map_or_else(|| "–".to_owned(), value)));
            table_row(&cells)
        };
        lines.push(row("card.mae", &|errors| self.with_interval(errors.mae, ends_of(errors))));
        for (name, value, is_share) in FIGURES {
            lines.push(row(name, &|errors| match is_share {
                true => self.language.percent(value(errors), 1),
                false => self.number(value(errors)),
            }));
        }
        lines
    }

    /// How often the intervals hold what they say.
    pub fn intervals(&self) -> Vec<String> {
        let document = &self.test.document;
        let mut lines = self.heading("train.intervals");
        let words = document.interval_words(self.language).into_iter();
        lines.extend(words.map(|(name, words)| format!("- {name}: {words}")));
        lines
    }

    pub fn slices(&self) -> Vec<String> {
        let mut lines = self.heading("card.slices");
        let Some(residuals) = &self.residuals else {
            lines.push(self.text("card.no_slices"));
            return lines;
        };
        lines.push(self.text("card.slices_line"));
        lines.push(String::new());
        let heads = ["card.slice", "chart.n", "card.days", "card.mae", "card.bias"].map(|key| self.text(key));
        lines.extend(table_head(&heads));
        let before = lines.len();
        let whole = |slice: &ResidualSlice<u8>| self.language.digits(&format!("{:02}:00", slice.of));
        let site = worst(&residuals.by_site).map(|slice| self.slice("insight.site", slice.of.clone(), slice));
        let hour = worst(&residuals.by_hour).map(|slice| self.slice("insight.hour", whole(slice), slice));
        let weekday = worst(&residuals.by_weekday)
            .map(|slice| self.slice("insight.weekday", self.text(slice.of.name_key()), slice));
        let predicted = worst(&residuals.by_predicted).map(|slice| {
            let range = [("from", self.number(slice.of.from)), ("to", self.number(slice.of.to))];
            self.slice("insight.predicted", self.fill("insight.range", &range), slice)
        });
        lines.extend([site, hour, weekday, predicted].into_iter().flatten());
        if lines.len() == before {
            lines.truncate(before - 4);
            lines.push(self.text("card.no_slices"));
        }
        lines
    }

    fn slice<L>(&self, kind: &str, which: String, slice: &ResidualSlice<L>) -> String {
        let name = self.fill("train.parameter", &[("name", self.text(kind)), ("value", which)]);
        table_row(&[
            name,
            self.count(slice.n),
            self.count(slice.days),
            self.with_interval(slice.mae, slice.mae_low.zip(slice.mae_high)),
            self.with_interval(slice.bias, slice.bias_low.zip(slice.bias_high)),
        ])
    }

    pub fn limits(&self) -> Vec<String> {
        let document = &self.test.document;
        let origin = &self.test.artifact.origin;
        let mut lines = self.heading("card.limits");
        let until =
            [("until", self.date(origin.trained_until)), ("sites", self.language.sites(self.sites_learned()))];
        lines.push(format!("- {}", self.fill("card.limit_learned", &until)));
        let days = (origin.trained_until.millis() - origin.trained_from.millis()) / 86_400_000 + 1;
        let days = [("days", self.count(days.unsigned_abs()))];
        lines.push(format!("- {}", self.fill("card.limit_days", &days)));
        let unscored = [
            ("abandoned", self.count(document.test_abandoned)),
            ("unfinished", self.count(document.test_unfinished)),
        ];
        lines.push(format!("- {}", self.fill("card.limit_abandoned", &unscored)));
        let longest = |values: &mut dyn Iterator<Item = f64>| self.number(values.fold(0.0, f64::max));
        let waits = [
            (
                "learned",
                longest(&mut self.learned().filter_map(|row| self.prepared.waits.get(row).copied().flatten())),
            ),
            ("tested", longest(&mut self.test.scored.actual.iter().copied())),
            ("predicted", longest(&mut self.test.scored.predicted.iter().copied())),
        ];
        lines.push(format!("- {}", self.fill("card.limit_longest", &waits)));
        lines.push(format!("- {}", self.text("card.limit_median")));
        lines
    }

    pub fn reproduction(&self) -> Vec<String> {
        let run = &self.test.run;
        let origin = &self.test.artifact.origin;
        let mut lines = self.heading("card.reproduction");
        lines.push(self.fill("card.reproduction_line", &[("until", self.date(origin.trained_until))]));
        lines.extend(["", "```yaml", "# params.yaml"].map(str::to_owned));
        lines.extend(origin.parameters.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.extend(["```", "", "```sh"].map(str::to_owned));
        let data = origin.dataset.to_string();
        lines.push(format!(
            "nobat train --data {data} --family {} --params params.yaml --seed {}",
            run.family, run.seed
        ));
        lines.extend(["```", ""].map(str::to_owned));
        let digest = run.artifact_sha256.map_or_else(String::new, |digest| digest.to_string());
        lines.push(format!("- {}: `{digest}`", self.text("card.artifact")));
        lines.push(format!("- {}: `{}`", self.text("card.contract"), self.test.artifact.contract.digest()));
        lines.push(format!("- {}: `nobat {}`", self.text("card.program"), origin.program));
        lines
    }

    /// Rows of the visits whose waits were known when training ended.
    fn learned(&self) -> impl Iterator<Item = usize> {
        let until = self.test.artifact.origin.trained_until;
        let called = &self.prepared.history.visits.called;
        called
            .iter()
            .enumerate()
            .filter(move |(_, called)| called.is_some_and(|at| at < until))
            .map(|(row, _)| row)
    }

    fn sites_learned(&self) -> u64 {
        let codes = self.prepared.history.visits.site.codes();
        let mut sites: Vec<u32> = self.learned().filter_map(|row| codes.get(row).copied()).collect();
        sites.sort_unstable();
        sites.dedup();
        sites.len() as u64
    }
}

fn table_head(heads: &[String]) -> Vec<String> {
    vec![table_row(heads), format!("|{}", "---|".repeat(heads.len()))]
}

/// A row of a Markdown table; what would end a cell is escaped.
fn table_row(cells: &[String]) -> String {
    let cell = |cell: &String| cell.replace('|', "\\|").replace('\n', " ");
    format!("| {} |", cells.iter().map(cell).collect::<Vec<_>>().join(" | "))
}
