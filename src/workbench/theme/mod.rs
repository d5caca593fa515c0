//! The look of the window: tokens, and egui's own style derived from them for both themes.

mod look;
mod style;
pub mod tokens;

pub use look::Look;
pub use style::{Theme, apply};
pub use tokens::{DARK, Ink, LIGHT, Palette, durations, sizes};
