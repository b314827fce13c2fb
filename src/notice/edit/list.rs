//! Lists of tables in the text of settings: items in another order, one more, one less.

use std::ops::Range;

use toml::de::DeValue;

use super::super::document::folded_tables;
use super::{Written, find, key, line_end, new_line, spliced, with_line};

/// The text in which the items of a list of tables are in another order: item `order[0]` first. Comments within an item
/// move with it. `None` when the list is written in a way that only a person can change.
pub fn reordered(text: &str, path: &[&str], order: &[usize]) -> Option<String> {
    let items = items(text, path);
    let count = Written::new(text).count(path);
    let is_order = order.len() == count && (0..count).all(|at| order.contains(&at));
    if items.len() != count || !is_order {
        return None;
    }
    let mut changed = String::with_capacity(text.len());
    let mut copied = 0;
    for (place, from) in items.iter().zip(order) {
        changed.push_str(text.get(copied..place.start)?);
        changed.push_str(text.get(items[*from].clone())?);
        copied = place.end;
    }
    changed.push_str(text.get(copied..)?);
    let is_moved = |(to, from): (usize, &usize)| {
        let now = item(&changed, path, to);
        now.is_some() && now == item(text, path, *from)
    };
    order.iter().enumerate().all(is_moved).then_some(changed)
}

/// A value without its positions, to be compared.
fn strip_spans(value: &DeValue<'_>) -> String {
    match value {
        DeValue::Table(table) => {
            let pairs =
                table.iter().map(|(key, value)| format!("{:?}={}", key.get_ref(), strip_spans(value.get_ref())));
            pairs.collect::<Vec<_>>().join(",")
        }
        DeValue::Array(items) => {
            let items = items.iter().map(|item| strip_spans(item.get_ref()));
            format!("[{}]", items.collect::<Vec<_>>().join(";"))
        }
        plain => format!("{plain:?}"),
    }
}

/// An item of a list without its positions, to be compared; `None` when there is none.
fn item(text: &str, path: &[&str], at: usize) -> Option<String> {
    let root = folded_tables(text).ok()?;
    let place = at.to_string();
    let item = find(root.get_ref(), &[path, &[&place]].concat())?;
    Some(strip_spans(item.get_ref()))
}

/// The heading of the items of a list.
fn heading(path: &[&str]) -> String {
    format!("[[{}]]", path.iter().map(|part| key(part)).collect::<Vec<_>>().join("."))
}

/// The places of the items of a list, each without the blank lines and comments behind it.
fn items(text: &str, path: &[&str]) -> Vec<Range<usize>> {
    let name = path.iter().map(|part| key(part)).collect::<Vec<_>>().join(".");
    let (heading, below) = (heading(path), [format!("[[{name}."), format!("[{name}.")]);
    let mut items: Vec<Range<usize>> = Vec::new();
    let (mut start, mut is_within) = (0, false);
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        let end = start + line.trim_end().len();
        if bare.starts_with(&heading) {
            items.push(start..end);
            is_within = true;
        } else if bare.starts_with('[') && !below.iter().any(|below| bare.starts_with(below)) {
            is_within = false;
        } else if is_within
            && !bare.is_empty()
            && !bare.starts_with('#')
            && let Some(item) = items.last_mut()
        {
            item.end = end;
        }
        start += line.len();
    }
    items
}

/// The text with one more item at the end of a list, of lines `key = value`. `None` when the list is written in a way
/// that only a person can change.
pub fn with_item(text: &str, path: &[&str], lines: &[String]) -> Option<String> {
    let count = Written::new(text).count(path);
    let end = new_line(text);
    let body = std::iter::once(heading(path)).chain(lines.iter().cloned()).collect::<Vec<_>>().join(end);
    let changed = match items(text, path).last() {
        Some(last) => {
            let at = line_end(text, last.end.saturating_sub(1));
            with_line(text, at, &format!("{end}{body}"))
        }
        None => with_line(text, text.len(), &format!("{end}{body}")),
    };
    let are_kept = (0..count).all(|at| item(&changed, path, at) == item(text, path, at));
    (Written::new(&changed).count(path) == count + 1 && are_kept).then_some(changed)
}

/// The text without an item of a list, by its place from 0. `None` when the list is written in a way that only a person
/// can change.
pub fn without_item(text: &str, path: &[&str], at: usize) -> Option<String> {
    let count = Written::new(text).count(path);
    let items = items(text, path);
    let place = items.get(at).filter(|_| items.len() == count)?;
    let mut end = line_end(text, place.end.saturating_sub(1));
    // The blank line behind it goes with it.
    let blank = text.get(end..)?.lines().next().filter(|line| line.trim().is_empty());
    if blank.is_some() {
        end = line_end(text, end);
    }
    let changed = spliced(text, place.start..end, "");
    let others = (0..count).filter(|other| *other != at);
    let are_kept = others.enumerate().all(|(now, before)| item(&changed, path, now) == item(text, path, before));
    (Written::new(&changed).count(path) + 1 == count && are_kept).then_some(changed)
}

#[cfg(test)]
mod tests {
    use super::{with_item, without_item};

    const TEXT: &str =
        "[a]\nx = 1\n\n[[l]]\nt = \"一\"\n[[l.part]]\np = 1\n\n# 二的说明\n[[l]]\nt = \"二\"\n\n[b]\ny = 2";

    #[test]
    fn an_item_comes_behind_the_last_and_goes_with_all_its_lines() {
        let lines = ["t = \"三\"".to_owned(), "u = 1".to_owned()];
        let more = with_item(TEXT, &["l"], &lines).unwrap();
        assert_eq!(more, TEXT.replace("t = \"二\"\n", "t = \"二\"\n\n[[l]]\nt = \"三\"\nu = 1\n"));
        assert_eq!(
            without_item(&more, &["l"], 2).unwrap(),
            TEXT.replace("\"二\"\n", "\"二\"\n\n").replace("\n\n\n", "\n\n")
        );
        let less = without_item(TEXT, &["l"], 0).unwrap();
        assert_eq!(less, "[a]\nx = 1\n\n# 二的说明\n[[l]]\nt = \"二\"\n\n[b]\ny = 2");
        assert_eq!(without_item(TEXT, &["l"], 2), None);
        assert_eq!(with_item("[b]", &["c", "l"], &lines[..1]).unwrap(), "[b]\n\n[[c.l]]\nt = \"三\"\n");
        assert_eq!(with_item("l = [{ t = 1 }]\n", &["l"], &lines), None, "a list between brackets");
    }
}
