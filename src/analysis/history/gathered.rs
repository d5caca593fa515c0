//! The blocks of a source joined into one table, while its rows still know where they came from.

use std::mem;

use super::checks::{Action, Check, CheckSettings, DuplicatePolicy, TableAccount};
use super::chunk::{Chunk, place};
use super::duplicates::duplicates;
use super::personal::{PersonalCells, PersonalColumn, Treatment};
use super::report::ImportReport;
use super::{Outcome, Visits};

/// Blocks in the order of the source.
#[derive(Default)]
pub(super) struct Gathered {
    visits: Vec<Visits>,
    places: Places,
    is_repaired: Vec<bool>,
    report: ImportReport,
}

/// Where the visits came from: a file and a line each.
#[derive(Default)]
pub(super) struct Places {
    lines: Vec<u32>,
    /// The row with which each file begins; a file without visits begins where the next one does.
    file_starts: Vec<usize>,
}

/// All visits of a source in its order.
pub(super) struct Table {
    visits: Visits,
    places: Places,
    is_repaired: Vec<bool>,
    report: ImportReport,
    /// Rows that do not stay.
    gone: Vec<u32>,
}

impl Gathered {
    /// Takes note of columns with personal data, and of extra columns that are left out for it.
    pub fn found_personal(
        &mut self,
        columns: &[String],
        found: &[PersonalColumn],
        cells: &PersonalCells,
        left_out: Vec<String>,
    ) {
        self.report.left_out = left_out;
        for found in found {
            let index = columns.iter().position(|column| *column == found.column).unwrap_or(usize::MAX);
            let action = match cells.treatment(index) {
                Treatment::Keep => Action::Accept,
                Treatment::Hash | Treatment::LeaveOut => Action::Repair,
            };
            self.report.find(Check::PersonalData, action, 1, || found.example());
        }
    }

    /// Adds the next block.
    pub fn add(&mut self, mut chunk: Chunk) {
        while self.places.file_starts.len() <= chunk.file {
            self.places.file_starts.push(self.places.lines.len());
        }
        self.places.lines.append(&mut chunk.lines);
        self.is_repaired.append(&mut chunk.is_repaired);
        self.report.read += chunk.report.read;
        self.report.quarantined += chunk.report.quarantined;
        self.report.add_findings(chunk.report.findings);
        self.visits.push(chunk.visits);
    }

    /// One table of all blocks.
    pub fn join(self) -> Table {
        Table {
            visits: Visits::concat(self.visits),
            places: self.places,
            is_repaired: self.is_repaired,
            report: self.report,
            gone: Vec::new(),
        }
    }
}

impl Places {
    /// Where the visit in `row` stands in the source, for people.
    pub fn place(&self, files: &[String], row: usize) -> String {
        let line = self.lines.get(row).copied().unwrap_or_default();
        place(files, self.file(row), u64::from(line))
    }

    /// The rows with which files begin.
    pub fn file_starts(&self) -> &[usize] {
        &self.file_starts
    }

    fn file(&self, row: usize) -> usize {
        self.file_starts.partition_point(|start| *start <= row).saturating_sub(1)
    }
}

impl Table {
    /// The visits, and where they came from.
    pub fn parts(&mut self) -> (&mut Visits, &Places) {
        (&mut self.visits, &self.places)
    }

    /// Takes over what the checks of the table found, and finds duplicates. Gives the file and line of each row that has
    /// to be copied to the quarantine, in the order of the source.
    pub fn settle(
        &mut self,
        account: TableAccount,
        has_ids: bool,
        settings: &CheckSettings,
        files: &[String],
    ) -> Vec<(usize, u32, Check)> {
        for (row, repaired) in self.is_repaired.iter_mut().enumerate() {
            *repaired |= account.is_repaired(row);
        }
        let mut aside: Vec<(usize, Check)> = account.aside().to_vec();
        aside.dedup_by_key(|(row, _)| *row);
        let mut is_gone = vec![false; self.visits.len()];
        for (row, _) in &aside {
            is_gone[*row] = true;
        }
        self.report.add_findings(account.findings);
        self.report.not_evaluated = account.not_evaluated;
        self.report.left_out.extend(account.left_out);

        let policy = DuplicatePolicy::of(&self.visits, has_ids, settings);
        for duplicate in duplicates(&self.visits) {
            let (row, first) = (duplicate.row as usize, duplicate.first as usize);
            // What is left out anyway neither repeats nor is repeated.
            if is_gone[row] || is_gone[first] {
                continue;
            }
            let (check, action) = policy.treat(duplicate.same);
            let example = || format!("{} = {}", self.places.place(files, row), self.places.place(files, first));
            self.report.find(check, action, 1, example);
            match action {
                Action::Repair => {
                    self.report.duplicate += 1;
                    is_gone[row] = true;
                }
                Action::Quarantine => aside.push((row, check)),
                Action::Accept => {}
            }
        }
        aside.sort_unstable_by_key(|(row, _)| *row);
        self.report.quarantined += aside.len() as u64;
        for (row, _) in &aside {
            is_gone[*row] = true;
        }
        let gone = is_gone.iter().zip(0..).filter(|(gone, _)| **gone).map(|(_, row): (_, u32)| row);
        self.gone = gone.collect();
        for (repaired, gone) in self.is_repaired.iter().zip(&is_gone) {
            match (gone, repaired) {
                (true, _) => {}
                (false, true) => self.report.repaired += 1,
                (false, false) => self.report.accepted += 1,
            }
        }
        let place = |(row, check): (usize, Check)| {
            let line = self.places.lines.get(row).copied().unwrap_or_default();
            (self.places.file(row), line, check)
        };
        aside.into_iter().map(place).collect()
    }

    /// The visits that stay, in canonical order, and the account.
    pub fn finish(mut self, is_without_ids: bool) -> (Visits, ImportReport) {
        drop(mem::take(&mut self.places));
        self.visits.remove(&self.gone);
        self.visits.sort();
        if is_without_ids {
            self.visits.number();
        }
        self.report.served = self.visits.count(Outcome::Served) as u64;
        self.report.abandoned = self.visits.count(Outcome::Abandoned) as u64;
        self.report.unfinished = self.visits.count(Outcome::Unfinished) as u64;
        (self.visits, self.report)
    }
}
