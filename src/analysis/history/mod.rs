//! From whatever a queue system exported to one canonical table of visits.
//!
//! Reading goes source → mapping → visits: [`source`] hands over rows of text, [`plan`] turns a row into a visit or
//! a reason, [`import()`] keeps the account. It does not decide where a history is kept; that is the store's.

mod categories;
pub mod checks;
mod content;
mod import;
mod mapping;
mod page_values;
mod pages;
mod parquet;
mod parquet_guard;
#[cfg(test)]
mod parquet_tests;
mod plan;
mod quiet;
mod report;
mod row;
mod source;
#[cfg(test)]
mod tests;
mod texts;
mod times;
mod visits;

pub use categories::Categories;
pub use checks::{Action, Check, CheckSettings, Marks};
pub use content::digest;
pub use import::{ImportError, Imported, import};
pub use mapping::{Delimiter, Mapping, MappingError};
pub use parquet::{read_visits, write_visits};
pub use parquet_guard::{LARGEST_PARQUET, MOST_DECODED, MOST_ROWS};
pub use plan::LONGEST_STAY;
pub use report::{Finding, ImportReport, MOST_EXAMPLES};
pub use row::RowVisit;
pub use source::{
    Block, Compression, Database, Databases, Encoding, Format, LONGEST_LINE, MOST_COLUMNS, RowCells, Source,
    SourceError, SourceFile, SourceOptions, SourceRow, Told, open,
};
pub use texts::Texts;
pub use times::one_spelling;
pub use visits::{Channel, History, Outcome, Visit, Visits};
