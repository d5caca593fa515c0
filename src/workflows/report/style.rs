//! The style of a report: its colours from the palette of the product, the rest from `assets/report/report.css`.

use std::fmt::Write as _;

use crate::base::palette::{DARK, Hues, LIGHT};

use super::document::Ink;
use super::font;

const SHEET: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/report/report.css"));

/// The style sheet, with the font inside. It holds no value from data.
#[must_use]
pub fn sheet() -> String {
    let mut css = font::face();
    // Paper is light, whatever the screen is.
    let _ = write!(css, ":root{{{}}}", variables(&LIGHT));
    let _ = write!(css, "@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}", variables(&DARK));
    for ink in Ink::ALL {
        let (mark, words) = of(ink);
        let _ = write!(css, ".i-{}{{--mark:var(--{mark});--words:var(--{words})}}", ink.id());
    }
    css.push('\n');
    css.push_str(SHEET);
    css
}

/// The colours of marks and of words.
fn of(ink: Ink) -> (&'static str, &'static str) {
    match ink {
        Ink::Plain => ("text-strong", "text-strong"),
        Ink::Soft => ("text-soft", "text-soft"),
        Ink::Current => ("current", "current-text"),
        Ink::Candidate => ("candidate", "candidate-text"),
        Ink::Reference => ("reference", "text-faint"),
        Ink::Shifted => ("shifted", "shifted-text"),
        Ink::Fail => ("fail", "fail-text"),
        Ink::Warn => ("warn", "warn-text"),
    }
}

fn variables(hues: &Hues) -> String {
    let all = [
        ("ground", hues.ground),
        ("card", hues.card),
        ("raised", hues.raised),
        ("line", hues.line),
        ("edge", hues.edge),
        ("text-strong", hues.text_strong),
        ("text-soft", hues.text_soft),
        ("text-faint", hues.text_faint),
        ("current", hues.current),
        ("current-text", hues.current_text),
        ("candidate", hues.candidate),
        ("candidate-text", hues.candidate_text),
        ("reference", hues.reference),
        ("shifted", hues.shifted),
        ("shifted-text", hues.shifted_text),
        ("fail", hues.fail),
        ("fail-text", hues.fail_text),
        ("warn", hues.warn),
        ("warn-text", hues.warn_text),
        ("on-fill", hues.on_fill),
    ];
    all.iter().fold(String::new(), |mut css, (name, hue)| {
        // Writing to a string does not fail.
        let _ = write!(css, "--{name}:#{hue:06X};");
        css
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_that_the_sheet_names_is_there_and_nothing_is_fetched() {
        let sheet = sheet();
        for named in SHEET.split("var(--").skip(1).filter_map(|rest| rest.split([')', ',']).next()) {
            assert!(sheet.contains(&format!("--{named}:")), "{named} has no value");
        }
        for fetched in ["http", "//", "@import"] {
            let outside = sheet.split("base64,").map(|part| part.split_once(')').map_or(part, |(_, rest)| rest));
            assert!(outside.skip(1).all(|part| !part.contains(fetched)), "{fetched}");
        }
        assert!(!sheet.contains('<'), "a sheet that ends its element");
    }
}
