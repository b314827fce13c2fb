//! Programs other than zicha, which `tests/run` installs. Only tests listed as `with_tools` may use them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::{Run, root};

/// The folder in which `tests/run` put the fonts and Python packages.
pub(crate) fn tools() -> PathBuf {
    std::env::var_os("ZICHA_TOOLS").map_or_else(|| root().join("target/test-tools"), PathBuf::from)
}

/// An outside program that must end well; its output.
fn outside(mut command: Command) -> String {
    let name = format!("{command:?}");
    let output = command.output().unwrap_or_else(|e| panic!("{name}: {e}; tests/run installs what the tests need"));
    let run = Run::new(output);
    assert_eq!(run.code, 0, "{name}\n{}", run.all());
    run.stdout
}

/// Runs a script of `tests/tools`.
pub(crate) fn python(script: &str, arguments: &[&Path]) -> String {
    let mut command = Command::new(tools().join("venv/bin/python"));
    command.arg(root().join("tests/tools").join(script)).args(arguments).env("PYTHONDONTWRITEBYTECODE", "1");
    outside(command)
}

/// Runs a script of `tests/tools` that prints JSON.
pub(crate) fn python_json(script: &str, arguments: &[&Path]) -> serde_json::Value {
    serde_json::from_str(&python(script, arguments)).expect("JSON")
}

/// Mounts a small disk; whether this user may.
pub(crate) fn mounted(disk: &Path, options: &str) -> bool {
    let mut command = Command::new("mount");
    command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(disk).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs bagit.py, which must be content.
pub(crate) fn bagit(arguments: &[&str], folder: &Path) {
    let mut command = Command::new(tools().join("venv/bin/python"));
    outside({
        command.args(["-m", "bagit", "--quiet"]).args(arguments).arg(folder);
        command
    });
}

/// Runs Debian's minisign, which must be content; what it says.
pub(crate) fn minisign(arguments: &[&str], folder: &Path) -> String {
    let mut command = Command::new("minisign");
    command.args(arguments).current_dir(folder);
    outside(command)
}

/// Checks a package with openxml-audit, which must find nothing.
pub(crate) fn audit(docx: &Path) {
    let mut command = Command::new(tools().join("venv/bin/openxml-audit"));
    command.arg(docx).args(["--output", "json", "--max-errors", "0"]);
    let said: serde_json::Value = serde_json::from_str(&outside(command)).expect("JSON");
    assert_eq!((&said[0]["valid"], &said[0]["error_count"]), (&true.into(), &0.into()), "{said:#}");
}

/// Turns documents into PDF with LibreOffice and the Fandol fonts; the PDFs' folder.
pub(crate) fn libreoffice(documents: &[PathBuf]) -> TempDir {
    converted(documents, "pdf")
}

/// The first sheet of a workbook as LibreOffice shows it, in a text of rows and columns.
pub(crate) fn shown_by_libreoffice(workbook: &Path) -> String {
    // Commas, quotes, UTF-8, from the first line on, in Chinese, cells as shown.
    let folder = converted(&[workbook.to_owned()], "csv:Text - txt - csv (StarCalc):44,34,76,1,,2052,false,true");
    let name = workbook.with_extension("csv");
    std::fs::read_to_string(folder.path().join(name.file_name().expect("a name"))).expect("a text")
}

/// Converts documents with LibreOffice and the Fandol fonts; the folder of the results.
fn converted(documents: &[PathBuf], kind: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let profile = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new("soffice");
    command
        .arg(format!("-env:UserInstallation=file://{}", profile.path().display()))
        .args(["--headless", "--convert-to", kind, "--outdir"])
        .arg(folder.path())
        .args(documents)
        .env("FONTCONFIG_FILE", tools().join("fonts.conf"));
    outside(command);
    folder
}

/// Chromium without a window, with the Fandol fonts; what it says.
fn headless(page: &Path, task: &[&str]) -> String {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new("chromium");
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"])
        .args(["--disable-background-networking", "--disable-component-update"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(task)
        .arg(format!("file://{}", page.display()))
        .env("FONTCONFIG_FILE", tools().join("fonts.conf"));
    outside(command)
}

/// Prints a page to PDF with Chromium.
pub(crate) fn chromium(page: &Path, pdf: &Path) {
    headless(page, &["--no-pdf-header-footer", &format!("--print-to-pdf={}", pdf.display())]);
}

/// A picture of a page as Chromium shows it, at 192 dots an inch, about as a scanner would.
pub(crate) fn screenshot(page: &Path, picture: &Path) {
    headless(
        page,
        &["--window-size=900,1200", "--force-device-scale-factor=2", &format!("--screenshot={}", picture.display())],
    );
}

/// A page as Chromium has it after its scripts have run.
pub(crate) fn chromium_dom(page: &Path) -> String {
    headless(page, &["--dump-dom"])
}

/// A document as plain text, read by pandoc.
pub(crate) fn pandoc(document: &Path, format: &str) -> String {
    let mut command = Command::new("pandoc");
    command.args(["--from", format, "--to", "plain", "--wrap", "none"]).arg(document);
    outside(command)
}
