//! Severities of findings.

use serde::{Deserialize, Serialize};

/// The severity of a finding, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Stops the report it belongs to from being made final.
    #[serde(rename = "错误")]
    Error,
    /// To be checked before signing; stops nothing.
    #[serde(rename = "警告")]
    Warning,
    /// For information: nothing has to be done.
    #[serde(rename = "提示")]
    Note,
}

impl Severity {
    /// The severity as users read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Error => "错误",
            Self::Warning => "警告",
            Self::Note => "提示",
        }
    }
}
