//! A table of ten million rows that are made up as they are asked for, driven by keyboard, wheel and scroll bar.

use egui::{Key, Rect, Role, Ui, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::base::language::Language;
use crate::workbench::{text, theme};

const ROWS: usize = 10_000_000;
const NAME: &str = "visits";

#[derive(Default)]
struct Stage {
    table: LongTable,
    rows: usize,
    /// The rows that were asked for in the last frame.
    asked: Vec<usize>,
}

fn shown(language: Language, rows: usize) -> Harness<'static, Stage> {
    let setup = move |context: &egui::Context| {
        text::install(context);
        theme::apply(context);
        Look::set_language(context, language);
    };
    let draw = |ui: &mut Ui, stage: &mut Stage| {
        let columns = [Column::words("name"), Column::number("number")];
        let view = LongView { name: NAME, columns: &columns, rows: stage.rows, height: 432.0 };
        stage.asked.clear();
        let Stage { table, asked, .. } = stage;
        ui.with_layout(Look::of(ui).column(), |ui| {
            table.ui(ui, view, |row, column| {
                asked.push(row);
                Cell::text(if column == 0 { format!("row {row}") } else { row.to_string() })
            });
        });
    };
    let stage = Stage { rows, ..Stage::default() };
    let mut harness =
        Harness::builder().with_size(vec2(700.0, 500.0)).with_context_setup(setup).build_ui_state(draw, stage);
    harness.run();
    harness
}

fn said(language: Language, (from, until): (u64, u64), all: u64) -> String {
    let number = |n| language.integer(n);
    let values = [("from", number(from)), ("until", number(until)), ("all", number(all))];
    format!("{NAME}, {}", language.fill_owned("table.seen", &values))
}

fn row_rect(harness: &Harness<'static, Stage>, row: usize) -> Rect {
    harness.get_by_role_and_label(Role::Row, &format!("row {row}, {row}")).rect()
}

fn press(harness: &mut Harness<'static, Stage>, key: Key) {
    harness.key_press(key);
    harness.run();
}

/// Clicks into the table, which gives it the keyboard.
fn focus(harness: &mut Harness<'static, Stage>) {
    let first = harness.state().table.seen(ROWS).0;
    let at = row_rect(harness, first).center();
    harness.hover_at(at);
    harness.drag_at(at);
    harness.drop_at(at);
    harness.run();
}

#[test]
fn only_the_rows_that_are_seen_are_asked_for() {
    let mut harness = shown(Language::English, ROWS);
    harness.run();
    assert!(harness.state().asked.len() <= 2 * 14, "{} cells", harness.state().asked.len());
    assert_eq!(harness.query_all_by_role(Role::Row).count(), 13);
    let label = said(Language::English, (1, 13), 10_000_000);
    let table = harness.get_by_role_and_label(Role::Table, &label);
    assert_eq!(table.accesskit_node().data().row_count(), Some(ROWS));
    assert!(harness.try_run().is_ok(), "it rests");
}

#[test]
fn the_keyboard_reaches_every_row_and_the_last_ones_keep_their_distance() {
    for language in Language::ALL {
        let mut harness = shown(language, ROWS);
        focus(&mut harness);
        assert_eq!(harness.state().table.cursor(), Some(0));
        press(&mut harness, Key::PageDown);
        assert_eq!(harness.state().table.cursor(), Some(11));
        press(&mut harness, Key::End);
        let label = said(language, (9_999_988, 10_000_000), 10_000_000);
        assert!(harness.query_by_role_and_label(Role::Table, &label).is_some(), "{label}");
        let distance = row_rect(&harness, ROWS - 1).top() - row_rect(&harness, ROWS - 2).top();
        assert!((distance - sizes::ROW).abs() < 0.01, "{distance}");
        // From the last row upwards, one row at a time, beyond the upper end of what is seen.
        for _ in 0..14 {
            press(&mut harness, Key::ArrowUp);
        }
        assert_eq!(harness.state().table.cursor(), Some(ROWS - 15));
        assert_eq!(harness.state().table.seen(ROWS).0, ROWS - 15);
        let label = format!("row {0}, {0}", ROWS - 15);
        let node = harness.get_by_role_and_label(Role::Row, &label);
        assert_eq!(node.accesskit_node().is_selected(), Some(true));
        press(&mut harness, Key::PageUp);
        press(&mut harness, Key::Home);
        press(&mut harness, Key::ArrowUp);
        assert_eq!((harness.state().table.cursor(), harness.state().table.seen(ROWS).0), (Some(0), 0));
    }
}

#[test]
fn the_wheel_moves_by_rows_wherever_it_stands() {
    let mut harness = shown(Language::English, ROWS);
    harness.state_mut().table.go_to(7_654_321);
    harness.run();
    let before = harness.state().table.seen(ROWS).0;
    harness.hover_at(pos2(300.0, 200.0));
    harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: vec2(0.0, -5.0 * sizes::ROW),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    });
    harness.run();
    assert_eq!(harness.state().table.seen(ROWS).0, before + 5);
}

#[test]
fn the_scroll_bar_stands_where_lines_end_and_goes_anywhere() {
    for language in Language::ALL {
        let mut harness = shown(language, ROWS);
        let bar = harness.get_by_role_and_label(Role::ScrollBar, language.text("table.scroll_bar")).rect();
        let rows = row_rect(&harness, 3);
        let is_at_end =
            if language.is_right_to_left() { bar.right() < rows.left() } else { bar.left() > rows.right() };
        assert!(is_at_end, "{bar:?} {rows:?}");
        let seen = |harness: &Harness<'static, Stage>| harness.state().table.seen(ROWS).0;
        for (at, expected) in [(bar.center(), ROWS / 2), (bar.center_bottom(), ROWS - 12), (bar.center_top(), 0)] {
            harness.hover_at(at);
            harness.drag_at(at);
            harness.run_steps(2);
            harness.drop_at(at);
            harness.run();
            assert!(seen(&harness).abs_diff(expected) <= 10, "{} is not {expected}", seen(&harness));
        }
    }
}

#[test]
fn a_row_that_is_asked_for_is_brought_into_sight() {
    let mut harness = shown(Language::Persian, ROWS);
    for row in [9_999_999, 5_000_000, 0] {
        harness.state_mut().table.go_to(row);
        harness.run();
        let (first, end) = harness.state().table.seen(ROWS);
        assert!((first..end).contains(&row), "{row} is not in {first}..{end}");
        assert_eq!(harness.state().table.cursor(), Some(row));
    }
}

#[test]
fn no_row_and_one_row_need_no_scroll_bar() {
    for rows in [0, 1] {
        let mut harness = shown(Language::English, rows);
        harness.run();
        assert_eq!(harness.query_all_by_role(Role::Row).count(), rows);
        assert!(harness.query_by_role(Role::ScrollBar).is_none());
        harness.state_mut().table.go_to(rows.saturating_sub(1));
        harness.run();
        assert_eq!(harness.state().table.seen(rows), (0, rows));
    }
}
