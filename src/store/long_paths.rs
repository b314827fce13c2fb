//! Paths that Windows takes as they are: of more than 260 characters, and with names that it keeps for devices or
//! shortens (NUL, `a.`). The standard library passes long ones on as Windows takes them; `tempfile` renames files
//! itself and does not.

use std::borrow::Cow;
use std::path::Path;

/// The path in the form that every call of the system takes, however long it is and whatever its names are.
pub fn extended(path: &Path) -> Cow<'_, Path> {
    #[cfg(windows)]
    if let Some(name) = std::path::absolute(path).ok().as_deref().and_then(Path::to_str).and_then(extended_name) {
        return Cow::Owned(name.into());
    }
    Cow::Borrowed(path)
}

/// The extended form of an absolute path of Windows; `None` when it has it, or is that of a device.
#[cfg(any(windows, test))]
fn extended_name(absolute: &str) -> Option<String> {
    if let Some(share) = absolute.strip_prefix("\\\\") {
        return (!share.starts_with(['?', '.'])).then(|| format!("\\\\?\\UNC\\{share}"));
    }
    let rest = absolute.strip_prefix(|drive: char| drive.is_ascii_alphabetic())?;
    rest.starts_with(":\\").then(|| format!("\\\\?\\{absolute}"))
}

#[cfg(test)]
mod tests {
    use super::extended_name;

    #[test]
    fn drives_and_shares_have_an_extended_form() {
        let extended = |path: &str| extended_name(path);
        assert_eq!(extended(r"C:\报告\甲.docx").as_deref(), Some(r"\\?\C:\报告\甲.docx"));
        assert_eq!(extended(r"\\科室\共享\甲.docx").as_deref(), Some(r"\\?\UNC\科室\共享\甲.docx"));
        for path in [r"\\?\C:\报告", r"\\.\NUL", "报告", r"\报告", "C:报告", "/报告", ""] {
            assert_eq!(extended(path), None, "{path}");
        }
    }
}
