//! Opens the window on a home, as the command line asks for it.

use std::path::PathBuf;

use super::desk::Desk;
use super::start::{Options, WorkbenchError, run};
use super::theme::Theme;
use super::{Shot, screens};
use crate::base::Explain;
use crate::base::explain::Failure;
use crate::base::language::Language;
use crate::workflows::Home;

/// How the window is to be opened, as it was typed.
#[derive(Clone, Debug)]
pub struct OpenRequest {
    /// Where things are.
    pub home: Home,
    /// Who uses it, where that was said.
    pub person: Option<String>,
    /// Who the system says it is.
    pub system_person: String,
    /// The language, where that was said.
    pub language: Option<Language>,
    /// `light`, `dark` or `system`.
    pub theme: Option<String>,
    /// `1440x900`.
    pub size: Option<String>,
    /// Files of visits to look at from the start.
    pub files: Vec<PathBuf>,
    /// `overview:a.png,data/columns:b.png`.
    pub screenshot: Option<String>,
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// An option that does not say what it should.
    #[error("\"{given}\" is not {wanted}")]
    Option {
        /// What was typed.
        given: String,
        /// What it should look like.
        wanted: &'static str,
    },
    /// The window.
    #[error(transparent)]
    Window(#[from] WorkbenchError),
}

impl Explain for OpenError {
    fn key(&self) -> &'static str {
        match self {
            OpenError::Option { .. } => "window_option",
            OpenError::Window(error) => error.key(),
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            OpenError::Option { given, wanted } => {
                vec![("given", given.clone()), ("wanted", (*wanted).to_owned())]
            }
            OpenError::Window(error) => error.fields(),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            OpenError::Option { .. } => Failure::Usage,
            OpenError::Window(error) => error.failure(),
        }
    }
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// [`OpenError`].
pub fn open(request: OpenRequest) -> Result<(), OpenError> {
    let options = Options {
        language: request.language,
        theme: request.theme.as_deref().map(theme).transpose()?,
        screen: None,
        size: request.size.as_deref().map(size).transpose()?,
        files: request.files,
        shots: request.screenshot.as_deref().map(shots).transpose()?.unwrap_or_default(),
        memory: Some(request.home.folder().join("window.ron")),
    };
    let desk = Desk::new(request.home, request.person, request.system_person);
    Ok(run(options, Box::new(desk), screens::all())?)
}

fn theme(text: &str) -> Result<Theme, OpenError> {
    match text {
        "light" => Ok(Theme::Light),
        "dark" => Ok(Theme::Dark),
        "system" => Ok(Theme::System),
        _ => Err(OpenError::Option { given: text.to_owned(), wanted: "light, dark, system" }),
    }
}

fn size(text: &str) -> Result<[f32; 2], OpenError> {
    let side = |text: &str| text.parse::<u16>().ok().filter(|side| (320..=8_192).contains(side)).map(f32::from);
    text.split_once('x')
        .and_then(|(width, height)| Some([side(width)?, side(height)?]))
        .ok_or_else(|| OpenError::Option { given: text.to_owned(), wanted: "1440x900" })
}

fn shots(text: &str) -> Result<Vec<Shot>, OpenError> {
    let shot = |text: &str| {
        let (screen, file) =
            text.split_once(':').filter(|(screen, file)| !screen.is_empty() && !file.is_empty())?;
        Some(Shot { screen: screen.to_owned(), file: PathBuf::from(file) })
    };
    text.split(',')
        .map(|text| shot(text).ok_or_else(|| OpenError::Option { given: text.to_owned(), wanted: "SCREEN:FILE" }))
        .collect()
}
