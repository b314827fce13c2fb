//! Files: formats, encodings, extensions, hidden sheets and rows, ledgers spread over several files.

use serde_json::json;

use super::{BRANCH, HEAD, found, one_row, project, sheet};

crate::harness::tests! {
    alone: [
        sheets_and_workbooks_per_branch_and_for_all_are_joined,
        a_duplicate_row_is_a_finding_within_and_across_files,
        a_copied_sheet_is_one_finding,
        csv_is_read_in_utf8_utf16_and_gb18030_with_any_delimiter,
        html_saved_as_xls_is_read,
        two_files_of_one_ledger_are_joined,
    ]
    with_tools: [
        hidden_sheets_are_skipped_hidden_rows_are_read_and_both_are_reported,
        xlsb_is_read_with_its_addresses_dates_truth_values_and_errors,
        an_xls_with_a_wrong_code_page_is_read,
        extensions_in_capitals_and_wrong_ones_do_not_matter,
        a_workbook_with_macros_is_read,
        emoji_rare_and_control_characters_are_read_from_every_format,
    ]
}

fn hidden_sheets_are_skipped_hidden_rows_are_read_and_both_are_reported() {
    let row = |name: &str| json!([BRANCH, name, 50, 38]);
    let rows =
        json!([HEAD, row("赵"), row("钱"), row("孙"), row("李"), [null, null, null, null], row("周"), row("吴")]);
    for kind in ["xlsx", "xls", "xlsb", "ods"] {
        let mut spec = json!({ "sheets": [
            { "name": "旧表", "rows": rows, "hidden": true },
            { "name": "在线学习", "at": "B3", "rows": rows, "hidden_rows": [5, 6, 7, 8, 10] },
        ] });
        if kind != "xlsx" {
            spec["convert"] = json!(kind);
        }
        let project = project().foreign_workbook(&format!("学习.{kind}"), &spec);
        assert_eq!(project.rows(BRANCH, "study").len(), 6, "{kind}");
        assert_eq!(found(&project), ["Z007 -", "Z007 A5:A7", "Z007 A10"], "{kind}: one finding a run of rows");
    }
}

fn xlsb_is_read_with_its_addresses_dates_truth_values_and_errors() {
    let head = json!(["党组织", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传灯塔平台"]);
    let rows = json!([
        ["主题党日台账"],
        head,
        [BRANCH, { "date": "2018-09-06" }, "党章学习", 9, 8.0, true],
        [null, { "date": "2018-10-05" }, "志愿服务", 9, "#REF!", false],
        [null, "2018年10月18日", "𠮷日参观", 9, { "error": "#N/A" }, "√"],
    ]);
    let spec = json!({ "sheets": [{ "name": "主题党日", "at": "C4", "rows": rows, "hidden_rows": [7], "merge": ["C6:C8"] }], "convert": "xlsb" });
    let project = project().foreign_workbook("党日.xlsb", &spec);
    let read: Vec<String> = project.rows(BRANCH, "theme").into_iter().map(|row| row.join("|")).collect();
    assert_eq!(
        read,
        [
            "C6 教务处党支部|C6 |D6 2018-09-06|E6 党章学习|F6 9|G6 8|H6 true|C6 |C6 |C6 ",
            "C6 教务处党支部|C6 |D7 2018-10-05|E7 志愿服务|F7 9|G7 Unusable(ErrorValue, \"#REF!\")|H7 false|C6 |C6 |C6 ",
            "C6 教务处党支部|C6 |D8 2018-10-18|E8 𠮷日参观|F8 9|G8 Unusable(ErrorValue, \"#N/A\")|H8 true|C6 |C6 |C6 ",
        ]
    );
    assert_eq!(found(&project), ["Z007 A7", "Z105 G7", "Z105 G8"]);
}

fn an_xls_with_a_wrong_code_page_is_read() {
    let mut spec = sheet(json!([HEAD, [BRANCH, "赵𠮷é", 50, 38]]));
    spec["convert"] = json!("xls");
    for page in [1252_u16, 936, 10000] {
        let record = |page: u16| [&[0x42, 0, 2, 0][..], &page.to_le_bytes()].concat();
        spec["patch"] = json!([[record(1200), record(page)]]);
        let project = project().foreign_workbook("学习.xls", &spec);
        let rows = project.rows(BRANCH, "study");
        assert_eq!(
            (rows.len(), rows[0][0].as_str(), rows[0][1].as_str()),
            (1, "A2 教务处党支部", "B2 赵𠮷é"),
            "{page}"
        );
        assert_eq!(found(&project), [""; 0], "{page}");
    }
}

fn sheets_and_workbooks_per_branch_and_for_all_are_joined() {
    let rows = |name: &str| json!([["在线学习登记表"], ["姓名", "规定学时", "已完成学时"], [name, 50, 38]]);
    let project = project()
        .workbook("各单位.xlsx", &json!({ "sheets": [{ "name": "教务处", "rows": rows("赵") }, { "name": "科研处党支部", "rows": rows("钱") }] }))
        .workbook("科研处党支部-在线学习.xlsx", &json!({ "sheets": [{ "name": "Sheet1", "rows": rows("孙") }] }))
        .workbook("教务处/学习.xlsx", &json!({ "sheets": [{ "name": "Sheet1", "rows": rows("李") }] }))
        .workbook("无名.xlsx", &json!({ "sheets": [{ "name": "Sheet1", "rows": [["单位：教务处党支部"], ["姓名", "规定学时", "已完成学时"], ["周", 50, 38]] }] }))
        .workbook("全部.xlsx", &sheet(json!([HEAD, [BRANCH, "吴", 50, 38]])))
        .workbook("不知谁.xlsx", &json!({ "sheets": [{ "name": "Sheet1", "rows": rows("郑") }] }));
    let names =
        |branch| -> Vec<String> { project.rows(branch, "study").into_iter().map(|row| row[1].clone()).collect() };
    assert_eq!(names(BRANCH), ["B2 吴", "A3 赵", "A3 李", "A3 周"]);
    assert_eq!(names("科研处党支部"), ["A3 钱", "A3 孙"]);
    assert_eq!(found(&project), ["Z202 A3"]);
}

fn a_duplicate_row_is_a_finding_within_and_across_files() {
    let rows = json!([
        ["序号", "党组织", "项目名称", "负责人", "年度目标", "进展情况", "完成率", "计划完成时间"],
        [1, BRANCH, "甲", "王", "目标", "进展", 0.5, "2018-12-15"],
        [2, "教务处", "甲", "王", "目标", "进展", "50%", "2018.12.15"]
    ]);
    let book = json!({ "sheets": [{ "name": "突破项目", "rows": rows }] });
    let project = project().workbook("一.xlsx", &book);
    assert_eq!(found(&project), ["Z110 A3"]);
    let project = project.workbook("二.xlsx", &book);
    assert_eq!(found(&project), ["Z110 A3", "Z110 A2", "Z110 A3"]);
    assert_eq!(project.findings_of("Z110")[1]["message"], "与 一.xlsx［突破项目］ A2 所在的行完全相同，两行都已计入");
}

fn a_copied_sheet_is_one_finding() {
    let study = |rows: &[serde_json::Value]| {
        let head = ["党组织", "姓名", "规定学时", "已完成学时"];
        sheet(serde_json::Value::Array([&[json!(head)], rows].concat()))
    };
    let rows: Vec<_> = ["赵", "钱", "孙", "李"].iter().map(|name| json!([BRANCH, name, 50, 38])).collect();
    let copied = project().workbook("一.xlsx", &study(&rows)).workbook("二.xlsx", &study(&rows));
    assert_eq!(found(&copied), ["Z110 -"]);
    let finding = &copied.findings_of("Z110")[0];
    assert_eq!(finding["message"], "这张表的全部 4 行与 一.xlsx［在线学习］ 的完全相同，都已计入");
    assert_eq!((&finding["file"], &finding["branch"]), (&json!("二.xlsx"), &json!(BRANCH)));

    // Rows of another branch and a new row: the copy is of no branch, and its repeated rows are named.
    let mut other: Vec<_> = rows.clone();
    other.insert(2, json!([BRANCH, "周", 50, 38]));
    other.push(json!(["科研处党支部", "吴", 50, 38]));
    let first = [&rows[..], &[json!(["科研处党支部", "吴", 50, 38])]].concat();
    let copied = project().workbook("一.xlsx", &study(&first)).workbook("二.xlsx", &study(&other));
    let finding = &copied.findings_of("Z110")[0];
    let message = "这张表 6 行里有 5 行（第 2—3、5—7 行）与 一.xlsx［在线学习］ 的完全相同，都已计入";
    assert_eq!((&finding["message"], &finding["branch"]), (&json!(message), &json!(null)));

    // Two rows are no copy, and few of many are named by row.
    let few = |names: &[&str]| names.iter().map(|name| json!([BRANCH, name, 50, 38])).collect::<Vec<_>>();
    let copied = project()
        .workbook("一.xlsx", &study(&rows))
        .workbook("二.xlsx", &study(&few(&["赵", "钱", "孙", "甲", "乙", "丙"])));
    assert_eq!(found(&copied), ["Z110 A2", "Z110 A3", "Z110 A4"]);
}

fn csv_is_read_in_utf8_utf16_and_gb18030_with_any_delimiter() {
    let text = "党组织,姓名,规定学时,已完成学时\n教务处党支部,赵,50,38\n";
    let gb = encoding_rs::GB18030.encode(text).0.into_owned();
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = format!("\u{feff}{text}");
    for (kind, bytes) in [
        ("utf-8", text.as_bytes().to_vec()),
        ("mark", marked.into_bytes()),
        ("gb18030", gb),
        ("utf-16", utf16),
        ("semicolon", text.replace(',', ";").into_bytes()),
        ("tab", text.replace(',', "\t").into_bytes()),
        ("crlf", text.replace('\n', "\r\n").into_bytes()),
    ] {
        let project = project().file("input/在线学习.csv", &bytes);
        assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]), "{kind}");
        assert_eq!(found(&project), [""; 0], "{kind}");
    }
}

fn extensions_in_capitals_and_wrong_ones_do_not_matter() {
    let rows = json!([HEAD, [BRANCH, "赵", 50, 38]]);
    let mut xls = sheet(rows.clone());
    xls["convert"] = json!("xls");
    for (name, spec) in
        [("学习.XLS", &xls), ("学习.xlsx", &xls), ("学习.csv", &sheet(rows.clone())), ("学习.xlsm", &sheet(rows))]
    {
        let project = project().foreign_workbook(name, spec);
        assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]), "{name}");
    }
}

fn html_saved_as_xls_is_read() {
    let page = "<html><head><meta charset=\"gb2312\"></head><body><table border=1><tr><td colspan=4>在线学习</td></tr>\
        <tr><th>党组织</th><th>姓名</th><th>规定学时</th><th>已完成学时</th></tr>\
        <tr><td>教务处党支部</td><td>赵</td><td>50</td><td>38</td></tr></table></body></html>";
    for bytes in [page.as_bytes().to_vec(), encoding_rs::GB18030.encode(page).0.into_owned()] {
        let project = project().file("input/导出.xls", &bytes);
        assert_eq!(project.rows(BRANCH, "study"), one_row(3, ["A", "B", "C", "D"]));
        assert_eq!(found(&project), ["Z009 -"], "no second reader");
    }
}

fn a_workbook_with_macros_is_read() {
    let kind = |name: &str| format!("application/vnd.{name}.main+xml");
    let mut spec = sheet(json!([HEAD, [BRANCH, "赵", 50, 38]]));
    let (plain, macros) =
        (kind("openxmlformats-officedocument.spreadsheetml.sheet"), kind("ms-excel.sheet.macroEnabled"));
    spec["replace"] = json!([["[Content_Types].xml", plain, macros]]);
    let project = project().foreign_workbook("学习.xlsm", &spec);
    assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]));
    assert_eq!(found(&project), [""; 0]);
}

fn two_files_of_one_ledger_are_joined() {
    let project = project().workbook("上半年/学习.xlsx", &sheet(json!([HEAD, [BRANCH, "赵", 50, 38]]))).ledger(
        "下半年学习",
        &HEAD,
        &[vec![BRANCH, "钱", "50", "40"]],
    );
    let names: Vec<String> = project.rows(BRANCH, "study").into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(names, ["B2 赵", "B2 钱"]);
    assert_eq!(found(&project), [""; 0]);
}

fn emoji_rare_and_control_characters_are_read_from_every_format() {
    for kind in ["xlsx", "xls", "xlsb", "ods"] {
        // No spreadsheet program writes control characters; only the .xlsb writer of the tests can.
        let control = if kind == "xlsb" { "\u{1}\u{b}" } else { "" };
        let mut spec = sheet(json!([HEAD, [BRANCH, format!("赵{control}𠮷😀é"), 50, 38]]));
        if kind != "xlsx" {
            spec["convert"] = json!(kind);
        }
        let project = project().foreign_workbook(&format!("学习.{kind}"), &spec);
        let name = if control.is_empty() { "B2 赵𠮷😀é" } else { "B2 赵\n𠮷😀é" };
        assert_eq!(project.rows(BRANCH, "study")[0][1], name, "{kind}");
        assert_eq!(found(&project), if control.is_empty() { vec![] } else { vec!["Z106 B2"] }, "{kind}");
    }
}
