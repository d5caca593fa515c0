//! The screens of the rail, one file each, in the order of a model's life.

mod compare;
mod contract_field;
mod data;
mod days;
mod drift;
mod features;
mod field;
mod file_form;
#[cfg(test)]
mod fixture;
mod gate_row;
mod import_job;
#[cfg(test)]
mod intake_tests;
mod metrics;
mod names;
mod overview;
mod releases;
mod roll_back;
#[cfg(test)]
mod tests;
mod train;

use super::state::Screen;

/// Every screen, as [`super::open`] gives them to the window.
#[must_use]
pub fn all() -> Vec<Box<dyn Screen>> {
    vec![
        Box::new(overview::Overview::default()),
        Box::new(data::Data::default()),
        Box::new(features::Features::default()),
        Box::new(train::Train::default()),
        Box::new(compare::Compare::default()),
        Box::new(drift::Drift::default()),
        Box::new(releases::Releases::default()),
    ]
}
