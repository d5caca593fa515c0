//! What files of one shape have in common: the names of their columns, however they are spelt.

use crate::analysis::history::SourceOptions;
use crate::base::Digest;
use crate::base::digest::Digester;

use super::Mapping;

impl Mapping {
    /// What tells files of one shape: a digest of the columns' names in their order, whatever the letters ی/ي, the
    /// case, and the spaces and underscores between words are.
    #[must_use]
    pub fn shape_digest(columns: &[String]) -> Digest {
        let mut digester = Digester::default();
        for column in columns {
            digester.update(normal_name(column).as_bytes());
            digester.update(b"\n");
        }
        digester.finish()
    }

    /// What the mapping says about the form of its source.
    #[must_use]
    pub fn source_options(&self) -> SourceOptions {
        SourceOptions {
            delimiter: self.delimiter,
            encoding: self.encoding,
            header: self.header,
            table: self.table.clone(),
            databases: None,
        }
    }
}

/// A column's name without what changes from export to export: case, the letters ی/ي and ک/ك, half-spaces, and how
/// words are parted (spaces, underscores, hyphens, dots, an upper-case letter after a lower-case one).
pub(in crate::analysis::history) fn normal_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    let mut lower_before = false;
    for letter in name.chars() {
        let plain = match letter {
            'ي' | 'ى' | 'ئ' => 'ی',
            'ك' => 'ک',
            'أ' | 'إ' | 'آ' => 'ا',
            'ۀ' | 'ة' => 'ه',
            '۰'..='۹' => char::from(b'0' + (letter as u32 - '۰' as u32) as u8),
            letter if letter.is_alphanumeric() => letter,
            // Marks over letters say nothing that a name needs.
            '\u{64b}'..='\u{652}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => continue,
            _ => ' ',
        };
        if (plain == ' ' || plain.is_uppercase() && lower_before) && !normal.ends_with(' ') && !normal.is_empty() {
            normal.push(' ');
        }
        lower_before = plain.is_lowercase();
        if plain != ' ' {
            normal.extend(plain.to_lowercase());
        }
    }
    normal.truncate(normal.trim_end().len());
    normal
}
