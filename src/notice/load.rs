//! Reads and validates `notice.toml`.

use std::path::Path;

use serde::Deserialize as _;
use toml::de::Deserializer;

use super::document::Document;
use super::error::NoticeError;
use super::renamed::renamed_keys;
use super::settings::Notice;
use super::source::SourceText;
use super::text_file::{TextFileError, read_settings};
use super::toml_error::from_tables;
use super::validate::validate;

impl Notice {
    /// Reads and validates settings.
    ///
    /// # Errors
    /// When the file cannot be read, is not TOML, or has an unknown key, a wrong value or an unknown name; with the
    /// line of each.
    pub fn load(file: &Path) -> Result<Self, NoticeError> {
        let text = read_settings(file).map_err(|error| match error {
            TextFileError::Io(source) => NoticeError::Read { file: file.to_owned(), source },
            TextFileError::Encoding { line } => {
                NoticeError::At { file: file.to_owned(), line, message: error.to_string() }
            }
        })?;
        Self::parse(file, text)
    }

    /// Validates settings given as the text of `file`; the templates are in the folder of `file`, what it is based on
    /// beside it.
    ///
    /// # Errors
    /// As for [`Notice::load`].
    pub fn parse(file: &Path, text: String) -> Result<Self, NoticeError> {
        let source = SourceText::read(file, &text)?;
        let document = Document::parse(&source)?;
        NoticeError::all(document.errors(&source))?;
        let mut notice = match Self::deserialize(Deserializer::from(document.root)) {
            Ok(notice) => notice,
            Err(error) => {
                // Old keys are looked for only in settings that are refused anyway.
                NoticeError::all(source.parts().flat_map(renamed_keys).collect())?;
                return Err(from_tables(&source, &error));
            }
        };
        notice.file = file.to_owned();
        notice.source = source;
        validate(&notice)?;
        Ok(notice)
    }
}
