//! Names of branches that are other ways to write one: 东湖分馆 and 东湖 beside 市图书馆东湖分馆.

use super::branch_column::branch_word;
use super::variants::Synonym;

/// Ends of what stands before a short name in the full one: the organisation, or 第.
const BEFORE: [&str; 17] = [
    "图书馆",
    "医院",
    "大学",
    "学院",
    "学校",
    "中学",
    "小学",
    "集团",
    "公司",
    "委员会",
    "总院",
    "中心",
    "局",
    "市",
    "区",
    "县",
    "第",
];

/// Short names, each with the full one that it stands for. A name that several full ones contain stands for none.
pub(in crate::scaffold) fn guess(names: &[String]) -> Vec<Synonym> {
    let is_within = |short: &String, full: &String| full.len() > short.len() && full.contains(short.as_str());
    let full: Vec<&String> = names.iter().filter(|name| !names.iter().any(|other| is_within(name, other))).collect();
    let mut synonyms = Vec::new();
    for short in names.iter().filter(|name| is_name(name)) {
        let mut containing = full.iter().filter(|full| is_within(short, full));
        let (Some(only), None) = (containing.next(), containing.next()) else { continue };
        if adds_nothing(short, only, &full) {
            synonyms.push((short.clone(), (*only).clone()));
        }
    }
    synonyms
}

/// Whether a text may be a name: two characters or more that are no word for branches.
fn is_name(text: &str) -> bool {
    text.chars().count() > 1 && branch_word(text) != Some(text)
}

/// Whether the full name has around the short one only what others have, too: the organisation, a word for branches.
/// 心内科 is not 内科.
fn adds_nothing(short: &str, full: &str, all: &[&String]) -> bool {
    let Some((before, after)) = full.split_once(short) else { return false };
    let are_most = |count: usize| count > 1 && count * 2 >= all.len();
    let begins = || all.iter().filter(|name| name.starts_with(before)).count();
    let ends = || all.iter().filter(|name| name.ends_with(after)).count();
    let is_organisation = before.is_empty() || BEFORE.iter().any(|end| before.ends_with(end)) || are_most(begins());
    is_organisation && (after.is_empty() || branch_word(after).is_some() || are_most(ends()))
}

#[cfg(test)]
mod tests {
    use super::super::variants::written;
    use super::guess;

    #[test]
    fn full_and_short_names_are_one_branch() {
        let found = |names: &[&str]| written(&guess(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()));
        let libraries =
            ["市图书馆城东分馆", "城东分馆", "市图书馆梅岭社区分馆", "梅岭", "梅岭社区分馆", "西城分馆", "分馆"];
        assert_eq!(found(&libraries), "市图书馆城东分馆=城东分馆；市图书馆梅岭社区分馆=梅岭=梅岭社区分馆");
        assert_eq!(found(&["第一车间", "一车间", "第二车间"]), "第一车间=一车间");
        assert_eq!(found(&["教务处党支部", "教务处", "后勤处党支部"]), "教务处党支部=教务处");
        for distinct in [
            &["心内科", "内科", "外科"][..],
            &["东湖分馆", "西湖分馆", "分馆"],
            &["一中", "一中东校区甲", "一中西校区乙"],
        ] {
            assert_eq!(found(distinct), "", "{distinct:?}");
        }
    }
}
