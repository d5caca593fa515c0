//! A column of few distinct texts, such as sites.

use std::collections::HashMap;

/// A text a row, stored as a code into the list of distinct names.
#[derive(Clone, Debug, Default)]
pub struct Categories {
    names: Vec<String>,
    codes: Vec<u32>,
    code_of: HashMap<String, u32>,
}

impl Categories {
    /// Adds a row.
    pub fn push(&mut self, name: &str) {
        let code = self.code_for(name);
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

    /// The distinct names, by code: in order of first appearance.
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
}

impl PartialEq for Categories {
    /// Equal where each row has the same name, whatever the codes are.
    fn eq(&self, other: &Categories) -> bool {
        self.len() == other.len() && (0..self.len()).all(|row| self.get(row) == other.get(row))
    }
}
