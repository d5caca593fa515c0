//! The model card of a run: what somebody who has to decide about the model must know, as one Markdown document.
//!
//! Everything in it is kept with the run or computed on its test part; nothing is typed by hand, so that a card cannot say
//! what is not so. The headings follow Mitchell et al. 2019, "Model cards for model reporting".

mod parts;

use std::path::{Path, PathBuf};

use crate::analysis::evaluation::Errors;
use crate::analysis::features::{Unit, feature as catalogued};
use crate::analysis::history::Channel;
use crate::analysis::insight::{InsightError, ResidualSlice, Residuals};
use crate::analysis::models::Scalar;
use crate::base::calendar::{DateStyle, Weekday};
use crate::base::language::Language;
use crate::base::{Moment, Task};
use crate::store::sqlite::Access;

use super::datasets::{self, DatasetDocument, Prepared, workspace};
use super::insight::{TestPart, test_part};
use super::{Home, WorkflowError};

/// What a card is written from.
struct Card<'a> {
    language: Language,
    test: &'a TestPart,
    prepared: &'a Prepared,
    dataset: DatasetDocument,
    dataset_name: String,
    /// Where it errs; absent where there are too few visits to say.
    residuals: Option<Residuals>,
}

/// Slices with fewer visits are not named as the worst …
const FEWEST_VISITS: u64 = 100;
/// … nor those on fewer days.
const FEWEST_DAYS: u64 = 5;

/// The card of run `id` in `language`, as Markdown, reading its data set.
///
/// # Errors
/// [`WorkflowError`] where there is no such run, it has no model, or its data set or artifact is not what it was.
pub fn read_card(home: &Home, id: i64, language: Language, task: &Task) -> Result<String, WorkflowError> {
    let workspace = workspace(home, Access::Read)?;
    let run = workspace.run(id)?;
    let prepared = datasets::prepare(&workspace, &workspace.dataset(run.dataset)?, task)?;
    card(home, &prepared, id, language, task)
}

/// As [`read_card`], with the visits at hand.
///
/// # Errors
/// [`WorkflowError`].
pub fn card(
    home: &Home,
    prepared: &Prepared,
    id: i64,
    language: Language,
    task: &Task,
) -> Result<String, WorkflowError> {
    let test = test_part(home, prepared, id, task)?;
    let kept = workspace(home, Access::Read)?.dataset(test.run.dataset)?;
    let residuals = match test.residuals(task) {
        Ok(found) => Some(found.residuals),
        Err(WorkflowError::Insight(InsightError::TooFew { .. })) => None,
        Err(error) => return Err(error),
    };
    let card = Card {
        language,
        test: &test,
        prepared,
        dataset: datasets::document(&kept)?,
        dataset_name: kept.name,
        residuals,
    };
    let sections = [
        card.head(),
        card.data(),
        card.features(),
        card.settings(),
        card.errors(),
        card.intervals(),
        card.slices(),
        card.limits(),
    ];
    let mut lines = sections.concat();
    lines.extend(card.reproduction());
    Ok(lines.join("\n") + "\n")
}

/// The file in `home` that the window saves the card of run `id` to.
#[must_use]
pub fn card_file(home: &Home, id: i64, language: Language) -> PathBuf {
    home.folder().join("cards").join(format!("run-{id}-{}.md", language.id()))
}

/// Writes a card to `path`, whole or not at all; its folder is made where it is not there.
///
/// # Errors
/// [`WorkflowError::File`].
pub fn save_card(text: &str, path: &Path) -> Result<(), WorkflowError> {
    let failed = |cause| WorkflowError::File { path: path.to_owned(), cause };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(failed)?;
    file.persist(path).map(drop).map_err(|error| failed(error.error))
}

impl Card<'_> {
    fn text(&self, key: &str) -> String {
        self.language.text(key).to_owned()
    }

    fn fill(&self, key: &str, values: &[(&'static str, String)]) -> String {
        self.language.fill_owned(key, values)
    }

    fn number(&self, value: f64) -> String {
        self.language.decimal(value, 2)
    }

    fn count(&self, value: u64) -> String {
        self.language.integer(value)
    }

    /// The day of a moment at the sites.
    fn date(&self, moment: Moment) -> String {
        let date = self.prepared.history.zone.clock().local(moment).date();
        DateStyle::usual(self.language).long(date, self.language)
    }

    fn family(&self) -> String {
        self.text(&format!("family.{}", self.test.run.family))
    }

    fn heading(&self, key: &str) -> Vec<String> {
        vec![String::new(), format!("## {}", self.text(key)), String::new()]
    }

    /// A value with its 95 % interval where it has one.
    fn with_interval(&self, value: f64, ends: Option<(f64, f64)>) -> String {
        let words = self.number(value);
        ends.map_or(words.clone(), |(low, high)| {
            self.fill(
                "chart.with_bounds",
                &[("value", words.clone()), ("low", self.number(low)), ("high", self.number(high))],
            )
        })
    }

    fn feature(&self, id: &str) -> String {
        feature_words(self.language, id)
    }
}

/// The feature by its name for people; an expression by the name it was given.
#[must_use]
pub fn feature_words(language: Language, id: &str) -> String {
    match id.strip_prefix("x.") {
        Some(name) => name.to_owned(),
        None => language.text(&format!("feature.{id}")).to_owned(),
    }
}

/// A value of a feature for people: minutes and hours of a day as the clock shows them, names by their words.
#[must_use]
pub fn value_words(language: Language, feature: &str, value: &Scalar) -> String {
    let number = match value {
        Scalar::Text(name) => return category_words(language, feature, name),
        Scalar::Number(number) => *number,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "minutes of a day")]
    let clock = |minutes: f64| {
        let minutes = minutes.clamp(0.0, 24.0 * 60.0) as u32;
        language.digits(&format!("{:02}:{:02}", minutes / 60, minutes % 60))
    };
    match catalogued(feature).map(|feature| feature.unit) {
        Some(Unit::MinuteOfDay) => clock(number),
        Some(Unit::HourOfDay) => clock(60.0 * number),
        _ => language.decimal(number, usize::from(number.fract() != 0.0)),
    }
}

/// A value of a feature that is a name, for people: weekdays and channels by their words, sites and services as they are.
#[must_use]
pub fn category_words(language: Language, feature: &str, name: &str) -> String {
    let weekday = || Weekday::ALL.into_iter().find(|weekday| weekday.id() == name).map(Weekday::name_key);
    let channel = || Channel::from_id(name).map(Channel::name_key);
    let key = match feature {
        "weekday" => weekday(),
        "channel" => channel(),
        _ => None,
    };
    key.map_or(name, |key| language.text(key)).to_owned()
}

/// The interval of the MAE.
fn ends_of(errors: &Errors) -> Option<(f64, f64)> {
    errors.mae_low.zip(errors.mae_high)
}

/// The slice with the largest error among those with enough visits and days.
fn worst<L>(slices: &[ResidualSlice<L>]) -> Option<&ResidualSlice<L>> {
    let judged = slices.iter().filter(|slice| slice.n >= FEWEST_VISITS && slice.days >= FEWEST_DAYS);
    judged.max_by(|a, b| a.mae.total_cmp(&b.mae))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_as_people_say_them() {
        let number = |feature: &str, value: f64| value_words(Language::English, feature, &Scalar::Number(value));
        assert_eq!(number("minute_of_day", 585.0), "09:45");
        assert_eq!(number("hour_of_day", 7.0), "07:00");
        assert_eq!([number("people_ahead", 12.0), number("work_ahead", 12.34)], ["12", "12.3"]);
        assert_eq!(value_words(Language::Persian, "minute_of_day", &Scalar::Number(585.0)), "۰۹:۴۵");
        let named =
            |feature: &str, name: &str| value_words(Language::English, feature, &Scalar::Text(name.to_owned()));
        assert_eq!([named("weekday", "saturday"), named("site", "saturday")], ["Saturday", "saturday"]);
    }
}
