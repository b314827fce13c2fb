//! What the text of a notice says about itself: its title, who issues it, by which day reports are due, up to which
//! day data count.

use crate::ingest::Paragraph;

/// Ends of a title.
const TITLE_ENDS: [&str; 2] = ["通知", "方案"];
/// Paragraphs among which the title is: above it are a letter head and a number.
const TITLE_WITHIN: usize = 8;
/// Characters of a title.
const MAX_TITLE: usize = 80;
/// Characters of an issuer's name.
const MAX_ISSUER: usize = 25;
/// Words before or behind the day by which reports are due.
const REPORTED: [&str; 6] = ["报送", "上报", "报至", "提交", "报到", "交到"];
/// Words before the last day whose events count.
const UP_TO: [&str; 4] = ["截止", "截至", "统计到", "统计至"];
/// Paragraphs, and days of one of them, that are looked at.
const MAX_PARAGRAPHS: usize = 2_000;
const MAX_DAYS: usize = 50;

/// What a notice says about itself. Days are as written, perhaps without a year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeText {
    /// Its title.
    pub title: Option<String>,
    /// Who issues it.
    pub issuer: Option<String>,
    /// By which day reports are due.
    pub deadline: Option<String>,
    /// The last day whose events count.
    pub cutoff: Option<String>,
}

/// The paragraphs that are the title.
pub(super) struct TitleParagraphs {
    pub(super) text: String,
    /// The index of the first one.
    pub(super) first: usize,
    /// The index of the last one.
    pub(super) last: usize,
}

/// The title: a paragraph with the style of titles, else one of the first that ends as titles do, together with the
/// one before
/// where 关于 is in that.
pub(super) fn title(paragraphs: &[Paragraph]) -> Option<TitleParagraphs> {
    if let Some(at) = paragraphs.iter().position(|paragraph| paragraph.is_title) {
        return Some(TitleParagraphs { text: paragraphs[at].text.clone(), first: at, last: at });
    }
    let first = paragraphs.get(..paragraphs.len().min(TITLE_WITHIN))?;
    let is_text = |text: &str| !text.contains('。') && text.chars().count() <= MAX_TITLE;
    let last = first.iter().position(|paragraph| {
        let text = paragraph.text.trim();
        is_text(text) && TITLE_ENDS.iter().any(|end| text.ends_with(end))
    })?;
    let text = first[last].text.trim();
    if text.contains("关于") {
        return Some(TitleParagraphs { text: text.to_owned(), first: last, last });
    }
    let before = last.checked_sub(1).map(|at| first[at].text.trim()).filter(|text| text.contains("关于"));
    match before.map(|before| format!("{before}{text}")).filter(|joined| is_text(joined)) {
        Some(text) => Some(TitleParagraphs { text, first: last - 1, last }),
        None => (last == 0).then(|| TitleParagraphs { text: text.to_owned(), first: 0, last: 0 }),
    }
}

/// What the paragraphs of a notice say.
pub(super) fn read(paragraphs: &[Paragraph], title: Option<&str>) -> NoticeText {
    let mut found = NoticeText { title: title.map(str::to_owned), ..NoticeText::default() };
    for paragraph in paragraphs.iter().take(MAX_PARAGRAPHS) {
        for sentence in paragraph.text.split(['。', '；', '\n']) {
            for day in days(sentence).take(MAX_DAYS) {
                if day.is_due() {
                    found.deadline.get_or_insert_with(|| day.text.to_owned());
                } else if day.is_last() {
                    found.cutoff.get_or_insert_with(|| day.text.to_owned());
                }
            }
        }
    }
    found.issuer = signed_by(paragraphs).or_else(|| title.and_then(named_in));
    found
}

/// Who stands above the day at the end of a notice.
fn signed_by(paragraphs: &[Paragraph]) -> Option<String> {
    let is_day = |text: &str| days(text).next().is_some_and(|day| day.text == text);
    let at = paragraphs.iter().rposition(|paragraph| is_day(paragraph.text.trim()))?;
    let name = paragraphs.get(at.checked_sub(1)?)?.text.trim();
    is_issuer(name).then(|| name.to_owned())
}

/// Who stands before 关于 in a title.
fn named_in(title: &str) -> Option<String> {
    let (name, _) = title.split_once("关于")?;
    is_issuer(name.trim()).then(|| name.trim().to_owned())
}

fn is_issuer(text: &str) -> bool {
    let length = text.chars().count();
    (2..=MAX_ISSUER).contains(&length) && !text.contains(|c: char| "。，、：；:,".contains(c) || c.is_ascii_digit())
}

/// A day in a sentence.
struct DayInText<'t> {
    before: &'t str,
    text: &'t str,
    after: &'t str,
}

impl DayInText<'_> {
    /// Whether reports are due by it: 于7月10日前报送, 报送截止日期为7月10日.
    fn is_due(&self) -> bool {
        let is_before = ["前", "以前", "之前"].iter().any(|word| self.after.starts_with(word));
        let is_reported = |text: &str| REPORTED.iter().any(|word| text.contains(word));
        is_before && is_reported(self.after) || is_reported(last_clause(self.before)) && (is_before || self.is_limit())
    }

    /// Whether data count up to it: 数据截止到6月30日.
    fn is_last(&self) -> bool {
        self.is_limit() && !self.after.starts_with('前')
    }

    fn is_limit(&self) -> bool {
        let before = last_clause(self.before);
        UP_TO.iter().any(|word| before.contains(word))
    }
}

/// The text behind the last comma.
fn last_clause(text: &str) -> &str {
    text.rsplit(['，', ',']).next().unwrap_or_default()
}

/// The days that a sentence names: 2026年7月10日, 7月10日.
fn days(sentence: &str) -> impl Iterator<Item = DayInText<'_>> {
    sentence.match_indices('日').filter_map(move |(at, sign)| {
        let end = at + sign.len();
        let month = number_before(sentence, at)?;
        let month_end = sentence[..month].strip_suffix('月')?.len();
        let start = number_before(sentence, month_end)?;
        let year = sentence[..start].strip_suffix('年').and_then(|before| number_before(sentence, before.len()));
        let start = year.unwrap_or(start);
        Some(DayInText { before: &sentence[..start], text: &sentence[start..end], after: &sentence[end..] })
    })
}

/// Where the digits begin that end before a byte; `None` when there are none.
fn number_before(text: &str, end: usize) -> Option<usize> {
    let digits = text[..end].trim_end_matches(|c: char| c.is_ascii_digit());
    (digits.len() < end).then_some(digits.len())
}

#[cfg(test)]
mod tests {
    use super::{NoticeText, read, title};
    use crate::ingest::Paragraph;

    fn paragraphs(lines: &[&str]) -> Vec<Paragraph> {
        lines.iter().map(|line| Paragraph { text: (*line).to_owned(), ..Paragraph::default() }).collect()
    }

    fn found(lines: &[&str]) -> NoticeText {
        let paragraphs = paragraphs(lines);
        read(&paragraphs, title(&paragraphs).map(|title| title.text).as_deref())
    }

    #[test]
    fn a_notice_says_its_title_issuer_and_days() {
        let text = found(&[
            "江州市图书馆文件",
            "江州市图书馆关于开展2026年第二季度",
            "总分馆服务质量自查的通知",
            "各分馆：",
            "请各分馆于2026年7月10日前将自查报告报送业务部。数据截止到2026年6月30日。",
            "江州市图书馆业务部",
            "2026年6月25日",
        ]);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(text.title, some("江州市图书馆关于开展2026年第二季度总分馆服务质量自查的通知"));
        assert_eq!(text.issuer, some("江州市图书馆业务部"));
        assert_eq!((text.deadline, text.cutoff), (some("2026年7月10日"), some("2026年6月30日")));
    }

    #[test]
    fn days_without_a_year_and_days_of_other_things() {
        let text =
            found(&["市卫健委关于开展自查的通知", "10月8日召开会议，报送截止日期为10月15日；数据统计至9月30日。"]);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!((text.deadline, text.cutoff, text.issuer), (some("10月15日"), some("9月30日"), some("市卫健委")));
        assert_eq!(found(&["各分馆：", "请按时报送。"]), NoticeText::default());
    }
}
