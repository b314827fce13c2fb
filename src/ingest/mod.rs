//! Reading: from the files of the input folder to tables of typed cells with addresses.
//!
//! Input: the input folder and the notice. Output: [`InputContent`], and findings about files. Nothing here judges a
//! value (`check` does), and nothing assigns a row to a branch (`model` does). Files are opened in reader processes
//! with limits. This is the only module that calls the readers of workbooks and text tables.
//!
//! The files, in the order in which data passes through them:
//!
//! | file | from → to |
//! |---|---|
//! | `input_files` | folder → files that may hold ledgers |
//! | `read` | file → [`InputContent`]; calls everything below |
//! | `worker`, `protocol`, `message`, `cache` | bytes → reader process → [`RawSheet`]s |
//! | `limits`, `budget` | what reading a file may cost |
//! | `format`, `encoding` | bytes → their format; text files and file names → text |
//! | `open`, `other_content` | bytes → the reader of their format; what a file without cells holds |
//! | `xlsx/`, `ods/` (`package`, `xml`) | .xlsx, .ods → cells |
//! | `number_format`, `number_cell` | number and number format → cell and what it shows; `xlsx/styles`: cell styles |
//! | `format_code`, `chinese_numerals` | the words and numerals of Chinese programs in number formats |
//! | `address` | addresses of cells, bounds of a sheet |
//! | `raised` | raised and lowered digits → characters of their own |
//! | `calamine_reader`, `sidecar/`, `interner` | .xlsb, .xls → cells; the second reader of .xlsx and .ods |
//! | `flat_ods`, `sparse_ods` | .fods → .ods; .ods → one without runs of blank rows, for calamine |
//! | `spreadsheet_xml/` | XML Spreadsheet 2003 → cells |
//! | `excel_date` | day numbers of workbooks → dates |
//! | `delimited` | text → cells |
//! | `html_table`, `html_cell`, `html_style`, `mhtml` | web page, message of web pages → cells |
//! | `sink` | what readers send → [`RawSheet`]s |
//! | `raw_cell`, `raw_sheet`, `merges` | the cells of a sheet, as stored and shown; its merged ranges |
//! | `formula/` | formulas without a result → results |
//! | `normalize` | text → printable text, text → folded text for comparison |
//! | `ledger_match`, `split`, `header`, `header_index` | sheet → ledgers, their headers, their parts of the sheet |
//! | `classify` | row → data, note or header |
//! | `total_row`, `table_totals` | row and the rows above → total or not |
//! | `example_row`, `title_year` | row → example, title or rows of another year |
//! | `table` | part of a sheet → [`Table`] |
//! | `column_units`, `unit_note` | headers and notes → the units of columns |
//! | `cell_reader`, `number`, `unit`, `date` | raw cell and its column → typed value |
//! | `nil_report` | rows that say that there is nothing to report |
//! | `picture_folders` | folders of pictures → tables |
//! | `picture_refs`, `pictures`, `picture_request` | what picture columns refer to → pictures, in reader processes |
//! | `cell`, `row`, `row_codec` | typed cells, packed into rows |
//! | `run_size` | [`InputContent`] → bytes that it takes in a run |
//! | `second_reading`, `second_delimited` | the sheets of two readers → cells in which they differ |
//! | `total_check` | total row → printed and computed sums |
//! | `form_hints` | blank form → what its validations and formats say of its columns, for `zicha new` |
//! | `paragraphs` | .docx → paragraphs with outline levels, for `zicha new` |
//! | `suggest` | unknown sheet → proposed columns, for `zicha columns` |

mod address;
mod budget;
mod cache;
mod calamine_reader;
mod cell;
mod cell_reader;
mod chinese_numerals;
mod classify;
mod column_units;
mod date;
mod delimited;
mod encoding;
mod example_row;
mod excel_date;
mod flat_ods;
mod form_hints;
mod format;
mod format_code;
mod formula;
mod group_total;
mod header;
mod header_index;
mod html_cell;
mod html_style;
mod html_table;
mod input_files;
mod interner;
mod ledger_match;
mod limits;
mod merges;
mod message;
mod mhtml;
mod nil_report;
mod normalize;
mod number;
mod number_cell;
mod number_format;
mod ods;
mod open;
mod other_content;
mod package;
mod paragraphs;
mod picture_folders;
mod picture_refs;
mod picture_request;
mod pictures;
mod protocol;
mod raised;
mod raw_cell;
mod raw_sheet;
mod read;
#[cfg(test)]
mod reader_cases;
mod row;
mod row_codec;
mod row_reader;
mod run_size;
mod second_delimited;
mod second_reading;
pub mod sidecar;
mod sink;
mod sparse_ods;
mod split;
mod spreadsheet_xml;
mod suggest;
mod table;
mod table_totals;
mod title_year;
mod total_check;
mod total_row;
mod unit;
mod unit_note;
pub mod worker;
mod xlsx;
mod xml;

pub use address::parse as cell_address;
pub use cache::Cache;
pub use cell::{Cell, CellFault, CellNotes, CellValue, Value};
pub use cell_reader::{ReadContext, read as read_cell};
pub use date::{impossible_day, parse_day};
pub use encoding::decoded_name;
pub use example_row::ExampleRow;
pub use form_hints::{FormHint, FormHints, HintKind};
pub use header::{ForeignHeader, Header, NearHeader, RepeatedHeader, column_texts};
pub(crate) use input_files::is_temporary;
pub use input_files::{LEDGER_EXTENSIONS, LedgerFile, find_files, is_ledger};
pub use ledger_match::LedgerMatcher;
pub use limits::{ReadError, ReadLimits};
pub use merges::{Merge, Merges};
pub use normalize::{fold, normalize};
pub use open::{open, read_twice};
pub use paragraphs::Paragraph;
pub use picture_folders::{is_picture_file, read_picture_folders};
pub use raw_cell::{ComputedCell, Formatted, Formula, RawCell, StruckText};
pub use raw_sheet::{ColumnRange, PlacedPicture, RawRow, RawSheet, RowRange};
pub(crate) use read::read_sheet;
pub use read::{InputContent, UnreadSheet, read_file, sheets};
pub use row::Row;
pub use row_reader::{BranchOnlyRow, FaultyField, FieldFault};
pub use second_reading::{CellDifference, SecondReading};
pub use suggest::{SuggestedColumn, SuggestedHeader, Suggestion, suggest};
pub use table::{LedgerSheet, Table};
pub use title_year::{ForeignRows, ForeignTitle, years as title_years};
pub use total_check::UncomputedTotal;
pub use total_row::DoubtfulTotal;
pub use worker::Readers;
pub(crate) use worker::{check_form_hints, check_protocol};
