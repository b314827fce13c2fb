//! .ods: hidden and filtered rows.

use memchr::memmem;

use super::super::raw_sheet::SheetFacts;
use super::super::xlsx::OpcPackage;
use super::{BySheet, attribute};

/// Rows a sheet may have.
const ROWS: u32 = 1 << 20;

/// What the content of an .ods tells of its sheets.
pub fn of_ods(bytes: &[u8]) -> BySheet {
    let content = OpcPackage::open(bytes).and_then(|mut package| package.bytes("content.xml"));
    let sheets = of_content(&content.unwrap_or_default());
    sheets.into_iter().enumerate().collect()
}

/// The facts of each `<table:table>` that has a name; its rows are the `<table:table-row>`s that follow.
fn of_content(xml: &[u8]) -> Vec<SheetFacts> {
    let (mut sheets, mut row) = (Vec::new(), 0_u32);
    for at in memmem::find_iter(xml, b"<table:table") {
        let Some(end) = memchr::memchr(b'>', &xml[at..]) else { break };
        let tag = std::str::from_utf8(&xml[at..at + end]).unwrap_or_default();
        match tag.split_ascii_whitespace().next().unwrap_or_default().trim_end_matches('/') {
            "<table:table" if attribute(tag, "table:name").is_some() => {
                sheets.push(SheetFacts::default());
                row = 0;
            }
            "<table:table-row" => {
                let repeated = attribute(tag, "table:number-rows-repeated").map_or(Some(1), |n| n.parse().ok());
                let next = row.saturating_add(repeated.unwrap_or(1)).min(ROWS);
                let hidden = matches!(attribute(tag, "table:visibility"), Some("collapse" | "filter"));
                if let Some(sheet) = sheets.last_mut().filter(|_| hidden && next > row) {
                    sheet.hide(row, next - 1);
                }
                row = next;
            }
            _ => {}
        }
    }
    sheets
}

#[cfg(test)]
mod tests {
    use super::of_content;

    #[test]
    fn collapsed_and_filtered_rows_are_found_with_their_repetitions() {
        let xml = br#"<table:table table:name="a"><table:table-header-rows><table:table-row table:style-name="r"/></table:table-header-rows>
            <table:table-row table:number-rows-repeated="3" table:visibility="collapse"><table:table-cell/></table:table-row>
            <table:table-row table:visibility="filter"/><table:table-row></table:table-row>
            <table:table-row table:visibility="collapse" table:number-rows-repeated="99999999"/></table:table>
            <table:table table:name="b"><table:table-row table:visibility="visible"/><table:table-row table:visibility="filter"/>"#;
        let hidden: Vec<_> = of_content(xml).into_iter().map(|facts| facts.hidden).collect();
        assert_eq!(hidden, [vec![(1, 4), (6, 0xf_ffff)], vec![(1, 1)]]);
    }
}
