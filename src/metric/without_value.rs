//! Findings about metrics without a value: one for all that lack it for the same reason at the same place.

use crate::diagnostics::{Diagnostic, Location, code};

/// Labels that a finding lists; of more it gives the number.
const LISTED: usize = 5;

/// Metrics that lack a value for one reason.
struct Group {
    place: Location,
    reason: String,
    labels: Vec<String>,
}

/// The metrics of a report that have no value.
#[derive(Default)]
pub(crate) struct WithoutValue(Vec<Group>);

impl WithoutValue {
    /// Adds a metric with the place and the reason.
    pub(crate) fn add(&mut self, label: &str, place: Location, reason: &str) {
        match self.0.iter_mut().find(|group| group.place == place && group.reason == reason) {
            Some(group) => group.labels.push(label.to_owned()),
            None => self.0.push(Group { place, reason: reason.to_owned(), labels: vec![label.to_owned()] }),
        }
    }

    /// The findings, which name the report's branch or the department.
    pub(crate) fn findings(self, report: &str) -> Vec<Diagnostic> {
        let finding = |Group { place, reason, labels }: Group| {
            let listed: String = labels.iter().take(LISTED).map(|label| format!("“{label}”")).collect();
            let number = if labels.len() > LISTED { format!("等 {} 个指标", labels.len()) } else { String::new() };
            Diagnostic::new(&code::NO_METRIC, place, format!("{listed}{number}无法计算：{reason}")).of_branch(report)
        };
        self.0.into_iter().map(finding).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::WithoutValue;
    use crate::diagnostics::Location;

    #[test]
    fn metrics_that_lack_one_cell_are_one_finding() {
        let mut without = WithoutValue::default();
        for number in 1..=7 {
            without.add(&format!("数{number}"), Location::Branch, "缺少");
        }
        without.add("率", Location::Branch, "除以零");
        let messages: Vec<String> = without.findings("甲").into_iter().map(|finding| finding.message).collect();
        assert_eq!(messages, ["“数1”“数2”“数3”“数4”“数5”等 7 个指标无法计算：缺少", "“率”无法计算：除以零"]);
    }
}
