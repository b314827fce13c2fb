//! `[pdf]`: the fixed-layout copies of reports.

use serde::Deserialize;
use toml::Spanned;

/// How PDF reports are made. All of it has defaults.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pdf {
    /// A folder of fonts, relative to the settings' folder, which is looked through before the system's; none by
    /// default.
    pub fonts: Option<Spanned<String>>,
    /// Whether a final report without its PDF is refused; false by default.
    pub required: bool,
}
