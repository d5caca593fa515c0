//! Remembers how texts were broken and ordered, so that a frame costs one look-up a text.
//!
//! Kept are layout jobs, not galleys: a galley holds positions in egui's glyph atlas, which egui may rebuild at any
//! frame. Galleys of jobs seen in the last frame are cached by egui itself.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use egui::epaint::text::LayoutJob;
use egui::{Align, Color32, Context, Galley, Id};

use super::bidi::{Direction, Letter};
use super::lines::{self, Request};
use super::{Fit, Text};
use crate::workbench::theme::Look;

/// Jobs that were not asked for in this many passes are dropped at the next clean-up.
const KEPT_PASSES: u64 = 240;
/// A clean-up runs when there are more jobs than this.
const CLEAN_ABOVE: usize = 4_000;

struct Entry {
    job: LayoutJob,
    last_pass: u64,
}

#[derive(Clone, Default)]
struct Jobs(Arc<Mutex<HashMap<u64, Entry>>>);

/// `text` laid out for `look`.
pub(super) fn galley(context: &Context, text: &Text, look: &Look, width: f32) -> Arc<Galley> {
    let (width, max_lines) = match text.fit {
        Fit::Natural => (f32::INFINITY, usize::MAX),
        Fit::Elide(own) => (own.unwrap_or(width), 1),
        Fit::Wrap(own, lines) => (own.unwrap_or(width), lines),
    };
    let direction = text.base_direction(look);
    let starts_right = text.starts_right(look);
    // One line is placed by who paints it; egui's own alignment would cut the cells of digits at its ends.
    let align = match text.fit {
        Fit::Elide(_) => Align::Min,
        Fit::Natural if !text.spans.iter().any(|span| span.text.contains('\n')) => Align::Min,
        _ => text.align.unwrap_or(if starts_right { Align::Max } else { Align::Min }),
    };
    let key = key(context, text, look, (width, max_lines), direction, align);
    let pass = context.cumulative_pass_nr();
    let jobs: Jobs = context.data_mut(|data| data.get_temp_mut_or_default::<Jobs>(Id::NULL).clone());
    let mut jobs = jobs.0.lock().unwrap_or_else(PoisonError::into_inner);
    let known = jobs.get_mut(&key).map(|entry| {
        entry.last_pass = pass;
        entry.job.clone()
    });
    let job = known.unwrap_or_else(|| {
        let job = build(context, text, look, (width, max_lines), direction, align);
        if jobs.len() > CLEAN_ABOVE {
            jobs.retain(|_, entry| entry.last_pass + KEPT_PASSES > pass);
        }
        jobs.insert(key, Entry { job: job.clone(), last_pass: pass });
        job
    });
    context.fonts_mut(|fonts| fonts.layout_job(job))
}

fn build(
    context: &Context,
    text: &Text,
    look: &Look,
    (width, max_lines): (f32, usize),
    direction: Direction,
    align: Align,
) -> LayoutJob {
    let mut letters = Vec::new();
    let mut looks = Vec::with_capacity(text.spans.len());
    for (index, span) in text.spans.iter().enumerate() {
        letters.extend(span.text.chars().filter(|c| *c != '\r').map(|c| Letter { c, span: index }));
        // What has no colour of its own takes that of the moment it is painted.
        let color = span.ink.map_or(Color32::PLACEHOLDER, |ink| look.color(ink));
        looks.push(lines::Look { color, weight: span.weight.unwrap_or(text.weight) });
    }
    let request = Request {
        letters: &letters,
        looks: &looks,
        size: text.size,
        face: text.face,
        direction,
        align,
        tabular: text.tabular,
        width,
        lines: max_lines,
    };
    let mut measure = |mut job: LayoutJob| {
        job.round_output_to_gui = false;
        context.fonts_mut(|fonts| fonts.layout_job(job)).size().x
    };
    lines::job(&request, &mut measure)
}

fn key(
    context: &Context,
    text: &Text,
    look: &Look,
    (width, max_lines): (f32, usize),
    direction: Direction,
    align: Align,
) -> u64 {
    let mut hasher = DefaultHasher::new();
    for span in &text.spans {
        span.text.hash(&mut hasher);
        span.ink.map(|ink| look.color(ink)).hash(&mut hasher);
        span.weight.hash(&mut hasher);
    }
    (text.size.to_bits(), text.weight, text.face, text.tabular).hash(&mut hasher);
    (width.to_bits(), max_lines, direction, align, context.pixels_per_point().to_bits()).hash(&mut hasher);
    hasher.finish()
}
