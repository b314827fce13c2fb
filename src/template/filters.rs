//! Functions and filters added to tera's own: `gap(what=…)`, `where(field=value)`, `pluck(name=…)`, `sort_by(field=…)`.

use std::cmp::Ordering;

use tera::{Kwargs, Map, State, Tera, TeraResult, Value};

use super::names::decoded;
use super::top_names::CHANGE;
use crate::marker;

/// Registers the functions and filters. `safe` is replaced by an error, because printed values must stay escaped.
pub(super) fn register(tera: &mut Tera) {
    tera.register_function("gap", |kwargs: Kwargs, _: &State| -> TeraResult<String> {
        Ok(marker::gap(kwargs.must_get::<&str>("what")?))
    });
    tera.register_function(CHANGE, |_: Kwargs, _: &State| -> TeraResult<String> {
        Err(tera::Error::message(format!("{CHANGE} 的括号里写一个指标的名称，如 {CHANGE}(指标名)")))
    });
    tera.register_filter("where", rows_where);
    tera.register_filter("sort_by", rows_sorted);
    tera.register_filter("pluck", |rows: Vec<Value>, kwargs: Kwargs, _: &State| -> TeraResult<Vec<Value>> {
        let field = kwargs.must_get::<&str>("name")?;
        rows.iter().map(|row| row.get_from_path(field).cloned().ok_or_else(|| unknown_field(field))).collect()
    });
    tera.register_filter("safe", |_: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
        Err(tera::Error::message("模板不能用 safe：台账内容一律按纯文字输出"))
    });
}

/// The rows whose bare values equal all arguments: `teams | where(effect="成效不明显")`.
fn rows_where(rows: Vec<Value>, kwargs: Kwargs, _: &State) -> TeraResult<Vec<Value>> {
    let mut kept = Vec::new();
    for row in rows {
        let mut matches = true;
        for (field, expected) in kwargs.iter() {
            let field = decoded(field.as_str().unwrap_or_default());
            let path = format!("n.{field}");
            matches &= row.get_from_path(&path).ok_or_else(|| unknown_field(&field))? == expected;
        }
        if matches {
            kept.push(row);
        }
    }
    Ok(kept)
}

/// The rows in the order of their bare values: `all.hazard | sort_by(field="due", descending=true, take=5)`. Rows whose
/// cell is blank come last. Of the first `take`, those whose value equals the last one's are kept too, and so are rows
/// with a blank cell, which may belong among the first: the name of their branch becomes a gap.
fn rows_sorted(rows: Vec<Value>, kwargs: Kwargs, _: &State) -> TeraResult<Vec<Value>> {
    let field = kwargs.must_get::<&str>("field")?;
    let descending = kwargs.get::<bool>("descending")?.unwrap_or_default();
    let take = kwargs.get::<usize>("take")?;
    let path = bare_path(field);
    let mut sorted = Vec::with_capacity(rows.len());
    let mut blank = Vec::new();
    for row in rows {
        let value = row.get_from_path(&path).ok_or_else(|| unknown_field(field))?.clone();
        if value.is_none() { blank.push(row) } else { sorted.push(Keyed { value, row }) }
    }
    let order = |a: &Keyed, b: &Keyed| a.value.cmp(&b.value);
    if descending {
        sorted.sort_by(|a, b| order(b, a));
    } else {
        sorted.sort_by(order);
    }
    if let Some(count) = take {
        let last = count.checked_sub(1).and_then(|last| sorted.get(last)).map(|keyed| keyed.value.clone());
        let is_kept = |keyed: &Keyed| last.as_ref().is_some_and(|last| keyed.value.cmp(last) == Ordering::Equal);
        let kept = sorted.iter().rposition(is_kept).map_or(sorted.len(), |index| index + 1);
        sorted.truncate(if count == 0 { 0 } else { kept });
        blank = blank.into_iter().map(|row| with_undecided_branch(row, count)).collect();
    }
    Ok(sorted.into_iter().map(|keyed| keyed.row).chain(blank).collect())
}

/// A row with the value that it is sorted by.
struct Keyed {
    value: Value,
    row: Value,
}

/// The path of a field's bare value: `n.due`, `branch.n.name`.
pub(super) fn bare_path(field: &str) -> String {
    match field.rsplit_once('.') {
        Some((of, field)) => format!("{of}.n.{field}"),
        None => format!("n.{field}"),
    }
}

/// A row of all branches' rows with a gap in place of its branch's name; other rows as they are.
fn with_undecided_branch(row: Value, count: usize) -> Value {
    let Some(name) = row.get_from_path("branch.n.name").and_then(Value::as_str) else { return row };
    let gap = marker::gap(&format!("{name}的这一行是否在前{count}"));
    let mut branch = row.get_from_path("branch").and_then(Value::as_map).cloned().unwrap_or_default();
    branch.insert("name".into(), Value::from(gap));
    let mut map: Map = row.as_map().cloned().unwrap_or_default();
    map.insert("branch".into(), Value::from(branch));
    Value::from(map)
}

fn unknown_field(field: &str) -> tera::Error {
    tera::Error::message(format!("台账行里没有“{field}”"))
}
