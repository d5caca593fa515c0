//! A column of texts in one allocation.

/// Texts by row; a row may be missing. 8 bytes a row and the bytes of the texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    bytes: String,
    /// Where each row's text ends, shifted left by one; the low bit marks a missing row.
    ends: Vec<u64>,
}

impl Texts {
    /// Adds a row.
    pub fn push(&mut self, text: Option<&str>) {
        if let Some(text) = text {
            self.bytes.push_str(text);
        }
        self.ends.push((self.bytes.len() as u64) << 1 | u64::from(text.is_none()));
    }

    /// Replaces the row that was added last; adds one where there is none.
    pub fn set_last(&mut self, text: Option<&str>) {
        if self.ends.pop().is_some() {
            let before = self.ends.last().map_or(0, |end| end >> 1);
            self.bytes.truncate(usize::try_from(before).unwrap_or(usize::MAX));
        }
        self.push(text);
    }

    /// The text of `row`; `None` where it is missing or there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)?;
        if end & 1 == 1 {
            return None;
        }
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before] >> 1);
        self.bytes.get(usize::try_from(start).ok()?..usize::try_from(end >> 1).ok()?)
    }

    /// The bytes of all texts together.
    #[must_use]
    pub fn text_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether every row is missing.
    #[must_use]
    pub fn is_all_missing(&self) -> bool {
        self.ends.iter().all(|end| end & 1 == 1)
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl<'a> FromIterator<Option<&'a str>> for Texts {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(rows: I) -> Texts {
        let mut texts = Texts::default();
        rows.into_iter().for_each(|row| texts.push(row));
        texts
    }
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn missing_and_empty_stay_apart() {
        let rows = [Some("الف"), None, Some(""), Some("b")];
        let texts: Texts = rows.into_iter().collect();
        assert_eq!(texts.iter().collect::<Vec<_>>(), rows);
        assert_eq!(texts.get(4), None);
        assert!(!texts.is_all_missing());
    }
}
