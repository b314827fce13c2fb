//! Expressions that the type checker refuses, with the messages.

use super::refusal;

#[test]
fn unknown_names_are_reported_with_those_that_exist() {
    for (text, expected) in [
        ("teem.len()", &["“teem”不存在", "这里可用的有：cutoff、deadline、calendar", "study"][..]),
        ("studi.len()", &["“studi”不存在，是不是“study”？"]),
        ("study.map(|r| x).sum()", &["“x”不存在", "：r、cutoff"]),
        ("rectify.len()", &["“rectify”不存在"]),
        ("study.filter(|r| r.rate > 0).len()", &["“.rate”不是列名", "branch、name、post、required、done"]),
        ("study.filter(|r| theme.some(|t| t.done > 1)).len()", &["“.done”不是列名", "uploaded"]),
        ("study.filter(|r| theme.some(|r| r.done > 1)).len()", &["“.done”不是列名", "uploaded"]),
        ("calendar.them.len()", &["“.them”不是固定日，是不是“theme”？"]),
        ("study.average()", &["没有“average”这个函数", "filter", "is_empty"]),
        ("study.counts(|r| true)", &["没有“counts”这个函数，是不是“count”？"]),
        ("study.filter(|r| r.len()).len()", &["“r”为台账的一行，这里应为列表"]),
    ] {
        let said = refusal(text);
        for part in expected {
            assert!(said.contains(part), "{text} lacks {part}: {said}");
        }
    }
}

#[test]
fn wrong_types_are_refused() {
    for (text, expected) in [
        ("study.filter(|r| r.post < 1).len()", "“r.post < 1”不能比较：“r.post”为文字，“1”为数字"),
        ("theme.filter(|r| r.uploaded == \"是\").len()", "“r.uploaded”为是或否，“\"是\"”为文字"),
        ("[1].filter(|x| x == \"1\").len()", "不能比较"),
        ("[1].filter(|x| true > 0).len()", "不能比较"),
        ("study.filter(|r| r == r).len()", "不能比较"),
        ("theme.filter(|r| r.date > 2018).len()", "“r.date”为日期，“2018”为数字"),
        ("study.filter(|r| r.done).len()", "“|r| r.done”得出数字，filter 的条件应得出是或否"),
        ("study.filter(|r| r.done && true).len()", "“r.done”为数字，这里应为是或否"),
        ("sum(study.map(|r| r.name))", "“study.map(|r| r.name)”列出的为文字，这里应为数字"),
        ("sum(study)", "“study”列出的为台账的一行"),
        ("total.len()", "“total”为数字，这里应为列表"),
        ("study.done", "“study”为列表，没有“.done”"),
        ("total.done", "“total”为数字，没有“.done”"),
        ("study.len", "“study”为列表，没有“.len”"),
        ("study + 1", "“study”为列表，这里应为数字"),
        ("!total", "“total”为数字，这里应为是或否"),
        ("ratio(total)", "ratio 要 2 项，这里有 1 项"),
        ("study.len(1)", "len 要 1 项，这里有 2 项"),
        ("study.filter(total).len()", "“total”应写成 |r| …"),
        ("study.map(|a, b, c| 1).sum()", "最多两个参数"),
        ("max(|r| r, 1)", "只能写在 filter"),
        ("if(total, 1, 2)", "“total”为数字，这里应为是或否"),
        ("if(true, 1, \"2\")", "有时得出数字，有时得出文字"),
        ("or(total, study)", "“study”为列表，这里应为一个值"),
        ("study.count(|r| r.done)", "count 的条件应得出是或否"),
        ("not total", "“total”为数字，这里应为是或否"),
        ("[1, \"2\"].len()", "既有数字又有文字"),
        ("[].len()", "“[]”是空的"),
        ("[study].len()", "“study”为列表，这里应为一个值"),
        ("calendar", "calendar.theme"),
        ("study.len() > 1", "表达式应得出数字，却得出是或否"),
        ("study.filter(|r| true)", "表达式应得出数字，却得出列表"),
        ("days_between(cutoff, 1)", "“1”为数字，这里应为日期"),
    ] {
        let said = refusal(text);
        assert!(said.contains(expected), "{text}: {said}");
    }
}
