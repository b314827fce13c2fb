//! The settings of a notice as data: `notice.toml`, read and validated.
//!
//! Everything that is particular to one notice is in that file and in the templates beside it; the program has no word,
//! heading or rule of a notice. Input: the file. Output: [`Notice`], in which every name refers to something that
//! exists. Unknown keys, unknown names and impossible values are refused with file and line, all that are found at
//! once.
//!
//! Not done here: expressions (`expr`) and templates (`template`), which check their own names against the notice.

mod annex;
mod archive;
mod calendar;
mod column_keys;
mod computed;
mod document;
pub mod edit;
mod error;
mod header;
mod header_alias;
mod id;
mod key_offsets;
mod ledger;
mod letter;
mod letter_head;
mod letter_tail;
mod lines;
mod load;
mod metric;
mod pdf;
mod renamed;
mod section;
mod settings;
mod settings_dates;
mod source;
mod subject;
mod summary;
pub(crate) mod tags;
mod text_file;
mod texts;
mod toml_advice;
mod toml_error;
mod validate;
mod vars;
mod words;

pub use annex::{Annex, Orientation, RowCondition};
pub use archive::{Archive, ArchiveScope, Retention, is_archive_number_part};
pub use calendar::{Calendar, written_day};
pub use column_keys::typed_keys;
pub use computed::ComputedColumn;
pub use error::{NoticeError, known_names, nearest, nearest_hint, quotes_hint, similarity};
pub use header::{header_levels, settings_header, sheet_header};
pub use header_alias::{column_line, with_header_alias, with_own_headers};
pub use id::{folded, is_name, is_name_continue, is_name_start};
pub use ledger::{Column, ColumnType, Computed, Ledger, USUAL_NIL_WORDS};
pub use letter::{Grid, Letter, Typography};
pub use letter_head::{HeadElement, HeadForm, LetterHead};
pub use letter_tail::{LetterTail, TailElement, printed_fault};
pub use metric::{Check, CheckScope, Metric, Show};
pub use pdf::Pdf;
pub use renamed::{renamed_to, with_current_keys};
pub use section::{Layout, Part, Section, WithoutData};
pub use settings::{Facts, Limits, Notice, Roster};
pub use settings_dates::{SettingsDate, settings_dates};
pub use source::{BASES, settings_folders};
pub use subject::subject;
pub use summary::{List, Sheet, Summary};
pub use text_file::{TextFileError, read_text};
pub use vars::{Rate, Variable};
pub use words::Words;
