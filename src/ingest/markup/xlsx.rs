//! .xlsx: hidden rows, merged cells, formulas whose result was never stored.

use std::io::{Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;

use super::super::raw::{Facts, Merge, Raw};
use super::{BySheet, attribute, part, relations, tags};

/// Bytes of a sheet looked through at once.
const STRETCH: u64 = 1 << 18;
/// What ends a row; where rows have a prefix, the sheet is one stretch.
const ROW_END: &[u8] = b"</row>";

/// What the markup of an .xlsx tells of its sheets.
pub fn of_xlsx(bytes: &[u8]) -> BySheet {
    sheets(bytes).unwrap_or_default()
}

fn sheets(bytes: &[u8]) -> Option<BySheet> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let workbook = part(&mut zip, "xl/workbook.xml")?;
    let targets = relations(&mut zip, "xl/_rels/workbook.xml.rels")?;
    let sheets = tags(&workbook, "sheet").enumerate().filter_map(|(at, tag)| {
        let name = targets.get(attribute(tag, "r:id")?)?;
        Some((at, of_sheet(zip.by_name(name).ok()?)?))
    });
    Some(sheets.collect())
}

/// Looks a sheet through, stretch by stretch, each up to the end of a row.
fn of_sheet(mut sheet: impl Read) -> Option<Facts> {
    let (mut facts, mut xml) = (Facts { merges: Some(Vec::new()), ..Facts::default() }, Vec::new());
    loop {
        let searched = xml.len().saturating_sub(ROW_END.len());
        if sheet.by_ref().take(STRETCH).read_to_end(&mut xml).ok()? == 0 {
            look_through(&xml, &mut facts);
            return Some(facts);
        }
        if let Some(end) = memmem::rfind(&xml[searched..], ROW_END) {
            look_through(&xml[..searched + end], &mut facts);
            xml.drain(..searched + end);
        }
    }
}

fn look_through(xml: &[u8], facts: &mut Facts) {
    let hidden = memmem::find_iter(xml, b" hidden=\"").filter_map(|at| {
        let start = memchr::memrchr(b'<', &xml[..at])?;
        let end = at + memchr::memchr(b'>', &xml[at..])?;
        let tag = std::str::from_utf8(&xml[start + 1..end]).ok()?;
        let is_row = tag.split_whitespace().next().is_some_and(|name| name.rsplit(':').next() == Some("row"));
        let hidden = matches!(attribute(tag, "hidden"), Some("1" | "true"));
        (is_row && hidden).then(|| attribute(tag, "r")?.parse::<u32>().ok()?.checked_sub(1))?
    });
    let merges = tags(xml, "mergeCell").filter_map(|tag| {
        let (first, last) = attribute(tag, "ref")?.split_once(':')?;
        Some(Merge { first: position(first)?, last: position(last)? })
    });
    hidden.for_each(|row| facts.hide(row, row));
    facts.merges.get_or_insert_default().extend(merges);
    facts.cells.extend(formulas(xml));
}

/// Formulas without a result: `<c r="B2"><f>…</f></c>`, `<c r="B2"><f>…</f><v/></c>`.
fn formulas(xml: &[u8]) -> Vec<((u32, u32), Raw)> {
    let found = memmem::find_iter(xml, b"<f").filter_map(|at| {
        if !matches!(xml.get(at + 2), Some(b'>' | b' ' | b'/')) {
            return None;
        }
        let rest = &xml[at..];
        let cell = std::str::from_utf8(&rest[..memmem::find(rest, b"</c>")?]).ok()?;
        let (formula, result) = cell.split_once("</f>").or_else(|| cell.split_once("/>"))?;
        let stored = result.contains("<v>") && !result.contains("<v></v>") || result.contains("<is>");
        let start = memmem::rfind(&xml[..at], b"<c ")?;
        let tag = std::str::from_utf8(&xml[start..at]).ok()?;
        let of_text = attribute(tag, "t") == Some("str");
        let formula = Raw::Formula(formula.split_once('>').map_or("", |(_, text)| text).into());
        (!stored && !of_text).then(|| Some((position(attribute(tag, "r")?)?, formula)))?
    });
    found.collect()
}

/// Row and column, from 0, of an address such as `AB12`.
fn position(address: &str) -> Option<(u32, u32)> {
    let letters = address.bytes().take_while(u8::is_ascii_uppercase).count();
    let (letters, row) = address.split_at(letters);
    let col = letters.bytes().try_fold(0_u32, |col, b| col.checked_mul(26)?.checked_add(u32::from(b - b'A') + 1))?;
    Some((row.parse::<u32>().ok()?.checked_sub(1)?, col.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::{Facts, Merge, Raw, of_sheet};

    #[test]
    fn rows_and_merges_are_found_with_and_without_a_prefix() {
        let xml = br#"<x:cols><x:col min="1" hidden="1"/></x:cols><x:row r="3" hidden="1"><c/></x:row><row spans="1:2" r="5" ht="9" hidden="true">
            <row r="6" hidden="false"/><c r="B2"><f>A1+1</f></c><c r="B3"><f>A2</f><v></v></c><c r="B4" s="1"><f>A3</f><v/></c>
            <c r="B5"><f>A4</f><v>7</v></c><c r="B6" t="str"><f>A5</f><v></v></c><mergeCells count="2"><mergeCell ref="A1:H1"/><x:mergeCell ref="AB2:AC10"/></mergeCells>"#;
        let merges = vec![Merge { first: (0, 0), last: (0, 7) }, Merge { first: (1, 27), last: (9, 28) }];
        let formula = |row, text: &str| ((row, 1), Raw::Formula(text.into()));
        let cells = vec![formula(1, "A1+1"), formula(2, "A2"), formula(3, "A3")];
        assert_eq!(of_sheet(&xml[..]), Some(Facts { hidden: vec![(2, 2), (4, 4)], merges: Some(merges), cells }));
    }

    #[test]
    fn nothing_is_lost_between_stretches() {
        for prefix in ["", "x:"] {
            let row =
                |n: u32| format!("<{prefix}row r=\"{n}\" hidden=\"1\"><c r=\"B{n}\"><f>A{n}</f></c></{prefix}row>");
            let rows: Vec<String> = (1..=20_000).map(row).collect();
            let facts = of_sheet(rows.concat().as_bytes()).unwrap();
            assert_eq!(facts.hidden, [(0, 19_999)]);
            assert_eq!(facts.cells.len(), 20_000);
        }
    }
}
