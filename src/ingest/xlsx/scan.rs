//! XML taken apart, where it stands. Nothing is checked that a ledger's cells do not depend on: of a department's
//! workbooks there are hundreds of megabytes. Tests hold it against quick-xml for what programs write.

use std::borrow::Cow;

use super::super::limits::ReadError;

/// What stands next to each other in XML. Comments and instructions are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'x> {
    /// A start tag; the end of an element that has nothing in it follows as a piece of its own.
    Start(Tag<'x>),
    /// The end of an element, by its name without its prefix.
    End(&'x str),
    /// Text between tags, or a part of it.
    Text(Run<'x>),
}

/// Text as it stands between tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run<'x> {
    /// Characters that stand for themselves.
    Plain(&'x str),
    /// The name of what a reference stands for: `amp`, `#65`.
    Reference(&'x str),
}

/// A start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'x> {
    name: &'x str,
    attributes: &'x str,
}

/// Takes XML apart, piece by piece. Elements may end that began before it.
pub struct Scanner<'x> {
    rest: &'x str,
    /// The name of an element that has nothing in it, when its start was the last piece.
    empty: Option<&'x str>,
}

impl<'x> Scanner<'x> {
    /// For a part's text, or a stretch of it.
    pub fn new(xml: &'x str) -> Self {
        Self { rest: xml, empty: None }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When the text ends within a tag, a comment or the like, or declares a type of document, which a package's parts
    /// may not (ECMA-376 part 2): what it declares would be missing.
    pub fn next(&mut self) -> Result<Option<Piece<'x>>, ReadError> {
        if let Some(name) = self.empty.take() {
            return Ok(Some(Piece::End(name)));
        }
        loop {
            let mut bytes = self.rest.bytes();
            match (bytes.next(), bytes.next()) {
                (None, _) => return Ok(None),
                (Some(b'<'), Some(b'/')) => return self.end().map(|name| Some(Piece::End(name))),
                (Some(b'<'), Some(b'!')) if self.rest.starts_with("<![CDATA[") => {
                    return Ok(Some(Piece::Text(Run::Plain(self.up_to("<![CDATA[", "]]>")?))));
                }
                (Some(b'<'), Some(b'!')) if self.rest.starts_with("<!--") => _ = self.up_to("<!--", "-->")?,
                (Some(b'<'), Some(b'!')) => return Err(ReadError::Damaged("XML 中有文档类型声明".to_owned())),
                (Some(b'<'), Some(b'?')) => _ = self.up_to("<?", "?>")?,
                (Some(b'<'), _) => return self.tag().map(|tag| Some(Piece::Start(tag))),
                (Some(_), _) => return Ok(Some(Piece::Text(self.run()))),
            }
        }
    }

    fn end(&mut self) -> Result<&'x str, ReadError> {
        let (tag, rest) = parted(self.rest, b'>').ok_or_else(cut)?;
        self.rest = rest;
        Ok(local(tag.get(2..).unwrap_or_default().trim_ascii_end()))
    }

    /// What stands between `open`, which is next, and the first `close` after it; passes both.
    fn up_to(&mut self, open: &str, close: &str) -> Result<&'x str, ReadError> {
        let (inside, rest) = self.rest.get(open.len()..).and_then(|rest| rest.split_once(close)).ok_or_else(cut)?;
        self.rest = rest;
        Ok(inside)
    }

    fn tag(&mut self) -> Result<Tag<'x>, ReadError> {
        // A value may hold `>`.
        let mut quote = None;
        let end = self.rest.bytes().position(|byte| {
            match quote {
                Some(closing) if byte == closing => quote = None,
                None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
                _ => {}
            }
            byte == b'>' && quote.is_none()
        });
        let tag = self.take(end.ok_or_else(cut)? + 1);
        let empty = tag.as_bytes().get(tag.len() - 2) == Some(&b'/');
        let tag = tag.get(1..tag.len() - 1 - usize::from(empty)).unwrap_or_default();
        let name = tag.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(name);
        let name = local(name);
        self.empty = empty.then_some(name);
        Ok(Tag { name, attributes })
    }

    /// Text up to the next tag or reference, or a reference. An ampersand that begins none stands for itself.
    fn run(&mut self) -> Run<'x> {
        let begins = self.rest.as_bytes().first() == Some(&b'&');
        let next = self.rest.bytes().skip(1).position(|byte| matches!(byte, b'<' | b'&') || begins && byte == b';');
        let end = next.map_or(self.rest.len(), |at| at + 1);
        if begins && self.rest.as_bytes().get(end) == Some(&b';') {
            let reference = self.take(end + 1);
            return Run::Reference(reference.get(1..end).unwrap_or_default());
        }
        Run::Plain(self.take(end))
    }

    /// Takes so many bytes off, which end before or behind a character below 128.
    fn take(&mut self, bytes: usize) -> &'x str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        taken
    }
}

impl<'x> Tag<'x> {
    /// Its name without its prefix.
    pub fn name(self) -> &'x str {
        self.name
    }

    /// Its attributes as they stand there; what is none, without a value or its quotes, is passed over.
    pub fn attributes(self) -> impl Iterator<Item = (&'x str, &'x str)> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            loop {
                let (key, after) = parted(rest, b'=')?;
                let (key, after) = (key.trim_ascii_end(), after.trim_ascii_start());
                let blank = key.bytes().rposition(|byte| byte.is_ascii_whitespace());
                let key = key.get(blank.map_or(0, |at| at + 1)..)?;
                match after.as_bytes().first() {
                    Some(quote @ (b'"' | b'\'')) => {
                        let (value, after) = parted(after.get(1..)?, *quote)?;
                        rest = after;
                        return Some((key, value));
                    }
                    _ => rest = after.trim_start_matches(|c: char| !c.is_ascii_whitespace()),
                }
            }
        })
    }

    /// What it says under that name.
    pub fn attribute(self, name: &str) -> Option<Cow<'x, str>> {
        let (_, value) = self.attributes().find(|(key, _)| *key == name)?;
        value_of(value)
    }
}

impl Run<'_> {
    /// Adds what it says; lines end as they do in XML, with a line feed.
    ///
    /// # Errors
    /// For a reference that no document of this kind has: what it stands for would be missing from the text.
    pub fn add_to(self, out: &mut String) -> Result<(), ReadError> {
        match self {
            Self::Plain(text) if text.contains('\r') => out.push_str(&text.replace("\r\n", "\n").replace('\r', "\n")),
            Self::Plain(text) => out.push_str(text),
            Self::Reference(name) => {
                out.push(resolved(name).ok_or_else(|| ReadError::Damaged(format!("不认识的符号 &{name};")))?);
            }
        }
        Ok(())
    }
}

/// What stands before and behind the first such character; texts are short, and most hold it early.
fn parted(text: &str, at: u8) -> Option<(&str, &str)> {
    let end = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.bytes().position(|byte| byte == b':').and_then(|colon| name.get(colon + 1..)).unwrap_or(name)
}

/// What an attribute's value says; `None` when it holds a reference that no document of this kind has.
fn value_of(value: &str) -> Option<Cow<'_, str>> {
    if !value.bytes().any(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r')) {
        return Some(Cow::Borrowed(value));
    }
    let mut out = String::with_capacity(value.len());
    let mut scanner = Scanner::new(value);
    while !scanner.rest.is_empty() {
        match scanner.run() {
            Run::Plain(text) => out.push_str(&text.replace("\r\n", " ").replace(['\t', '\n', '\r'], " ")),
            Run::Reference(name) => out.push(resolved(name)?),
        }
    }
    Some(Cow::Owned(out))
}

/// The character that a reference stands for.
fn resolved(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
            let digits = Some(digits).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
            u32::from_str_radix(digits, radix).ok().filter(|code| *code > 0).and_then(char::from_u32)
        }
    }
}

fn cut() -> ReadError {
    ReadError::Damaged("XML 在中途断开".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::XmlVersion;
    use quick_xml::events::{BytesStart, Event};

    use super::{Piece, Scanner};

    /// What was met, adjoining texts as one.
    #[derive(Debug, Default, PartialEq)]
    struct Told(Vec<String>);

    impl Told {
        fn add(&mut self, text: &str) {
            match self.0.last_mut() {
                Some(last) if last.starts_with('"') => last.push_str(text),
                _ if text.is_empty() => {}
                _ => self.0.push(format!("\"{text}")),
            }
        }
    }

    fn ours(xml: &str) -> Option<Told> {
        let (mut told, mut scanner) = (Told::default(), Scanner::new(xml));
        while let Some(piece) = scanner.next().ok()? {
            match piece {
                Piece::Start(tag) => {
                    let values = tag.attributes().map(|(key, _)| (key, tag.attribute(key)));
                    told.0.push(format!("<{} {:?}", tag.name(), values.collect::<Vec<_>>()));
                }
                Piece::End(name) => told.0.push(format!("/{name}")),
                Piece::Text(run) => {
                    let mut text = String::new();
                    run.add_to(&mut text).ok()?;
                    told.add(&text);
                }
            }
        }
        Some(told)
    }

    fn theirs(xml: &str) -> Option<Told> {
        let (mut told, mut reader) = (Told::default(), quick_xml::Reader::from_str(xml));
        let config = reader.config_mut();
        (config.check_end_names, config.allow_unmatched_ends, config.allow_dangling_amp) = (false, true, true);
        let start = |tag: &BytesStart<'_>| {
            let attributes: Vec<_> = tag.attributes().with_checks(false).flatten().collect();
            let value = |key| {
                let found = attributes.iter().find(|attribute| attribute.key.as_ref() == key)?;
                found.normalized_value(XmlVersion::Implicit1_0).ok()
            };
            let keys = attributes.iter().map(|attribute| attribute.key.as_ref());
            let values: Vec<_> = keys.map(|key| (key, value(key))).collect();
            format!("<{} {values:?}", tag.local_name().as_ref())
        };
        loop {
            match reader.read_event().ok()? {
                Event::Start(tag) => told.0.push(start(&tag)),
                Event::Empty(tag) => told.0.extend([start(&tag), format!("/{}", tag.local_name().as_ref())]),
                Event::End(tag) => told.0.push(format!("/{}", tag.local_name().as_ref())),
                Event::Text(text) => told.add(&text.xml10_content()),
                Event::CData(text) => told.add(&text.xml10_content()),
                Event::GeneralRef(name) => {
                    let named = || match &*name {
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "amp" => Some('&'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => None,
                    };
                    told.add(name.resolve_char_ref().ok().flatten().or_else(named)?.encode_utf8(&mut [0; 4]));
                }
                Event::Eof => return Some(told),
                _ => {}
            }
        }
    }

    /// XML as programs write it, and attributes as they do not.
    fn xml() -> impl Strategy<Value = String> {
        let value = "[甲a >/'\t\r\n#;x0-9]{0,6}|&(lt|gt|amp|quot|apos|#65|#x4e59|#0|x);";
        let attribute = ("[ \n]{1,2}(x:)?[a-z]{1,2}", value).prop_map(|(key, value)| {
            let (key, value) = (key, value.replace('\'', ""));
            format!("{key}='{value}'")
        });
        let attribute = prop_oneof![4 => attribute, 1 => " [a-z]{1,2}", 1 => " [a-z]=[a-z0-9]{1,2}"];
        let attributes = proptest::collection::vec(attribute, 0..3);
        let tag = ("(x:)?[a-c]{1,2}", attributes, "[ /]?")
            .prop_map(|(name, attributes, end)| format!("<{name}{}{end}>", attributes.concat()));
        let piece = prop_oneof![
            tag,
            "</(x:)?[a-c]{1,2} ?>",
            "[甲乙a1 \r\n>;'\"]{1,4}",
            "&(lt|gt|amp|quot|apos|#65|#x4e59);",
            "<!--[甲<>& a]{0,4}-->",
            "<!\\[CDATA\\[[甲<>& a]{0,4}\\]\\]>",
            "<\\?[a-c]{1,3} [<>a]{0,3}\\?>",
        ];
        proptest::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn xml_is_taken_apart_as_quick_xml_does(xml in xml()) {
            prop_assert_eq!(ours(&xml), theirs(&xml), "{}", xml);
        }

        #[test]
        fn anything_is_taken_apart_or_refused(xml in "[甲ab<>/!?&;:='\"\\[\\]\\-# \rCDATx]{0,40}") {
            ours(&xml);
        }
    }

    #[test]
    fn what_is_not_whole_or_declares_types_of_documents_is_refused() {
        for cut in ["<a", "<a b='>", "</a", "<!--", "<![CDATA[x]]", "<?a", "<!DOCTYPE a [<!b>"] {
            assert_eq!((ours(cut), theirs(cut)), (None, None), "{cut}");
        }
        assert_eq!(ours("<!DOCTYPE a [<!ENTITY b \"甲\">]><a>&b;</a>"), None);
        assert_eq!(ours("<!DOCTYPE a [<!-- x < y -->]><a/>"), None);
    }
}
