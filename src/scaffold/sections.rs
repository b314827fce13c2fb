//! The sections of a report: the headings of the outline with the ledgers that they are about, and before what is wrong
//! and what is to be done next the ledgers that no heading mentions.

use super::design::LedgerDesign;
use super::ids::Ids;
use super::outline::{Heading, Outline};

/// A section of the report.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SectionDesign {
    /// Its heading.
    pub title: String,
    /// Whether the heading is one of the outline; the others are marked as guesses in the settings.
    pub is_of_outline: bool,
    /// The parts in the order of the report, each with a template of its own.
    pub parts: Vec<PartDesign>,
}

/// A part of a section: one template about one ledger or subject.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PartDesign {
    /// The heading below the section's; `None` for a part without one.
    pub heading: Option<String>,
    /// What it says.
    pub content: PartContent,
    /// The file name of its template.
    pub template: String,
}

/// What a part of a report says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PartContent {
    /// The metrics and rows of a ledger, by its index.
    Ledger(usize),
    /// How many rows every ledger has.
    Overview,
    /// What is overdue or short.
    Problems,
    /// What no ledger says: branches fill it in.
    Gap(String),
}

/// Words in headings of overviews.
const OVERVIEW: [&str; 5] = ["总体情况", "基本情况", "总体概况", "工作概况", "概述"];
/// Words in headings of what is to be done next.
const PLANS: [&str; 7] = ["下一步打算", "下一步措施", "下一步工作", "整改措施", "改进措施", "工作打算", "下一步"];
/// Words in headings of what is wrong.
const PROBLEMS: [&str; 5] = ["存在的问题", "存在问题", "主要问题", "问题和不足", "薄弱环节"];
/// The most characters by which a heading and a ledger must be alike.
const MIN_COMMON: usize = 2;

/// The sections for ledgers, of which those with the indices from `first` on are no roster.
pub(super) fn sections(
    ledgers: &[LedgerDesign],
    outline: Option<&Outline>,
    has_shortfalls: bool,
) -> Vec<SectionDesign> {
    let mut builder = Builder { ledgers, used: vec![false; ledgers.len()], files: Ids::default() };
    // The roster is no part of a report.
    if let Some(roster) = builder.used.first_mut() {
        *roster = true;
    }
    let headings = outline.map_or(&[][..], |outline| &outline.headings);
    let mut sections = builder.of_outline(headings);
    let conclusion = sections.split_off(before_conclusion(&sections));
    for (index, ledger) in ledgers.iter().enumerate() {
        if !builder.used[index] {
            let parts = vec![builder.ledger_part(index, None)];
            let title = format!("{}情况", ledger.noun);
            sections.push(SectionDesign { title, is_of_outline: false, parts });
        }
    }
    sections.extend(conclusion);
    if headings.is_empty() && has_shortfalls {
        let parts = vec![builder.part(PartContent::Problems, "存在的主要问题", None)];
        sections.push(SectionDesign { title: "存在的主要问题".to_owned(), is_of_outline: false, parts });
    }
    sections
}

/// How many sections are before the last ones, which say what is wrong and what is to be done next.
fn before_conclusion(sections: &[SectionDesign]) -> usize {
    let concludes = |part: &PartDesign| match &part.content {
        PartContent::Problems => true,
        PartContent::Gap(what) => plan_in(what).is_some(),
        PartContent::Ledger(_) | PartContent::Overview => false,
    };
    let is_conclusion = |section: &SectionDesign| !section.parts.is_empty() && section.parts.iter().all(concludes);
    sections.iter().rposition(|section| !is_conclusion(section)).map_or(0, |last| last + 1)
}

struct Builder<'a> {
    ledgers: &'a [LedgerDesign],
    /// For each ledger, whether a part has it.
    used: Vec<bool>,
    /// The names of template files, without their extension.
    files: Ids,
}

impl Builder<'_> {
    fn of_outline(&mut self, headings: &[Heading]) -> Vec<SectionDesign> {
        let homes: Vec<Option<usize>> = self.ledgers.iter().map(|ledger| home(ledger, headings)).collect();
        let mut sections: Vec<SectionDesign> = Vec::new();
        for (at, heading) in headings.iter().enumerate() {
            let below = heading.is_below.then(|| heading.text.clone());
            let own: Vec<usize> = (0..homes.len()).filter(|i| homes[*i] == Some(at) && !self.used[*i]).collect();
            let has_subheadings = headings.get(at + 1).is_some_and(|next| next.is_below);
            let mut parts: Vec<PartDesign> = Vec::new();
            for (place, index) in own.iter().enumerate() {
                let is_one_of_several = below.is_none() && (own.len() > 1 || has_subheadings);
                let name = is_one_of_several.then(|| format!("{}情况", self.ledgers[*index].noun));
                let heading = below.clone().filter(|_| place == 0).or(name);
                parts.push(self.ledger_part(*index, heading));
            }
            // What is to be done next is in no ledger but one of plans.
            if !own.is_empty()
                && let Some(plan) = plan_in(&heading.text)
                && !own.iter().any(|index| self.ledgers[*index].noun.contains(plan))
            {
                parts.push(self.part(PartContent::Gap(plan.to_owned()), plan, None));
            }
            if parts.is_empty() && (heading.is_below || !has_subheadings) {
                let content = content_of(&heading.text);
                let plan = plan_in(&heading.text).filter(|_| !matches!(content, PartContent::Gap(_)));
                parts.push(self.part(content, &heading.text, below));
                parts.extend(plan.map(|plan| self.part(PartContent::Gap(plan.to_owned()), plan, None)));
            }
            match sections.last_mut() {
                Some(section) if heading.is_below => section.parts.extend(parts),
                _ => sections.push(SectionDesign { title: heading.text.clone(), is_of_outline: true, parts }),
            }
        }
        sections
    }

    fn ledger_part(&mut self, index: usize, heading: Option<String>) -> PartDesign {
        self.used[index] = true;
        self.part(PartContent::Ledger(index), &self.ledgers[index].noun, heading)
    }

    fn part(&mut self, content: PartContent, name: &str, heading: Option<String>) -> PartDesign {
        let template = format!("{}.md", self.files.take(name));
        PartDesign { heading, content, template }
    }
}

/// What a heading that is about no ledger asks for.
fn content_of(heading: &str) -> PartContent {
    let has = |words: &[&str]| words.iter().any(|word| heading.contains(word));
    if has(&OVERVIEW) {
        PartContent::Overview
    } else if has(&PROBLEMS) {
        PartContent::Problems
    } else {
        PartContent::Gap(heading.to_owned())
    }
}

/// What is to be done next, in a heading that asks for it.
fn plan_in(heading: &str) -> Option<&'static str> {
    PLANS.iter().find(|plan| heading.contains(*plan)).copied()
}

/// The heading that is most like a ledger, the later of a section and its part.
fn home(ledger: &LedgerDesign, headings: &[Heading]) -> Option<usize> {
    let noun: Vec<char> = ledger.noun.chars().collect();
    let likeness = |heading: &Heading| common(&noun, &heading.text.chars().collect::<Vec<_>>());
    let best = headings.iter().map(likeness).max()?;
    let is_alike = best >= MIN_COMMON && best * 2 >= noun.len();
    headings.iter().rposition(|heading| likeness(heading) == best).filter(|_| is_alike)
}

/// The number of characters in the longest piece that two texts have in common.
fn common(a: &[char], b: &[char]) -> usize {
    let mut longest = 0;
    let mut above = vec![0; b.len() + 1];
    for x in a {
        let mut row = vec![0; b.len() + 1];
        for (at, y) in b.iter().enumerate() {
            if x == y {
                row[at + 1] = above[at] + 1;
                longest = longest.max(row[at + 1]);
            }
        }
        above = row;
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::super::design::LedgerDesign;
    use super::super::guess::Guess;
    use super::super::outline::Outline;
    use super::{PartContent, common, sections};

    fn ledger(noun: &str) -> LedgerDesign {
        let measure = Guess::given("项".to_owned());
        let text = || noun.to_owned();
        LedgerDesign {
            id: text(),
            title: text(),
            noun: text(),
            measure,
            quantity: None,
            is_uncounted: false,
            quarters: None,
            months: None,
            kinds: None,
            every_branch: Guess::given(false),
            nil: Vec::new(),
            sheets: Vec::new(),
            is_united: false,
            columns: Vec::new(),
        }
    }

    #[test]
    fn headings_get_the_ledgers_that_they_are_about() {
        let ledgers = ["科室", "安全隐患", "消防设备", "应急演练"].map(ledger);
        let text =
            "一、总体情况\n二、隐患排查治理\n（一）安全隐患整改\n（二）消防设备管理\n三、存在的问题\n四、下一步打算";
        let outline = Outline::of_text(text, "提纲").unwrap();
        let made = sections(&ledgers, Some(&outline), true);
        let shape: Vec<(String, Vec<&PartContent>)> =
            made.iter().map(|s| (s.title.clone(), s.parts.iter().map(|part| &part.content).collect())).collect();
        let gap = PartContent::Gap("下一步打算".to_owned());
        let expected = [
            ("总体情况", vec![&PartContent::Overview]),
            ("隐患排查治理", vec![&PartContent::Ledger(1), &PartContent::Ledger(2)]),
            ("应急演练情况", vec![&PartContent::Ledger(3)]),
            ("存在的问题", vec![&PartContent::Problems]),
            ("下一步打算", vec![&gap]),
        ];
        assert_eq!(shape, expected.map(|(title, parts)| (title.to_owned(), parts)));
        let headings: Vec<_> = made[1].parts.iter().map(|part| part.heading.as_deref()).collect();
        assert_eq!(headings, [Some("安全隐患整改"), Some("消防设备管理")]);
    }

    #[test]
    fn a_heading_of_problems_and_plans_asks_for_both() {
        let outline = Outline::of_text("一、存在的问题和下一步打算", "提纲").unwrap();
        let made = sections(&["科室", "演练"].map(ledger), Some(&outline), true);
        let contents: Vec<_> = made.last().unwrap().parts.iter().map(|part| &part.content).collect();
        assert_eq!(contents, [&PartContent::Problems, &PartContent::Gap("下一步打算".to_owned())]);
    }

    #[test]
    fn the_longest_common_piece_counts() {
        let common = |a: &str, b: &str| common(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!(common("安全隐患", "隐患安全整改"), 2);
        assert_eq!((common("甲", ""), common("甲乙", "乙甲")), (0, 1));
    }
}
