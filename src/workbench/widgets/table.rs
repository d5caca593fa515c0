//! Tables of any length: only the rows that are seen are asked for and drawn.
//!
//! Columns stand in the order of the language; numbers are aligned at their units in both. A row says its cells to
//! a screen reader. The table keeps nothing: what is selected and how it is sorted belong to the screen.

use egui::{Align2, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use egui_material_icons::icons;

use super::{Pill, focus_ring};
use crate::workbench::text::{Face, Text};
use crate::workbench::theme::{Ink, Look, sizes};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Width {
    /// As wide as the widest of the head and the first rows.
    Fit,
    /// A share of what the others leave.
    Share(f32),
}

/// A column.
#[derive(Clone, Debug)]
#[must_use = "a column does nothing by itself"]
pub struct Column {
    head: String,
    width: Width,
    is_number: bool,
    sortable: bool,
}

impl Column {
    /// Words, taking a share of the width that is left.
    pub fn words(head: impl Into<String>) -> Column {
        Column { head: head.into(), width: Width::Share(1.0), is_number: false, sortable: false }
    }

    /// Numbers, as wide as needed, aligned at their units.
    pub fn number(head: impl Into<String>) -> Column {
        Column { width: Width::Fit, is_number: true, ..Column::words(head) }
    }

    /// Words or pills, as wide as needed.
    pub fn fit(head: impl Into<String>) -> Column {
        Column { width: Width::Fit, ..Column::words(head) }
    }

    /// Takes `share` of what is left, 1 being usual.
    pub fn share(mut self, share: f32) -> Column {
        self.width = Width::Share(share);
        self
    }

    /// Its head can be pressed to sort by it.
    pub fn sortable(mut self) -> Column {
        self.sortable = true;
        self
    }
}

#[derive(Clone, Debug)]
enum Content {
    Text(Text),
    Marked(Ink, Text),
    Pill(Pill),
    Bar(f32, Ink),
}

/// What stands in a cell.
#[derive(Clone, Debug)]
#[must_use = "a cell does nothing by itself"]
pub struct Cell {
    content: Content,
    said: String,
}

impl Cell {
    /// Words or a number.
    pub fn text(words: impl Into<String>) -> Cell {
        let said = words.into();
        Cell { content: Content::Text(Text::new(&said).value()), said }
    }

    /// Words beside a square of colour.
    pub fn marked(ink: Ink, words: impl Into<String>) -> Cell {
        let said = words.into();
        Cell { content: Content::Marked(ink, Text::new(&said).value()), said }
    }

    /// A digest or a key.
    pub fn code(words: impl Into<String>) -> Cell {
        let said = words.into();
        Cell { content: Content::Text(Text::new(&said).value().face(Face::Code).size(sizes::SMALL)), said }
    }

    /// A verdict; `said` is what a screen reader says.
    pub fn pill(pill: Pill, said: impl Into<String>) -> Cell {
        Cell { content: Content::Pill(pill), said: said.into() }
    }

    /// A bar as long as `share` (0 to 1) of the cell.
    pub fn bar(share: f32, ink: Ink) -> Cell {
        Cell { content: Content::Bar(share.clamp(0.0, 1.0), ink), said: String::new() }
    }

    /// In this colour.
    pub fn ink(self, ink: Ink) -> Cell {
        self.map(|text| text.ink(ink))
    }

    /// Semi-bold.
    pub fn strong(self) -> Cell {
        self.map(Text::strong)
    }

    fn map(mut self, change: impl Fn(Text) -> Text) -> Cell {
        self.content = match self.content {
            Content::Text(text) => Content::Text(change(text)),
            Content::Marked(ink, text) => Content::Marked(ink, change(text)),
            other => other,
        };
        self
    }

    fn width(&self, ui: &Ui, is_number: bool) -> f32 {
        match &self.content {
            Content::Text(text) if is_number => text.clone().tabular().measure(ui).x,
            Content::Text(text) => text.measure(ui).x,
            Content::Marked(_, text) => text.measure(ui).x + 18.0,
            Content::Pill(pill) => pill.width(ui),
            Content::Bar(..) => 96.0,
        }
    }

    fn paint(self, ui: &Ui, rect: Rect, is_number: bool) {
        let look = Look::of(ui);
        match self.content {
            Content::Text(text) if is_number => {
                text.tabular().elide_to(rect.width()).paint(ui, rect.right_center(), Align2::RIGHT_CENTER);
            }
            Content::Text(text) => drop(text.paint_in(ui, rect)),
            Content::Marked(ink, text) => {
                let at = if look.is_rtl() {
                    rect.right_center() - vec2(5.5, 0.0)
                } else {
                    rect.left_center() + vec2(5.5, 0.0)
                };
                ui.painter().rect_filled(Rect::from_center_size(at, vec2(11.0, 11.0)), 3, look.palette.mark(ink));
                let rest = if look.is_rtl() {
                    Rect::from_min_max(rect.min, rect.max - vec2(18.0, 0.0))
                } else {
                    Rect::from_min_max(rect.min + vec2(18.0, 0.0), rect.max)
                };
                text.paint_in(ui, rest);
            }
            Content::Pill(pill) => pill.paint_in(ui, rect),
            Content::Bar(share, ink) => {
                let track = rect.shrink2(vec2(0.0, (rect.height() - 6.0) / 2.0));
                ui.painter().rect_filled(track, 3, look.palette.raised);
                let width = track.width() * share;
                let left = if look.is_rtl() { track.right() - width } else { track.left() };
                let bar = Rect::from_min_size(pos2(left, track.top()), vec2(width, track.height()));
                ui.painter().rect_filled(bar, 3, look.palette.mark(ink));
            }
        }
    }
}

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
        }
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
        let width = ui.available_width();
        let columns = self.places(ui, width, rows, &mut cell);
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if self.columns.iter().any(|column| !column.head.is_empty()) {
                response.sort = self.head_ui(ui, &columns);
            }
            let height = (self.height - sizes::ROW).max(sizes::ROW);
            let area = ScrollArea::vertical().id_salt(self.id).max_height(height).auto_shrink([false, true]);
            area.show_rows(ui, sizes::ROW, rows, |ui, range| {
                for row in range {
                    if self.row_ui(ui, &columns, row, rows, &mut cell) {
                        response.clicked = Some(row);
                    }
                }
            });
        });
        response
    }

    /// Offset from the start and width of every column.
    fn places(
        &self,
        ui: &Ui,
        width: f32,
        rows: usize,
        cell: &mut impl FnMut(usize, usize) -> Cell,
    ) -> Vec<(f32, f32)> {
        const LOOKED_AT: usize = 24;
        let gap = sizes::PADDING;
        let mut widths = Vec::with_capacity(self.columns.len());
        for (index, column) in self.columns.iter().enumerate() {
            widths.push(match column.width {
                Width::Share(_) => 0.0,
                Width::Fit => {
                    let sort = if column.sortable { 16.0 } else { 0.0 };
                    let head = head_text(column).measure(ui).x + sort;
                    (0..rows.min(LOOKED_AT))
                        .map(|row| cell(row, index).width(ui, column.is_number))
                        .fold(head, f32::max)
                        .ceil()
                }
            });
        }
        #[expect(clippy::cast_precision_loss, reason = "a handful of columns")]
        let gaps = gap * self.columns.len().saturating_sub(1) as f32;
        let left_over = (width - 2.0 * INSET - gaps - widths.iter().sum::<f32>()).max(0.0);
        let shares: f32 = self.columns.iter().map(|column| share(column.width)).sum();
        // Where nothing takes what is left over, the columns stand at equal distances.
        #[expect(clippy::cast_precision_loss, reason = "a handful of columns")]
        let spread = if shares > 0.0 { 0.0 } else { left_over / self.columns.len().max(1) as f32 };
        let mut offset = INSET;
        let mut places = Vec::with_capacity(widths.len());
        for (column, fitted) in self.columns.iter().zip(widths) {
            let taken = if shares > 0.0 { left_over * share(column.width) / shares } else { 0.0 };
            let own = fitted + taken + spread;
            places.push((offset, own));
            offset += own + gap;
        }
        places
    }

    fn head_ui(&self, ui: &mut Ui, places: &[(f32, f32)]) -> Option<usize> {
        let look = Look::of(ui);
        let mut pressed = None;
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), sizes::ROW - 2.0), Sense::hover());
        for (index, (column, place)) in self.columns.iter().zip(places).enumerate() {
            let own = cell_rect(&look, rect, *place);
            let direction = self.sorted.filter(|(sorted, _)| *sorted == index).map(|(_, descending)| descending);
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
                let response = ui.interact(own, ui.scope_id().with((self.id, "head", index)), Sense::click());
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

    fn row_ui(
        &self,
        ui: &mut Ui,
        places: &[(f32, f32)],
        row: usize,
        rows: usize,
        cell: &mut impl FnMut(usize, usize) -> Cell,
    ) -> bool {
        let look = Look::of(ui);
        let sense = if self.clickable { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), sizes::ROW), sense);
        let is_selected = self.selected == Some(row);
        if is_selected || (self.clickable && response.hovered()) {
            ui.painter().rect_filled(rect, 4, look.palette.raised);
        }
        let mut said = Vec::with_capacity(places.len());
        for (index, (column, place)) in self.columns.iter().zip(places).enumerate() {
            let cell = cell(row, index);
            if !cell.said.is_empty() {
                said.push(cell.said.clone());
            }
            cell.paint(ui, cell_rect(&look, rect, *place), column.is_number);
        }
        if row + 1 < rows {
            ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(sizes::LINE, look.palette.line));
        }
        response.widget_info(|| WidgetInfo::selected(Role::Row, true, is_selected, said.join(", ")));
        if !self.clickable {
            return false;
        }
        focus_ring(ui, &response, 4);
        response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
    }
}

/// Room between the edge of a row and its first cell.
const INSET: f32 = 6.0;

fn share(width: Width) -> f32 {
    match width {
        Width::Share(share) => share,
        Width::Fit => 0.0,
    }
}

fn head_text(column: &Column) -> Text {
    Text::new(&column.head).size(sizes::SMALL)
}

fn cell_rect(look: &Look, row: Rect, (offset, width): (f32, f32)) -> Rect {
    let left = if look.is_rtl() { row.right() - offset - width } else { row.left() + offset };
    Rect::from_min_size(pos2(left, row.top()), vec2(width, row.height()))
}
