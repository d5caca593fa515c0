//! Where columns stand, and how heads and rows are drawn; the same for short and for long tables.

use egui::{Align2, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use egui_material_icons::icons;

use super::cell::{Cell, Column, Width};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::focus_ring;

/// Offset from the start and width of a column.
pub(super) type Place = (f32, f32);

/// Room between the edge of a row and its first cell.
const INSET: f32 = 6.0;

/// The width that each column needs by its head and the cells of `rows`; 0 where it takes a share.
pub(super) fn fitted(
    ui: &Ui,
    columns: &[Column],
    rows: impl Iterator<Item = usize> + Clone,
    cell: &mut impl FnMut(usize, usize) -> Cell,
) -> Vec<f32> {
    let mut widths = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        widths.push(match column.width {
            Width::Share(_) => 0.0,
            Width::Fit => {
                let sort = if column.sortable { 16.0 } else { 0.0 };
                let head = head_text(column).measure(ui).x + sort;
                let widest = rows.clone().map(|row| cell(row, index).width(ui, column.is_number));
                widest.fold(head, f32::max).ceil()
            }
        });
    }
    widths
}

/// Where the columns stand in a row of `width`.
pub(super) fn places(columns: &[Column], fitted: &[f32], width: f32) -> Vec<Place> {
    let gap = sizes::PADDING;
    #[expect(clippy::cast_precision_loss, reason = "a handful of columns")]
    let gaps = gap * columns.len().saturating_sub(1) as f32;
    let left_over = (width - 2.0 * INSET - gaps - fitted.iter().sum::<f32>()).max(0.0);
    let shares: f32 = columns.iter().map(|column| share(column.width)).sum();
    // Where nothing takes what is left over, the columns stand at equal distances.
    #[expect(clippy::cast_precision_loss, reason = "a handful of columns")]
    let spread = if shares > 0.0 { 0.0 } else { left_over / columns.len().max(1) as f32 };
    let mut offset = INSET;
    let mut places = Vec::with_capacity(columns.len());
    for (column, fitted) in columns.iter().zip(fitted) {
        let taken = if shares > 0.0 { left_over * share(column.width) / shares } else { 0.0 };
        let own = fitted + taken + spread;
        places.push((offset, own));
        offset += own + gap;
    }
    places
}

/// The heads; returns the column whose head was pressed.
pub(super) fn head_ui(
    ui: &mut Ui,
    id: &str,
    columns: &[Column],
    places: &[Place],
    sorted: Option<(usize, bool)>,
) -> Option<usize> {
    let look = Look::of(ui);
    let mut pressed = None;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), sizes::ROW - 2.0), Sense::hover());
    for (index, (column, place)) in columns.iter().zip(places).enumerate() {
        let own = cell_rect(&look, rect, *place);
        let direction = sorted.filter(|(sorted, _)| *sorted == index).map(|(_, descending)| descending);
        let ink = if direction.is_some() { Ink::Strong } else { Ink::Faint };
        let text = head_text(column).ink(ink);
        let shown = if column.is_number {
            text.elide_to(own.width()).paint(ui, own.right_center(), Align2::RIGHT_CENTER)
        } else {
            text.paint_in(ui, own)
        };
        if let Some(descending) = direction {
            let icon = if descending { icons::ICON_ARROW_DOWNWARD } else { icons::ICON_ARROW_UPWARD };
            let icon = Text::icon(icon).size(sizes::ICON_SMALL);
            let before = column.is_number || look.is_rtl();
            let (at, anchor) = if before {
                (shown.left_center() - vec2(2.0, 0.0), Align2::RIGHT_CENTER)
            } else {
                (shown.right_center() + vec2(2.0, 0.0), Align2::LEFT_CENTER)
            };
            icon.paint(ui, at, anchor);
        }
        if column.sortable {
            let response = ui.interact(own, ui.scope_id().with((id, "head", index)), Sense::click());
            response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &column.head));
            focus_ring(ui, &response, 3);
            if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
                pressed = Some(index);
            }
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(sizes::LINE, look.palette.line));
    pressed
}

/// Paints a row's cells into `rect`, with a line below; returns what a screen reader says of it.
pub(super) fn paint_row(
    ui: &Ui,
    rect: Rect,
    columns: &[Column],
    places: &[Place],
    has_line: bool,
    mut cell: impl FnMut(usize) -> Cell,
) -> String {
    let look = Look::of(ui);
    let mut said = Vec::with_capacity(places.len());
    for (index, (column, place)) in columns.iter().zip(places).enumerate() {
        let cell = cell(index);
        if !cell.said.is_empty() {
            said.push(cell.said.clone());
        }
        cell.paint(ui, cell_rect(&look, rect, *place), column.is_number);
    }
    if has_line {
        ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(sizes::LINE, look.palette.line));
    }
    said.join(", ")
}

/// All of the words of the cell that is pointed at, where its column has not room for them.
pub(super) fn cut_at(
    ui: &Ui,
    rect: Rect,
    columns: &[Column],
    places: &[Place],
    at: Pos2,
    cell: impl FnOnce(usize) -> Cell,
) -> Option<String> {
    let look = Look::of(ui);
    let index = places.iter().position(|place| cell_rect(&look, rect, *place).contains(at))?;
    let (column, (_, width)) = (columns.get(index)?, places.get(index)?);
    let cell = cell(index);
    (cell.width(ui, column.is_number) > width + 0.5).then_some(cell.said)
}

fn share(width: Width) -> f32 {
    match width {
        Width::Share(share) => share,
        Width::Fit => 0.0,
    }
}

fn head_text(column: &Column) -> Text {
    Text::new(&column.head).size(sizes::SMALL)
}

fn cell_rect(look: &Look, row: Rect, (offset, width): Place) -> Rect {
    let left = if look.is_rtl() { row.right() - offset - width } else { row.left() + offset };
    Rect::from_min_size(pos2(left, row.top()), vec2(width, row.height()))
}
