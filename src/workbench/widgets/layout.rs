//! Rows and grids that start where the language starts.

use egui::{Id, Rect, Ui, UiBuilder, pos2, vec2};

use crate::workbench::theme::{Look, sizes};

/// One beside the other from the side where the language starts; what does not fit goes to a further row.
pub fn row_ui<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let layout = Look::of(ui).row().with_main_wrap(true);
    let size = vec2(ui.available_width(), sizes::CONTROL);
    ui.allocate_ui_with_layout(size, layout, contents).inner
}

/// One beside the other from the side where the language ends, within the height at hand.
pub fn row_from_end_ui<R>(ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let layout = Look::of(ui).row_from_end();
    let size = vec2(ui.available_width(), sizes::CONTROL);
    ui.allocate_ui_with_layout(size, layout, contents).inner
}

/// A column narrower than this goes to a row of its own.
const LEAST: f32 = 212.0;

/// Places columns of the given relative widths beside each other and calls `cell` for each, from the side where
/// the language starts; where they would be too narrow, in several rows. `cell` is told the height of the highest
/// of its row, so that neighbouring cards can end on one line ([`super::Card::height`]). `id` must be unique in the
/// screen.
pub fn grid_ui(ui: &mut Ui, id: &str, shares: &[f32], mut cell: impl FnMut(&mut Ui, usize, f32)) {
    let width = ui.available_width();
    let fits = |count: usize| {
        shares.chunks(count).all(|row| {
            let whole: f32 = row.iter().sum();
            #[expect(clippy::cast_precision_loss, reason = "a handful of columns")]
            let room = width - sizes::GUTTER * (row.len() - 1) as f32;
            row.iter().all(|share| room * share / whole >= LEAST)
        })
    };
    // Rows of equal length look calmer than one that is nearly full and one that is nearly empty.
    let count = (1..=shares.len()).rev().find(|&count| fits(count) && (count == 1 || shares.len() % count != 1));
    let count = count.unwrap_or(1);
    for (row, shares) in shares.chunks(count).enumerate() {
        row_of_cells_ui(ui, (id, row), shares, |ui, index, height| cell(ui, row * count + index, height));
    }
}

fn row_of_cells_ui(ui: &mut Ui, id: (&str, usize), shares: &[f32], mut cell: impl FnMut(&mut Ui, usize, f32)) {
    let look = Look::of(ui);
    let id = ui.scope_id().with(id);
    let width = ui.available_width();
    #[expect(clippy::cast_precision_loss, reason = "a handful of columns")]
    let gaps = sizes::GUTTER * shares.len().saturating_sub(1) as f32;
    let whole: f32 = shares.iter().sum::<f32>().max(f32::EPSILON);
    // The height is kept for one width only: a narrower window may need another.
    let known: Option<(f32, f32)> = ui.data(|data| data.get_temp(id));
    let height = known.filter(|(at, _)| (at - width).abs() < 0.5).map_or(0.0, |(_, height)| height);
    let area = ui.available_rect_before_wrap();
    let outer_stretch = take_stretch(ui);
    let mut highest: f32 = 0.0;
    let mut offset = 0.0;
    for (index, share) in shares.iter().enumerate() {
        let own = ((width - gaps) * share / whole).max(0.0);
        let left = if look.is_rtl() { area.right() - offset - own } else { area.left() + offset };
        let rect = Rect::from_min_size(pos2(left, area.top()), vec2(own, area.height().max(height)));
        let mut child = ui.new_child(UiBuilder::new().id_salt((id, index)).max_rect(rect).layout(look.column()));
        cell(&mut child, index, height);
        highest = highest.max(child.min_rect().height() - take_stretch(ui));
        offset += own + sizes::GUTTER;
    }
    add_stretch(ui, outer_stretch);
    if (highest - height).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, (width, highest)));
        ui.ctx().request_discard("the height of a row of cards became known");
    }
    ui.allocate_rect(Rect::from_min_size(area.min, vec2(width, highest)), egui::Sense::hover());
}

/// Notes that something was made `height` higher than its contents need, only to end where its neighbour ends.
pub(super) fn add_stretch(ui: &Ui, height: f32) {
    ui.data_mut(|data| *data.get_temp_mut_or_default::<f32>(stretch_id()) += height);
}

/// `height`, or `room` where that is more; what is added is noted.
pub(super) fn stretched(ui: &Ui, height: f32, room: f32) -> f32 {
    add_stretch(ui, (room - height).max(0.0));
    height.max(room)
}

fn take_stretch(ui: &Ui) -> f32 {
    ui.data_mut(|data| std::mem::take(data.get_temp_mut_or_default::<f32>(stretch_id())))
}

fn stretch_id() -> Id {
    Id::unique("nobat.grid.stretch")
}
