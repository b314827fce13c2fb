//! Translates the messages of the operating system and of libraries into Chinese, for the whole program.
//!
//! Input: an error, or a library's message. Output: a sentence without English, without paths that the user did not
//! name and without the markers of `crate::marker`. Messages are recognised by their text, since libraries seldom have
//! a kind for each; a library's message that no table has is shown in quotes behind a Chinese sentence.
//!
//! Not done here: naming the file. The caller's own message does that.

mod chain;
mod data;
mod io;
mod phrase;
mod settings;
mod template;
mod text;

pub use chain::chain;
pub use data::library;
pub use io::{exit_status, io_error};
pub use settings::toml;
pub use template::template;
#[cfg(test)]
pub use text::is_chinese_message;
