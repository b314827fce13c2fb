//! Tests of the reader of web pages.

use super::{MAX_DEPTH, MAX_UNCLOSED, ReadError, looks_like, other_content, unescape};
use crate::ingest::RawCell;
use crate::ingest::raw_sheet::RawSheet;

fn read(page: &str) -> Vec<RawSheet> {
    super::read(page).expect("a page")
}

#[test]
fn a_page_of_tags_without_an_end_is_damaged() {
    for unclosed in ["<b>", "<a></i>", "<table>"] {
        for before in ["<html>", "<table><tr><td>"] {
            let tags = 2 * (MAX_DEPTH + MAX_UNCLOSED);
            let expected = ReadError::Damaged("网页里有 10000 多个标签没有结束".to_owned());
            match super::read(&format!("{before}{}", unclosed.repeat(tags))) {
                // An end tag ends the deepest element that is open.
                Ok(_) => assert_eq!(unclosed, "<a></i>", "{before}"),
                Err(error) => assert_eq!(error, expected, "{before}{unclosed}"),
            }
        }
    }
    // What is closed counts no more, in a cell, around a table and from cell to cell.
    let deep = format!("{}<s>甲{}乙", "<div>".repeat(2 * MAX_DEPTH), "</div>".repeat(2 * MAX_DEPTH));
    let cells = format!("{deep}<table><tr>{}", format!("<td>{deep}").repeat(MAX_UNCLOSED / MAX_DEPTH + 1));
    assert_eq!(read(&cells)[0].rows[0].cells.len(), MAX_UNCLOSED / MAX_DEPTH + 1);
}

#[test]
fn a_page_is_read_with_its_spans() {
    let page = "<html><style>td{}</style><table><tr><td rowspan=2>甲<td colspan=2>乙</td></tr>\
        <tr><td>丙<td>丁&amp;戊<br>己</table>";
    assert!(looks_like(page) && !looks_like("党组织,<b>姓名</b>"));
    let sheets = read(page);
    let cell = |row, col| sheets[0].get(row, col).map(RawCell::to_text);
    assert_eq!(cell(0, 0).as_deref(), Some("甲"));
    assert_eq!(cell(0, 1).as_deref(), Some("乙"));
    assert_eq!(cell(1, 0), None);
    assert_eq!(cell(1, 1).as_deref(), Some("丙"));
    assert_eq!(cell(1, 2).as_deref(), Some("丁&戊\n己"));
    assert_eq!(sheets[0].anchor(1, 0), Some((0, 0)));
}

#[test]
fn hidden_rows_tables_and_texts_are_recognised() {
    let page = "<style><!-- tr.gone, .x { DISPLAY : none } .shown{color:red} --></style><table>\
        <tr><td>甲<span style='display:none'>看不见<b>的</b></span>乙<i hidden>丙<td>丁</tr>\
        <tr style='Display: None'><td>一<tr class='a gone'><td>二<tr class=shown><td>三\
        <tbody hidden><tr><td>四</tbody><tr style='mso-hide:all'><td>五</table><table hidden><tr><td>六</table>";
    let sheets = read(page);
    let ranges: Vec<_> = sheets[0].hidden_rows.iter().map(|range| (range.first, range.last)).collect();
    assert_eq!(ranges, [(1, 2), (4, 5)]);
    assert_eq!(sheets[0].get(0, 0).map(RawCell::to_text).as_deref(), Some("甲乙"));
    assert_eq!(sheets[0].rows.len(), 6);
    assert_eq!(sheets.iter().map(|sheet| sheet.hidden).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn raised_and_struck_out_digits_are_no_digits_of_the_number() {
    let page = "<style>.font6{text-decoration:line-through}</style><table><tr><td>38<sup>1</sup><td><del>3</del>38\
        <td><font class=\"font6\">2</font><S>1</S>5<td class=font6>全部<td>H<sub>2</sub>O<td><img src=a></table>";
    let sheets = read(page);
    let struck = |rest: &str, struck: &str| RawCell::struck_out(rest, struck);
    let cells: Vec<_> = sheets[0].rows[0].cells.iter().map(|(_, cell)| cell.clone()).collect();
    let expected = [RawCell::text("38¹"), struck("38", "3"), struck("5", "21"), struck("", "全部")];
    assert_eq!(
        cells,
        expected.into_iter().chain([RawCell::text("H₂O"), RawCell::Picture("".into())]).collect::<Vec<_>>()
    );
}

#[test]
fn pronunciations_and_choices_that_are_not_selected_are_no_part_of_a_text() {
    let page = "<table><tr><td><ruby>张<rp>(</rp><rt>zhang</rt><rp>)</rp></ruby>三\
        <td>共<select><option>12<option selected>38<option>50</select>人<td><select><option>甲</option><option>乙</option></select></table>";
    let texts: Vec<_> = read(page)[0].rows[0].cells.iter().map(|(_, cell)| cell.to_text().into_owned()).collect();
    assert_eq!(texts, ["张三", "共38人", "甲"]);
}

#[test]
fn pieces_of_a_cell_that_stand_on_lines_of_their_own_are_not_joined() {
    for piece in [
        "<ul><li>38</li><li>5</li></ul>",
        "38<hr>5",
        "<h1>38</h1>5",
        "<dl><dt>38<dd>5</dl>",
        "<table><tr><td>38<td>5</table>",
        "38<table><tr><td>5</table>",
        "<table><tr><td>38</table>5",
        "<p>38</p>5",
    ] {
        let sheets = read(&format!("<table><tr><td>{piece}<td>后</table>"));
        let texts: Vec<_> = sheets[0].rows[0].cells.iter().map(|(_, cell)| cell.to_text().into_owned()).collect();
        assert_eq!(texts, ["38\n5", "后"], "{piece}");
    }
}

#[test]
fn text_in_place_of_what_is_displayed_is_left_out() {
    for name in ["template", "iframe", "audio", "video", "object", "canvas", "noscript"] {
        let sheets = read(&format!("<table><tr><td>38<{name}>5</{name}>人</table>"));
        assert_eq!(sheets[0].get(0, 0).map(RawCell::to_text).as_deref(), Some("38人"), "{name}");
    }
}

#[test]
fn rows_and_tables_that_are_struck_out_strike_their_cells_out() {
    let page = "<style>.x{text-decoration:line-through}</style><table><tr class=x><td>甲<tr><td>乙\
        <tbody style='text-decoration:line-through'><tr><td>丙</tbody><tr><td>丁</table><s><table><tr><td>戊</table></s><table><tr><td>己</table>";
    let is_struck = |sheet: &super::RawSheet| {
        let cells = sheet.rows.iter().flat_map(|row| &row.cells);
        cells.map(|(_, cell)| matches!(cell, RawCell::StruckOut(_))).collect::<Vec<_>>()
    };
    let sheets = read(page);
    let struck: Vec<_> = sheets.iter().map(is_struck).collect();
    assert_eq!(struck, [vec![true, false, true, false], vec![true], vec![false]]);
}

#[test]
fn hidden_columns_are_listed_and_hidden_cells_left_out() {
    let page = "<table><colgroup><col><col span=2 style='display:none'></colgroup>\
        <tr><td>甲<td>乙<td>丙<td style='display:none'>丁<td>戊\
        <tr><td>1<td>2<td>3<td hidden>4<td style='display:none'>5</table>";
    let sheets = read(page);
    let hidden: Vec<u32> = sheets[0].hidden_columns.iter().map(|range| range.first).collect();
    assert_eq!(hidden, [1, 2, 3]);
    assert_eq!(sheets[0].get(1, 3).map(RawCell::to_text).as_deref(), Some("4"));
    assert_eq!((sheets[0].get(0, 4).is_some(), sheets[0].get(1, 4)), (true, None));
}

#[test]
fn what_a_page_without_tables_displays_is_named() {
    assert_eq!(other_content("<html><title>a</title><p>通知<img src=a>"), ["表格以外的文字", "图片"]);
    assert!(other_content("<html><style>b{}</style> <table></table>").is_empty());
    assert_eq!(unescape("甲&amp;乙"), "甲&乙");
}
