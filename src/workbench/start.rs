//! Opens the window, or says why it cannot be opened.

use std::path::PathBuf;
use std::sync::mpsc::channel;

use super::command::Command;
use super::frame::{self, Window};
use super::screenshot::{Photographer, Shot, ShotError};
use super::state::{Project, Screen};
use super::theme::Theme;
use crate::base::explain::{Explain, Failure};
use crate::base::language::Language;

/// How the window is to be opened.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The language; none is the remembered one, or that of the system.
    pub language: Option<Language>,
    /// The theme; none is the remembered one.
    pub theme: Option<Theme>,
    /// The screen; none is the remembered one.
    pub screen: Option<String>,
    /// Width and height in points; none is the remembered size.
    pub size: Option<[f32; 2]>,
    /// Files of visits to look at from the start.
    pub files: Vec<PathBuf>,
    /// Pictures to be taken instead of being used. Nothing is remembered then.
    pub shots: Vec<Shot>,
    /// The file in which choices are remembered; none remembers nothing.
    pub memory: Option<PathBuf>,
}

/// Why there is no window, or no picture of it.
#[derive(Debug, thiserror::Error)]
pub enum WorkbenchError {
    /// There is no display.
    #[error("there is no display to open a window on; `nobat demo --headless` needs none")]
    NoDisplay,
    /// The display cannot be drawn on.
    #[error("the window could not be opened: {detail}")]
    Display {
        /// What the system said.
        detail: String,
    },
    /// A screen that does not exist was asked for.
    #[error("there is no screen \"{screen}\"; there are: {known}")]
    NoScreen {
        /// What was asked for.
        screen: String,
        /// What there is.
        known: String,
    },
    /// A picture could not be had.
    #[error(transparent)]
    Shot(#[from] ShotError),
}

impl Explain for WorkbenchError {
    fn key(&self) -> &'static str {
        match self {
            WorkbenchError::NoDisplay => "no_display",
            WorkbenchError::Display { .. } => "display_failed",
            WorkbenchError::NoScreen { .. } => "no_screen",
            WorkbenchError::Shot(ShotError::Empty { .. }) => "picture_empty",
            WorkbenchError::Shot(ShotError::Busy { .. }) => "picture_busy",
            WorkbenchError::Shot(ShotError::Write { .. }) => "picture_not_written",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            WorkbenchError::NoDisplay => Vec::new(),
            WorkbenchError::Display { detail } => vec![("detail", detail.clone())],
            WorkbenchError::NoScreen { screen, known } => {
                vec![("screen", screen.clone()), ("known", known.clone())]
            }
            WorkbenchError::Shot(ShotError::Empty { screen }) => vec![("screen", screen.clone())],
            WorkbenchError::Shot(ShotError::Busy { screen, seconds }) => {
                vec![("screen", screen.clone()), ("seconds", seconds.to_string())]
            }
            WorkbenchError::Shot(ShotError::Write { source, file }) => {
                vec![("file", file.display().to_string()), ("detail", source.to_string())]
            }
        }
    }

    fn failure(&self) -> Failure {
        match self {
            WorkbenchError::NoScreen { .. } => Failure::Usage,
            _ => Failure::Failed,
        }
    }
}

/// Opens the window on `project` and returns when it is closed.
///
/// # Errors
/// [`WorkbenchError`] where there is no display, or a picture could not be taken.
pub fn run(
    options: Options,
    project: Box<dyn Project>,
    screens: Vec<Box<dyn Screen>>,
) -> Result<(), WorkbenchError> {
    let wanted = options.shots.iter().map(|shot| &shot.screen).chain(&options.screen);
    let known = places(&screens);
    for place in wanted {
        if !known.contains(place) {
            return Err(WorkbenchError::NoScreen { screen: place.clone(), known: known.join(", ") });
        }
    }
    if !has_display() {
        return Err(WorkbenchError::NoDisplay);
    }
    let (sender, receiver) = channel();
    let takes_pictures = !options.shots.is_empty();
    let native = native_options(&options);
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        let storage = creation.storage.filter(|_| options.memory.is_some() && !takes_pictures);
        let mut preferences = frame::remembered(storage);
        preferences.language = options.language.or(preferences.language);
        preferences.theme = options.theme.unwrap_or(preferences.theme);
        if let Some(screen) = options.screen {
            preferences.screen = screen;
        }
        let photographer = takes_pictures.then(|| Photographer::new(options.shots, sender));
        let first = photographer.as_ref().and_then(Photographer::first).map(str::to_owned);
        let mut window = Window::new(&creation.egui_ctx, project, screens, preferences);
        if !options.files.is_empty() {
            window.go_to("data");
            window.run(&creation.egui_ctx, Command::Inspect(options.files, None));
        }
        if let Some(first) = first {
            window.go_to(&first);
        }
        if let Some(photographer) = photographer {
            window.photograph(photographer);
        }
        Ok(Box::new(window))
    });
    eframe::run_native("nobat", native, create)
        .map_err(|error| WorkbenchError::Display { detail: error.to_string() })?;
    match receiver.try_recv() {
        Ok(outcome) => Ok(outcome?),
        // Nothing was said: the window was closed by hand, which is an end only when it was being used.
        Err(_) if takes_pictures => {
            Err(WorkbenchError::Display { detail: "it was closed before the pictures were taken".to_owned() })
        }
        Err(_) => Ok(()),
    }
}

/// What can be opened: each screen, and each of its parts.
fn places(screens: &[Box<dyn Screen>]) -> Vec<String> {
    let mut places = Vec::new();
    for screen in screens {
        places.push(screen.id().to_owned());
        places.extend(screen.parts().into_iter().map(|part| format!("{}/{part}", screen.id())));
    }
    places
}

fn native_options(options: &Options) -> eframe::NativeOptions {
    let takes_pictures = !options.shots.is_empty();
    let size = options.size.unwrap_or([1440.0, 900.0]);
    let viewport = egui::ViewportBuilder::default()
        .with_title("Nobat")
        .with_app_id("nobat")
        .with_inner_size(size)
        .with_min_inner_size([720.0, 520.0])
        .with_icon(icon());
    // Somewhere must be named, or the default place of the system is used.
    let nowhere = std::env::temp_dir().join(format!("nobat-window-{}.ron", std::process::id()));
    eframe::NativeOptions {
        viewport,
        centered: !takes_pictures,
        persist_window: !takes_pictures && options.size.is_none() && options.memory.is_some(),
        persistence_path: Some(options.memory.clone().filter(|_| !takes_pictures).unwrap_or(nowhere)),
        dithering: !takes_pictures,
        ..eframe::NativeOptions::default()
    }
}

/// The mark of the rail as the window's icon: three people, the first of them called.
fn icon() -> egui::IconData {
    const SIDE: usize = 64;
    let palette = &super::theme::LIGHT;
    let mut rgba = Vec::with_capacity(SIDE * SIDE * 4);
    for index in 0..SIDE * SIDE {
        #[expect(clippy::cast_precision_loss, reason = "sixty-four pixels")]
        let (x, y) = ((index % SIDE) as f32 + 0.5, (index / SIDE) as f32 + 0.5);
        let unit = 64.0 / 28.0;
        let corner = (x.clamp(18.0, 46.0) - x).hypot(y.clamp(18.0, 46.0) - y);
        let mut color = palette.current;
        for (person, at) in [7.5_f32, 14.0, 20.5].into_iter().enumerate() {
            let head = (x / unit - at).hypot(y / unit - 9.5) < 2.4;
            let body = (x / unit - at).hypot((y / unit).clamp(15.8, 19.2) - y / unit) < 2.3;
            if head || body {
                color = palette.current.lerp_to_gamma(palette.on_fill, if person == 2 { 1.0 } else { 0.55 });
            }
        }
        rgba.extend([color.r(), color.g(), color.b(), if corner < 18.0 { 255 } else { 0 }]);
    }
    egui::IconData { rgba, width: 64, height: 64 }
}

/// Whether a window could be opened at all. Where there are no display variables by nature, it can.
fn has_display() -> bool {
    if !cfg!(all(unix, not(target_os = "macos"))) {
        return true;
    }
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") || is_set("WAYLAND_SOCKET")
}
