//! Files on disk: an output folder that a run locks and writes into, a folder of ledgers with its history, and the file
//! operations beneath both.
//!
//! Invariants:
//! - A file is whole or absent: it is written under a temporary name and renamed ([`write()`], [`OutputDir`]).
//! - A file that a person changed is kept or copied aside, never lost ([`OutputDir`], [`VersionedDir`]).
//! - One run at a time writes into a folder ([`Lock`]).
//! - No name leads out of its folder: every decision about that is made in `containment`.
//! - The program's own folders are no links ([`create_own_folder`]).
//!
//! What the files contain is decided elsewhere; this module takes bytes.

mod containment;
mod digest;
mod error;
mod file_kinds;
mod file_names;
mod files;
mod incoming;
mod journal;
mod json_lines;
mod lock;
mod long_paths;
mod new_folder;
mod output_dir;
mod own_folder;
mod record;
mod report_dir;
mod stat_signature;
mod sync;
mod temporary_folder;
mod versioned_dir;
mod walk;

pub use containment::{inside_without_links, is_below, is_plain_name, is_relative_inside};
pub use digest::{Digest, sha256};
pub use error::StoreError;
pub use file_kinds::{has_known_kind, kind_fault, kind_fault_of_file};
pub use file_names::{first_clash, is_portable_name, safe_names, safe_path};
pub use files::{
    copy_aside, copy_regular, is_other, list_folder, modified, parent_folder, read_limited, read_record,
    read_record_text, read_regular, read_small_text, sync_folder, write, write_named, write_new,
};
pub use incoming::IncomingFile;
pub use journal::{ChangeKind, ChangeOrigin, FolderChange, HISTORIES, history_of};
pub use json_lines::{JsonLines, JsonLinesError, append_json_line, load_json_lines, read_json_lines};
pub use lock::{Lock, LockScope};
pub use long_paths::extended;
pub use new_folder::NewFolder;
pub use output_dir::{FileState, OutputDir, WriteOutcome};
pub use own_folder::{create_history, create_own_folder};
pub use record::{parse_record, read_unlinked_record};
pub use report_dir::{RenderedFile, ReportDir, StoredFile};
pub use stat_signature::stat_signature;
pub use temporary_folder::{TemporaryFolder, is_unfinished, remove_abandoned_folders};
pub use versioned_dir::{EarlierContents, RecentChange, UndoneUpload, VersionedDir, VersionedDirError};
pub use walk::{MAX_ENTRIES, too_many_entries};
