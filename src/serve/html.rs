//! Markup, put together so that nothing but the program's own words can act as markup: `put!` takes literals as they
//! are and escapes every value.

use std::fmt::{Display, Write};

use crate::render::escape_into;

/// A piece of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// Adds the program's own markup.
    pub fn markup(&mut self, own: &'static str) {
        self.0.push_str(own);
    }

    /// Adds a text, as character data or within double quotes.
    pub fn text(&mut self, text: impl Display) {
        let mut escaping = Escaping(&mut self.0);
        // Writing into a string does not fail.
        let _ = write!(escaping, "{text}");
    }

    /// Adds another piece.
    pub fn add(&mut self, piece: &Self) {
        self.0.push_str(&piece.0);
    }

    /// The page's text.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Escapes what is written into it.
struct Escaping<'a>(&'a mut String);

impl Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        escape_into(self.0, text);
        Ok(())
    }
}

/// Adds to a page: literals as markup, `(values)` as text, `{pieces}` as they are.
macro_rules! put {
    ($out:expr;) => {{}};
    ($out:expr; $own:literal $($rest:tt)*) => {{ $out.markup($own); $crate::serve::html::put!($out; $($rest)*) }};
    ($out:expr; ($value:expr) $($rest:tt)*) => {{ $out.text($value); $crate::serve::html::put!($out; $($rest)*) }};
    ($out:expr; {$piece:expr} $($rest:tt)*) => {{ $out.add($piece); $crate::serve::html::put!($out; $($rest)*) }};
}
pub(crate) use put;

#[cfg(test)]
mod tests {
    use super::Html;

    #[test]
    fn values_act_as_no_markup() {
        let mut out = Html::default();
        let piece = out.clone();
        put!(out; "<p title=\"" ("\"><script>") "\">" (7) {&piece} "</p>");
        assert_eq!(out.into_string(), "<p title=\"&quot;&gt;&lt;script&gt;\">7</p>");
    }
}
