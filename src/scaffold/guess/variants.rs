//! Choices that are other ways to write one: 已办结 and 办结, 服务态度 and 服务态度类, 办理中 and 正在办理.

use super::super::roles::DONE_IN_SPEECH;

/// A variant with the choice that it stands for.
pub(in crate::scaffold) type Synonym = (String, String);

/// Ends that say nothing beside a choice without them.
const ENDS: [&str; 4] = ["类", "型", "的", "了"];
/// What keeps words of completion from meaning that something is done.
const NEGATIONS: [&str; 8] = ["未", "不", "没", "无", "部分", "基本", "待", "尚"];
/// Ends by which something is done, longer ones first.
const DONE_ENDS: [&str; 4] = ["完毕", "完成", "办结", "完"];
/// The answer by which no choices are united.
const NONE: &str = "不合并";

/// What a choice means, the same for all ways to write it.
#[derive(PartialEq, Eq)]
struct Meaning<'v> {
    stage: Stage,
    /// What is done; the whole text where no stage is said.
    work: &'v str,
}

#[derive(PartialEq, Eq)]
enum Stage {
    None,
    Under,
    Done,
}

impl Meaning<'_> {
    /// Whether it is the same as another, or says in one word what that one says is done: 修 of 修复.
    fn is_like(&self, other: &Self) -> bool {
        let is_short = |short: &Self, long: &Self| short.work.chars().count() == 1 && long.work.starts_with(short.work);
        self == other
            || self.stage == Stage::Done
                && other.stage == Stage::Done
                && (is_short(self, other) || is_short(other, self))
    }
}

fn meaning(value: &str) -> Meaning<'_> {
    let plain = ENDS.iter().find_map(|end| value.strip_suffix(end)).filter(|rest| rest.chars().count() >= 2);
    let value = plain.unwrap_or(value);
    if NEGATIONS.iter().any(|word| value.contains(word)) {
        return Meaning { stage: Stage::None, work: value };
    }
    if let Some(work) = value.strip_prefix("正在").or_else(|| value.strip_suffix('中')) {
        return Meaning { stage: Stage::Under, work: work.trim_end_matches('中') };
    }
    if is_speech(value) {
        let work = value.trim_start_matches("已经").trim_start_matches('已').trim_end_matches('好');
        return Meaning { stage: Stage::Done, work };
    }
    let begun = value.strip_prefix("已经").or_else(|| value.strip_prefix('已'));
    let rest = begun.unwrap_or(value);
    let ended = DONE_ENDS.iter().find_map(|end| Some((rest.strip_suffix(end)?, *end)));
    match (begun, ended) {
        (_, Some((_, "办结"))) => Meaning { stage: Stage::Done, work: "办理" },
        (_, Some((work, _))) => Meaning { stage: Stage::Done, work },
        (Some(_), None) => Meaning { stage: Stage::Done, work: rest },
        (None, None) => Meaning { stage: Stage::None, work: value },
    }
}

/// Whether a choice is said as people talk.
fn is_speech(value: &str) -> bool {
    DONE_IN_SPEECH.iter().any(|words| value.ends_with(words))
}

/// Choices that mean what an earlier one means, with that one; what reports should not print comes last.
pub(in crate::scaffold) fn guess(values: &[String]) -> Vec<Synonym> {
    let mut kept: Vec<&String> = Vec::new();
    let mut synonyms = Vec::new();
    let (spoken, written): (Vec<&String>, Vec<&String>) = values.iter().partition(|value| is_speech(value));
    for value in written.into_iter().chain(spoken) {
        match kept.iter().find(|known| meaning(known).is_like(&meaning(value))) {
            Some(known) => synonyms.push((value.clone(), (*known).clone())),
            None => kept.push(value),
        }
    }
    synonyms
}

/// Synonyms as a person reads and types them: 已办结=办结=办理完毕；服务态度=服务态度类.
pub(in crate::scaffold) fn written(synonyms: &[Synonym]) -> String {
    let mut groups: Vec<(&str, String)> = Vec::new();
    for (variant, value) in synonyms {
        match groups.iter_mut().find(|(known, _)| known == value) {
            Some((_, text)) => text.push_str(&format!("={variant}")),
            None => groups.push((value, format!("{value}={variant}"))),
        }
    }
    groups.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("；")
}

/// The synonyms of an answer; `None` when it names something that is no choice, or one twice.
pub(in crate::scaffold) fn read(answer: &str, values: &[String]) -> Option<Vec<Synonym>> {
    let mut synonyms: Vec<Synonym> = Vec::new();
    if answer.trim() == NONE {
        return Some(synonyms);
    }
    let mut seen: Vec<&str> = Vec::new();
    for group in answer.split(['；', ';']).filter(|group| !group.trim().is_empty()) {
        let parts: Vec<&str> = group.split(['=', '＝']).map(str::trim).collect();
        let (value, variants) = parts.split_first()?;
        let is_known = |part: &&str| values.iter().any(|known| known == part) && !seen.contains(part);
        if variants.is_empty() || !parts.iter().all(is_known) {
            return None;
        }
        synonyms.extend(variants.iter().map(|variant| ((*variant).to_owned(), (*value).to_owned())));
        seen.extend(&parts);
    }
    Some(synonyms)
}

#[cfg(test)]
mod tests {
    use super::{guess, read, written};

    fn values(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn ways_to_write_a_choice_are_found() {
        let found = |texts: &[&str]| written(&guess(&values(texts)));
        let states = ["已办结", "未办理", "办结", "已办理完毕", "办理中", "正在办理"];
        assert_eq!(found(&states), "已办结=办结=已办理完毕；办理中=正在办理");
        assert_eq!(
            found(&["文献资源", "服务态度类", "文献资源类", "服务态度"]),
            "文献资源=文献资源类；服务态度类=服务态度"
        );
        assert_eq!(found(&["整改完成", "已整改", "整改中"]), "整改完成=已整改");
        assert_eq!(found(&["修好", "维修中", "已修复", "待采购配件"]), "已修复=修好");
        for distinct in [
            &["良好", "已良"][..],
            &["未完成", "部分完成", "已完成"],
            &["合格", "不合格"],
            &["大型", "中型", "小型"],
            &["已整改", "已销号", "未整改"],
        ] {
            assert_eq!(found(distinct), "", "{distinct:?}");
        }
    }

    #[test]
    fn answers_unite_choices() {
        let choices = values(&["甲", "乙", "丙"]);
        assert_eq!(read("甲=丙", &choices), Some(vec![("丙".to_owned(), "甲".to_owned())]));
        assert_eq!(read("不合并", &choices), Some(Vec::new()));
        assert_eq!(
            (read("甲=丁", &choices), read("甲", &choices), read("甲=甲=甲；甲=乙", &choices)),
            (None, None, None)
        );
    }
}
