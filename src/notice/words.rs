//! `[words]`: what a notice calls those who hand in ledgers and those who ask for reports.

use serde::{Deserialize, Serialize};

/// The words of pages, tables and messages for branches and for the department.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Words {
    /// A branch: 党组织, 科室; 单位 by default.
    pub branch: String,
    /// The department, in front of 汇总: 部门, 医务处; 部门 by default.
    pub department: String,
    /// The previous period: 上季度, 去年; 上期 by default.
    pub previous: String,
}

impl Default for Words {
    fn default() -> Self {
        Self { branch: "单位".to_owned(), department: "部门".to_owned(), previous: "上期".to_owned() }
    }
}

impl Words {
    /// Whether the notice has no words of its own.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
