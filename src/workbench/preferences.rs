//! What the window remembers from one start to the next: language, theme, screen, zoom.

use serde::{Deserialize, Serialize};

use super::theme::Theme;
use crate::base::language::Language;

/// Remembered choices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The language; none is that of the system.
    pub language: Option<Language>,
    /// The theme.
    pub theme: Theme,
    /// Id of the screen that was open.
    pub screen: String,
    /// Zoom in percent, of [`ZOOMS`].
    pub zoom_percent: u16,
}

/// The steps of zooming, in percent.
pub const ZOOMS: [u16; 8] = [75, 90, 100, 110, 125, 150, 175, 200];

impl Default for Preferences {
    fn default() -> Preferences {
        Preferences { language: None, theme: Theme::System, screen: String::new(), zoom_percent: 100 }
    }
}

impl Preferences {
    /// The language chosen, or that of the system.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language.unwrap_or_else(system_language)
    }

    /// The next larger step.
    pub fn zoom_in(&mut self) {
        self.zoom_percent = ZOOMS.into_iter().find(|step| *step > self.zoom_percent).unwrap_or(200);
    }

    /// The next smaller step.
    pub fn zoom_out(&mut self) {
        self.zoom_percent = ZOOMS.into_iter().rev().find(|step| *step < self.zoom_percent).unwrap_or(75);
    }

    /// The zoom as a factor, within what is allowed whatever a file said.
    #[must_use]
    pub fn zoom(&self) -> f32 {
        f32::from(self.zoom_percent.clamp(75, 200)) / 100.0
    }
}

/// The language of the locale's variables; English where they say nothing.
fn system_language() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.map_or(Language::English, |locale| Language::from_locale(&locale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zoom_stays_between_its_ends_and_a_strange_file_does_no_harm() {
        let mut preferences = Preferences::default();
        for _ in 0..20 {
            preferences.zoom_in();
        }
        assert_eq!(preferences.zoom_percent, 200);
        for _ in 0..20 {
            preferences.zoom_out();
        }
        assert_eq!(preferences.zoom_percent, 75);
        let odd: Preferences = serde_json::from_str(r#"{"zoom_percent": 9000, "unknown": 1}"#).unwrap();
        assert!((odd.zoom() - 2.0).abs() < f32::EPSILON);
        assert_eq!(odd.theme, Theme::System);
    }
}
