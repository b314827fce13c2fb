//! Headings that a notice lists within a sentence: 从隐患排查、设备巡检、教育培训三个方面开展自查;
//! 一是……；二是……；三是…….

/// Characters of a heading.
const MAX_HEADING: usize = 30;
/// Numbered lists of a line that are tried.
const MAX_LISTS: usize = 20;
/// Headings of a list.
const RANGE: std::ops::RangeInclusive<usize> = 2..=12;

const NUMERALS: [&str; 12] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];
/// Words before a list of aspects.
const BEGINNINGS: [&str; 9] = ["围绕", "按照", "包括", "分为", "对照", "从", "就", "对", "按"];
/// Words between the last two of a list.
const LAST_LINKS: [&str; 4] = ["以及", "和", "及", "与"];

/// The aspects that a text lists with their number: 从甲、乙、丙三个方面. `None` when no list has as many as the text
/// says.
pub(super) fn counted(text: &str) -> Option<Vec<String>> {
    let numbered = |(at, _)| before_number(text[..at].trim_end_matches('个'));
    text.match_indices("方面").filter_map(numbered).take(MAX_LISTS).find_map(|(list, count)| {
        let list = list.trim_end_matches('等').trim_end_matches(['这', '以', '下', '共']);
        // The list is within one clause or, behind a colon, one sentence.
        let start = list
            .rfind(['。', '；', '，', '：', ':', ',', ';', '（', '(', '\n'])
            .map_or(0, |found| found + list[found..].chars().next().map_or(0, char::len_utf8));
        let clause = &list[start..];
        // The nearest word before the list leaves the longest list that has the right number.
        let begins = BEGINNINGS.iter().flat_map(|word| clause.match_indices(word).map(|(at, word)| at + word.len()));
        let mut begins: Vec<usize> = begins.collect();
        begins.sort_unstable();
        let separators: Vec<usize> = clause.match_indices('、').map(|(at, _)| at).collect();
        let may_have = |begin: &usize| {
            let items = separators.len() - separators.partition_point(|at| at < begin) + 1;
            items == count || items + 1 == count
        };
        begins.retain(may_have);
        // Before the first heading of a list there are at most as many words as a heading has characters.
        let begins = &begins[begins.len().saturating_sub(MAX_HEADING)..];
        begins.iter().find_map(|begin| parted(&clause[*begin..], count))
    })
}

/// The items of a list that has so many: parted by 、, the last two perhaps by 和.
fn parted(list: &str, count: usize) -> Option<Vec<String>> {
    let mut items: Vec<&str> = list.split('、').collect();
    if items.len() + 1 == count {
        let last = items.pop()?;
        let link = LAST_LINKS.iter().find_map(|link| last.split_once(link))?;
        items.extend([link.0, link.1]);
    }
    let headings: Vec<String> = items.iter().filter_map(|item| heading(item)).collect();
    (headings.len() == count && items.len() == count).then_some(headings)
}

/// A text that ends with a number, and the number: 五, 5, （五）.
fn before_number(text: &str) -> Option<(&str, usize)> {
    let text = text.trim_end();
    let rest = text.trim_end_matches(|c: char| c.is_ascii_digit());
    if rest.len() < text.len() {
        return text[rest.len()..].parse().ok().filter(|count| RANGE.contains(count)).map(|count| (rest, count));
    }
    if let Some(rest) = text.strip_suffix('两') {
        return Some((rest, 2));
    }
    let numbered = NUMERALS.iter().enumerate().rev();
    let found = numbered.filter_map(|(at, numeral)| Some((text.strip_suffix(numeral)?, at + 1)));
    found.max_by_key(|(rest, _)| std::cmp::Reverse(rest.len())).filter(|(_, count)| RANGE.contains(count))
}

/// The points of a sentence: 一是甲；二是乙；三是丙. A point is called by its first clause.
pub(super) fn points(text: &str) -> Option<Vec<String>> {
    let mut headings = Vec::new();
    let mut rest = text;
    for numeral in NUMERALS {
        let mark = format!("{numeral}是");
        let Some((before, behind)) = rest.split_once(&mark) else { break };
        if !headings.is_empty() {
            headings.pop();
            headings.push(heading(before)?);
        }
        headings.push(String::new());
        rest = behind;
    }
    if let Some(last) = headings.last_mut() {
        *last = heading(rest)?;
    }
    RANGE.contains(&headings.len()).then_some(headings)
}

/// The first clause of a text as a heading.
fn heading(text: &str) -> Option<String> {
    let clause = text.split(['，', '；', '。', '：', ',', ';', ':', '（', '(', '\n']).next()?.trim();
    let is_heading = (2..=MAX_HEADING).contains(&clause.chars().count());
    is_heading.then(|| clause.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{counted, points};

    #[test]
    fn aspects_that_are_counted_are_headings() {
        let list = |text: &str| counted(text).map(|headings| headings.join("|"));
        for (text, expected) in [
            (
                "各科室要从隐患排查、设备巡检、教育培训、应急演练、事件上报五个方面开展自查，形成报告。",
                "隐患排查|设备巡检|教育培训|应急演练|事件上报",
            ),
            ("现就学校食堂，围绕食材采购、从业人员健康和留样管理等三个方面开展自查", "食材采购|从业人员健康|留样管理"),
            ("重点从甲项工作、乙项工作2个方面自查。", "甲项工作|乙项工作"),
            ("从甲项工作和乙项工作两个方面自查。", "甲项工作|乙项工作"),
            ("报告包括：从总体情况、主要问题、下一步打算这三方面写", "总体情况|主要问题|下一步打算"),
        ] {
            assert_eq!(list(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["从甲项、乙项五个方面", "各方面都要重视", "一方面要抓紧", "从安全方面"]
        {
            assert_eq!(list(text), None, "{text}");
        }
    }

    #[test]
    fn a_line_of_lists_without_end_is_given_up() {
        // Each list would be tried from each of the words before it.
        assert_eq!(counted(&"从、、二个方面".repeat(200_000)), None);
        assert_eq!(counted(&format!("{}、乙二个方面", "从".repeat(400_000))), None);
    }

    #[test]
    fn points_are_called_by_their_first_clauses() {
        let list = |text: &str| points(text).map(|headings| headings.join("|"));
        assert_eq!(
            list("自查内容：一是隐患排查整改情况，包括台账；二是消防器材管理情况；三是值班值守情况。").as_deref(),
            Some("隐患排查整改情况|消防器材管理情况|值班值守情况")
        );
        for text in ["一是要重视。", "没有", "一是；二是"] {
            assert_eq!(list(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken(text in "([一二三从、和等方面个是5；，。甲乙]|\\PC){0,40}") {
            let _ = (counted(&text), points(&text));
        }
    }
}
