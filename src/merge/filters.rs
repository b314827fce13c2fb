//! What templates can do beyond tera's own: choose rows, name gaps, put several lines into one.

use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::marks;

/// Registers the filters and functions; `safe` is refused, for printed values must stay plain text.
pub fn register(tera: &mut Tera) {
    tera.register_function("gap", |kwargs: Kwargs, _: &State| -> TeraResult<String> {
        Ok(marks::gap(kwargs.must_get::<&str>("what")?))
    });
    tera.register_filter("where", only);
    tera.register_filter("pluck", |rows: Vec<Value>, kwargs: Kwargs, _: &State| -> TeraResult<Vec<Value>> {
        let field = kwargs.must_get::<&str>("name")?;
        rows.iter().map(|row| row.get_from_path(field).cloned().ok_or_else(|| no_field(field))).collect()
    });
    tera.register_filter("inline", |text: &str, _: Kwargs, _: &State| inline(text));
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

/// Lines joined by ；, unless a line already ends in a stop; for text inside a sentence.
fn inline(text: &str) -> String {
    let mut joined = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !joined.is_empty() && !joined.ends_with(['。', '；', '，', '、', '！', '？', ';', '：']) {
            joined.push('；');
        }
        joined.push_str(line);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::inline;

    #[test]
    fn lines_join_into_one_sentence() {
        assert_eq!(inline("通报计划\n 讨论党费。\n\n商议发展"), "通报计划；讨论党费。商议发展");
    }
}
