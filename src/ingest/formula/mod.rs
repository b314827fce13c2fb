//! Formulas of spreadsheet programs: a small part of their language.
//!
//! Known are numbers, texts, cells and ranges of the same sheet, `+ - * / %`, comparisons and the functions of
//! `expression`. Formulas come from files: their length and nesting, cycles and the work are bounded.
//!
//! | file | does |
//! |---|---|
//! | `expression` | the parts of a formula |
//! | `token` | text → tokens; a formula moved to another cell |
//! | `r1c1` | references of XML Spreadsheet 2003 → A1 style |
//! | `parse` | tokens → expression |
//! | `value` | values → values: operators, functions of many numbers |
//! | `evaluate` | a formula and its sheet → its result |
//! | `results` | formulas of sheets → cells |

mod evaluate;
mod expression;
mod parse;
mod r1c1;
mod results;
mod token;
mod value;

pub(super) use r1c1::to_a1;
pub(super) use results::evaluate;
pub(super) use token::moved;
