//! A new notice: upload ledgers and an outline, look at the guesses with their reasons, change answers, make it.
//!
//! `upload`: the form; `previous`: its fields for the earlier period; `questions`: the guesses; `renew`: the next notice
//! from the present one; `place`: where they are written.

mod place;
mod previous;
mod questions;
mod renew;
mod upload;

pub(crate) use questions::{answer, show_draft};
pub(crate) use renew::renew;
pub(crate) use upload::{show, upload};
