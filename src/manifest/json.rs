//! JSON written straight into text: of a department's sources there are megabytes.

use std::fmt::{self, Display, Write};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::escape;

/// JSON in the making. A value follows a field or an item, or is the whole.
#[derive(Debug, Default)]
pub struct Json(String);

impl Json {
    /// With room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// An object; `fields` adds its fields.
    pub fn object(&mut self, fields: impl FnOnce(&mut Self)) -> &mut Self {
        fields(self.open());
        self.close()
    }

    /// Begins an object.
    pub fn open(&mut self) -> &mut Self {
        self.0.push('{');
        self
    }

    /// Ends an object.
    pub fn close(&mut self) -> &mut Self {
        self.0.push('}');
        self
    }

    /// A list; `items` adds its items.
    pub fn list(&mut self, items: impl FnOnce(&mut Self)) -> &mut Self {
        self.0.push('[');
        items(self);
        self.0.push(']');
        self
    }

    /// An item of the list that is being made; its value follows.
    pub fn item(&mut self) -> &mut Self {
        if !self.ends_with(b'[') {
            self.0.push(',');
        }
        self
    }

    /// An item on a line of its own.
    pub fn line(&mut self) -> &mut Self {
        self.0.push_str(if self.0.is_empty() || self.ends_with(b'[') { "\n" } else { ",\n" });
        self
    }

    /// What was made elsewhere.
    pub fn join(&mut self, other: &Self) -> &mut Self {
        self.0.push_str(&other.0);
        self
    }

    /// A field of the object that is being made, by a name that is plain ASCII; its value follows.
    pub fn field(&mut self, name: &str) -> &mut Self {
        self.0.push_str(if self.ends_with(b'{') { "\"" } else { ",\"" });
        self.0.push_str(name);
        self.0.push_str("\":");
        self
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.0.push('"');
        escape_into(&mut self.0, text);
        self.0.push('"');
        self
    }

    /// A text that `add` adds and that holds no sign to be escaped.
    pub fn plain(&mut self, add: impl FnOnce(&mut String)) -> &mut Self {
        self.0.push('"');
        add(&mut self.0);
        self.0.push('"');
        self
    }

    /// What `value` shows, as a text.
    pub fn shown(&mut self, value: impl Display) -> &mut Self {
        self.0.push('"');
        // Writing into a string does not fail.
        let _ = write!(Escaping(&mut self.0), "{value}");
        self.0.push('"');
        self
    }

    /// A number as a text, exactly.
    pub fn decimal(&mut self, number: Decimal) -> &mut Self {
        match number.to_i64().filter(|_| number.scale() == 0) {
            Some(whole) => self.plain(|out| out.push_str(itoa::Buffer::new().format(whole))),
            None => self.shown(number),
        }
    }

    /// A whole number.
    pub fn number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(itoa::Buffer::new().format(number));
        self
    }

    /// Null.
    pub fn null(&mut self) -> &mut Self {
        self.0.push_str("null");
        self
    }

    /// A text, or null.
    pub fn text_or_null(&mut self, text: Option<&str>) -> &mut Self {
        if let Some(text) = text { self.text(text) } else { self.null() }
    }

    /// A value that serde knows. Texts, numbers and lists of them always become JSON.
    pub fn value(&mut self, value: &(impl Serialize + ?Sized)) -> &mut Self {
        self.0.push_str(&serde_json::to_string(value).unwrap_or_default());
        self
    }

    /// The bytes that were made.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    fn ends_with(&self, byte: u8) -> bool {
        self.0.as_bytes().last() == Some(&byte)
    }
}

/// Escapes what is written into it.
struct Escaping<'s>(&'s mut String);

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape_into(self.0, text);
        Ok(())
    }
}

/// Adds what stands between a text's quotation marks (RFC 8259, section 7).
fn escape_into(out: &mut String, text: &str) {
    escape::push_escaped(out, text, |byte| match byte {
        b'"' => Some("\\\""),
        b'\\' => Some("\\\\"),
        _ => CONTROLS.get(usize::from(byte)).copied(),
    });
}

/// The characters below the blank, as they stand in JSON.
const CONTROLS: [&str; 32] = [
    "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007", "\\b", "\\t", "\\n",
    "\\u000b", "\\f", "\\r", "\\u000e", "\\u000f", "\\u0010", "\\u0011", "\\u0012", "\\u0013", "\\u0014", "\\u0015",
    "\\u0016", "\\u0017", "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f",
];

/// A record: an object with a field a line.
#[derive(Default)]
pub struct Record(Json);

impl Record {
    /// With room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Json::with_capacity(bytes))
    }

    /// The next field, by a name that is plain ASCII; its value follows.
    pub fn field(&mut self, name: &str) -> &mut Json {
        let text = &mut self.0.0;
        text.push_str(if text.is_empty() { "{\n\"" } else { ",\n\"" });
        text.push_str(name);
        text.push_str("\": ");
        &mut self.0
    }

    /// A field that is a list with an item a line, which `lines` adds: small, and readable where two runs are compared.
    pub fn lines(&mut self, name: &str, lines: impl FnOnce(&mut Json)) {
        let json = self.field(name);
        json.0.push('[');
        lines(json);
        json.0.push_str("\n]");
    }

    /// A field that is a record itself.
    pub fn record(&mut self, name: &str, inner: &Self) {
        self.field(name).join(&inner.0).0.push('}');
    }

    /// The file's bytes.
    pub fn into_bytes(mut self) -> Vec<u8> {
        self.0.0.push_str("\n}\n");
        self.0.0.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Json;

    fn made(add: impl FnOnce(&mut Json) -> &mut Json) -> String {
        std::mem::take(&mut add(&mut Json::default()).0)
    }

    proptest! {
        #[test]
        fn texts_read_as_serde_writes_them(text in "(\\PC|[\u{0}-\u{1f}\"\\\\{]){0,40}") {
            prop_assert_eq!(made(|json| json.text(&text)), serde_json::to_string(&text)?);
            prop_assert_eq!(made(|json| json.shown(&text)), serde_json::to_string(&text)?);
        }
    }

    #[test]
    fn objects_and_lists_stand_in_each_other() {
        let json = made(|json| {
            json.object(|json| {
                json.field("a").text("{");
                json.field("b").list(|json| _ = json.item().number(1).item().text("[").item().number(2));
                json.field("c").object(|_| {}).field("d").list(|_| {}).field("e").null();
            })
        });
        assert_eq!(json, r#"{"a":"{","b":[1,"[",2],"c":{},"d":[],"e":null}"#);
    }
}
