//! A small tree of XML elements, to put right what docx-rs made.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::RenderError;
use super::super::xml::escape_into;

/// An element with its attributes and children; the frame's parts hold text nowhere but in `w:t`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct XmlElement {
    /// Its qualified name.
    pub name: String,
    /// Its attributes.
    pub attributes: Vec<(String, String)>,
    /// Its child elements.
    pub children: Vec<XmlElement>,
    /// Its text, when it has no children.
    pub text: String,
}

impl XmlElement {
    /// An element with attributes.
    pub fn new(name: &str, attributes: &[(&str, &str)]) -> Self {
        let attributes = attributes.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Self { name: name.to_owned(), attributes, ..Self::default() }
    }

    /// Parses a part that docx-rs made.
    ///
    /// # Errors
    /// When it is no well-formed XML with one root.
    pub fn parse(bytes: &[u8]) -> Result<Self, RenderError> {
        let text = std::str::from_utf8(bytes).map_err(|e| RenderError::Frame(e.to_string()))?;
        let mut reader = Reader::from_str(text);
        let mut stack = vec![Self::default()];
        loop {
            match reader.read_event().map_err(|e| RenderError::Frame(e.to_string()))? {
                Event::Start(start) => stack.push(of_start(&start)?),
                Event::Empty(start) => adopt(&mut stack, of_start(&start)?),
                Event::End(_) => {
                    let done = stack.pop().unwrap_or_default();
                    adopt(&mut stack, done);
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
        root.ok_or_else(|| RenderError::Frame("没有根元素".to_owned()))
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.attributes.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.attributes.push((name.to_owned(), value.to_owned())),
        }
    }

    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first child of that name, made when there is none.
    pub fn child_mut(&mut self, name: &str) -> &mut Self {
        let at = self.children.iter().position(|child| child.name == name).unwrap_or_else(|| {
            self.children.push(Self::new(name, &[]));
            self.children.len() - 1
        });
        &mut self.children[at]
    }

    /// Every element of the tree, children before their parents.
    pub fn for_each(&mut self, act: &mut impl FnMut(&mut Self)) {
        for child in &mut self.children {
            child.for_each(act);
        }
        act(self);
    }

    /// Writes the element and all below it.
    pub fn write(&self, out: &mut String) {
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

fn of_start(start: &BytesStart<'_>) -> Result<XmlElement, RenderError> {
    let frame = |e: &dyn std::fmt::Display| RenderError::Frame(e.to_string());
    let mut element = XmlElement { name: start.name().as_ref().to_owned(), ..XmlElement::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| frame(&e))?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|e| frame(&e))?;
        element.attributes.push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(element)
}

fn adopt(stack: &mut [XmlElement], child: XmlElement) {
    if let Some(parent) = stack.last_mut() {
        parent.children.push(child);
    }
}
