//! Texts of authors: names of any script, pieces and bases, ledgers and outlines of a new notice.

use std::path::Path;

use jiff::civil::date;

use super::{SETTINGS, TEMPLATES, in_folder};
use crate::ingest::{ReadLimits, open};
use crate::notice::Notice;
use crate::pipeline::Settings;
use crate::scaffold::{Answers, Basis, Outline, SourceFile, scaffold};
use crate::store::{is_plain_name, safe_names};

/// What divides the parts of an input.
const DIVIDER: &str = "\n---\n";

const LIMITS: ReadLimits =
    ReadLimits { file: 1 << 20, unpacked: 1 << 22, memory: 1 << 30, seconds: 5, cells: 10_000, text: 1 << 20 };

/// A text as the name of a metric, in settings and in a template, and as that of a branch's folder: used or refused.
pub fn names(text: &str) {
    let name = text.lines().next().unwrap_or_default();
    let quoted = serde_json::Value::from(name);
    let metric = format!(
        "[metric]\n{quoted} = {{ label = \"x\", expr = \"1\" }}\nusing = {{ label = \"y\", expr = {quoted} }}\n"
    );
    load(&SETTINGS.replacen("[metric]\n", &metric, 1), &format!("{{{{ {name} }}}}{{{{ n.{name} }}}}\n"), "");
    let folders = safe_names(text.lines().take(32), &|name| name == "汇总");
    for (at, folder) in folders.iter().enumerate() {
        assert!(is_plain_name(folder), "{folder:?}");
        assert!(!folders[..at].contains(folder), "{folder:?} twice");
    }
}

/// A template, a piece that it may include, and settings that others are based on, in parts divided by `---`: loaded or
/// refused.
pub fn pieces(text: &str) {
    let mut parts = text.splitn(3, DIVIDER);
    let (template, piece) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    load(SETTINGS, template, piece);
    if let Some(base) = parts.next() {
        in_folder(|folder| {
            for (name, text) in [("own", "base = \"../base\"\n"), ("base", base)] {
                std::fs::create_dir_all(folder.join(name))?;
                std::fs::write(folder.join(name).join("notice.toml"), text)?;
            }
            let _ = Notice::load(&folder.join("own/notice.toml")).map(Settings::of);
            Ok(())
        });
    }
}

fn load(settings: &str, template: &str, piece: &str) {
    in_folder(|folder| {
        std::fs::create_dir_all(folder.join("pieces"))?;
        for (name, text) in TEMPLATES {
            std::fs::write(folder.join(name), if name == "study.md" { template } else { text })?;
        }
        std::fs::write(folder.join("pieces/x.md"), piece)?;
        std::fs::write(folder.join("notice.toml"), settings)?;
        let _ = Settings::load(&folder.join("notice.toml"));
        Ok(())
    });
}

/// An outline and text tables, in parts divided by `---`: refused, or a notice is made of them that can be used.
///
/// # Panics
/// When the notice cannot be used: that is a fault of the program, whatever the ledgers say.
pub fn new_notice(text: &str) {
    let mut parts = text.splitn(4, DIVIDER);
    let outline = parts.next().and_then(|text| Outline::of_text(text, "提纲").ok());
    let files = parts.zip(1..).filter_map(|(table, number)| {
        let sheets = open(table.as_bytes(), &LIMITS).ok()?;
        Some(SourceFile { name: format!("台账{number}.csv"), sheets, hints: Vec::new() })
    });
    let files: Vec<SourceFile> = files.collect();
    let basis = Basis {
        folder: "2026-new".to_owned(),
        today: date(2026, 1, 31),
        outline,
        branches: Vec::new(),
        previous: None,
    };
    let Ok(made) = scaffold(&files, &basis, &Answers::default()) else { return };
    in_folder(|folder| {
        for file in &made.files {
            let path = folder.join(&file.name);
            std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            std::fs::write(path, &file.text)?;
        }
        let loaded = Settings::load(&folder.join("notice.toml"));
        assert!(loaded.is_ok(), "{:?}", loaded.err());
        Ok(())
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{names, new_notice, pieces};
    use crate::fuzzing::tests::text_of;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_name_is_used_or_refused(text in "\\PC{0,12}|[a-z一-龥Ａ０_.\"'{}\\n]{0,12}") {
            names(&text);
        }

        #[test]
        fn any_piece_is_loaded_or_refused(text in text_of(&[
            "\n---\n", "{% include \"pieces/x.md\" %}", "{% include \"study.md\" %}", "{{ cadres }}", "{% if ", " %}", "{% endif %}",
            "include", "\"../x.md\"", "base = \"../own\"\n", "base = \"../base\"\n", "[metric]\n", "a = 1\n", "甲", "{#", "#}",
        ])) {
            pieces(&text);
        }

        #[test]
        fn a_notice_is_made_of_any_ledgers_and_can_be_used(text in text_of(&[
            "\n---\n", "\n", ",", "单位", "党支部", "教务处党支部", "2026-01-05", "85%", "3", "合计", "\"", "是", "否", "一、", "（一）", "# ",
            "截至2026年1月31日", "金额（万元）", "序号", "{{", "}}", "{%", "'''", "\\", "无", "姓名", "[[", "]]", "#",
        ])) {
            new_notice(&text);
        }
    }
}
