//! The same comparison at several past dates: one ratio a date, and what they say together.

use std::sync::Arc;

use egui::Ui;

use crate::base::calendar::DateStyle;
use crate::base::language::Language;
use crate::workbench::screens::compare::charts::side_words;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look};
use crate::workbench::widgets::charts::{ForestData, ForestRow, chart_card_ui};
use crate::workflows::compare::{Rolling, RollingRatio, rolling_words};

/// What was rolled, with its picture in one language.
#[derive(Debug)]
pub(super) struct ShownRolling {
    rolling: Arc<Rolling>,
    language: Language,
    picture: ForestData,
    sentence: String,
}

impl ShownRolling {
    pub fn of(look: &Look, rolling: &Arc<Rolling>) -> ShownRolling {
        let values = [
            ("candidate", side_words(look, &rolling.candidate.name, &rolling.candidate.family)),
            ("current", side_words(look, &rolling.current.name, &rolling.current.family)),
        ];
        let who = look.language.fill_owned("compare.rolling_who", &values);
        let says = rolling_words(look.language, rolling);
        ShownRolling {
            rolling: rolling.clone(),
            language: look.language,
            picture: picture(look, rolling),
            sentence: look.fill("compare.sentences", &[("first", &says), ("second", &who)]),
        }
    }

    /// Whether it shows `rolling` in the language of `look`.
    pub fn shows(&self, look: &Look, rolling: &Arc<Rolling>) -> bool {
        Arc::ptr_eq(&self.rolling, rolling) && self.language == look.language
    }

    pub fn ui(&self, ui: &mut Ui) {
        chart_card_ui(ui, &self.picture, 0.0, 0.0);
        Text::new(self.sentence.as_str()).ink(Ink::Soft).wrap().copyable().ui(ui);
    }
}

fn picture(look: &Look, rolling: &Rolling) -> ForestData {
    let style = DateStyle::usual(look.language);
    let row = |label: String, found: &RollingRatio| ForestRow {
        label,
        n: found.n,
        estimate: found.ratio,
        low: found.ratio_low,
        high: found.ratio_high,
        ink: if found.ratio_low > 1.0 {
            Ink::Fail
        } else if found.ratio_high < 1.0 {
            Ink::Candidate
        } else {
            Ink::Reference
        },
    };
    let mut rows: Vec<ForestRow> = rolling
        .origins
        .iter()
        .filter_map(|origin| {
            let date = style.short(origin.day, look.language);
            Some(row(date, origin.found.as_ref()?))
        })
        .collect();
    rows.extend(rolling.overall.as_ref().map(|found| row(look.text("compare.all_dates").to_owned(), found)));
    ForestData {
        name: look.text("compare.rolling").to_owned(),
        note: look.text("compare.rolling_note").to_owned(),
        label_name: look.text("compare.trained_on").to_owned(),
        rows,
        neutral: 1.0,
        bound: Some(rolling.margin),
        places: 2,
    }
}
