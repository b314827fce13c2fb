//! A tree of XML elements, to correct the parts that docx-rs writes. Parsed by quick-xml.
//!
//! Elements have either children or text; that is enough for these parts, whose only text is in `w:t`.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::render::renderer::RenderError;
use crate::render::xml::escape_into;

/// An XML element with its attributes and its content, namespaces left as prefixes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct XmlElement {
    /// The name with its prefix, such as `w:p`.
    pub name: String,
    /// Names and values, in order.
    pub attributes: Vec<(String, String)>,
    /// The child elements.
    pub children: Vec<XmlElement>,
    /// The text of an element without children.
    pub text: String,
}

impl XmlElement {
    /// An element without children.
    pub(super) fn new(name: &str, attributes: &[(&str, &str)]) -> Self {
        let attributes = attributes.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Self { name: name.to_owned(), attributes, ..Self::default() }
    }

    /// Parses a part.
    ///
    /// # Errors
    /// When it is not well-formed XML with one root.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, RenderError> {
        let text = std::str::from_utf8(bytes).map_err(|e| RenderError::Template(e.to_string()))?;
        let mut reader = Reader::from_str(text);
        let mut stack = vec![Self::default()];
        loop {
            match reader.read_event().map_err(|e| RenderError::Template(e.to_string()))? {
                Event::Start(start) => stack.push(parse_start(&start)?),
                Event::Empty(start) => push_child(&mut stack, parse_start(&start)?),
                Event::End(_) => {
                    let element = stack.pop().unwrap_or_default();
                    push_child(&mut stack, element);
                }
                Event::Text(text) => {
                    if let Some(open) = stack.last_mut() {
                        open.text.push_str(&text);
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let root = stack.pop().and_then(|mut document| document.children.pop());
        root.ok_or_else(|| RenderError::Template("没有根元素".to_owned()))
    }

    /// The value of an attribute, if it is there.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Sets or adds an attribute.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        match self.attributes.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.attributes.push((name.to_owned(), value.to_owned())),
        }
    }

    /// The first child of that name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first child of that name; added if there is none.
    pub(super) fn child_mut(&mut self, name: &str) -> &mut Self {
        let at = self.children.iter().position(|child| child.name == name).unwrap_or_else(|| {
            self.children.push(Self::new(name, &[]));
            self.children.len() - 1
        });
        &mut self.children[at]
    }

    /// Calls `visit` with every element of the tree, children before their parents.
    pub(super) fn for_each(&mut self, visit: &mut impl FnMut(&mut Self)) {
        for child in &mut self.children {
            child.for_each(visit);
        }
        visit(self);
    }

    /// The element as XML.
    pub(super) fn to_xml(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for (key, value) in &self.attributes {
            out.push(' ');
            out.push_str(key);
            out.push_str("=\"");
            escape_into(out, value);
            out.push('"');
        }
        if self.children.is_empty() && self.text.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        escape_into(out, &self.text);
        for child in &self.children {
            child.write(out);
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

fn parse_start(start: &BytesStart<'_>) -> Result<XmlElement, RenderError> {
    let malformed = |e: &dyn std::fmt::Display| RenderError::Template(e.to_string());
    let mut element = XmlElement { name: start.name().as_ref().to_owned(), ..XmlElement::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| malformed(&e))?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|e| malformed(&e))?;
        element.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(element)
}

fn push_child(stack: &mut [XmlElement], child: XmlElement) {
    if let Some(parent) = stack.last_mut() {
        parent.children.push(child);
    }
}
