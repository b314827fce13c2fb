//! What the page shows and no run's record says: small scripts beside it, each an assignment of plain data.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Board;
use crate::signed::Version;

/// When each branch's reports last changed, by their folders.
pub fn changed(board: &Board<'_>) -> String {
    let changed = board.branches.iter().filter_map(|standing| Some((standing.folder, standing.changed.as_ref()?)));
    assignment("zichaChanged", &json!(changed.collect::<BTreeMap<_, _>>()))
}

/// Which branches have a signed copy, by their folders: of the report with which code, and what is said of it.
pub fn signed(board: &Board<'_>) -> String {
    let signed = board.branches.iter().filter_map(|standing| {
        let current = standing.signed? > Version::Old;
        let told = json!({ "code": standing.code.filter(|_| current), "label": standing.label() });
        Some((standing.folder, told))
    });
    assignment("zichaSigned", &json!(signed.collect::<BTreeMap<_, _>>()))
}

fn assignment(name: &str, value: &Value) -> String {
    format!("window.{name} = {value};\n")
}
