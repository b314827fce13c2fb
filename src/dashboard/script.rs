//! What the page shows and no run's record says: small scripts beside it, each an assignment of plain data.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::{Dashboard, SIGNED_FILE};
use crate::scans::Version;
use crate::store::{self, StoreError};

/// When each branch's reports last changed, by their folders.
pub fn changed(board: &Dashboard<'_>) -> String {
    let changed = board.branches.iter().filter_map(|standing| Some((standing.folder, standing.changed.as_ref()?)));
    assignment("zichaChanged", &json!(changed.collect::<BTreeMap<_, _>>()))
}

/// Writes which reports are signed beside the home page in an output folder, unless it stands there already.
///
/// # Errors
/// When the system refuses.
pub fn tell_signed(board: &Dashboard<'_>, output: &Path) -> Result<(), StoreError> {
    let (file, text) = (output.join(SIGNED_FILE), signed(board));
    if std::fs::read(&file).is_ok_and(|there| there == text.as_bytes()) {
        return Ok(());
    }
    store::write(&file, text.as_bytes())
}

/// Which branches have a signed copy, by their folders: of the report with which code, and what is said of it.
fn signed(board: &Dashboard<'_>) -> String {
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
