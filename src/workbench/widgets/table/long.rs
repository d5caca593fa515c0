//! A table of millions of rows, of which only those that are seen are asked for and drawn.
//!
//! Where it stands is kept as a row with its fraction, in double precision: positions on a screen are `f32`, which can
//! no longer tell neighbouring rows apart beyond half a million of them. Nothing it does grows with the number of rows.

use egui::{EventFilter, Key, Modifiers, Rangef, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo};
use egui::{pos2, vec2};

use super::LOOKED_AT;
use super::cell::{Cell, Column};
use super::rows::{self, Place};
use crate::base::language::Language;
use crate::workbench::theme::{Look, sizes};
use crate::workbench::widgets::focus_ring;

/// Where a long table stands. The screen keeps it from frame to frame.
#[derive(Clone, Debug, Default)]
pub struct LongTable {
    /// The first row that is seen, with the part of it that is scrolled out.
    top: f64,
    /// The row that the keyboard is on.
    cursor: Option<usize>,
    /// How many rows there is room for.
    room: f64,
    measured: Option<Measured>,
    /// Where the pointer holds the handle of the scroll bar, in points below its upper end.
    grip: Option<f32>,
}

/// What a long table shows.
#[derive(Clone, Copy, Debug)]
pub struct LongView<'a> {
    /// Its name, for screen readers; unique in the screen.
    pub name: &'a str,
    /// The columns.
    pub columns: &'a [Column],
    /// How many rows there are.
    pub rows: usize,
    /// Its height, at most.
    pub height: f32,
}

/// Widths of columns by a sample of the rows, so that they stay while it is scrolled.
#[derive(Clone, Debug)]
struct Measured {
    rows: usize,
    language: Language,
    widths: Vec<f32>,
}

/// Width of the scroll bar and of the room before it.
const BAR: f32 = 10.0;
/// The least height of the handle of the scroll bar.
const HANDLE: f32 = 28.0;

impl LongTable {
    /// Brings `row` into sight, a little below the upper end, and puts the keyboard on it.
    pub fn go_to(&mut self, row: usize) {
        self.cursor = Some(row);
        self.top = (real(row) - (self.room * 0.25).floor()).max(0.0);
    }

    /// The rows that are seen, at least in part: the first one and the one after the last.
    #[must_use]
    pub fn seen(&self, rows: usize) -> (usize, usize) {
        let first = whole(self.top).min(rows);
        (first, whole((self.top + self.room).ceil()).min(rows).max(first))
    }

    /// The row that the keyboard is on.
    #[must_use]
    pub fn cursor(&self) -> Option<usize> {
        self.cursor
    }

    /// "Rows 1 to 13 of 10,000,000".
    #[must_use]
    pub fn seen_words(&self, look: &Look, rows: usize) -> String {
        let (first, end) = self.seen(rows);
        let number = |row: usize| look.language.integer(row as u64);
        let values = [("from", number((first + 1).min(end))), ("until", number(end)), ("all", number(rows))];
        look.language.fill_owned("table.seen", &values)
    }

    /// Shows the cells that `cell` makes from row and column.
    pub fn ui(&mut self, ui: &mut Ui, view: LongView<'_>, mut cell: impl FnMut(usize, usize) -> Cell) {
        ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let widths = self.widths(ui, &view, &mut cell);
            let size = vec2(ui.available_width(), sizes::ROW - 2.0);
            let (head, _) = ui.allocate_exact_size(size, Sense::hover());
            // The heads stand over the cells, not over the scroll bar.
            let look = Look::of(ui);
            let (head, _) = split(head, look.is_rtl());
            let places = rows::places(view.columns, &widths, head.width());
            let mut inner = ui.new_child(UiBuilder::new().max_rect(head).layout(look.column()));
            rows::head_ui(&mut inner, view.name, view.columns, &places, None);
            self.body_ui(ui, &view, &places, &mut cell);
        });
    }

    fn widths(&mut self, ui: &Ui, view: &LongView<'_>, cell: &mut impl FnMut(usize, usize) -> Cell) -> Vec<f32> {
        let language = Look::of(ui).language;
        let known = self.measured.as_ref().filter(|known| {
            known.rows == view.rows && known.language == language && known.widths.len() == view.columns.len()
        });
        if let Some(known) = known {
            return known.widths.clone();
        }
        let step = (view.rows / LOOKED_AT).max(1);
        let first = 0..view.rows.min(LOOKED_AT);
        let spread = (0..view.rows).step_by(step);
        let last = view.rows.saturating_sub(LOOKED_AT)..view.rows;
        let widths = rows::fitted(ui, view.columns, first.chain(spread).chain(last), cell);
        self.measured = Some(Measured { rows: view.rows, language, widths: widths.clone() });
        widths
    }

    fn body_ui(
        &mut self,
        ui: &mut Ui,
        view: &LongView<'_>,
        places: &[Place],
        cell: &mut impl FnMut(usize, usize) -> Cell,
    ) {
        let look = Look::of(ui);
        let room = (view.height - sizes::ROW).max(sizes::ROW);
        let needed = real(view.rows) * f64::from(sizes::ROW);
        let fits = needed <= f64::from(room);
        #[expect(clippy::cast_possible_truncation, reason = "not more than the room, a length on the screen")]
        let height = if fits { (needed as f32).max(sizes::ROW) } else { room };
        let (whole_rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
        self.room = f64::from(height) / f64::from(sizes::ROW);
        let (rect, bar) = split(whole_rect, look.is_rtl());
        self.scroll_by_wheel(ui, rect, view.rows);
        self.scroll_by_keys(ui, &response, view.rows);
        if !fits {
            self.scroll_by_bar(ui, bar, &response, view.rows);
        }
        self.top = self.top.clamp(0.0, self.highest_top(view.rows));
        if response.clicked()
            && let Some(at) = response.interact_pointer_pos()
        {
            response.request_focus();
            let row = whole(self.top + f64::from(at.y - rect.top()) / f64::from(sizes::ROW));
            self.cursor = (row < view.rows && rect.contains(at)).then_some(row).or(self.cursor);
        }
        let mut inner = ui.new_child(UiBuilder::new().id_salt(view.name).max_rect(rect).layout(look.column()));
        inner.set_clip_rect(rect.intersect(ui.clip_rect()));
        self.rows_ui(&mut inner, rect, view, places, cell);
        if !fits {
            self.paint_bar(ui, bar, view.rows);
        }
        focus_ring(ui, &response, 4);
        let said = format!("{}, {}", view.name, self.seen_words(&look, view.rows));
        response.widget_info(|| WidgetInfo::labeled(Role::Table, true, &said));
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_row_count(view.rows));
    }

    fn rows_ui(
        &self,
        ui: &mut Ui,
        rect: Rect,
        view: &LongView<'_>,
        places: &[Place],
        cell: &mut impl FnMut(usize, usize) -> Cell,
    ) {
        let look = Look::of(ui);
        let (first, end) = self.seen(view.rows);
        let points = f64::from(ui.pixels_per_point());
        let pointer =
            ui.rect_contains_pointer(rect).then(|| ui.input(|input| input.pointer.hover_pos())).flatten();
        for row in first..end {
            // Only the distance to the first row that is seen becomes a position on the screen.
            let below = (real(row) - self.top) * f64::from(sizes::ROW);
            #[expect(clippy::cast_possible_truncation, reason = "a distance within the screen")]
            let below = ((below * points).round() / points) as f32;
            let own = Rect::from_min_size(rect.min + vec2(0.0, below), vec2(rect.width(), sizes::ROW));
            let is_cursor = self.cursor == Some(row);
            if is_cursor || pointer.is_some_and(|at| own.contains(at)) {
                ui.painter().rect_filled(own, 4, look.palette.raised);
            }
            let said =
                rows::paint_row(ui, own, view.columns, places, row + 1 < view.rows, |column| cell(row, column));
            let response = ui.interact(own.intersect(rect), ui.scope_id().with(row), Sense::hover());
            response.widget_info(|| WidgetInfo::selected(Role::Row, true, is_cursor, &said));
            ui.ctx().accesskit_node_builder(response.id, |node| {
                node.set_row_index(row);
                node.set_selected(is_cursor);
            });
        }
    }

    fn highest_top(&self, rows: usize) -> f64 {
        (real(rows) - self.room).max(0.0)
    }

    /// At its ends the wheel goes on to scroll what is around the table.
    fn scroll_by_wheel(&mut self, ui: &Ui, rect: Rect, rows: usize) {
        if !ui.rect_contains_pointer(rect) {
            return;
        }
        let delta = f64::from(ui.input(|input| input.smooth_scroll_delta().y));
        let is_at_end = if delta > 0.0 { self.top <= 0.0 } else { self.top >= self.highest_top(rows) };
        if delta == 0.0 || is_at_end {
            return;
        }
        self.top -= delta / f64::from(sizes::ROW);
        ui.input_mut(|input| input.smooth_scroll_delta.y = 0.0);
    }

    fn scroll_by_keys(&mut self, ui: &Ui, response: &Response, rows: usize) {
        if !response.has_focus() || rows == 0 {
            return;
        }
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let page = whole(self.room).saturating_sub(1).max(1);
        let from = self.cursor.unwrap_or_else(|| whole(self.top.ceil())).min(rows - 1);
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        let down = pressed(Key::ArrowDown) + page * pressed(Key::PageDown);
        let up = pressed(Key::ArrowUp) + page * pressed(Key::PageUp);
        let mut row = None;
        if down + up > 0 {
            row = Some((from + down).saturating_sub(up).min(rows - 1));
        }
        if pressed(Key::Home) > 0 {
            row = Some(0);
        }
        if pressed(Key::End) > 0 {
            row = Some(rows - 1);
        }
        let Some(row) = row else { return };
        self.cursor = Some(row);
        self.top = self.top.min(real(row)).max(real(row) + 1.0 - self.room);
    }

    fn scroll_by_bar(&mut self, ui: &Ui, bar: Rect, table: &Response, rows: usize) {
        let response = ui.interact(bar, table.id.with("bar"), Sense::click_and_drag());
        let name = Look::of(ui).text("table.scroll_bar");
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, name));
        let held = response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on());
        let Some(at) = held else {
            self.grip = None;
            return;
        };
        let handle = self.handle(bar, rows);
        // Beside the handle it jumps to where it was pressed.
        let inside = handle.contains(at.y).then_some(at.y - handle.min);
        let grip = *self.grip.get_or_insert(inside.unwrap_or(handle.span() / 2.0));
        let free = f64::from(bar.height() - handle.span()).max(1.0);
        let share = f64::from(at.y - grip - bar.top()) / free;
        self.top = (share.clamp(0.0, 1.0) * self.highest_top(rows)).round();
    }

    fn handle(&self, bar: Rect, rows: usize) -> Rangef {
        let highest = self.highest_top(rows);
        #[expect(clippy::cast_possible_truncation, reason = "lengths on the screen")]
        let (height, share) = (
            (f64::from(bar.height()) * self.room / real(rows).max(1.0)) as f32,
            (if highest > 0.0 { self.top / highest } else { 0.0 }) as f32,
        );
        let height = height.clamp(HANDLE.min(bar.height()), bar.height());
        let top = bar.top() + (bar.height() - height) * share.clamp(0.0, 1.0);
        Rangef::new(top, top + height)
    }

    fn paint_bar(&self, ui: &Ui, bar: Rect, rows: usize) {
        let look = Look::of(ui);
        let handle = self.handle(bar, rows);
        ui.painter().rect_filled(bar, BAR / 2.0, look.palette.raised);
        let handle = Rect::from_x_y_ranges(bar.x_range().shrink(1.0), handle);
        let is_hot = self.grip.is_some() || ui.rect_contains_pointer(bar);
        let color = if is_hot { look.palette.text_faint } else { look.palette.edge };
        ui.painter().rect_filled(handle, BAR / 2.0 - 1.0, color);
    }
}

/// The rows, and the scroll bar at the side where lines end.
fn split(whole: Rect, is_rtl: bool) -> (Rect, Rect) {
    let room = BAR + sizes::GRID;
    if is_rtl {
        let bar = Rect::from_min_size(whole.min, vec2(BAR, whole.height()));
        (Rect::from_min_max(whole.min + vec2(room, 0.0), whole.max), bar)
    } else {
        let bar = Rect::from_min_max(pos2(whole.right() - BAR, whole.top()), whole.max);
        (Rect::from_min_max(whole.min, whole.max - vec2(room, 0.0)), bar)
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 rows")]
fn real(rows: usize) -> f64 {
    rows as f64
}

/// The row at a position, which is not negative.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and at most the rows")]
fn whole(position: f64) -> usize {
    position.max(0.0) as usize
}
