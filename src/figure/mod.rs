//! Figures: what the notice's expressions come to for one branch, rounded as the settings say.

use indexmap::IndexMap;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::diag::{Diagnostic, Place, code};
use crate::expr::{Expressions, Outcome};
use crate::model::Branch;
use crate::notice::{Figure, Notice, Show};

/// A branch's figures by id, in the notice's order; `None` is a figure the ledgers do not give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures(IndexMap<String, Option<Decimal>>);

impl Figures {
    /// The figures in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<Decimal>)> {
        self.0.iter().map(|(id, value)| (id.as_str(), *value))
    }

    /// The figures as `{"id": "value"}`, rates as fractions; `null` for one the ledgers do not give.
    pub fn to_json(&self) -> serde_json::Value {
        self.iter().map(|(id, value)| (id.to_owned(), serde_json::Value::from(value.map(|v| v.to_string())))).collect()
    }
}

/// Computes a branch's figures; one that comes to nothing is a finding.
pub fn compute(branch: &Branch, notice: &Notice, expressions: &Expressions, findings: &mut Vec<Diagnostic>) -> Figures {
    let outcomes = expressions.figures(branch);
    let figures = notice.figure.iter().zip(outcomes).map(|((id, figure), outcome)| {
        let value = match outcome {
            Outcome::Number(number) => Some(rounded(number, figure)),
            Outcome::Missing(None) => None,
            Outcome::Missing(Some(cell)) => {
                let message = format!("“{}”无法计算：需要的单元格没有可用内容", figure.label);
                findings.push(Diagnostic::new(&code::NO_FIGURE, Place::Cell(cell), message).of_branch(branch.name()));
                None
            }
            Outcome::Failed(reason) => {
                let message = format!("“{}”无法计算：{reason}", figure.label);
                findings.push(Diagnostic::new(&code::NO_FIGURE, Place::Branch, message).of_branch(branch.name()));
                None
            }
        };
        (id.clone(), value)
    });
    Figures(figures.collect())
}

/// The exact value with the figure's decimal places, half up; without any when it asks for none.
fn rounded(number: Decimal, figure: &Figure) -> Decimal {
    match figure.decimals {
        Some(places) => {
            let mut value = number.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
            value.rescale(places);
            value
        }
        None => number.normalize(),
    }
}

/// A number as reports print it: a percentage with two places at most (85.28%), any other as it is.
pub fn shown(number: Decimal, show: Show) -> String {
    match show {
        Show::Number => number.to_string(),
        Show::Percent => {
            let hundredfold = number.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(number);
            let rounded = hundredfold.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
            format!("{}%", rounded.normalize())
        }
    }
}
