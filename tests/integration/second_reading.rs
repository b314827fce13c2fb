//! The second reading: `check` and final reports compare what two independent readers say.

use serde_json::json;
use zicha::ingest::find_files;

use crate::support::{NOTICE, Project, assert_read_alike, root};

crate::harness::tests! {
    alone: [
        every_ledger_of_the_repository_is_read_alike,
        a_difference_stops_the_final_report_of_its_branch_alone,
        a_draft_does_not_wait_for_the_second_reading,
        a_file_that_the_second_reader_refuses_is_named,
        what_only_the_first_reader_knows_is_no_difference,
        what_a_number_format_shows_is_no_difference,
        a_cell_far_from_the_others_of_an_ods_is_compared,
    ]
}

const BRANCHES: [&str; 2] = ["甲党支部", "乙党支部"];

/// A number that is too great for any program, in a column of texts: one reader takes it for a text, the other for
/// infinity.
fn with_a_difference() -> Project {
    let rows =
        json!([["党组织", "姓名", "规定学时", "已完成学时"], ["甲党支部", 7, 50, 40], ["乙党支部", "钱", 50, 40]]);
    let spec = json!({ "sheets": [{ "name": "干部在线学习", "rows": rows }] });
    let project = Project::ready(&BRANCHES);
    std::fs::remove_file(project.path("input/干部在线学习.csv")).expect("removed");
    project.patched_workbook("学习.xlsx", &spec, "<v>7<", "<v>1e999<")
}

fn every_ledger_of_the_repository_is_read_alike() {
    let mut read = 0;
    for folder in ["input", "tests", "templates"] {
        for file in find_files(&root().join(folder), &[]).expect("a folder").output {
            let bytes = std::fs::read(file.path()).expect("a file");
            read += usize::from(assert_read_alike(file.name(), &bytes));
        }
    }
    assert!(read > 10, "{read}");
}

fn a_difference_stops_the_final_report_of_its_branch_alone() {
    let project = with_a_difference();
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.all().contains("[Z126]") && run.all().contains("“1e999”；另一种读法是 “"), "{}", run.all());
    assert!(!project.report("甲党支部", "docx").exists() && project.report("乙党支部", "docx").exists());
    let findings = project.findings_of("Z126");
    assert_eq!((findings.len(), &findings[0]["cell"], &findings[0]["branch"]), (1, &json!("B2"), &json!("甲党支部")));
}

fn a_draft_does_not_wait_for_the_second_reading() {
    let project = with_a_difference();
    let run = project.build();
    assert!(!run.all().contains("[Z126]"), "{}", run.all());
    assert!(project.report("甲党支部", "docx").exists());
}

/// The first reader does without what no cell depends on.
fn a_file_that_the_second_reader_refuses_is_named() {
    let rows = json!([["党组织", "姓名", "规定学时", "已完成学时"], ["甲党支部", "孙", 50, 40]]);
    let spec = json!({ "sheets": [{ "name": "干部在线学习", "rows": rows }] });
    let project = Project::ready(&BRANCHES).patched_workbook("学习.xlsx", &spec, "r=\"A2\"", "r=\"\"");
    let findings = project.findings_of("Z009");
    assert_eq!((findings.len(), &findings[0]["file"]), (1, &json!("学习.xlsx")));
}

fn what_only_the_first_reader_knows_is_no_difference() {
    let rows = json!([
        ["党组织", "姓名", "规定学时", "已完成学时"],
        ["甲党支部", { "struck": "王", "rest": "孙" }, { "date": "2018-10-05" }, 40],
        ["甲党支部", "李", 50, { "formula": "20+18", "result": "0" }]
    ]);
    let spec = json!({ "sheets": [{ "name": "干部在线学习", "rows": rows }] });
    let project = Project::ready(&BRANCHES).workbook("学习.xlsx", &spec);
    assert!(project.findings_of("Z118").len() == 1 && project.findings_of("Z126").is_empty());
    assert!(project.findings_of("Z009").is_empty());
}

fn a_cell_far_from_the_others_of_an_ods_is_compared() {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let rows = [["党组织", "姓名", "规定学时", "已完成学时"], ["甲党支部", "孙", "50", "40"]];
    let rows: String = rows.iter().map(|cells| row(&cells.map(cell).concat())).collect();
    let blank = |count: u32| format!("<table:table-cell table:number-columns-repeated=\"{count}\"/>");
    // As LibreOffice writes a cell at IV65536, and 256 MiB for the process that reads it twice.
    let run = format!("<table:table-row table:number-rows-repeated=\"65533\">{}</table:table-row>", blank(256));
    let far = row(&[blank(255), cell("远")].concat());
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"干部在线学习\">\
         {rows}{run}{far}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let mut package = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)] {
        package.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        std::io::Write::write_all(&mut package, text.as_bytes()).expect("its text");
    }
    let file = package.finish().expect("a package").into_inner();
    let project = Project::ready(&BRANCHES)
        .edit(&format!("{NOTICE}/notice.toml"), "[metric]", "[limits]\nmemory_mib = 256\n\n[metric]")
        .file("input/学习.ods", &file);
    let names: Vec<String> = project.rows("甲党支部", "study").into_iter().map(|row| row[1].clone()).collect();
    assert!(names.contains(&"B2 孙".to_owned()), "{names:?}");
    assert_eq!([project.findings_of("Z009").len(), project.findings_of("Z126").len()], [0, 0]);
}

fn what_a_number_format_shows_is_no_difference() {
    for format in ["0!.0,\"万元\"", "000-0000-0000", "0000-00-00", "@\"级\"", "yyyy\"年\"m\"月\"", "[h]:mm"] {
        let name = if format.contains('@') { json!("书记") } else { json!(15_000) };
        let rows = json!([["党组织", "姓名", "规定学时", "已完成学时"], ["甲党支部", name, 50, 40]]);
        let sheet = json!({ "name": "干部在线学习", "rows": rows, "formats": { "B": format } });
        let project = Project::ready(&BRANCHES).workbook("学习.xlsx", &json!({ "sheets": [sheet] }));
        assert_eq!(project.findings_of("Z126"), Vec::<serde_json::Value>::new(), "{format}");
    }
}
