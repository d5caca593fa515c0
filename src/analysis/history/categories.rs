//! A column of few distinct texts, such as sites.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use rayon::prelude::*;

/// A text a row, stored as a code into the list of distinct names. 4 bytes a row.
#[derive(Clone, Debug, Default)]
pub struct Categories {
    names: Vec<String>,
    codes: Vec<u32>,
    code_of: HashMap<String, u32, RandomState>,
}

impl Categories {
    /// Adds a row.
    pub fn push(&mut self, name: &str) {
        // Rows often come site by site; comparing with the row before is quicker than looking the name up.
        let before = self.codes.last().copied();
        let code = match before.and_then(|code| self.names.get(code as usize)) {
            Some(same) if same == name => before.unwrap_or_default(),
            _ => self.code_for(name),
        };
        self.codes.push(code);
    }

    /// Adds a row with the name of `code`, which [`Categories::code_for`] gave. Panics where there is no such name.
    pub fn push_code(&mut self, code: u32) {
        assert!((code as usize) < self.names.len(), "code {code} of {}", self.names.len());
        self.codes.push(code);
    }

    /// The code of `name`, which is added where it is new.
    pub fn code_for(&mut self, name: &str) -> u32 {
        if let Some(code) = self.code_of.get(name) {
            return *code;
        }
        let code = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.code_of.insert(name.to_owned(), code);
        code
    }

    /// The name in `row`. Panics where there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        self.name(self.codes[row])
    }

    /// The name with this code. Panics where no row ever had it.
    #[must_use]
    pub fn name(&self, code: u32) -> &str {
        &self.names[code as usize]
    }

    /// The distinct names, by code: in order of first appearance, until [`super::Visits::sort`] or
    /// [`super::Visits::take`] puts them into the order of their bytes.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The code of each row.
    #[must_use]
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The code of `name`, if any row has it.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<u32> {
        self.code_of.get(name).copied()
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Gives every row with the code `c` the name of the code `into[c]`; names without rows are dropped.
    pub fn unite(&mut self, into: &[u32]) {
        let mut united = Categories::default();
        let mut new_code = vec![None; self.names.len()];
        for code in &mut self.codes {
            let meant = into.get(*code as usize).copied().unwrap_or(*code);
            let place = &mut new_code[meant as usize];
            *code = *place.get_or_insert_with(|| united.code_for(&self.names[meant as usize]));
        }
        (self.names, self.code_of) = (united.names, united.code_of);
    }

    /// The place of each code's name in the order of the names' bytes.
    pub(super) fn ranks(&self) -> Vec<u32> {
        let mut codes: Vec<u32> = (0..self.names.len() as u32).collect();
        codes.sort_unstable_by_key(|code| self.name(*code));
        let mut ranks = vec![0; codes.len()];
        for (rank, code) in codes.into_iter().enumerate() {
            ranks[code as usize] = rank as u32;
        }
        ranks
    }

    /// The parts one after the other; names keep the order in which they first appear.
    #[must_use]
    pub(super) fn concat(parts: Vec<Categories>) -> Categories {
        let mut all = Categories::default();
        all.codes.reserve_exact(parts.iter().map(Categories::len).sum());
        for part in parts {
            let codes: Vec<u32> = part.names.iter().map(|name| all.code_for(name)).collect();
            all.codes.extend(part.codes.iter().map(|code| codes[*code as usize]));
        }
        all
    }

    /// The names of `rows`, in that order, under the codes that they have here. Panics where there is no such row.
    #[must_use]
    pub(super) fn take(&self, rows: &[u32]) -> Categories {
        let codes = rows.par_iter().map(|row| self.codes[*row as usize]).collect();
        Categories { names: self.names.clone(), codes, code_of: self.code_of.clone() }
    }

    /// Gives the names codes in the order of their bytes, and forgets those that no row has.
    pub(super) fn order_names(&mut self) {
        let mut used = vec![false; self.names.len()];
        self.codes.iter().for_each(|code| used[*code as usize] = true);
        if used.iter().all(|used| *used) && self.names.is_sorted() {
            return;
        }
        let mut kept: Vec<u32> = (0..self.names.len() as u32).filter(|code| used[*code as usize]).collect();
        kept.sort_unstable_by_key(|code| self.name(*code));
        let mut codes = vec![0; self.names.len()];
        let mut ordered = Categories::default();
        for code in kept {
            codes[code as usize] = ordered.code_for(self.name(code));
        }
        self.codes.par_iter_mut().for_each(|code| *code = codes[*code as usize]);
        self.names = ordered.names;
        self.code_of = ordered.code_of;
    }
}

impl PartialEq for Categories {
    /// Equal where each row has the same name, whatever the codes are.
    fn eq(&self, other: &Categories) -> bool {
        self.len() == other.len() && (0..self.len()).all(|row| self.get(row) == other.get(row))
    }
}

#[cfg(test)]
mod tests {
    use super::Categories;

    fn of(names: &[&str]) -> Categories {
        let mut column = Categories::default();
        names.iter().for_each(|name| column.push(name));
        column
    }

    #[test]
    fn parts_are_joined_by_name_and_names_can_be_ordered() {
        let mut joined = Categories::concat(vec![of(&["b", "b", "c"]), of(&["a", "c"])]);
        assert_eq!(joined.codes(), [0, 0, 1, 2, 1]);
        assert_eq!(joined, of(&["b", "b", "c", "a", "c"]));
        assert_eq!(joined.ranks(), [1, 2, 0]);
        joined.push_code(2);
        let mut some = joined.take(&[2, 5, 3]);
        some.order_names();
        assert_eq!((some.names(), some.codes()), (&["a".to_owned(), "c".to_owned()][..], &[1, 0, 0][..]));
        assert_eq!((some.find("c"), some.find("b")), (Some(1), None));
    }
}
