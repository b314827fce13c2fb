//! The scripts beside `index.html`: each assigns one JSON object, keyed by branch folder, to a global variable.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::status::Dashboard;
use crate::scans::Version;
use crate::store::{self, StoreError};

/// The name of the script with the times at which reports last changed; written by every run.
pub(crate) const CHANGED_FILE: &str = "index-changed.js";
/// The name of the script with the signed reports; written by `zicha status` and the server.
pub(super) const SIGNED_FILE: &str = "index-signed.js";

/// The script with the times at which reports last changed.
pub(crate) fn changed_script(dashboard: &Dashboard<'_>) -> String {
    let changed = dashboard.branches.iter().filter_map(|status| Some((status.folder, status.changed.as_ref()?)));
    assignment("zichaChanged", &json!(changed.collect::<BTreeMap<_, _>>()))
}

/// Writes the script with the signed reports into the output folder, unless it is there with the same content.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn write_signed_script(dashboard: &Dashboard<'_>, output: &Path) -> Result<(), StoreError> {
    let (file, text) = (output.join(SIGNED_FILE), signed_script(dashboard));
    if store::read_regular(&file).is_ok_and(|existing| existing == text.as_bytes()) {
        return Ok(());
    }
    store::write(&file, text.as_bytes())
}

/// For each branch with a signed copy the label of its state, and the report code when the copy is certainly of the
/// current version: the page shows the label only while its report has that code.
fn signed_script(dashboard: &Dashboard<'_>) -> String {
    let mut signed = BTreeMap::new();
    for status in &dashboard.branches {
        let Some(version) = status.signed else { continue };
        let code = status.code.filter(|_| version == Version::Current);
        signed.insert(
            status.folder,
            json!({ "code": code, "label": status.state.label(), "unsure": version == Version::ByName }),
        );
    }
    assignment("zichaSigned", &json!(signed))
}

fn assignment(name: &str, value: &Value) -> String {
    format!("window.{name} = {value};\n")
}
