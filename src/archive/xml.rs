//! XML as packages hold it: written a line an element, read as a tree with limits, for it may come from anybody.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::render::escaped;

/// What stands where nobody gave a value.
pub const NOT_GIVEN: &str = "未著录";
/// Elements within elements, at most.
const DEEPEST: usize = 8;

/// The start of a document, with its root's start tag.
pub fn opening(root: &str, attributes: &[(&str, &str)]) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root}{}>\n", written(attributes))
}

/// An element without content.
pub fn empty(out: &mut String, depth: usize, name: &str, attributes: &[(&str, &str)]) {
    out.push_str(&format!("{}<{name}{}/>\n", "  ".repeat(depth), written(attributes)));
}

/// The start tag of an element with others in it.
pub fn open(out: &mut String, depth: usize, name: &str, attributes: &[(&str, &str)]) {
    out.push_str(&format!("{}<{name}{}>\n", "  ".repeat(depth), written(attributes)));
}

/// An end tag.
pub fn close(out: &mut String, depth: usize, name: &str) {
    out.push_str(&format!("{}</{name}>\n", "  ".repeat(depth)));
}

/// An element with its value, or marked 未著录.
pub fn value(out: &mut String, depth: usize, name: &str, value: Option<&str>) {
    match value.map(str::trim).filter(|value| !value.is_empty()) {
        Some(value) => out.push_str(&format!("{}<{name}>{}</{name}>\n", "  ".repeat(depth), escaped(&plain(value)))),
        None => empty(out, depth, name, &[("著录", NOT_GIVEN)]),
    }
}

fn written(attributes: &[(&str, &str)]) -> String {
    attributes.iter().map(|(key, value)| format!(" {key}=\"{}\"", escaped(&plain(value)))).collect()
}

/// Text without what XML does not take, on one line.
fn plain(text: &str) -> String {
    let fits = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.replace(['\n', '\t', '\r'], " ").chars().filter(fits).collect()
}

/// An element as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its attributes.
    pub attributes: Vec<(String, String)>,
    /// The elements in it.
    pub children: Vec<Node>,
    /// Its text.
    pub text: String,
}

impl Node {
    /// Reads a document; what is wrong with it otherwise.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text);
        let mut stack = vec![Self::default()];
        let adopt = |stack: &mut Vec<Self>, child: Self| {
            if let Some(parent) = stack.last_mut() {
                parent.children.push(child);
            }
        };
        loop {
            match reader.read_event().map_err(|e| e.to_string())? {
                Event::Start(_) if stack.len() > DEEPEST => return Err("层次太多".to_owned()),
                Event::Start(start) => stack.push(of_start(&start)?),
                Event::Empty(start) => adopt(&mut stack, of_start(&start)?),
                Event::End(_) => {
                    let done = stack.pop().unwrap_or_default();
                    adopt(&mut stack, done);
                }
                Event::Text(piece) => stack.last_mut().into_iter().for_each(|open| open.text.push_str(&piece)),
                Event::GeneralRef(name) => {
                    let sign = match &*name {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        other => return Err(format!("不认识 &{other};")),
                    };
                    stack.last_mut().into_iter().for_each(|open| open.text.push(sign));
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
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of that name.
    pub fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The value of a child; `None` where there is none or it is 未著录.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|value| !value.is_empty())
    }
}

fn of_start(start: &BytesStart<'_>) -> Result<Node, String> {
    let mut node = Node { name: start.name().as_ref().to_owned(), ..Node::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|e| e.to_string())?;
        node.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::{Node, opening, value};

    #[test]
    fn what_is_written_is_read_and_enemies_are_refused() {
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
