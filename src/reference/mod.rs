//! What a notice's author may write: settings keys, the words of expressions and of templates, as tables.
//!
//! Input: nothing; output: constant tables that `zicha explain` prints and the manual (`templates/README.md`) repeats,
//! and the JSON Schema of the settings that `zicha schema` writes.
//! The tests of each table compare it with what serde, the expression compiler and the template engine accept, and
//! those of `tests` compare the manual with the tables, so that none of them can drift from the others.
//!
//! A new settings key needs a line in [`settings`], a new function one in [`expression`], a new filter one in
//! [`template`]; then `ZICHA_ACCEPT=1 cargo test --lib reference` writes them into the manual.

pub(crate) mod expression;
pub(crate) mod key;
pub(crate) mod schema;
pub(crate) mod settings;
pub(crate) mod template;
#[cfg(test)]
mod tests;
