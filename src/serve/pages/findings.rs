//! What was found, as a clerk reads it: the same finding at several places once.

use std::collections::HashMap;

use crate::diag::{Diagnostic, Place, Severity};
use crate::serve::html::{Html, put};

/// Findings that a page shows.
const SHOWN: usize = 200;
/// Places of the same finding that are named.
const PLACES: usize = 12;

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
    put!(out; "<li class=\"" (class) "\"><p><strong class=\"level\">" (first.severity.label()) "</strong> " (&first.message)
        " <small>" (first.code.id) "</small></p>");
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
    for (label, text) in [("现为", &first.found), ("应为", &first.expected), ("办法", &first.cure)] {
        if let Some(text) = text {
            put!(out; "<p class=\"said\"><span>" (label) "：</span>" (text) "</p>");
        }
    }
    put!(out; "</li>");
}

/// Where a finding stands, in words.
pub fn place(finding: &Diagnostic) -> Html {
    let mut out = Html::default();
    match &finding.place {
        Place::Branch => put!(out; (finding.branch.as_deref().unwrap_or_default())),
        other => put!(out; (other)),
    }
    out
}
