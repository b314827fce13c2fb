//! The order of choices that cells have, and no list: as people name them, not as rows happen to come.

use super::super::roles::{done_choices, have_states};

/// Words of scales, from the first that is named to the last.
const SCALES: [&[&str]; 8] = [
    &["特别重大", "特大", "重大", "较大", "中等", "一般", "较小", "轻微"],
    &["重大", "重要", "一般", "次要"],
    &["特急", "紧急", "加急", "重要", "一般"],
    &["高风险", "较高风险", "中风险", "较低风险", "低风险"],
    &["极高", "高", "较高", "中", "较低", "低"],
    &["优秀", "优", "良好", "良", "中等", "中", "合格", "及格", "基本合格", "不合格", "不及格", "差"],
    &["一级", "二级", "三级", "四级", "五级"],
    &["A", "B", "C", "D", "E"],
];

/// Puts texts into order: those of a scale by the scale, states from what is done to what is not begun; others stay.
pub(super) fn put_in_order(texts: &mut [String]) {
    let place_in = |scale: &[&str], text: &str| scale.iter().position(|word| *word == text);
    let scale = SCALES.iter().find(|scale| texts.iter().all(|text| place_in(scale, text).is_some()));
    if let Some(scale) = scale {
        texts.sort_by_key(|text| place_in(scale, text));
    } else if have_states(texts) {
        let done: Vec<String> = done_choices(texts).iter().filter_map(|at| texts.get(*at).cloned()).collect();
        texts.sort_by_key(|text| (!done.contains(text), !is_under_way(text)));
    }
}

/// Whether a state says that something is begun and not yet done.
fn is_under_way(text: &str) -> bool {
    text.ends_with('中') || ["正在", "部分", "基本"].iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::put_in_order;

    #[test]
    fn choices_are_in_the_order_in_which_people_name_them() {
        let ordered = |texts: &[&str]| {
            let mut texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            put_in_order(&mut texts);
            texts
        };
        assert_eq!(ordered(&["一般", "重大", "较大"]), ["重大", "较大", "一般"]);
        assert_eq!(ordered(&["未整改", "整改中", "已整改"]), ["已整改", "整改中", "未整改"]);
        assert_eq!(ordered(&["OK", "维修中", "已修复"]), ["已修复", "维修中", "OK"]);
        assert_eq!(ordered(&["服务态度", "到站不停"]), ["服务态度", "到站不停"]);
    }
}
