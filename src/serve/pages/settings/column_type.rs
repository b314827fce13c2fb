//! A column with another type: keys that the type has no place for go, and a choice gets the texts of its cells.

use super::fields::{ValueFault, unchangeable};
use crate::model::Value;
use crate::notice::edit::{Written, WrittenValue, quoted, with_value, without_key};
use crate::notice::{ColumnType, typed_keys};
use crate::pipeline::Analysis;

/// The last part of the path of a column's type.
pub(super) const TYPE: &str = "type";
/// Choices that the texts of cells may become.
const MAX_CHOICES: usize = 40;

/// A column whose type changes.
pub(super) struct ChangedType<'a> {
    /// The path of its table.
    pub column: Vec<&'a str>,
    pub from: &'a str,
    pub to: &'a str,
}

/// What changes with a column's type.
pub(super) struct Adjusted {
    /// The settings in which the other keys fit the type.
    pub text: String,
    /// The keys that changed, each with its value before and after.
    pub keys: Vec<AdjustedKey>,
}

/// A key that was taken out or added.
pub(super) struct AdjustedKey {
    pub key: &'static str,
    pub old: String,
    pub new: String,
}

/// The settings, whose column has its new type already, with the keys that fit it. `texts` are those of its cells, which
/// are asked for only where a choice has no values.
///
/// # Errors
/// When a key is written in a way that only a person can change, or there are no choices.
pub(super) fn adjusted(
    text: &str,
    changed: &ChangedType<'_>,
    texts: impl FnOnce() -> Result<Vec<String>, ValueFault>,
) -> Result<Adjusted, ValueFault> {
    let mut made = Adjusted { text: text.to_owned(), keys: Vec::new() };
    let path = |key: &'static str| [&changed.column[..], &[key]].concat();
    let is_number = |kind: &str| ColumnType::named(kind).is_some_and(|kind| kind.has_key("unit"));
    let to = ColumnType::named(changed.to);
    // Other words for 是 are none for a choice.
    let stays = |key: &str| to.is_some_and(|to| to.has_key(key)) && key != "synonyms";
    let lost = typed_keys().filter(|key| !stays(key));
    let blank = (!(is_number(changed.from) && is_number(changed.to))).then_some("blank");
    for key in lost.chain(blank) {
        let Some(old) = Written::new(&made.text).value(&path(key)) else { continue };
        made.text = without_key(&made.text, &path(key)).ok_or_else(unchangeable)?;
        made.keys.push(AdjustedKey { key, old: shown(&old), new: String::new() });
    }
    if changed.to == "choice" && Written::new(&made.text).value(&path("values")).is_none() {
        let choices = texts()?;
        if choices.is_empty() {
            return Err("台账里这一列还没有内容，不知道有哪些选项；请在原文里写 values".to_owned());
        }
        if choices.len() > MAX_CHOICES {
            return Err(format!("这一列有 {} 种内容，不像是几个固定选项（最多 {MAX_CHOICES} 种）", choices.len()));
        }
        let list: Vec<String> = choices.iter().map(|text| quoted(text)).collect();
        made.text =
            with_value(&made.text, &path("values"), &format!("[{}]", list.join(", "))).ok_or_else(unchangeable)?;
        made.keys.push(AdjustedKey { key: "values", old: String::new(), new: choices.join("\n") });
    }
    Ok(made)
}

fn shown(value: &WrittenValue) -> String {
    match value {
        WrittenValue::Text(text) | WrittenValue::Plain(text) => text.clone(),
        WrittenValue::List(items) => items.join("\n"),
        WrittenValue::Map(pairs) => {
            pairs.iter().map(|(left, right)| format!("{left} = {right}")).collect::<Vec<_>>().join("\n")
        }
        WrittenValue::Other => String::new(),
    }
}

/// The texts of a column's cells, each once, as they are in the ledgers. `ledger` and `column` are indices.
pub(super) fn texts_of_cells(analysis: &Analysis, ledger: usize, column: usize) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for row in analysis.bound.branches.iter().flat_map(|branch| branch.rows(ledger).unwrap_or_default()) {
        let text = match row.value(column) {
            Value::Text(text) | Value::Unusable(_, text) => text.trim().to_owned(),
            Value::Number(number) => number.normalize().to_string(),
            Value::Date(day) => day.to_string(),
            Value::Flag(flag) => if flag { "是" } else { "否" }.to_owned(),
            Value::Missing | Value::Picture(_) => continue,
        };
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::{ChangedType, adjusted};

    fn changed(settings: &str, from: &str, to: &str, texts: &[&str]) -> Result<(String, Vec<&'static str>), String> {
        let column = ChangedType { column: vec!["c"], from, to };
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        let made = adjusted(settings, &column, || Ok(texts))?;
        Ok((made.text, made.keys.iter().map(|key| key.key).collect()))
    }

    #[test]
    fn keys_of_the_former_type_go() {
        let choice = "[c]\ntype = \"date\"\nvalues = [\"甲\"]\nsynonyms = { \"乙\" = \"甲\" }\nrequired = true\n";
        assert_eq!(
            changed(choice, "choice", "date", &[]),
            Ok(("[c]\ntype = \"date\"\nrequired = true\n".to_owned(), vec!["values", "synonyms"]))
        );
        let number = "[c]\ntype = \"decimal\"\nunit = \"元\"\nmin = 0\nblank = \"0\"\n";
        assert_eq!(changed(number, "integer", "decimal", &[]), Ok((number.to_owned(), Vec::new())));
        assert_eq!(changed(number, "decimal", "text", &[]).unwrap().1, ["unit", "min", "blank"]);
    }

    #[test]
    fn a_new_choice_has_the_texts_of_its_cells() {
        let text = "[c]\ntype = \"choice\"\n";
        let made = changed(text, "text", "choice", &["甲", "乙"]);
        assert_eq!(made, Ok(("[c]\ntype = \"choice\"\nvalues = [\"甲\", \"乙\"]\n".to_owned(), vec!["values"])));
        assert!(changed(text, "text", "choice", &[]).unwrap_err().contains("还没有内容"));
        let many: Vec<String> = (0..41).map(|at| at.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(changed(text, "text", "choice", &many).unwrap_err().contains("41 种内容"));
    }
}
