//! The fonts: Vazirmatn for everything people read, a fixed-width face for digests, a face of icons.
//!
//! Vazirmatn stands first in both of egui's own families, so that spaces resolve to it and a Persian phrase is
//! shaped in one run. The licence of the embedded font lies beside it in `assets/fonts`.

use std::sync::Arc;

use egui::epaint::text::FontTweak;
use egui::{Context, FontData, FontDefinitions, FontFamily};

const VAZIRMATN: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/fonts/Vazirmatn-Variable.ttf"));

/// Name of the family for digests, keys and other text without words.
const CODE: &str = "code";

/// The family of a piece of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Face {
    /// Vazirmatn.
    #[default]
    Text,
    /// Fixed width, for digests and keys.
    Code,
    /// Material symbols.
    Icon,
}

impl Face {
    pub(super) fn family(self) -> FontFamily {
        match self {
            Face::Text => FontFamily::Proportional,
            Face::Code => FontFamily::Name(CODE.into()),
            Face::Icon => FontFamily::Name(egui_material_icons::FONT_FAMILY_OUTLINED.into()),
        }
    }
}

/// Gives `context` the fonts of the program.
pub fn install(context: &Context) {
    context.set_fonts(definitions());
}

fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    // Its letters stand a little high in their line.
    let tweak = FontTweak { y_offset_factor: 0.04, ..FontTweak::default() };
    fonts.font_data.insert("Vazirmatn".to_owned(), Arc::new(FontData::from_static(VAZIRMATN).tweak(tweak)));
    let mut icons = egui_material_icons::font_insert();
    icons.data.tweak.y_offset_factor = 0.0;
    fonts.font_data.insert(icons.name.clone(), Arc::new(icons.data));
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        let chain = fonts.families.entry(family).or_default();
        chain.insert(0, "Vazirmatn".to_owned());
        // Arrows and the like, which Vazirmatn lacks.
        if !chain.iter().any(|name| name == "Hack") {
            chain.push("Hack".to_owned());
        }
        chain.push(icons.name.clone());
    }
    fonts.families.insert(FontFamily::Name(CODE.into()), vec!["Hack".to_owned(), "Vazirmatn".to_owned()]);
    for insert in icons.families {
        if matches!(insert.family, FontFamily::Name(_)) {
            fonts.families.insert(insert.family, vec![icons.name.clone(), "Vazirmatn".to_owned()]);
        }
    }
    fonts
}
