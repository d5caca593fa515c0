//! Tables: only the rows that are seen are asked for and drawn.
//!
//! Columns stand in the order of the language; numbers are aligned at their units in both. A row says its cells to
//! a screen reader. [`Table`] keeps nothing: what is selected and how it is sorted belong to the screen. For more rows
//! than positions on the screen can tell apart there is [`LongTable`].

mod cell;
mod long;
mod rows;

pub use cell::{Cell, Column, Gauge};
pub use long::{LongTable, LongView};

use egui::{Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

use crate::workbench::text::Text;
use crate::workbench::theme::{Look, sizes};
use crate::workbench::widgets::focus_ring;

/// Rows by which the widths of columns are measured.
const LOOKED_AT: usize = 24;

/// What a person did with a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableResponse {
    /// The row that was pressed.
    pub clicked: Option<usize>,
    /// The column whose head was pressed.
    pub sort: Option<usize>,
}

/// A table.
#[must_use = "a table does nothing until `ui` is called"]
pub struct Table<'a> {
    id: &'a str,
    columns: Vec<Column>,
    height: f32,
    selected: Option<usize>,
    sorted: Option<(usize, bool)>,
    clickable: bool,
    measured: usize,
}

impl<'a> Table<'a> {
    /// A table; `id` must be unique in the screen.
    pub fn new(id: &'a str, columns: impl IntoIterator<Item = Column>) -> Table<'a> {
        Table {
            id,
            columns: columns.into_iter().collect(),
            height: f32::INFINITY,
            selected: None,
            sorted: None,
            clickable: false,
            measured: LOOKED_AT,
        }
    }

    /// Columns are as wide as the widest of so many first rows need, where the widest may stand further down than usual.
    pub fn measured(mut self, rows: usize) -> Table<'a> {
        self.measured = rows;
        self
    }

    /// At most this high; rows beyond are scrolled to.
    pub fn height(mut self, height: f32) -> Table<'a> {
        self.height = height;
        self
    }

    /// Rows can be pressed; `selected` is raised.
    pub fn selectable(mut self, selected: Option<usize>) -> Table<'a> {
        self.clickable = true;
        self.selected = selected;
        self
    }

    /// It is sorted by this column, descending where the second is true.
    pub fn sorted(mut self, sorted: Option<(usize, bool)>) -> Table<'a> {
        self.sorted = sorted;
        self
    }

    /// Shows `rows` rows of the cells that `cell` makes from row and column.
    pub fn ui(self, ui: &mut Ui, rows: usize, mut cell: impl FnMut(usize, usize) -> Cell) -> TableResponse {
        let mut response = TableResponse::default();
        let fitted = rows::fitted(ui, &self.columns, 0..rows.min(self.measured), &mut cell);
        let places = rows::places(&self.columns, &fitted, ui.available_width());
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if self.columns.iter().any(|column| !column.head.is_empty()) {
                response.sort = rows::head_ui(ui, self.id, &self.columns, &places, self.sorted);
            }
            let height = (self.height - sizes::ROW).max(sizes::ROW);
            let area = ScrollArea::vertical().id_salt(self.id).max_height(height).auto_shrink([false, true]);
            // Near the lower end of the window it would be a slit otherwise: the page around it scrolls, too.
            let area = if height.is_finite() { area.min_scrolled_height(height) } else { area };
            area.show_rows(ui, sizes::ROW, rows, |ui, range| {
                for row in range {
                    if self.row_ui(ui, &places, row, row + 1 < rows, &mut cell) {
                        response.clicked = Some(row);
                    }
                }
            });
        });
        response
    }

    fn row_ui(
        &self,
        ui: &mut Ui,
        places: &[(f32, f32)],
        row: usize,
        has_line: bool,
        cell: &mut impl FnMut(usize, usize) -> Cell,
    ) -> bool {
        let look = Look::of(ui);
        let sense = if self.clickable { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), sizes::ROW), sense);
        let is_selected = self.selected == Some(row);
        if is_selected || (self.clickable && response.hovered()) {
            ui.painter().rect_filled(rect, 4, look.palette.raised);
        }
        let said = rows::paint_row(ui, rect, &self.columns, places, has_line, |column| cell(row, column));
        response.widget_info(|| WidgetInfo::selected(Role::Row, true, is_selected, &said));
        let cut = response
            .hover_pos()
            .and_then(|at| rows::cut_at(ui, rect, &self.columns, places, at, |column| cell(row, column)));
        let response = match cut {
            Some(words) => {
                response.on_hover_ui_at_pointer(|ui| drop(Text::new(words).value().wrap_to(sizes::TOOLTIP).ui(ui)))
            }
            None => response,
        };
        if !self.clickable {
            return false;
        }
        focus_ring(ui, &response, 4);
        response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
    }
}

#[cfg(test)]
mod tests;
