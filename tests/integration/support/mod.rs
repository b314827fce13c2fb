//! What the tests share: projects to run zicha in, comparable files, other programs.

mod files;
mod programs;
mod project;
mod workbook;

use std::path::Path;

pub use files::{copy, files, parts};
pub use programs::{
    audit, bagit, chromium, chromium_dom, libreoffice, minisign, mounted, pandoc, python, python_json, screenshot,
    tools,
};
pub use project::{Project, Run};

/// The folder of the shipped notice's settings.
pub const NOTICE: &str = "templates/2018-grassroots";

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
