//! The layout of `run.json` and `sources.json`: one field a line, and the items of long lists one a line, so that a
//! line-based comparison of two runs shows what changed. Everything below such a line is compact.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

/// The fields of a file that are laid out by lines; all others are compact.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// Fields that are objects with a field a line, as the file itself is.
    pub records: &'static [&'static str],
    /// Fields that are arrays with an item a line.
    pub lists: &'static [&'static str],
}

impl Layout {
    /// The bytes of a file, of which about `capacity` are expected. A value that serde cannot turn into JSON, which
    /// none of the schemas here is, leaves the file incomplete; writing into memory does not fail.
    pub(super) fn to_bytes(self, value: &impl Serialize, capacity: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(capacity);
        let formatter =
            LineFormatter { layout: self, levels: Vec::new(), compact: 0, in_key: false, field: String::new() };
        let _ = value.serialize(&mut Serializer::with_formatter(&mut out, formatter));
        out.push(b'\n');
        out
    }
}

/// An open object or array that is laid out by lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Record,
    List,
}

struct LineFormatter {
    layout: Layout,
    /// The open values that are laid out by lines, from the file inwards.
    levels: Vec<Level>,
    /// How many open values are compact, inside of these.
    compact: usize,
    /// Whether the key of a record's field is being written.
    in_key: bool,
    /// The field of the innermost record that was begun last.
    field: String,
}

impl LineFormatter {
    fn is_in(&self, level: Level) -> bool {
        self.compact == 0 && self.levels.last() == Some(&level)
    }
}

impl Formatter for LineFormatter {
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let is_record =
            self.levels.is_empty() || self.is_in(Level::Record) && self.layout.records.contains(&self.field.as_str());
        if is_record {
            self.levels.push(Level::Record)
        } else {
            self.compact += 1
        }
        CompactFormatter.begin_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !self.is_in(Level::Record) {
            return CompactFormatter.begin_object_key(writer, first);
        }
        self.in_key = true;
        writer.write_all(if first { b"\n" } else { b",\n" })
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if self.in_key {
            fragment.clone_into(&mut self.field);
        }
        CompactFormatter.write_string_fragment(writer, fragment)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.in_key = false;
        Ok(())
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(if self.is_in(Level::Record) { b": " } else { b":" })
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.compact > 0 {
            self.compact -= 1;
        } else {
            self.levels.pop();
            if self.levels.is_empty() {
                writer.write_all(b"\n")?;
            }
        }
        CompactFormatter.end_object(writer)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let is_list = self.is_in(Level::Record) && self.layout.lists.contains(&self.field.as_str());
        if is_list {
            self.levels.push(Level::List)
        } else {
            self.compact += 1
        }
        CompactFormatter.begin_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !self.is_in(Level::List) {
            return CompactFormatter.begin_array_value(writer, first);
        }
        writer.write_all(if first { b"\n" } else { b",\n" })
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.compact > 0 {
            self.compact -= 1;
        } else {
            self.levels.pop();
            writer.write_all(b"\n")?;
        }
        CompactFormatter.end_array(writer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Layout;

    #[test]
    fn fields_and_items_stand_on_lines_of_their_own_and_the_rest_is_compact() {
        let value = json!({
            "a": "x\n\"",
            "compact": [1, { "lines": [2, 3] }],
            "lines": [{ "b": 1, "c": [] }, "d"],
            "none": [],
            "inner": { "e": true, "lines": [4], "f": { "g": 5 } },
        });
        let layout = Layout { records: &["inner"], lists: &["lines", "none"] };
        let expected = "{\n\"a\": \"x\\n\\\"\",\n\"compact\": [1,{\"lines\":[2,3]}],\n\"lines\": [\n{\"b\":1,\"c\":[]},\n\"d\"\n],\n\
            \"none\": [\n],\n\"inner\": {\n\"e\": true,\n\"lines\": [\n4\n],\n\"f\": {\"g\":5}}\n}\n";
        assert_eq!(String::from_utf8(layout.to_bytes(&value, 0)).as_deref(), Ok(expected));
    }
}
