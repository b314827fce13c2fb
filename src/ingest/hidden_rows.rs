//! Rows that an .xlsx hides: its reader does not tell them, the rows' own tags do.

use std::collections::HashMap;
use std::io::{Cursor, Read};

/// Hidden rows (from 0) by the sheet's place in the workbook. Nothing is told of a package that is not as usual.
pub fn of_xlsx(bytes: &[u8]) -> HashMap<usize, Vec<u32>> {
    let Ok(mut zip) = zip::ZipArchive::new(Cursor::new(bytes)) else { return HashMap::new() };
    let mut part = |name: &str| {
        let mut text = Vec::new();
        let mut file = zip.by_name(name).ok()?;
        file.read_to_end(&mut text).ok()?;
        Some(text)
    };
    let (Some(workbook), Some(relations)) = (part("xl/workbook.xml"), part("xl/_rels/workbook.xml.rels")) else {
        return HashMap::new();
    };
    let targets: HashMap<String, String> = tags(&relations, b"<Relationship ")
        .filter_map(|tag| Some((attribute(tag, "Id")?, attribute(tag, "Target")?)))
        .collect();
    let sheets = tags(&workbook, b"<sheet ").filter_map(|tag| attribute(tag, "r:id"));
    let mut hidden = HashMap::new();
    for (at, id) in sheets.enumerate() {
        let Some(target) = targets.get(&id) else { continue };
        let name = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
        let Some(sheet) = part(&name) else { continue };
        let rows = tags(&sheet, b"<row ")
            .filter(|tag| attribute(tag, "hidden").is_some_and(|value| matches!(value.as_str(), "1" | "true")));
        let rows: Vec<u32> = rows.filter_map(|tag| attribute(tag, "r")?.parse::<u32>().ok()?.checked_sub(1)).collect();
        if !rows.is_empty() {
            hidden.insert(at, rows);
        }
    }
    hidden
}

/// The start tags that begin with `opening`.
fn tags<'x>(xml: &'x [u8], opening: &'x [u8]) -> impl Iterator<Item = &'x str> {
    let finder = memchr::memmem::Finder::new(opening);
    let mut rest = xml;
    std::iter::from_fn(move || {
        let at = finder.find(rest)?;
        let tag = &rest[at..];
        let end = memchr::memchr(b'>', tag)?;
        rest = &tag[end..];
        Some(std::str::from_utf8(&tag[..end]).unwrap_or_default())
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}
