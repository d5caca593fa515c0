//! Pictures of the real window: opens the screens one after the other, waits until nothing moves, saves PNGs.
//!
//! A picture of one colour is a failure, since that is what a window looks like that did not draw.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use egui::{ColorImage, Context, ViewportCommand};

/// One picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shot {
    /// The screen, or a part of it: `data`, `data/columns`.
    pub screen: String,
    /// Where the picture goes.
    pub file: PathBuf,
}

/// Why a picture could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ShotError {
    /// Nothing was drawn.
    #[error("the picture of \"{screen}\" has one colour only")]
    Empty {
        /// Id of the screen.
        screen: String,
    },
    /// The window never came to rest.
    #[error("\"{screen}\" was still busy after {seconds} seconds")]
    Busy {
        /// Id of the screen.
        screen: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The picture could not be written.
    #[error("cannot write {}", file.display())]
    Write {
        /// Why.
        #[source]
        source: image::ImageError,
        /// Where to.
        file: PathBuf,
    },
}

/// Frames without a change before a picture is taken.
const STILL_FRAMES: u32 = 4;
/// How long a screen may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(60);

enum Stage {
    Settling { since: Instant, still: u32 },
    Waiting,
    Done,
}

/// Takes the pictures, a screen at a time.
pub(in crate::workbench) struct Photographer {
    shots: Vec<Shot>,
    next: usize,
    stage: Stage,
    sender: Sender<ColorImage>,
    receiver: Receiver<ColorImage>,
    outcome: Sender<Result<(), ShotError>>,
}

impl Photographer {
    /// Takes `shots` in order and says how it went, once.
    pub fn new(shots: Vec<Shot>, outcome: Sender<Result<(), ShotError>>) -> Photographer {
        let (sender, receiver) = channel();
        let stage = Stage::Settling { since: Instant::now(), still: 0 };
        Photographer { shots, next: 0, stage, sender, receiver, outcome }
    }

    /// The screen to begin with.
    pub fn first(&self) -> Option<&str> {
        self.shots.first().map(|shot| shot.screen.as_str())
    }

    /// Looks at the frame that was just drawn; returns the screen to open next.
    pub fn look(&mut self, context: &Context, is_idle: bool) -> Option<String> {
        context.request_repaint();
        let shot = self.shots.get(self.next)?.clone();
        match &mut self.stage {
            Stage::Settling { since, still } => {
                *still = if is_idle { *still + 1 } else { 0 };
                if since.elapsed() > PATIENCE {
                    let busy = ShotError::Busy { screen: shot.screen, seconds: PATIENCE.as_secs() };
                    self.end(context, Err(busy));
                } else if *still >= STILL_FRAMES {
                    let sender = self.sender.clone();
                    // The receiver is gone only when the window is.
                    context.request_screenshot(move |image| drop(sender.send((*image).clone())));
                    self.stage = Stage::Waiting;
                }
                None
            }
            Stage::Waiting => {
                let picture = self.receiver.try_recv().ok()?;
                if let Err(error) = save(&picture, &shot) {
                    self.end(context, Err(error));
                    return None;
                }
                self.next += 1;
                self.stage = Stage::Settling { since: Instant::now(), still: 0 };
                let next = self.shots.get(self.next).map(|shot| shot.screen.clone());
                if next.is_none() {
                    self.end(context, Ok(()));
                }
                next
            }
            Stage::Done => None,
        }
    }

    fn end(&mut self, context: &Context, outcome: Result<(), ShotError>) {
        self.stage = Stage::Done;
        // Who asked may have stopped listening; the window closes all the same.
        let _ = self.outcome.send(outcome);
        context.send_viewport_cmd(ViewportCommand::Close);
    }
}

fn save(picture: &ColorImage, shot: &Shot) -> Result<(), ShotError> {
    let first = picture.pixels.first();
    if picture.pixels.iter().all(|pixel| Some(pixel) == first) {
        return Err(ShotError::Empty { screen: shot.screen.clone() });
    }
    let bytes: Vec<u8> = picture.pixels.iter().flat_map(|pixel| [pixel.r(), pixel.g(), pixel.b()]).collect();
    let size = picture.size.map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    write(&shot.file, &bytes, size).map_err(|source| ShotError::Write { source, file: shot.file.clone() })
}

/// Writes beside the file first, so that an interrupted run leaves no half of a picture.
fn write(file: &Path, bytes: &[u8], [width, height]: [u32; 2]) -> Result<(), image::ImageError> {
    let beside = file.with_extension("png.part");
    image::save_buffer_with_format(
        &beside,
        bytes,
        width,
        height,
        image::ColorType::Rgb8,
        image::ImageFormat::Png,
    )?;
    std::fs::rename(&beside, file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(pixels: impl Fn(usize) -> u8) -> ColorImage {
        ColorImage::from_gray_iter([4, 3], (0..12).map(pixels).collect::<Vec<_>>().into_iter())
    }

    #[test]
    fn an_empty_picture_is_refused_and_a_drawn_one_is_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let shot = Shot { screen: "overview".to_owned(), file: folder.path().join("a.png") };
        assert!(matches!(save(&picture(|_| 7), &shot), Err(ShotError::Empty { .. })));
        assert!(!shot.file.exists());
        save(&picture(|index| u8::try_from(index).unwrap()), &shot).unwrap();
        let read = image::open(&shot.file).unwrap();
        assert_eq!((read.width(), read.height()), (4, 3));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let shot = Shot { screen: "overview".to_owned(), file: PathBuf::from("/nowhere/at/all.png") };
        let error = save(&picture(|index| u8::try_from(index).unwrap()), &shot).unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all.png"));
    }
}
