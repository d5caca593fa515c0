//! egui's own style from the tokens: what text fields, scroll bars, menus and focus rings look like.

use egui::epaint::Shadow;
use egui::style::{ScrollStyle, Selection, TextCursorStyle, WidgetVisuals, Widgets};
use egui::{
    Context, CornerRadius, FontFamily, FontId, Margin, Stroke, Style, TextStyle, ThemePreference, Visuals, vec2,
};
use serde::{Deserialize, Serialize};

use super::tokens::{CLEAR, DARK, LIGHT, Palette, durations, sizes};

/// Which theme a person asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order in which they are listed to people.
    pub const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    /// The name in files and on the command line.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme with this [`Theme::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.id() == id)
    }

    pub(in crate::workbench) fn preference(self) -> ThemePreference {
        match self {
            Theme::System => ThemePreference::System,
            Theme::Light => ThemePreference::Light,
            Theme::Dark => ThemePreference::Dark,
        }
    }
}

/// Gives `context` the style of both themes.
pub fn apply(context: &Context) {
    context.set_style_of(egui::Theme::Light, style(&LIGHT, Visuals::light()));
    context.set_style_of(egui::Theme::Dark, style(&DARK, Visuals::dark()));
}

fn style(palette: &Palette, base: Visuals) -> Style {
    let mut style = Style { visuals: visuals(palette, base), ..Style::default() };
    let letters = |size| FontId::new(size, FontFamily::Proportional);
    style.text_styles = [
        (TextStyle::Small, letters(sizes::SMALL)),
        (TextStyle::Body, letters(sizes::BODY)),
        (TextStyle::Button, letters(sizes::BODY)),
        (TextStyle::Heading, letters(sizes::HEADLINE)),
        (TextStyle::Monospace, FontId::new(sizes::SMALL, FontFamily::Monospace)),
    ]
    .into();
    style.spacing.item_spacing = vec2(sizes::GAP, sizes::GAP);
    style.spacing.button_padding = vec2(sizes::GUTTER, sizes::GRID);
    style.spacing.interact_size.y = sizes::CONTROL;
    style.spacing.window_margin = Margin::same(16);
    style.spacing.menu_margin = Margin::same(8);
    style.spacing.tooltip_width = sizes::TOOLTIP;
    style.spacing.scroll =
        ScrollStyle { bar_width: 8.0, floating_allocated_width: 0.0, ..ScrollStyle::floating() };
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.25;
    style.animation_time = durations::HOVER_SECONDS;
    style
}

fn visuals(palette: &Palette, base: Visuals) -> Visuals {
    Visuals {
        widgets: widgets(palette),
        selection: Selection {
            bg_fill: palette.current.gamma_multiply(0.35),
            stroke: Stroke::new(sizes::FOCUS, palette.current),
        },
        weak_text_color: Some(palette.text_faint),
        hyperlink_color: palette.current_text,
        faint_bg_color: palette.raised,
        extreme_bg_color: palette.ground,
        text_edit_bg_color: Some(palette.card),
        code_bg_color: palette.raised,
        warn_fg_color: palette.warn_text,
        error_fg_color: palette.fail_text,
        window_corner_radius: CornerRadius::same(sizes::CARD_RADIUS),
        menu_corner_radius: CornerRadius::same(sizes::CARD_RADIUS),
        window_shadow: Shadow::NONE,
        popup_shadow: Shadow::NONE,
        window_fill: palette.card,
        window_stroke: Stroke::new(sizes::LINE, palette.edge),
        panel_fill: palette.ground,
        text_cursor: TextCursorStyle { stroke: Stroke::new(1.5, palette.text_strong), ..base.text_cursor },
        disabled_alpha: 0.5,
        ..base
    }
}

fn widgets(palette: &Palette) -> Widgets {
    let state = |fill, edge, text| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(sizes::LINE, edge),
        corner_radius: CornerRadius::same(sizes::CONTROL_RADIUS),
        fg_stroke: Stroke::new(sizes::LINE, text),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: state(CLEAR, palette.line, palette.text_soft),
        inactive: state(palette.card, palette.edge, palette.text_strong),
        hovered: state(palette.raised, palette.text_faint, palette.text_strong),
        active: state(palette.raised, palette.current, palette.text_strong),
        open: state(palette.raised, palette.edge, palette.text_strong),
    }
}
