//! The tables of which a page adds and removes some: tables with ids, and items of lists.

use crate::notice::edit::{Written, WrittenValue, with_item, with_value, without_item, without_key};

/// Tables of one kind.
pub(super) struct Collection {
    /// The path of the table or list that holds them.
    pub path: Vec<String>,
    /// The path of their keys in the reference.
    pub keys: &'static str,
    /// What their page is called.
    pub heading: String,
    /// What one of them is called.
    pub word: &'static str,
    /// Whether they are items of a list, which have places and no ids.
    pub is_list: bool,
}

impl Collection {
    fn path(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// The ids, or the places from 0, of those that there are.
    pub(super) fn names(&self, settings: &Written<'_>) -> Vec<String> {
        if self.is_list {
            (0..settings.count(&self.path())).map(|at| at.to_string()).collect()
        } else {
            settings.ids(&self.path())
        }
    }

    /// What an item of a list is called: by its title or message, else by its place.
    pub(super) fn name_of(&self, settings: &Written<'_>, at: usize) -> String {
        let place = at.to_string();
        let value = |key: &str| settings.value(&[&self.path()[..], &[&place, key]].concat());
        match value("title").or_else(|| value("message")) {
            Some(WrittenValue::Text(title)) => format!("{}“{title}”", self.word),
            _ => format!("第 {} 个{}", at + 1, self.word),
        }
    }

    /// What one is called where it is chosen, by its id or place.
    pub(super) fn label(&self, settings: &Written<'_>, name: &str) -> String {
        if self.is_list {
            return self.name_of(settings, name.parse().unwrap_or_default());
        }
        match settings.value(&[&self.path()[..], &[name, "label"]].concat()) {
            Some(WrittenValue::Text(label)) if label != name => format!("{label}（{name}）"),
            _ => name.to_owned(),
        }
    }

    /// The text with one more, of `key = value` pairs; `name` is its id. `None` when only a person can add it.
    pub(super) fn with(&self, text: &str, name: &str, pairs: &[String]) -> Option<String> {
        if self.is_list {
            return with_item(text, &self.path(), pairs);
        }
        let path = [&self.path()[..], &[name]].concat();
        with_value(text, &path, &format!("{{ {} }}", pairs.join(", ")))
    }

    /// The text without one, by its id or place. `None` when only a person can remove it.
    pub(super) fn without(&self, text: &str, name: &str) -> Option<String> {
        if self.is_list {
            return without_item(text, &self.path(), name.parse().ok()?);
        }
        without_key(text, &[&self.path()[..], &[name]].concat())
    }
}
