//! How long a frame takes with large results open: `cargo bench --bench frame`.
//!
//! The whole window, rail and bars included, on the sample project, drawn without a display: a million pairs compared on Compare; on
//! Drift every part of what was found in the newest week and month of the sample, every feature and raw input in two windows, and a
//! replay of its past. What is timed is a frame's work on the CPU, from the events (the pointer moves over the pictures) to the
//! triangles; what a graphics card does with these is not. In a window of the usual size, and in one so high that nothing is
//! scrolled away. One JSON line each; it fails where more than one frame in a hundred takes eight milliseconds.

#![expect(clippy::expect_used, reason = "a bench that cannot go on ends")]

#[path = "common/pairs.rs"]
mod million;

use std::sync::Arc;
use std::time::Instant;

use egui::{Event, Pos2, vec2};
use egui_kittest::Harness;

use nobat::analysis::evaluation::{CostWeights, Settings, Side, compare};
use nobat::base::Task;
use nobat::base::language::Language;
use nobat::workbench::command::{DriftAsk, ReplayAsk};
use nobat::workbench::snapshot::{Profile, Snapshot};
use nobat::workbench::state::{DriftFound, ReplayFound};
use nobat::workbench::{Arrival, Command, Preferences, Project, Services, State, Window, all_screens};
use nobat::workflows::Home;
use nobat::workflows::compare::CompareOutcome;
use nobat::workflows::demo::{SAMPLE_PERSON, open_sample};
use nobat::workflows::watch::{replay, watch};

const FRAMES: usize = 500;
const MOST_MILLIS: f64 = 8.0;
const SIZES: [[f32; 2]; 2] = [[1440.0, 900.0], [1440.0, 4_000.0]];

/// What is shown, and nothing behind it.
struct Fixed(State);

impl Project for Fixed {
    fn state(&self) -> &State {
        &self.0
    }

    fn state_mut(&mut self) -> &mut State {
        &mut self.0
    }

    fn run(&mut self, _: Command, _: &mut Services<'_>) {}

    fn receive(&mut self, _: Arrival, _: &mut Services<'_>) {}
}

fn main() {
    let state = state();
    let mut is_slow = false;
    for screen in all_screens() {
        let id = screen.id();
        let parts: Vec<&str> = match id {
            "compare" => vec![""],
            "drift" => screen.parts(),
            _ => continue,
        };
        for part in parts {
            for language in Language::ALL {
                for size in SIZES {
                    let millis = frames(&state, (id, part), language, size);
                    let at = |share: usize| millis[millis.len() * share / 100];
                    let (median, p99, most) = (at(50), at(99), millis[millis.len() - 1]);
                    println!(
                        r#"{{"bench":"frame","screen":"{id}","part":"{part}","language":"{}","size":{size:?},"n":{FRAMES},"median_ms":{median:.2},"p99_ms":{p99:.2},"most_ms":{most:.2}}}"#,
                        language.id()
                    );
                    is_slow |= p99 >= MOST_MILLIS;
                }
            }
        }
    }
    assert!(!is_slow, "a frame takes {MOST_MILLIS} ms and more");
}

/// Milliseconds of each frame, in order of length.
fn frames(state: &State, (id, part): (&str, &str), language: Language, size: [f32; 2]) -> Vec<f64> {
    let project = Fixed(again(state));
    let mut screens = all_screens();
    screens.iter_mut().filter(|screen| screen.id() == id).for_each(|screen| screen.show_part(part));
    let preferences = Preferences { language: Some(language), screen: id.to_owned(), ..Preferences::default() };
    let mut harness = Harness::builder()
        .with_size(vec2(size[0], size[1]))
        .build_eframe(move |creation| Window::new(&creation.egui_ctx, Box::new(project), screens, preferences));
    // Fonts, glyphs and the pictures are made once.
    (0..20).for_each(|_| harness.step());
    let mut millis: Vec<f64> = (0..FRAMES)
        .map(|frame| {
            let share = frame as f32 / FRAMES as f32;
            let pointer = Pos2::new(size[0] * (0.2 + 0.6 * share), size[1] * (0.1 + 0.8 * (share * 7.0).fract()));
            harness.event(Event::PointerMoved(pointer));
            let begun = Instant::now();
            harness.step();
            let shapes = harness.output().shapes.clone();
            let triangles = harness.ctx.tessellate(shapes, harness.ctx.pixels_per_point());
            assert!(!triangles.is_empty(), "nothing was drawn");
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    millis.sort_by(f64::total_cmp);
    millis
}

/// The same once more; what is large is shared.
fn again(state: &State) -> State {
    State {
        snapshot: state.snapshot.clone(),
        profile: state.profile.clone(),
        dataset: state.dataset,
        comparison: state.comparison.clone(),
        drift: state.drift.clone(),
        replay: state.replay.clone(),
        prepared: state.prepared.clone(),
        person: state.person.clone(),
        ..State::default()
    }
}

/// The sample project with everything found.
fn state() -> State {
    let folder = tempfile::tempdir().expect("a folder");
    let home = Home::resolve(Some(folder.path()), None).expect("it is named");
    let task = Task::default();
    let prepared = open_sample(&home, &task).expect("the sample");
    let (ask, replayed) = (DriftAsk::default(), ReplayAsk::default());
    let drift = watch(&home, &prepared, None, &ask.request, &task).expect("weeks");
    let past = replay(&home, &prepared, &replayed.request, None, &task).expect("a past");
    let dataset = prepared.digest;
    State {
        snapshot: Some(Arc::new(Snapshot::read(&home).expect("a project"))),
        profile: Some(Arc::new(Profile::of(&prepared, &task).expect("nothing cancels it"))),
        dataset: Some(dataset),
        comparison: Some(Arc::new(compared())),
        drift: Some(Arc::new(DriftFound { dataset, ask, found: Ok(drift) })),
        replay: Some(Arc::new(ReplayFound { dataset, ask: replayed, found: Ok(past) })),
        prepared: Some(prepared),
        person: SAMPLE_PERSON.to_owned(),
        ..State::default()
    }
}

/// A million pairs.
fn compared() -> CompareOutcome {
    let side = |name: &str, family: &str| Side { name: name.to_owned(), family: family.to_owned() };
    let pairs = million::pairs();
    let found = compare(side("rule", "rule"), side("run:1", "linear"), &pairs, Settings::seeded(1));
    CompareOutcome {
        comparison: found.expect("pairs"),
        mae_constant: 14.0,
        gates: Vec::new(),
        weights: CostWeights::default(),
        current: None,
        candidate: None,
    }
}
