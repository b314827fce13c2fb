//! Diagnostics (findings) about the input: their codes, severities and locations, and how they are rendered.
//!
//! Trouble in data is never an `Err`: it becomes a [`Diagnostic`], is collected and stops nothing else. `Err` is for
//! I/O and for faults of the program. [`localize`] translates the messages of the system and of libraries.
//!
//! Not done here: deciding whether a finding stops a report (`pipeline`), and the rules themselves (`check`).

pub mod code;
mod counts;
mod diagnostic;
mod findings;
pub mod localize;
mod location;
pub mod render;
mod severity;

pub use code::{Code, CodeInfo};
pub use counts::SeverityCounts;
pub use diagnostic::Diagnostic;
pub use findings::{Findings, SeverityOverrides, WithDiagnostics, merge_equal};
pub use location::{CellPosition, CellRef, Location, SheetRef, column_letters, write_address};
pub use severity::Severity;
