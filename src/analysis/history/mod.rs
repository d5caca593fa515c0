//! From whatever a queue system exported to one canonical table of visits.
//!
//! Reading goes source → mapping → visits: [`source`] hands over rows of text, [`plan`] turns a row into a visit or
//! a reason, [`import()`] keeps the account. It does not decide where a history is kept; that is the store's.

mod append;
mod categories;
pub mod checks;
mod chunk;
#[cfg(test)]
mod column_tests;
mod content;
pub mod difference;
mod duplicates;
pub mod expectations;
mod gathered;
pub mod guess;
mod import;
mod learned;
mod mapping;
mod optional;
mod order;
mod ordered;
mod page_values;
mod pages;
mod parquet;
mod parquet_guard;
#[cfg(test)]
mod parquet_tests;
mod parquet_values;
mod parquet_writer;
pub mod personal;
mod plan;
pub mod profile;
mod quiet;
mod report;
mod row;
mod sample;
mod sites;
mod source;
#[cfg(test)]
mod tests;
mod texts;
mod times;
mod visits;

pub use append::Parent;
pub use categories::Categories;
pub use checks::{Action, Check, CheckSettings, Marks};
pub use content::digest;
pub use duplicates::{Duplicate, duplicates};
pub use guess::{FieldGuess, Guess, Question};
pub use import::{ImportError, ImportSettings, Imported, import};
pub use mapping::{
    Anchor, ChannelSource, DateForm, Delimiter, Mapping, MappingError, NameSource, SpanUnit, TimeSource,
    VisitMapping,
};
pub use optional::Optional;
pub use parquet::read_visits;
pub use parquet_guard::{LARGEST_PARQUET, MOST_DECODED, MOST_ROWS};
pub use parquet_writer::write_visits;
pub use plan::LONGEST_STAY;
pub use report::{Finding, ImportReport, MOST_EXAMPLES};
pub use row::RowVisit;
pub use sample::{Preview, PreviewRow, SampleRows};
pub use sites::{History, PriorityOrder, SiteClocks};
pub use source::{
    Block, Compression, Database, Databases, Encoding, Format, LONGEST_LINE, MOST_COLUMNS, RowCells, Source,
    SourceError, SourceFile, SourceOptions, SourceRow, Told, open,
};
pub use texts::Texts;
pub use times::{decimal_number, one_spelling};
pub use visits::{Channel, Outcome, Visit, Visits};
