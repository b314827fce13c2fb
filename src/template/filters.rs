//! Functions and filters added to tera's own: `gap(what=…)`, `where(field=value)`, `pluck(name=…)`.

use tera::{Kwargs, State, Tera, TeraResult, Value};

use super::names::decoded;
use crate::marker;

/// Registers the functions and filters. `safe` is replaced by an error, because printed values must stay escaped.
pub(super) fn register(tera: &mut Tera) {
    tera.register_function("gap", |kwargs: Kwargs, _: &State| -> TeraResult<String> {
        Ok(marker::gap(kwargs.must_get::<&str>("what")?))
    });
    tera.register_filter("where", rows_where);
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

fn unknown_field(field: &str) -> tera::Error {
    tera::Error::message(format!("台账行里没有“{field}”"))
}
