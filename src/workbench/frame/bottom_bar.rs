//! The bottom bar: what the serving side does, what else is to be known, and jobs with their progress.

use egui::{Frame, Margin, Panel, Sense, Stroke, Ui, vec2};
use egui_material_icons::icons;

use crate::workbench::command::{Command, Outbox};
use crate::workbench::jobs::JobStatus;
use crate::workbench::state::State;
use crate::workbench::text::Text;
use crate::workbench::theme::{Ink, Look, sizes};
use crate::workbench::widgets::{Button, charts};

/// Draws the bottom bar.
pub(super) fn bottom_bar_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let frame = Frame::new().fill(look.palette.panel).inner_margin(Margin::symmetric(20, 0));
    let panel = Panel::bottom("bottom_bar").exact_size(sizes::BOTTOM_BAR).frame(frame).show_separator_line(false);
    panel.show(ui, |ui| {
        let edge = ui.max_rect().expand2(vec2(20.0, 0.0));
        ui.painter().hline(edge.x_range(), edge.top() + 0.5, Stroke::new(sizes::LINE, look.palette.line));
        let size = vec2(ui.available_width(), sizes::BOTTOM_BAR);
        ui.allocate_ui_with_layout(size, look.row_from_end(), |ui| {
            jobs_ui(ui, state, outbox);
            ui.add_space(sizes::GUTTER);
            let size = vec2(ui.available_width(), sizes::BOTTOM_BAR);
            ui.allocate_ui_with_layout(size, look.row(), |ui| lines_ui(ui, state));
        });
    });
}

fn lines_ui(ui: &mut Ui, state: &State) {
    let look = Look::of(ui);
    if let Some(serving) = &state.serving {
        let (rect, _) = ui.allocate_exact_size(vec2(8.0, 8.0), Sense::hover());
        ui.painter().circle_filled(rect.center(), 4.0, look.palette.mark(serving.ink));
        Text::new(&serving.text).size(sizes::SMALL).ink(Ink::Soft).elide().ui(ui);
    }
    for line in &state.lines {
        if ui.available_width() < 60.0 {
            break;
        }
        ui.add_space(sizes::GAP);
        Text::new(line).size(sizes::SMALL).ink(Ink::Faint).elide().ui(ui);
    }
}

/// The oldest running job, and how many there are beside it. Drawn from the end.
fn jobs_ui(ui: &mut Ui, state: &State, outbox: &mut Outbox) {
    let look = Look::of(ui);
    let Some(job) = state.jobs.first() else {
        Text::new(look.text("bottom.no_jobs")).size(sizes::SMALL).ink(Ink::Faint).ui(ui);
        return;
    };
    let title = Command::CancelJob(job.id).title(look.language);
    let stopping = job.is_cancelled.then(|| look.text("bottom.stopping"));
    if Button::symbol(icons::ICON_CLOSE, title).compact().unless(stopping).ui(ui).clicked() {
        outbox.send(Command::CancelJob(job.id));
    }
    charts::progress_ui(ui, &job.progress, 120.0);
    Text::new(words(job, &look)).size(sizes::SMALL).ink(Ink::Soft).elide_to(300.0).ui(ui);
    let others = state.jobs.len() - 1;
    if others > 0 {
        let count = look.language.integer(others as u64);
        Text::new(look.fill("bottom.more_jobs", &[("count", &count)])).size(sizes::SMALL).ink(Ink::Faint).ui(ui);
    }
}

fn words(job: &JobStatus, look: &Look) -> String {
    if job.is_cancelled {
        return look.fill("bottom.stopping_job", &[("job", &job.name)]);
    }
    let progress = &job.progress;
    let mut words = job.name.clone();
    if !progress.stage.is_empty() {
        let stage = look.text(progress.stage).to_owned();
        words = look.fill("bottom.job_and_stage", &[("job", &job.name), ("stage", &stage)]);
    }
    if let Some(share) = progress.share() {
        words = format!("{words} {}", look.language.percent(share, 0));
    }
    words
}
