//! What the fuzz targets of `tests/fuzz` do with their bytes, where it takes more than a call: read or refused, never a
//! panic. Property tests below hold the same for fewer inputs.

use std::path::Path;
use std::sync::LazyLock;

use crate::archive::PackageReader;
use crate::archive::register::{self, Register};
use crate::archive::verify::verify;
use crate::diff;
use crate::expr::Expressions;
use crate::ingest::{RawCell, ReadContext, read_cell};
use crate::manifest;
use crate::notice::Notice;
use crate::pipeline::Settings;
use crate::store::TemporaryFolder;

mod files;
mod notices;

pub use files::{annex, font, form_hints, protocol};
pub use notices::{names, new_notice, pieces};

/// [`SETTINGS`] with a ledger that has a column of every type.
static CELLS: LazyLock<Option<Notice>> = LazyLock::new(|| {
    let kinds = ["branch", "serial", "text", "integer", "decimal", "percent", "date", "flag"];
    let column = |kind: &str| format!("{kind} = {{ header = [\"{kind}\"], type = \"{kind}\" }}\n");
    let columns: String = kinds.iter().map(|kind| column(kind)).collect();
    let settings = format!("{SETTINGS}\n[ledger.cells]\ntitle = \"t\"\n[ledger.cells.columns]\n{columns}");
    Notice::parse(Path::new("notice.toml"), settings).ok()
});

/// A small notice with a file for every template.
const SETTINGS: &str = include_str!("../tests/integration/archive/notice/notice.toml");
/// Templates of [`SETTINGS`].
const TEMPLATES: [(&str, &str); 4] = [
    ("opening.md", "报告如下。\n"),
    ("closing.md", "特此报告。\n"),
    ("study.md", "应学{{ cadres }}人。\n"),
    ("summary.md", "共{{ cadres_all }}人。\n"),
];

/// A cell's text and number in a column of every type, under a header with a percent sign or without: a value or a
/// finding.
pub fn cell(text: &str, number: f64, has_percent_sign: bool) {
    let context = ReadContext { parts: has_percent_sign.then_some(100), ..ReadContext::new(2018, has_percent_sign) };
    let ledger = CELLS.as_ref().and_then(|notice| notice.ledger.get("cells"));
    for column in ledger.iter().flat_map(|ledger| ledger.columns.values()) {
        let _ = read_cell(Some(&RawCell::Text(text.into())), column, context);
        let _ = read_cell(Some(&RawCell::Number(number.into())), column, context);
    }
}

/// An expression in a notice's settings: compiled or refused.
pub fn expression(text: &str) {
    let quoted = serde_json::Value::from(text);
    let settings = SETTINGS.replacen("[metric]\n", &format!("[metric]\nfuzzed = {{ expr = {quoted} }}\n"), 1);
    if let Ok(notice) = Notice::parse(Path::new("notice.toml"), settings) {
        let _ = Expressions::compile(&notice);
    }
}

/// The text of settings: loaded or refused.
pub fn settings(text: &str) {
    if let Ok(notice) = Notice::parse(Path::new("nowhere/notice.toml"), text.to_owned()) {
        let _ = Settings::of(notice);
    }
}

/// The text of a template: loaded or refused.
pub fn template(text: &str) {
    in_folder(|folder| {
        for (name, template) in TEMPLATES {
            let text = if name == "study.md" { text } else { template };
            std::fs::write(folder.join(name), text)?;
        }
        std::fs::write(folder.join("notice.toml"), SETTINGS)?;
        let _ = Settings::load(&folder.join("notice.toml"));
        Ok(())
    });
}

/// A file that one run leaves for the next, or that lists a package: one of those in [`MANIFESTS`].
pub fn manifest(which: u8, bytes: &[u8]) {
    let name = MANIFESTS[usize::from(which) % MANIFESTS.len()];
    in_folder(|folder| {
        let bag: [(&str, &[u8]); 4] = [
            ("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
            ("bag-info.txt", b"Bag-Software-Agent: zicha 0\n"),
            ("manifest-sha256.txt", b""),
            (manifest::FILE, br#"{"version":"1","branches":[{"name":"a","folder":"a"}]}"#),
        ];
        std::fs::create_dir_all(folder.join("data"))?;
        std::fs::create_dir_all(folder.join("a"))?;
        for (own, text) in bag {
            std::fs::write(folder.join(own), text)?;
        }
        std::fs::write(folder.join(name), bytes)?;
        if name == register::FILE {
            let _ = Register::open(folder);
        } else if name.ends_with(".json") {
            let run = diff::load(folder);
            let _ = run.map(|run| diff::page(&diff::compare(&run, &run), "a", "b"));
        } else {
            let _ = verify(folder);
        }
        Ok(())
    });
}

/// The files that [`manifest()`] takes the bytes for.
pub const MANIFESTS: [&str; 9] = [
    manifest::FILE,
    "a/sources.json",
    register::FILE,
    "bagit.txt",
    "bag-info.txt",
    "manifest-sha256.txt",
    "tagmanifest-sha256.txt",
    "metadata.xml",
    "fetch.txt",
];

/// A zip that claims to be a package: verified and unpacked, or refused.
pub fn package(bytes: &[u8]) {
    in_folder(|folder| {
        let path = folder.join("package.zip");
        std::fs::write(&path, bytes)?;
        let _ = verify(&path);
        let unpacked = PackageReader::open(&path)?.extract(&folder.join("unpacked"), |_| true);
        let outside = std::fs::read_dir(folder)?.count();
        assert!(outside <= 1 + usize::from(folder.join("unpacked").exists()), "a file left the package");
        unpacked
    });
}

/// Calls `act` with a new folder. What it could not do there is no finding.
fn in_folder(act: impl FnOnce(&Path) -> std::io::Result<()>) {
    let folder = TemporaryFolder::new();
    let _ = folder.and_then(|folder| act(folder.path()));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{CELLS, MANIFESTS, cell, expression, manifest, package, settings, template};

    /// Text in which signs of a language are frequent.
    pub(super) fn text_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
        let word = prop_oneof![4 => prop::sample::select(words).prop_map(str::to_owned), 1 => ".{0,4}"];
        prop::collection::vec(word, 0..24).prop_map(|words| words.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_cell_is_read_or_a_finding(text in "\\PC{0,20}|[0-9 .,%年月日/:-]{0,12}", number: f64, has_percent_sign: bool) {
            prop_assert!(CELLS.is_some());
            cell(&text, number, has_percent_sign);
        }

        #[test]
        fn any_expression_is_compiled_or_refused(text in text_of(&[
            "study", ".", "map(", "filter(", "|r|", "|r, at|", "r.", "done", "required", "+", "-", "*", "/", "%", "(", ")",
            "[", "]", "sum(", "max(", "1", "0.5", "99999999999999999999999999999", "'甲'", "\"", "&&", "||", "!", "==", ",",
            "only(", "ratio(", "cadres", "prize", ".len()", "/*", "*/", " ", "deadline",
        ])) {
            expression(&text);
        }

        #[test]
        fn any_template_is_loaded_or_refused(text in text_of(&[
            "{{", "}}", "{%", "%}", "{#", "#}", " if ", " for ", " r in study ", "endif", "endfor", " set x = ", " else ",
            "include \"study.md\"", "cadres", "branch.name", "|", "round", "(", ")", "\n", "| a | b |", "# 一", "-", "range(end=3)",
            " block a ", "endblock", " extends \"study.md\" ", " raw ", "endraw", "[", "]", "'", "\\", "｛｛",
        ])) {
            template(&text);
        }

        #[test]
        fn any_settings_are_loaded_or_refused(text in text_of(&[
            "[notice]\n", "[roster]\n", "[letter]\n", "[metric]\n", "[[section]]\n", "[[section.part]]\n", "[ledger.a]\n", "[ledger.a.columns]\n",
            "title = ", "\"甲\"", "= ", "2018-11-02", "{ header = [\"a\"], type = \"text\" }", "\n", "name = ", "ledger = ", "[[check]]\n",
            "[severity]\n", "[limits]\n", "[archive]\n", "[summary]\n", "[figure]\n", "expr = ", "'1'", "seconds = -1", "'''", "\u{feff}",
        ])) {
            settings(&text);
        }

        #[test]
        fn any_manifest_is_read_or_refused(which in 0..MANIFESTS.len() as u8, bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            manifest(which, &bytes);
        }

        #[test]
        fn any_manifest_of_words_is_read_or_refused(which in 0..MANIFESTS.len() as u8, text in text_of(&[
            "{", "}", "[", "]", ":", ",", "\"branches\"", "\"version\"", "\"metrics\"", "\"name\"", "\"folder\"", "\"../a\"", "null", "1e400", "-1",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "  ", "data/", "../", "%0A", "%", "\n", "<", ">", "</",
            "metadata", "<!DOCTYPE a [", "&a;", "Payload-Oxum: ", "18446744073709551616.1", "Bag-Software-Agent: zicha 0", "\r",
        ])) {
            manifest(which, text.as_bytes());
        }

        #[test]
        fn any_damage_to_a_zip_is_survived(at in any::<prop::sample::Index>(), bytes in prop::collection::vec(any::<u8>(), 1..6)) {
            let mut zip = zip();
            let at = at.index(zip.len() - bytes.len());
            zip[at..at + bytes.len()].copy_from_slice(&bytes);
            package(&zip);
        }
    }

    /// A zip with the files of a package.
    fn zip() -> Vec<u8> {
        use std::io::Write;
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in [
            ("p/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
            ("p/manifest-sha256.txt", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  data/a\n"),
            ("p/data/a", "abc"),
        ] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
            zip.write_all(text.as_bytes()).expect("bytes");
        }
        zip.finish().expect("a zip").into_inner()
    }
}
