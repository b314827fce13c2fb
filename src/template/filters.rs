//! What templates can do beyond tera's own: choose rows, take one field of each, name gaps.

use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::marker;

/// Registers the filters and functions; `safe` is refused, for printed values must stay plain text.
pub fn register(tera: &mut Tera) {
    tera.register_function("gap", |kwargs: Kwargs, _: &State| -> TeraResult<String> {
        Ok(marker::gap(kwargs.must_get::<&str>("what")?))
    });
    tera.register_filter("where", only);
    tera.register_filter("pluck", |rows: Vec<Value>, kwargs: Kwargs, _: &State| -> TeraResult<Vec<Value>> {
        let field = kwargs.must_get::<&str>("name")?;
        rows.iter().map(|row| row.get_from_path(field).cloned().ok_or_else(|| no_field(field))).collect()
    });
    tera.register_filter("safe", |_: Value, _: Kwargs, _: &State| -> TeraResult<Value> {
        Err(tera::Error::message("模板不能用 safe：台账内容一律按纯文字输出"))
    });
}

/// The rows whose bare values are as asked: `teams | where(effect="成效不明显")`.
fn only(rows: Vec<Value>, kwargs: Kwargs, _: &State) -> TeraResult<Vec<Value>> {
    let mut kept = Vec::new();
    for row in rows {
        let mut fits = true;
        for (field, wanted) in kwargs.iter() {
            let field = field.as_str().unwrap_or_default();
            let path = format!("n.{field}");
            fits &= row.get_from_path(&path).ok_or_else(|| no_field(field))? == wanted;
        }
        if fits {
            kept.push(row);
        }
    }
    Ok(kept)
}

fn no_field(field: &str) -> tera::Error {
    tera::Error::message(format!("台账行里没有“{field}”"))
}
