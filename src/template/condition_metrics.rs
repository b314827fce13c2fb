//! The metrics that a condition reads: a missing one makes the condition undecidable, and becomes a gap.

use super::ast::{Expr, ExprKind};

/// The ids of the metrics that a condition reads as `n.id`, without those of which it asks whether they are none.
pub(super) fn metrics_read(condition: &Expr<'_>) -> Vec<String> {
    let (mut read, mut asked) = (Vec::new(), Vec::new());
    collect(condition, &mut read, &mut asked);
    read.retain(|id| !asked.contains(id));
    read
}

/// Collects the metrics read as `n.id`, and those of which the expression asks whether they are none.
fn collect(expr: &Expr<'_>, read: &mut Vec<String>, asked: &mut Vec<String>) {
    if let Some(id) = metric(expr) {
        return read.push(id.to_owned());
    }
    match &expr.kind {
        ExprKind::Test(operand, word) if matches!(word.name, "none" | "defined" | "undefined" | "number") => {
            match metric(operand) {
                Some(id) => asked.push(id.to_owned()),
                None => collect(operand, read, asked),
            }
        }
        ExprKind::Binary(_, parts) => parts.iter().for_each(|part| collect(part, read, asked)),
        ExprKind::Index(parts) => parts.iter().for_each(|part| collect(part, read, asked)),
        ExprKind::Conditional(parts) => parts.iter().for_each(|part| collect(part, read, asked)),
        ExprKind::Array(parts) | ExprKind::Map(parts) => parts.iter().for_each(|part| collect(part, read, asked)),
        ExprKind::Filter(of, word) | ExprKind::Test(of, word) => {
            collect(of, read, asked);
            word.arguments.iter().for_each(|argument| collect(&argument.value, read, asked));
        }
        ExprKind::Call(_, arguments) => {
            arguments.iter().for_each(|argument| collect(&argument.value, read, asked));
        }
        ExprKind::Not(of) | ExprKind::Negate(of) | ExprKind::Field(of, _) | ExprKind::Slice(of, _) => {
            collect(of, read, asked);
        }
        _ => {}
    }
}

/// The metric of an expression `n.id` or `n["id"]`.
fn metric<'e>(expr: &'e Expr<'_>) -> Option<&'e str> {
    match &expr.kind {
        ExprKind::Field(of, id) if of.kind == ExprKind::Name("n") => Some(id),
        ExprKind::Index(parts) if parts[0].kind == ExprKind::Name("n") => match &parts[1].kind {
            ExprKind::Text(id) => Some(id),
            _ => None,
        },
        _ => None,
    }
}
