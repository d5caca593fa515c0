//! Widgets driven by what a screen reader would say, drawn with the fonts of the program.

use std::sync::{Arc, Mutex};

use egui::{Role, Ui, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::charts::*;
use super::*;
use crate::base::Verdict;
use crate::base::language::Language;
use crate::workbench::text::{self, Text};
use crate::workbench::theme::{self, Ink};

/// Draws `contents` in `language`; missing glyphs and controls without a name fail the test by themselves.
fn shown<'a>(language: Language, contents: impl FnMut(&mut Ui) + 'a) -> Harness<'a> {
    let setup = move |context: &egui::Context| {
        text::install(context);
        theme::apply(context);
        Look::set_language(context, language);
    };
    let mut contents = contents;
    let mut harness =
        Harness::builder().with_size(vec2(900.0, 900.0)).with_context_setup(setup).build_ui(move |ui| {
            ui.with_layout(Look::of(ui).column(), &mut contents);
        });
    harness.run();
    harness
}

fn line() -> LineData {
    let point = |at: u8| XPoint {
        at: f64::from(at),
        short: format!("day {at}"),
        long: format!("the day {at}"),
        plain: format!("2026-11-{at:02}"),
    };
    let series = Series {
        name: "rule".to_owned(),
        ink: Ink::Current,
        values: vec![Some(12.0), None, Some(14.5)],
        bounds: vec![Some((11.0, 13.0)), None, Some((13.0, 16.0))],
    };
    LineData {
        name: "Daily error".to_owned(),
        unit: "min".to_owned(),
        x_name: "day".to_owned(),
        places: 1,
        x: (1..=3).map(point).collect(),
        series: vec![series],
        ..LineData::default()
    }
}

#[test]
fn a_chart_can_be_read_as_a_table_and_copied() {
    let mut harness = shown(Language::English, |ui| chart_card_ui(ui, &line(), 160.0, 0.0));
    assert!(harness.query_by_role_and_label(Role::Figure, "Daily error").is_some());
    harness.get_by_label("Copy as table").click();
    harness.step();
    let copied = harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    let expected = "day\trule (min)\trule, lower bound\trule, upper bound\n\
        2026-11-01\t12\t11\t13\n2026-11-02\t\t\t\n2026-11-03\t14.5\t13\t16\n";
    assert_eq!(copied.as_deref(), Some(expected));
    harness.get_by_label("Show as table").click();
    harness.run();
    assert!(harness.query_by_role_and_label(Role::Row, "the day 2, —, —, —").is_some());
    assert!(harness.query_by_role(Role::Figure).is_none());
}

#[test]
fn every_chart_draws_itself_with_and_without_data_in_both_languages() {
    for language in Language::ALL {
        let harness = shown(language, |ui| {
            let split = SplitPart { label: "blue".to_owned(), share: 0.99, ink: Ink::Current };
            let band = BandPart {
                label: "test".to_owned(),
                detail: "a week".to_owned(),
                from: 1.0,
                to: 2.0,
                ink: Ink::Shifted,
            };
            let rank = RankRow { label: "people_ahead".to_owned(), value: -1.5, ink: Ink::Shifted };
            let row =
                ForestRow {
                    label: "کرج".to_owned(), n: 412, estimate: 1.2, low: 1.1, high: 1.4, ink: Ink::Fail
                };
            let bars = HistogramSeries { name: "all".to_owned(), ink: Ink::Current, heights: vec![1.0, 3.0] };
            let heat = HeatData {
                name: "heat".to_owned(),
                unit: "KL".to_owned(),
                rows: vec!["hour".to_owned()],
                columns: vec!["a".to_owned(), String::new()],
                names: Vec::new(),
                values: vec![Some(0.3), Some(9.0)],
                places: 2,
                ink: Ink::Shifted,
                full_at: Some(0.4),
                outlines: vec![Some(Ink::Fail), Some(Ink::Warn)],
            };
            let step =
                StepCurve { name: "now".to_owned(), ink: Ink::Shifted, points: vec![[0.0, 0.4], [9.0, 1.0]] };
            let pair = TwoSidedRow { label: "۸–۹".to_owned(), shares: [0.2, 0.4], counts: [20, 44] };
            let full: [&dyn Chart; 10] = [
                &line(),
                &LineData { name: "points".to_owned(), whiskers: true, ..line() },
                &CurvesData {
                    name: "curves".to_owned(),
                    curves: vec![step],
                    until_share: 0.99,
                    ..CurvesData::default()
                },
                &TwoSidedData { name: "sides".to_owned(), rows: vec![pair], ..TwoSidedData::default() },
                &SplitData { name: "split".to_owned(), parts: vec![split] },
                &BandData {
                    name: "band".to_owned(), parts: vec![band], labels: vec![(1.0, "۱ مهر".to_owned())]
                },
                &RankData { name: "rank".to_owned(), rows: vec![rank], ..RankData::default() },
                &ForestData {
                    name: "forest".to_owned(),
                    rows: vec![row],
                    neutral: 1.0,
                    bound: Some(1.05),
                    ..ForestData::default()
                },
                &HistogramData {
                    name: "histogram".to_owned(),
                    edges: vec![-1.0, 0.0, 1.0],
                    series: vec![bars],
                    ..HistogramData::default()
                },
                &heat,
            ];
            let empty: [&dyn Chart; 9] = [
                &LineData::default(),
                &SplitData::default(),
                &BandData::default(),
                &RankData::default(),
                &ForestData::default(),
                &HistogramData::default(),
                &HeatData::default(),
                &CurvesData::default(),
                &TwoSidedData::default(),
            ];
            let look = Look::of(ui);
            for chart in full.into_iter().chain(empty) {
                chart.ui(ui, 60.0);
                let numbers = chart.numbers(&look);
                assert!(numbers.rows.iter().all(|row| row.len() == numbers.heads.len()), "{}", chart.name());
            }
        });
        assert_eq!(harness.query_all_by_role(Role::Figure).count(), 19);
    }
}

#[test]
fn a_chart_under_the_pointer_is_read_out_and_then_rests() {
    let bars = HistogramSeries { name: "all".to_owned(), ink: Ink::Current, heights: vec![1.0, 12345.0] };
    let histogram = HistogramData {
        name: "histogram".to_owned(),
        edges: vec![-1.0, 0.0, 1.0],
        series: vec![bars],
        ..HistogramData::default()
    };
    for language in Language::ALL {
        for (chart, words) in [
            (&line() as &dyn Chart, "the day 3".to_owned()),
            (&histogram as &dyn Chart, language.decimal(12345.0, 0)),
        ] {
            let mut harness = shown(language, |ui| chart_card_ui(ui, chart, 160.0, 0.0));
            let figure = harness.get_by_role_and_label(Role::Figure, chart.name()).rect();
            assert!(harness.query_by_label(&words).is_none());
            harness.hover_at(figure.right_center() - vec2(8.0, 0.0));
            harness.run_steps(8);
            assert!(harness.query_by_label(&words).is_some(), "{}", chart.name());
            // The pointer rests, so nothing is drawn again, whatever is under it.
            assert!(harness.try_run().is_ok());
            assert!(!harness.ctx.has_requested_repaint());
        }
    }
}

#[test]
fn a_chart_without_room_does_no_harm() {
    let row = ForestRow { label: "a".to_owned(), n: 1, estimate: 1.2, low: 1.1, high: 1.4, ink: Ink::Fail };
    let forest = ForestData { name: "forest".to_owned(), rows: vec![row], ..ForestData::default() };
    let harness = shown(Language::Persian, |ui| {
        ui.set_max_width(12.0);
        for chart in [&line() as &dyn Chart, &forest] {
            chart.ui(ui, 4.0);
        }
    });
    assert_eq!(harness.query_all_by_role(Role::Figure).count(), 2);
}

#[test]
fn a_dangerous_button_acts_at_the_second_press_only() {
    let count = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&count);
    let mut harness = shown(Language::English, move |ui| {
        if ConfirmButton::new("Roll back", "Press again").ui(ui, "rollback") {
            *seen.lock().unwrap() += 1;
        }
    });
    harness.get_by_label("Roll back").click();
    harness.run();
    assert_eq!(*count.lock().unwrap(), 0);
    harness.get_by_label("Press again").click();
    harness.run();
    assert_eq!(*count.lock().unwrap(), 1);
    assert!(harness.query_by_label("Roll back").is_some(), "it is unarmed again");
}

#[test]
fn a_row_and_a_head_of_a_table_can_be_pressed_by_name() {
    let heard = Arc::new(Mutex::new(TableResponse::default()));
    let told = Arc::clone(&heard);
    let mut harness = shown(Language::Persian, move |ui| {
        let columns = [Column::words("نام").sortable(), Column::number("خطا")];
        let response =
            Table::new("t", columns).height(200.0).selectable(Some(1)).ui(ui, 1_000_000, |row, column| {
                Cell::text(if column == 0 { format!("سطر {row}") } else { format!("{row}") })
            });
        if response != TableResponse::default() {
            *told.lock().unwrap() = response;
        }
    });
    assert!(harness.query_all_by_role(Role::Row).count() < 10, "only rows that are seen are drawn");
    harness.get_by_role_and_label(Role::Row, "سطر 2, 2").click();
    harness.run();
    assert_eq!(heard.lock().unwrap().clicked, Some(2));
    harness.get_by_role_and_label(Role::ColumnHeader, "نام").click();
    harness.run();
    assert_eq!(heard.lock().unwrap().sort, Some(0));
}

#[test]
fn neighbouring_cards_end_on_one_line_and_narrow_ones_go_below() {
    let heights = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heights);
    let mut harness = shown(Language::English, move |ui| {
        let mut bottoms = Vec::new();
        grid_ui(ui, "cards", &[1.0, 2.0], |ui, index, height| {
            Card::titled(format!("card {index}"))
                .height(height)
                .ui(ui, |ui| ui.add_space(40.0 + 60.0 * index as f32));
            bottoms.push(ui.min_rect());
        });
        *seen.lock().unwrap() = bottoms;
    });
    let wide = heights.lock().unwrap().clone();
    assert!((wide[0].bottom() - wide[1].bottom()).abs() < 1.0 && wide[0].right() < wide[1].left(), "{wide:?}");
    harness.set_size(vec2(400.0, 900.0));
    harness.run();
    let narrow = heights.lock().unwrap().clone();
    assert!(narrow[0].bottom() < narrow[1].top(), "{narrow:?}");
}

#[test]
fn a_verdict_is_said_as_a_word_and_a_choice_as_a_choice() {
    let mut chosen = 1;
    let mut harness = shown(Language::Persian, move |ui| {
        let look = Look::of(ui);
        for verdict in [Verdict::Pass, Verdict::Fail, Verdict::Inconclusive] {
            Pill::verdict(verdict, &look).ui(ui);
        }
        Segmented::new("پوسته", [(1, "روشن".to_owned()), (2, "تیره".to_owned())]).ui(ui, &mut chosen);
        Text::new(format!("chosen {chosen}")).ui(ui);
    });
    for key in ["verdict.pass", "verdict.fail", "verdict.inconclusive"] {
        assert!(harness.query_by_label(Language::Persian.text(key)).is_some());
    }
    harness.get_by_label("پوسته: تیره").click();
    harness.run();
    assert!(harness.query_by_label("chosen 2").is_some());
}

#[test]
fn laid_out_text_fits_its_width_and_keeps_its_logical_words() {
    let paragraph = "نسخهٔ 1.3.0 در ۲٬۳۴۵ بازدید «خدمت A» بهتر است؛ خطای دیروز ۱۲٫۴ دقیقه بود (۹۵٪: ۱۱٫۸ تا ۱۳٫۱).";
    let harness = shown(Language::Persian, move |ui| {
        let whole = Text::new(paragraph).measure(ui);
        for width in [60.0_f32, 150.0, 400.0] {
            let wrapped = Text::new(paragraph).wrap_to(width).galley(ui, 0.0);
            assert!(wrapped.size().x <= width + 1.0 && wrapped.rows.len() > 1, "{width}: {:?}", wrapped.size());
            let cut = Text::new(paragraph).elide_to(width).galley(ui, 0.0);
            assert!(cut.size().x <= width + 1.0 && cut.rows.len() == 1, "{width}: {:?}", cut.size());
            assert!(cut.job.text.contains('…'));
        }
        let just = Text::new(paragraph).elide_to(whole.x).galley(ui, 0.0);
        assert!(!just.job.text.contains('…'), "what fits is not cut");
        // Digits of equal number are equally wide, whatever they are.
        let width = |text: &str| Text::new(text).tabular().measure(ui).x;
        assert!((width("۱۱۱٫۱") - width("۸۳۸٫۳")).abs() < 0.6);
        Text::new(paragraph).wrap_to(150.0).ui(ui);
    });
    assert!(harness.query_by_label(paragraph).is_some(), "a screen reader gets the logical text");
}
