//! What calamine met in .ods.

use super::{faults, package};

/// Rows of an .ods and the cells expected.
const ODS_CASES: &[(&str, &str, &[&str])] = &[
    (
        "repeated rows and columns, empty ones among them",
        r#"<table:table-row><table:table-cell office:value-type="string" table:number-columns-repeated="2"><text:p>甲</text:p></table:table-cell><table:table-cell table:number-columns-repeated="3"/><table:table-cell office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated="7"><table:table-cell/></table:table-row>
        <table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" office:value="3"><text:p>3</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#,
        &["A1 text 甲", "B1 text 甲", "F1 number 2", "A9 number 3", "A10 number 3"],
    ),
    (
        "a cell far from the others",
        r#"<table:table-row><table:table-cell office:value-type="string"><text:p>甲</text:p></table:table-cell></table:table-row>
        <table:table-row table:number-rows-repeated="65534"><table:table-cell table:number-columns-repeated="256"/></table:table-row>
        <table:table-row><table:table-cell table:number-columns-repeated="255"/><table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell></table:table-row>"#,
        &["A1 text 甲", "IV65536 number 7"],
    ),
    (
        "cells behind a merged one, annotations and runs",
        r#"<table:table-row><table:table-cell table:number-columns-spanned="2" office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation><text:p>a<text:span>b</text:span>c</text:p></table:table-cell><table:covered-table-cell office:value-type="float" office:value="9"><text:p>9</text:p></table:covered-table-cell><table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p></table:table-cell></table:table-row>"#,
        &["A1 text abc", "C1 flag 是"],
    ),
    (
        "720: an error value",
        r#"<table:table-row><table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>"#,
        &["A1 error #DIV/0!"],
    ),
    (
        "759: blanks, tabs and line breaks",
        r#"<table:table-row><table:table-cell office:value-type="string"><text:p>甲<text:s text:c="2"/>乙<text:tab/>丙<text:line-break/>丁</text:p><text:p>戊</text:p></table:table-cell></table:table-row>"#,
        &["A1 text 甲  乙\t丙\n丁\n戊"],
    ),
];

#[test]
fn what_calamine_met_in_ods_is_read_by_both() {
    let file = |rows: &str| {
        let content = format!(
            "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"甲\">{rows}</table:table>\
            </office:spreadsheet></office:body></office:document-content>"
        );
        let parts = [
            ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", content.as_str()),
            ("META-INF/manifest.xml", "<manifest:manifest/>"),
        ];
        package(parts.into_iter().map(|(name, content)| (name.to_owned(), content)))
    };
    let faults: Vec<_> =
        ODS_CASES.iter().filter_map(|(issue, rows, expected)| faults(issue, &file(rows), expected)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
