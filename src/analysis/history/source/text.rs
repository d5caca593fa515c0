//! Opens a text: encoding, then JSON Lines or delimited, then the columns.

use std::io::{self, Read};
use std::sync::Arc;

use memchr::{memchr, memchr_iter};

use super::block::Rows;
use super::cut::Cutter;
use super::input::{Input, START};
use super::json::{self, JsonRows, UnknownKeys};
use super::records::{Cells, Syntax, first_record};
use super::{
    Blocks, Format, LONGEST_LINE, MOST_COLUMNS, Opened, SourceError, SourceFile, SourceOptions, encoding, sniff,
};

/// How many objects of JSON Lines settle the columns …
const OBJECTS: usize = 1_000;
/// … and how much text at most.
const OBJECTS_TEXT: usize = 4 * LONGEST_LINE;

impl Blocks for Cutter {
    fn next_rows(&mut self) -> Result<Option<Rows>, SourceError> {
        Ok(self.next()?.map(Rows::Text))
    }
}

/// Opens `input`. JSON Lines have the `columns` of the files before, and those of their own objects.
pub(super) fn open(
    input: Input,
    options: &SourceOptions,
    columns: &[String],
    unknown: &UnknownKeys,
) -> Result<Opened, SourceError> {
    let path = input.path.clone();
    let wrong = |guess| SourceError::WrongEncoding { guess, path: path.clone() };
    let encoding = options.encoding.map_or_else(|| encoding::recognise(&input.start), Ok).map_err(wrong)?;
    let start = input.start.get(encoding.mark(&input.start)..).unwrap_or_default().to_vec();
    let mut text = encoding.reader(Box::new(io::Cursor::new(start).chain(input.rest)));
    let mut sample = Vec::new();
    let is_packed = input.compression.is_some();
    let broken = |cause| SourceError::of_read(&path, is_packed, cause);
    read_lines(&mut text, &mut sample, 1, START).map_err(broken)?;
    let first = sample.iter().find(|byte| !byte.is_ascii_whitespace());
    let mut file = SourceFile {
        path: path.clone(),
        bytes: input.length,
        format: Format::Delimited,
        compression: input.compression,
        encoding: Some(encoding),
        delimiter: None,
        header: None,
        table: None,
    };
    let (syntax, columns, skip) = match first {
        None => return Err(SourceError::Empty { path }),
        Some(b'{' | b'[') => {
            read_lines(&mut text, &mut sample, OBJECTS, OBJECTS_TEXT).map_err(broken)?;
            file.format = Format::JsonLines;
            let columns =
                json_columns(&sample, columns).ok_or(SourceError::NotJsonLines { path: path.clone() })?;
            let rows = JsonRows::new(columns.clone(), unknown.clone());
            (Syntax { line_end: b'\n', cells: Cells::Json(rows) }, columns, 0)
        }
        Some(_) => delimited(&sample, options, &mut file)?,
    };
    let (before, rest) = sample.split_at(skip);
    let line = 1 + memchr_iter(syntax.line_end, before).count() as u64;
    let cutter = Cutter::new(&path, is_packed, rest, text, Arc::new(syntax), line);
    Ok(Opened { file, columns, blocks: Box::new(cutter), rest: None, seal: input.seal })
}

/// Reads until there are so many lines, or so much text of which one line is whole, or no more.
fn read_lines(text: &mut Box<dyn Read + Send>, sample: &mut Vec<u8>, lines: usize, most: usize) -> io::Result<()> {
    loop {
        let found = memchr_iter(b'\n', sample).count();
        let is_enough = if lines > 1 { found >= lines } else { sample.len() >= START };
        let has_line = found > 0 || memchr(b'\r', sample).is_some();
        if (is_enough || sample.len() >= most) && (has_line || sample.len() > LONGEST_LINE) {
            return Ok(());
        }
        if text.take(START as u64).read_to_end(sample)? == 0 {
            return Ok(());
        }
    }
}

fn json_columns(sample: &[u8], before: &[String]) -> Option<Vec<String>> {
    // The last line may be cut; but where it is the only one, it is all there is to look at.
    let end = memchr::memrchr(b'\n', sample).unwrap_or(sample.len());
    let text = String::from_utf8_lossy(sample.get(..end)?);
    let own = json::columns(text.lines().take(OBJECTS))?;
    let known = own.iter().filter(|name| before.contains(name)).count();
    // Optional names come and go; files that share less than half of them are of another shape.
    if before.is_empty() || known * 2 < own.len().min(before.len()) {
        return Some(own);
    }
    Some(before.to_vec())
}

/// The syntax and columns of delimited text, and where its rows begin.
fn delimited(
    sample: &[u8],
    options: &SourceOptions,
    file: &mut SourceFile,
) -> Result<(Syntax, Vec<String>, usize), SourceError> {
    let blank = sample.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    let body = sample.get(blank..).unwrap_or_default();
    let line_end = sniff::line_end(body);
    let is_whole = memchr(line_end, body).is_some_and(|end| end < LONGEST_LINE) || body.len() <= LONGEST_LINE;
    if !is_whole {
        return Err(SourceError::LineTooLong { line: 1, path: file.path.clone() });
    }
    let (delimiter, syntax) = sniff::syntax(body, options.delimiter);
    let (first, length) = first_record(body, &syntax);
    if first.iter().all(|cell| cell.trim().is_empty()) {
        return Err(SourceError::Empty { path: file.path.clone() });
    }
    if first.len() > MOST_COLUMNS {
        return Err(SourceError::TooManyColumns { found: first.len(), path: file.path.clone() });
    }
    let is_header = options.header.unwrap_or_else(|| sniff::is_header(&first));
    file.delimiter = Some(delimiter);
    file.header = Some(is_header);
    let columns = sniff::names(&first, is_header);
    Ok((syntax, columns, if is_header { blank + length } else { blank }))
}
