//! The fonts of a run that writes PDF.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{BuildError, Machine, Options, PdfNeed};
use crate::diagnostics::{Diagnostic, Location, Severity, WithDiagnostics, code};
use crate::fonts::Fonts;
use crate::notice::Notice;
use crate::render::Format;

/// Looks for the fonts of the settings: in the folder of the options, in that of the settings, in the system's. `None`
/// for a run that writes no PDF, or for lack of fonts, which stops final reports when the settings require PDF.
///
/// # Errors
/// When PDF was asked for by name and there are no fonts.
pub(super) fn find(options: &Options, notice: &Notice) -> Result<WithDiagnostics<Option<Arc<Fonts>>>, BuildError> {
    if !options.formats.contains(&Format::Pdf) {
        return Ok(WithDiagnostics::default());
    }
    let mut findings = Vec::new();
    let fonts = look(notice, options.fonts.as_deref(), &options.machine).append_to(&mut findings);
    if fonts.is_none() && options.pdf == PdfNeed::Asked {
        return Err(BuildError::NoFonts);
    }
    if fonts.is_none() {
        let is_needed = notice.pdf.required && options.is_final;
        let finding = Diagnostic::new(&code::NO_FONTS, settings_of(notice), "没有找到中文字体，没有生成 PDF");
        let severity = if is_needed { Severity::Error } else { finding.severity };
        findings.push(Diagnostic { severity, ..finding });
    }
    Ok(WithDiagnostics::new(fonts.map(Arc::new), findings))
}

/// Looks for the fonts of the settings in `folder`, in that of the settings, in the system's.
pub(super) fn look(notice: &Notice, folder: Option<&Path>, machine: &Machine) -> WithDiagnostics<Option<Fonts>> {
    let given: Vec<PathBuf> = folder.map(Path::to_owned).into_iter().chain(notice.fonts_folder()).collect();
    let mut findings: Vec<Diagnostic> =
        given.iter().filter(|folder| !folder.is_dir()).map(|folder| no_folder(folder)).collect();
    let folders: Vec<PathBuf> = given.into_iter().chain(machine.fonts.iter().cloned()).collect();
    let fonts = Fonts::find(&notice.typography, &folders, &settings_of(notice)).append_to(&mut findings);
    WithDiagnostics::new(fonts, findings)
}

fn settings_of(notice: &Notice) -> Location {
    Location::File(notice.file().display().to_string())
}

fn no_folder(folder: &Path) -> Diagnostic {
    Diagnostic::new(&code::NO_FONTS, Location::File(folder.display().to_string()), "没有这个字体文件夹")
        .cure("建好文件夹，把字体文件放进去，或改正写的路径")
}
