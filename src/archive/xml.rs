//! XML of packages: written one element a line, parsed into a tree with limits, because a package may come from
//! any program. No entities but the four of XML itself, no document types, at most [`MAX_DEPTH`] levels.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::diagnostics::localize;
use crate::render::escaped;

/// Characters of a value that a finding shows.
const MAX_SHOWN: usize = 60;

/// The mark of an element without a value.
pub(super) const NOT_GIVEN: &str = "未著录";
/// The most levels of elements.
const MAX_DEPTH: usize = 8;

/// The XML declaration and the root's start tag.
pub(super) fn opening(root: &str, attributes: &[(&str, &str)]) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}{}>\n", attribute_text(attributes))
}

/// Appends an element without content, indented by `depth`.
pub(super) fn empty(out: &mut String, depth: usize, name: &str, attributes: &[(&str, &str)]) {
    out.push_str(&format!("{}<{name}{}/>\n", "  ".repeat(depth), attribute_text(attributes)));
}

/// Appends a start tag, indented by `depth`.
pub(super) fn open(out: &mut String, depth: usize, name: &str, attributes: &[(&str, &str)]) {
    out.push_str(&format!("{}<{name}{}>\n", "  ".repeat(depth), attribute_text(attributes)));
}

/// Appends an end tag, indented by `depth`.
pub(super) fn close(out: &mut String, depth: usize, name: &str) {
    out.push_str(&format!("{}</{name}>\n", "  ".repeat(depth)));
}

/// Appends an element with its value, or empty and marked 未著录 when the value is missing or blank.
pub(super) fn value(out: &mut String, depth: usize, name: &str, value: Option<&str>) {
    match value.map(str::trim).filter(|value| !value.is_empty()) {
        Some(value) => out.push_str(&format!("{}<{name}>{}</{name}>\n", "  ".repeat(depth), escaped(&unbroken(value)))),
        None => empty(out, depth, name, &[("著录", NOT_GIVEN)]),
    }
}

fn attribute_text(attributes: &[(&str, &str)]) -> String {
    attributes.iter().map(|(key, value)| format!(" {key}=\"{}\"", escaped(&unbroken(value)))).collect()
}

/// The text as tag files that people read have it, and as it is compared: as in XML, with each run of white space as one
/// blank.
pub(super) fn one_line(text: &str) -> String {
    unbroken(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text of any length, as findings show it.
pub(super) fn beginning(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The text without line breaks and without characters that XML forbids.
fn unbroken(text: &str) -> String {
    let is_allowed = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.replace(['\n', '\t', '\r'], " ").chars().filter(is_allowed).collect()
}

/// A parsed element. Comments, declarations and namespaces are dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// The element's name.
    pub name: String,
    /// The attributes as names and values, in order.
    pub attributes: Vec<(String, String)>,
    /// The child elements.
    pub children: Vec<Node>,
    /// All its text, without that of children.
    pub text: String,
}

impl Node {
    /// Parses a document.
    ///
    /// # Errors
    /// With the reason.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text);
        let mut stack = vec![Self::default()];
        let add_child = |stack: &mut Vec<Self>, child: Self| {
            if let Some(parent) = stack.last_mut() {
                parent.children.push(child);
            }
        };
        loop {
            match reader.read_event().map_err(|error| localize::library(&error.to_string()))? {
                Event::Start(_) if stack.len() > MAX_DEPTH => return Err("层次太多".to_owned()),
                Event::Start(start) => stack.push(node_of(&start)?),
                Event::Empty(start) => add_child(&mut stack, node_of(&start)?),
                Event::End(_) => {
                    let done = stack.pop().unwrap_or_default();
                    add_child(&mut stack, done);
                }
                Event::Text(text) => stack.last_mut().into_iter().for_each(|open| open.text.push_str(&text)),
                Event::GeneralRef(name) => {
                    let character = match &*name {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        other => return Err(format!("不认识 &{other};")),
                    };
                    stack.last_mut().into_iter().for_each(|open| open.text.push(character));
                }
                Event::DocType(_) | Event::CData(_) | Event::PI(_) => return Err("不应有的内容".to_owned()),
                Event::Eof => break,
                _ => {}
            }
        }
        match (stack.pop(), stack.is_empty()) {
            (Some(mut document), true) if document.children.len() == 1 && document.text.trim().is_empty() => {
                Ok(document.children.remove(0))
            }
            _ => Err("不是一个完整的文档".to_owned()),
        }
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of that name.
    pub(super) fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of that name; `None` when there is no such child or it is empty.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|value| !value.is_empty())
    }
}

fn node_of(start: &BytesStart<'_>) -> Result<Node, String> {
    let mut node = Node { name: start.name().as_ref().to_owned(), ..Node::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| localize::library(&error.to_string()))?;
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|error| localize::library(&error.to_string()))?;
        node.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::{Node, opening, value};

    #[test]
    fn written_documents_are_parsed_and_hostile_ones_refused() {
        let mut text = opening("根", &[("甲", "<\"&>")]);
        value(&mut text, 1, "乙", Some("a<b>&\"c\"\u{1}\n d"));
        value(&mut text, 1, "丙", Some(" "));
        let node = Node::parse(&(text + "</根>\n")).unwrap();
        assert_eq!(
            (node.attribute("甲"), node.value("乙"), node.value("丙")),
            (Some("<\"&>"), Some("a<b>&\"c\"  d"), None)
        );
        let deep = format!("{}{}", "<a>".repeat(50), "</a>".repeat(50));
        for wrong in ["<a>", "<a/><b/>", "x", "", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", &deep, "<a>&b;</a>"] {
            assert!(Node::parse(wrong).is_err(), "{wrong}");
        }
    }
}
