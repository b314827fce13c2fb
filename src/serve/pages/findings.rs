//! What was found, as a clerk reads it: the same finding at several places once.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Location, Severity};
use crate::serve::html::{Html, put};

/// Findings that a page shows.
const SHOWN: usize = 200;
/// Places of the same finding that are named.
const PLACES: usize = 12;

/// What cures findings of these codes by way of the pages.
const HERE: [(&str, &str); 8] = [
    ("Z002", "核对表头；确实是同一种台账的，打开这个台账，点“记住这种写法”"),
    ("Z005", "补上该列；有这一列只是写法不同的，打开这个台账，点“记住这种写法”"),
    ("Z006", "读对了的不用管；点“记住这种写法”以后就不再提示"),
    ("Z307", "要保留改动的不用处理；要换成新生成的，把改过的文件移到别处再生成"),
    ("Z308", "确实不要的，到报告文件夹里删去它的文件夹"),
    ("Z411", "到这个党组织的页面上定稿，再归档"),
    ("Z412", "到这个党组织的页面上放入签字件；确实没有的，归档时勾选“没有签字件的也归档”"),
    ("Z413", "把签字件扫描成 PDF，或在这个党组织的页面上归档时写明页数"),
];

/// The same finding at several places.
struct Group<'f> {
    first: &'f Diagnostic,
    all: Vec<&'f Diagnostic>,
}

/// A list of findings, errors first; `spot` says where one stands, as a link when there is one.
pub fn list<'f>(findings: impl Iterator<Item = &'f Diagnostic>, spot: &dyn Fn(&Diagnostic) -> Html) -> Html {
    let mut groups: Vec<Group<'f>> = Vec::new();
    let mut known = HashMap::new();
    for finding in findings {
        let key = (finding.code.id, &finding.message, &finding.found, &finding.expected);
        let at = *known.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.all.push(finding),
            None => groups.push(Group { first: finding, all: vec![finding] }),
        }
    }
    groups.sort_by_key(|group| group.first.severity);
    let mut out = Html::default();
    if groups.is_empty() {
        return out;
    }
    put!(out; "<ul class=\"findings\">");
    for group in groups.iter().take(SHOWN) {
        one(&mut out, group, spot);
    }
    put!(out; "</ul>");
    if groups.len() > SHOWN {
        put!(out; "<p>另有 " (groups.len() - SHOWN) " 项没有列出，改好这些再看。</p>");
    }
    out
}

fn one(out: &mut Html, group: &Group<'_>, spot: &dyn Fn(&Diagnostic) -> Html) {
    let first = group.first;
    let class = match first.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "remark",
    };
    put!(out; "<li class=\"" (class) "\"><p><strong class=\"level\">" (first.severity.label()) "</strong> "
        (&first.message) " <small>" (first.code.id) "</small></p>");
    let places = group.all.iter().map(|finding| spot(finding)).take(PLACES);
    let places: Vec<Html> = places.filter(|spot| *spot != Html::default()).collect();
    if !places.is_empty() {
        put!(out; "<p class=\"places\">位置：");
        for (at, place) in places.iter().enumerate() {
            if at > 0 {
                put!(out; "、");
            }
            out.add(place);
        }
        if group.all.len() > PLACES {
            put!(out; " 等 " (group.all.len()) " 处");
        }
        put!(out; "</p>");
    }
    let (found, expected) = (first.found.as_deref(), first.expected.as_deref());
    for (label, text) in [("现为", found), ("应为", expected), ("办法", cure(first))] {
        if let Some(text) = text {
            put!(out; "<p class=\"said\"><span>" (label) "：</span>" (text) "</p>");
        }
    }
    put!(out; "</li>");
}

/// What cures a finding: by way of the pages, where its own words speak of the command line or of the settings.
fn cure(finding: &Diagnostic) -> Option<&str> {
    let own = finding.cure.as_deref()?;
    let here = HERE.iter().find(|(id, _)| *id == finding.code.id).map(|(_, cure)| *cure);
    Some(here.filter(|_| own == finding.code.cure).unwrap_or(own))
}

/// Where a finding stands, in words.
pub fn place(finding: &Diagnostic) -> Html {
    let mut out = Html::default();
    match &finding.place {
        Location::Branch => put!(out; (finding.branch.as_deref().unwrap_or_default())),
        other => put!(out; (other)),
    }
    out
}

#[cfg(test)]
mod tests {
    use super::HERE;
    use crate::check::catalogue;

    #[test]
    fn codes_that_are_cured_here_exist() {
        assert!(HERE.iter().all(|(id, _)| catalogue().iter().any(|code| code.id == *id && !code.cure.is_empty())));
    }
}
