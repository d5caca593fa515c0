//! The blocks of a source joined into one table, while its rows still know where they came from.

use std::mem;

use super::append::{Overlap, Parent, joined};
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
    /// Rows of the history added to that do not stay.
    replaced: Vec<u32>,
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
            replaced: Vec::new(),
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

    /// Takes over what the checks of the table found, and finds duplicates, in the source and in the history that it is
    /// added to. Gives the file and line of each row that has to be copied to the quarantine, in the order of the source.
    pub fn settle(
        &mut self,
        account: TableAccount,
        has_ids: bool,
        settings: &CheckSettings,
        files: &[String],
        parent: Option<&Parent>,
    ) -> Vec<(usize, u32, Check)> {
        for (row, repaired) in self.is_repaired.iter_mut().enumerate() {
            *repaired |= account.is_repaired(row);
        }
        let mut left = Left { is_gone: vec![false; self.visits.len()], aside: account.aside().to_vec() };
        left.aside.dedup_by_key(|(row, _)| *row);
        for (row, _) in &left.aside {
            left.is_gone[*row] = true;
        }
        self.report.add_findings(account.findings);
        self.report.not_evaluated = account.not_evaluated;
        self.report.left_out.extend(account.left_out);
        self.leave_out_duplicates(&mut left, has_ids, settings, files);
        if let Some(parent) = parent {
            self.leave_out_known(&mut left, parent, settings, files);
        }
        let Left { is_gone, mut aside } = left;
        aside.sort_unstable_by_key(|(row, _)| *row);
        self.report.quarantined += aside.len() as u64;
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

    fn leave_out_duplicates(
        &mut self,
        left: &mut Left,
        has_ids: bool,
        settings: &CheckSettings,
        files: &[String],
    ) {
        let policy = DuplicatePolicy::of(&self.visits, has_ids, settings);
        for duplicate in duplicates(&self.visits) {
            let (row, first) = (duplicate.row as usize, duplicate.first as usize);
            // What is left out anyway neither repeats nor is repeated.
            if left.is_gone[row] || left.is_gone[first] {
                continue;
            }
            let (check, action) = policy.treat(duplicate.same);
            let example = || format!("{} = {}", self.places.place(files, row), self.places.place(files, first));
            self.report.find(check, action, 1, example);
            self.report.duplicate += left.treat(row, check, action);
        }
    }

    /// What is done about rows whose visits the older history has.
    fn leave_out_known(&mut self, left: &mut Left, parent: &Parent, settings: &CheckSettings, files: &[String]) {
        let old = &parent.history.visits;
        let overlap = Overlap::find(old, &self.visits, parent.has_ids, |row| !left.is_gone[row]);
        let kinds = [
            (Check::RepeatsParent, overlap.repeats),
            (Check::CompletesParent, overlap.completes),
            (Check::ContradictsParent, overlap.contradicts),
        ];
        for (check, pairs) in kinds {
            let action = settings.action(check);
            for (row, older) in pairs {
                let example = || self.places.place(files, row as usize);
                self.report.find(check, action, 1, example);
                self.report.duplicate += left.treat(row as usize, check, action);
                if check == Check::CompletesParent {
                    self.replaced.push(older);
                }
            }
        }
        self.replaced.sort_unstable();
    }

    /// The visits that stay, in canonical order, with those of the history that they are added to, and the account of
    /// the new ones.
    pub fn finish(mut self, is_without_ids: bool, parent: Option<Parent>) -> (Visits, ImportReport) {
        drop(mem::take(&mut self.places));
        self.visits.remove(&self.gone);
        self.report.served = self.visits.count(Outcome::Served) as u64;
        self.report.abandoned = self.visits.count(Outcome::Abandoned) as u64;
        self.report.unfinished = self.visits.count(Outcome::Unfinished) as u64;
        if let Some(parent) = parent {
            return (joined(parent, &self.replaced, self.visits), self.report);
        }
        self.visits.sort();
        if is_without_ids {
            self.visits.number();
        }
        (self.visits, self.report)
    }
}

/// Rows that do not stay, and those of them that are set aside.
struct Left {
    is_gone: Vec<bool>,
    aside: Vec<(usize, Check)>,
}

impl Left {
    /// Does `action` about `row`; gives how many rows it leaves out as duplicates.
    fn treat(&mut self, row: usize, check: Check, action: Action) -> u64 {
        self.is_gone[row] = action != Action::Accept;
        if action == Action::Quarantine {
            self.aside.push((row, check));
        }
        u64::from(action == Action::Repair)
    }
}
