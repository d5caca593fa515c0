//! The frame round the screens: rail, top bar, bottom bar, notifications, command palette, shortcuts.
//!
//! It draws the chosen screen, gathers commands from everywhere and runs them after the frame is drawn. It knows
//! screens and the project behind them by their traits only.

mod bottom_bar;
mod notice_panel;
mod palette;
mod rail;
mod shortcuts;
mod top_bar;

use std::time::Duration;

use egui::{CentralPanel, Context, Frame, Margin, ScrollArea, Ui};

use super::command::{Command, Outbox};
use super::jobs::{JobError, Jobs};
use super::notices::Notices;
use super::preferences::Preferences;
use super::screenshot::Photographer;
use super::state::{Project, Screen, Services};
use super::text;
use super::theme::{self, Look, sizes};
use crate::base::language::Language;
use palette::Palette;

/// Key of the preferences in the window's store.
const PREFERENCES: &str = "preferences";

/// How long closing the window waits for jobs to come to an end.
const PATIENCE: Duration = Duration::from_secs(5);

/// The window.
pub struct Window {
    project: Box<dyn Project>,
    screens: Vec<Box<dyn Screen>>,
    jobs: Jobs,
    notices: Notices,
    preferences: Preferences,
    palette: Palette,
    shows_notices: bool,
    shows_shortcuts: bool,
    photographer: Option<Photographer>,
    context: Context,
}

impl Window {
    /// A window on `project` with these screens, the first of them open unless another is remembered.
    #[must_use]
    pub fn new(
        context: &Context,
        project: Box<dyn Project>,
        screens: Vec<Box<dyn Screen>>,
        preferences: Preferences,
    ) -> Window {
        text::install(context);
        theme::apply(context);
        context.options_mut(|options| options.zoom_with_keyboard = false);
        let mut window = Window {
            project,
            screens,
            jobs: Jobs::new(context.clone()),
            notices: Notices::default(),
            preferences,
            palette: Palette::default(),
            shows_notices: false,
            shows_shortcuts: false,
            photographer: None,
            context: context.clone(),
        };
        window.apply_preferences(context);
        let (project, mut services) = window.services();
        project.opened(&mut services);
        window
    }

    /// Takes pictures and closes instead of being used.
    pub(in crate::workbench) fn photograph(&mut self, photographer: Photographer) {
        self.photographer = Some(photographer);
    }

    /// Opens a screen, or a part of it: `data`, `data/columns`.
    pub(in crate::workbench) fn go_to(&mut self, place: &str) {
        let (screen, part) = place.split_once('/').unwrap_or((place, ""));
        screen.clone_into(&mut self.preferences.screen);
        if let Some(screen) = self.screens.iter_mut().find(|known| known.id() == screen) {
            screen.show_part(part);
        }
    }

    /// What a command of the project may use; also for work that is to run from the start.
    pub fn services(&mut self) -> (&mut dyn Project, Services<'_>) {
        (
            self.project.as_mut(),
            Services { jobs: &mut self.jobs, notices: &mut self.notices, context: &self.context },
        )
    }

    /// What is remembered.
    #[must_use]
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Id of the open screen.
    #[must_use]
    pub fn screen(&self) -> Option<&'static str> {
        self.screen_index().and_then(|index| self.screens.get(index)).map(|screen| screen.id())
    }

    /// Whether no job is running.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.jobs.is_idle()
    }

    /// Carries out `command` where it can be run now; else says why not.
    pub fn run(&mut self, context: &Context, command: Command) {
        if let Err(reason) = command.check(self.project.state()) {
            self.notices.warn(reason, Vec::new());
            return;
        }
        match command {
            Command::GoTo(screen) => screen.clone_into(&mut self.preferences.screen),
            Command::ShowPalette => self.palette.open(),
            Command::ShowShortcuts => self.shows_shortcuts = true,
            Command::ToggleNotices => self.shows_notices = !self.shows_notices,
            Command::ClearNotices => self.notices.clear(),
            Command::SetTheme(theme) => self.preferences.theme = theme,
            Command::SetLanguage(language) => self.preferences.language = Some(language),
            Command::ZoomIn => self.preferences.zoom_in(),
            Command::ZoomOut => self.preferences.zoom_out(),
            Command::ZoomReset => self.preferences.zoom_percent = 100,
            Command::CancelJob(id) => self.jobs.cancel(id),
            Command::CancelJobs => self.jobs.cancel_all(),
            other => {
                let mut services =
                    Services { jobs: &mut self.jobs, notices: &mut self.notices, context: &self.context };
                self.project.run(other, &mut services);
            }
        }
        self.apply_preferences(context);
        context.request_repaint();
    }

    fn apply_preferences(&self, context: &Context) {
        Look::set_language(context, self.language());
        let theme = self.preferences.theme.preference();
        if context.options(|options| options.theme_preference) != theme {
            context.set_theme(theme);
        }
        let zoom = self.preferences.zoom();
        if (context.zoom_factor() - zoom).abs() > 0.001 {
            context.set_zoom_factor(zoom);
        }
    }

    fn language(&self) -> Language {
        self.preferences.language()
    }

    fn screen_index(&self) -> Option<usize> {
        let remembered = self.screens.iter().position(|screen| screen.id() == self.preferences.screen);
        remembered.or(if self.screens.is_empty() { None } else { Some(0) })
    }

    /// Takes in what jobs brought. Costs nothing while none ended.
    fn poll(&mut self) {
        for finished in self.jobs.poll() {
            match finished.outcome {
                Ok(arrival) => {
                    let mut services =
                        Services { jobs: &mut self.jobs, notices: &mut self.notices, context: &self.context };
                    self.project.receive(arrival, &mut services);
                }
                Err(JobError::Cancelled) => self.notices.say("notice.cancelled", vec![("job", finished.name)]),
                Err(JobError::Failed(error)) => self.notices.fail(error.as_ref()),
            }
        }
        let (project, mut services) = self.services();
        project.tick(&mut services);
        let (jobs, notices) = (self.jobs.statuses(), self.notices.count());
        let state = self.project.state_mut();
        state.jobs = jobs;
        state.notices = notices;
    }

    fn draw_ui(&mut self, ui: &mut Ui) {
        let mut outbox = Outbox::default();
        let look = Look::of(ui);
        shortcuts::listen(ui.ctx(), &self.screens, &mut outbox);
        let current = self.screen_index();
        rail::rail_ui(ui, &self.screens, current, self.project.state(), &mut outbox);
        top_bar::top_bar_ui(ui, self.project.state(), self.notices.unread(), &mut outbox);
        bottom_bar::bottom_bar_ui(ui, self.project.state(), &mut outbox);
        if self.shows_notices {
            self.notices.read();
            notice_panel::notice_panel_ui(ui, &self.notices, &mut outbox);
        }
        let ground = Frame::new().fill(look.palette.ground);
        CentralPanel::default().frame(ground).show(ui, |ui| {
            if let Some(screen) = current.and_then(|index| self.screens.get_mut(index)) {
                screen_ui(ui, screen.as_mut(), self.project.state(), &mut outbox);
            }
        });
        notice_panel::toast_ui(ui.ctx(), &mut self.notices, &mut outbox);
        let commands = shortcuts::all(&self.screens);
        if let Some(command) = self.palette.ui(ui.ctx(), &commands, self.project.state()) {
            outbox.send(command);
        }
        if self.shows_shortcuts {
            self.shows_shortcuts = shortcuts::shortcuts_ui(ui.ctx(), &commands);
        }
        let context = ui.ctx().clone();
        for command in outbox.take() {
            self.run(&context, command);
        }
    }
}

/// The open screen, scrolled where it is higher than the window.
fn screen_ui(ui: &mut Ui, screen: &mut dyn Screen, state: &super::state::State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    // Each screen has its own identity, so that scrolling one does not scroll another.
    ui.push_id(screen.id(), |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            Frame::new().inner_margin(Margin::symmetric(20, 16)).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.with_layout(look.column(), |ui| {
                    ui.spacing_mut().item_spacing.y = sizes::GUTTER;
                    screen.ui(ui, state, outbox);
                });
            });
        });
    });
}

impl eframe::App for Window {
    fn logic(&mut self, _: &Context, _: &mut eframe::Frame) {
        self.poll();
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.draw_ui(ui);
        if let Some(mut photographer) = self.photographer.take() {
            let context = ui.ctx().clone();
            if let Some(place) = photographer.look(&context, self.jobs.is_idle()) {
                self.go_to(&place);
            }
            self.photographer = Some(photographer);
        }
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        if self.photographer.is_none() {
            eframe::set_value(storage, PREFERENCES, &self.preferences);
        }
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.jobs.shut_down(PATIENCE);
        self.project.closed();
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}

/// The preferences in `storage`, or the usual ones.
pub(in crate::workbench) fn remembered(storage: Option<&dyn eframe::Storage>) -> Preferences {
    storage.and_then(|storage| eframe::get_value(storage, PREFERENCES)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
