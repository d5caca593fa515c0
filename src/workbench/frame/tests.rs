//! Drives the window by what a screen reader would say, in both languages and themes.

use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use egui::{Key, Modifiers, Role, Ui, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_material_icons::{MaterialIcon, icons};

use super::*;
use crate::base::Verdict;
use crate::workbench::notices::Content;
use crate::workbench::state::{Arrival, ChipState, State, StatusLine};
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Theme};
use crate::workbench::widgets::{Button, Headline};

/// A project that remembers what reached it.
#[derive(Default)]
struct Probe {
    state: State,
    arrivals: Option<Sender<()>>,
}

impl Project for Probe {
    fn state(&self) -> &State {
        &self.state
    }

    fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    fn run(&mut self, _: Command, _: &mut Services<'_>) {}

    fn receive(&mut self, _: Arrival, _: &mut Services<'_>) {
        if let Some(arrivals) = &self.arrivals {
            arrivals.send(()).unwrap();
        }
    }
}

/// A screen that says its id.
struct Plain(&'static str);

impl Screen for Plain {
    fn id(&self) -> &'static str {
        self.0
    }

    fn icon(&self) -> MaterialIcon {
        icons::ICON_DATABASE
    }

    fn badge(&self, _: &State) -> u32 {
        2
    }

    fn ui(&mut self, ui: &mut Ui, state: &State, outbox: &mut Outbox) {
        Headline::new(format!("This is {}", self.0)).sentence("«خدمت A» در ۱۲٫۵ دقیقه").ui(ui);
        Text::new(format!("{} jobs", state.jobs.len())).ui(ui);
        if Button::plain("Stop everything")
            .unless(Command::CancelJobs.refusal(state, &Look::of(ui)))
            .ui(ui)
            .clicked()
        {
            outbox.send(Command::CancelJobs);
        }
    }
}

fn probe() -> Probe {
    let chip = ChipState {
        name: "brand.name",
        value: "درمانگاه‌های تهران.parquet".to_owned(),
        hint: "/data/x.parquet".to_owned(),
        icon: icons::ICON_DATABASE,
        command: Some(Command::GoTo("beta")),
    };
    let serving = StatusLine { ink: Ink::Candidate, text: "Serving 1.2.0".to_owned() };
    let state = State { chips: vec![chip], serving: Some(serving), ..State::default() };
    Probe { state, arrivals: None }
}

fn open(language: Language, theme: Theme) -> Harness<'static, Window> {
    open_on(probe(), language, theme)
}

fn open_on(probe: Probe, language: Language, theme: Theme) -> Harness<'static, Window> {
    let mut harness = Harness::builder().with_size(vec2(1240.0, 800.0)).build_eframe(move |creation| {
        let preferences = Preferences { language: Some(language), theme, ..Preferences::default() };
        let screens: Vec<Box<dyn Screen>> = vec![Box::new(Plain("alpha")), Box::new(Plain("beta"))];
        Window::new(&creation.egui_ctx, Box::new(probe), screens, preferences)
    });
    harness.run();
    harness
}

/// Draws until `done`, for what depends on another thread.
fn wait_until(harness: &mut Harness<'static, Window>, done: impl Fn(&Harness<'static, Window>) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !done(harness) {
        assert!(Instant::now() < deadline, "it did not happen");
        harness.step();
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn the_rail_opens_screens_in_every_language_and_theme() {
    for language in Language::ALL {
        for theme in [Theme::Light, Theme::Dark] {
            let mut harness = open(language, theme);
            assert!(harness.query_by_label("This is alpha").is_some());
            harness.get_by_role_and_label(Role::Tab, "screen.beta").click();
            harness.run();
            assert_eq!(harness.state().screen(), Some("beta"));
            assert!(harness.query_by_label("This is beta").is_some());
            assert_eq!(
                harness.ctx.theme(),
                if theme == Theme::Dark { egui::Theme::Dark } else { egui::Theme::Light }
            );
            assert!(harness.query_by_label(language.text("bottom.no_jobs")).is_some());
            // Every control has a name.
            harness.check_accessibility();
        }
    }
}

#[test]
fn the_rail_stands_where_the_language_starts() {
    let left = open(Language::English, Theme::Light).get_by_role_and_label(Role::Tab, "screen.alpha").rect();
    let right = open(Language::Persian, Theme::Light).get_by_role_and_label(Role::Tab, "screen.alpha").rect();
    assert!(left.right() < 200.0 && right.left() > 1040.0, "{left:?} {right:?}");
}

#[test]
fn the_palette_finds_a_command_in_either_language_and_runs_it() {
    let mut harness = open(Language::English, Theme::Light);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    let field = harness.get_by_role(Role::TextInput);
    field.type_text("زبان فارسی");
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().preferences().language, Some(Language::Persian));
    assert!(harness.query_by_role(Role::TextInput).is_none(), "the palette closes");
    assert!(harness.query_by_label(Language::Persian.text("bottom.no_jobs")).is_some());
}

#[test]
fn the_palette_says_why_a_command_cannot_be_run_and_does_not_run_it() {
    let mut harness = open(Language::English, Theme::Dark);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    harness.get_by_role(Role::TextInput).type_text("stop all jobs");
    harness.run();
    harness.get_by_label("Stop all jobs: No job is running.").click();
    harness.run();
    assert!(harness.query_by_role(Role::TextInput).is_some(), "the palette stays open");
    harness.key_press(Key::Escape);
    harness.run();
    assert!(harness.query_by_role(Role::TextInput).is_none());
    assert_eq!(harness.state().notices.count(), 0);
}

#[test]
fn the_arrow_keys_choose_in_the_palette() {
    let mut harness = open(Language::English, Theme::Dark);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run();
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().screen(), Some("beta"));
}

#[test]
fn keys_change_screen_theme_language_and_zoom() {
    let mut harness = open(Language::English, Theme::Light);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    harness.run();
    assert_eq!(harness.state().screen(), Some("beta"));
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::D);
    harness.run();
    assert_eq!(harness.ctx.theme(), egui::Theme::Dark);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    harness.run();
    assert_eq!(harness.state().preferences().language(), Language::Persian);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    harness.run();
    assert_eq!(harness.state().preferences().zoom_percent, 110);
    harness.key_press(Key::Questionmark);
    harness.run();
    assert!(harness.query_by_label(Language::Persian.text("shortcuts.title")).is_some());
}

#[test]
fn a_chip_sends_its_command() {
    let mut harness = open(Language::English, Theme::Light);
    harness.get_by_label("Nobat درمانگاه‌های تهران.parquet").click();
    harness.run();
    assert_eq!(harness.state().screen(), Some("beta"));
}

#[test]
fn a_job_shows_its_progress_and_can_be_stopped() {
    let mut harness = open(Language::English, Theme::Light);
    let (_, services) = harness.state_mut().services();
    services.jobs.start("probe", "Counting sheep", |task| {
        loop {
            task.report("bottom.stopping", 3, 10)?;
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    wait_until(&mut harness, |harness| harness.query_by_label_contains("Counting sheep").is_some());
    wait_until(&mut harness, |harness| harness.query_by_label_contains("30 %").is_some());
    assert!(harness.query_by_label("1 jobs").is_some(), "the screen sees the job");
    harness.get_by_label("Stop this job").click();
    wait_until(&mut harness, |harness| harness.state().is_idle());
    wait_until(&mut harness, |harness| harness.query_by_label_contains("was stopped").is_some());
    assert_eq!(harness.state().notices.newest_first().next().unwrap().verdict, None);
}

#[test]
fn what_a_job_brings_reaches_the_project() {
    let (sender, receiver) = channel();
    let probe = Probe { arrivals: Some(sender), ..probe() };
    let mut harness = open_on(probe, Language::English, Theme::Light);
    let (_, services) = harness.state_mut().services();
    services.jobs.start("probe", "Quick", |_| Ok(Arrival::Nothing));
    wait_until(&mut harness, |harness| harness.state().is_idle());
    assert!(receiver.recv_timeout(Duration::from_secs(5)).is_ok());
    assert_eq!(harness.state().notices.count(), 0);
}

#[test]
fn a_failed_job_is_told_in_a_toast_and_stays_in_the_list() {
    for language in Language::ALL {
        let mut harness = open(language, Theme::Light);
        let (_, services) = harness.state_mut().services();
        services.jobs.start("probe", "Falling", |_| panic!("as expected"));
        wait_until(&mut harness, |harness| harness.query_by_label_contains("as expected").is_some());
        harness.get_by_label(language.text("notices.open")).click();
        harness.run_steps(4);
        assert!(harness.query_by_label(language.text("error.job_panicked.untouched")).is_some());
        assert!(harness.query_by_label(language.text("copy_details")).is_some());
        assert_eq!(harness.state().notices.unread(), 0);
        let failure = harness.state().notices.newest_first().next().unwrap();
        assert_eq!(failure.verdict, Some(Verdict::Fail));
        assert!(matches!(failure.content, Content::Failure(_)));
        harness.get_by_label(language.text("notices.clear")).click();
        harness.run_steps(4);
        assert!(harness.query_by_label(language.text("notices.none")).is_some());
    }
}

#[test]
fn a_command_that_cannot_be_run_is_a_disabled_button_with_its_reason() {
    let mut harness = open(Language::English, Theme::Light);
    let button = harness.get_by_label("Stop everything");
    assert!(button.accesskit_node().is_disabled());
    button.click();
    harness.run();
    assert_eq!(harness.state().notices.count(), 0);
}

#[test]
fn nothing_is_drawn_again_while_nothing_changes() {
    let mut harness = open(Language::Persian, Theme::Dark);
    // `run` ends when no further frame is asked for; a window that never rests would exceed its steps.
    assert!(harness.try_run().is_ok());
    assert!(!harness.ctx.has_requested_repaint());
}
