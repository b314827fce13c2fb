//! Sheets and files whose names say that they are samples, discarded, or copies of others.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::context::RuleContext;
use super::rule::{Rule, RuleKind};
use crate::diagnostics::{Code, CodeInfo, Diagnostic, Location, Severity};
use crate::ingest::fold;
use crate::notice::Ledger;

pub(super) static RULE: Rule = Rule {
    info: CodeInfo {
        id: "Z127",
        title: "像是样表、作废的表或副本",
        severity: Severity::Warning,
        what: "名称里有“样表”“示例”“模板”“作废”“填写说明”“副本”等字的工作表和文件；名称后面有“(2)”，而没有“(2)”的也在的。",
        why: "里面的行和正式的一起计数，数字就多了。",
        cure: "不用的删去、隐藏或移出台账文件夹；确是正式台账的，改一下名称",
    },
    kind: RuleKind::Whole(check),
};

/// Words of names, folded.
const WORDS: [&str; 9] = ["样表", "样例", "示例", "范例", "例表", "作废", "废弃", "副本", "备份"];

/// Words of the names of sheets alone: files of handed-in ledgers often keep the name of the form that was sent out.
const SHEET_WORDS: [&str; 8] = ["模板", "模版", "填写说明", "填表说明", "填报说明", "草稿", "旧表", "旧版"];

fn check(code: Code, context: &RuleContext<'_>) -> Vec<Diagnostic> {
    let names: BTreeSet<(&str, &str)> = context.sheets().map(|(sheet, _)| place(&sheet.source)).collect();
    let mut findings = Vec::new();
    for (sheet, ledger) in context.sheets() {
        let (file, name) = place(&sheet.source);
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
        let is_copy = original(name).is_some_and(|original| names.contains(&(file, original)));
        let is_copied_file = original(stem).is_some_and(|original| {
            let original = format!("{original}.{extension}");
            names.iter().any(|(other, _)| *other == original)
        });
        let of_sheet = has_word(name, ledger, &WORDS) || has_word(name, ledger, &SHEET_WORDS) || is_copy;
        let of_file = stem.split('/').any(|part| has_word(part, ledger, &WORDS)) || is_copied_file;
        if !of_sheet && !of_file {
            continue;
        }
        let message = if is_copy || is_copied_file {
            "像是另一份的副本，已照常计入"
        } else {
            "名称像是样表、作废的表或副本，已照常计入"
        };
        let finding = Diagnostic::new(code, Location::Sheet(Arc::clone(&sheet.source)), message);
        findings.push(finding.found(if of_sheet { name } else { file }).expected("正式的台账"));
    }
    findings
}

/// The file and the name of a sheet.
fn place(source: &crate::diagnostics::SheetRef) -> (&str, &str) {
    (&source.file, &source.sheet)
}

/// Whether a name has one of the words, which none of the ledger's own names has.
fn has_word(name: &str, ledger: &Ledger, words: &[&str]) -> bool {
    let folded = fold(name);
    let is_own = |word: &str| ledger.sheets.iter().chain([&ledger.title]).any(|own| own.contains(word));
    words.iter().any(|word| folded.contains(word) && !is_own(word))
}

/// The name of which this one is a copy: 主题党日 of 主题党日 (2).
fn original(name: &str) -> Option<&str> {
    let inside = name.trim_end().strip_suffix([')', '）'])?;
    let (original, number) = inside.rsplit_once(['(', '（'])?;
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| original.trim_end()).filter(|original| !original.is_empty())
}
