//! Files of other formats, packages that other writers make, and text files with faults: read, or refused by name.

use std::io::{Cursor, Read, Write};

use serde_json::json;

use super::{BRANCH, HEAD, found, one_row, project, sheet};
use crate::support::Project;

crate::harness::tests! {
    alone: [
        an_xml_spreadsheet_is_read_as_xls_and_as_xml,
        a_workbook_with_an_extension_of_wps_or_of_a_template_is_read,
        a_flat_opendocument_is_read,
        a_single_file_web_page_is_read,
        workbooks_of_excel_2_to_4_are_refused_by_name,
        names_of_parts_may_have_backslashes_or_follow_from_relationships,
        parts_in_utf16_are_read,
        a_workbook_inside_a_workbook_is_no_damage,
        a_file_with_something_else_than_cells_is_not_called_empty,
        a_quote_that_is_not_closed_is_an_error_at_its_cell,
        a_cut_character_is_an_error_at_its_cell,
        tabs_and_text_formulas_are_no_content,
        big5_and_utf16_without_a_mark_are_read,
        hidden_rows_of_a_web_page_are_said,
        a_roster_that_is_there_twice_is_one_finding_with_both_places,
    ]
}

/// What every format below holds.
fn rows() -> serde_json::Value {
    sheet(json!([HEAD, [BRANCH, "赵", 50, 38]]))
}

/// Whether a file with [`rows`] is read and nothing is found.
fn assert_read(name: &str, bytes: &[u8]) {
    assert_read_with(name, bytes, &[]);
}

/// Likewise for a format without a second reader.
fn assert_read_once(name: &str, bytes: &[u8]) {
    assert_read_with(name, bytes, &["Z009 -"]);
}

fn assert_read_with(name: &str, bytes: &[u8], expected: &[&str]) {
    let project = project().file(&format!("input/{name}"), bytes);
    assert_eq!(found(&project), expected, "{name}");
    assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]), "{name}");
}

/// The message and the cure of the only finding about a file.
fn refusal(name: &str, bytes: &[u8]) -> (String, String) {
    let project = project().file(&format!("input/{name}"), bytes);
    assert_eq!(found(&project).len(), 1, "{:?}", project.findings());
    let findings = project.findings_of("Z001");
    assert_eq!(findings[0]["file"], name);
    let text = |key: &str| findings[0][key].as_str().unwrap_or_default().to_owned();
    (text("message"), text("cure"))
}

/// An .xlsx with [`rows`], each part changed by `change`, which gets its name and content.
fn package(change: impl Fn(&str, Vec<u8>) -> (String, Vec<u8>)) -> Vec<u8> {
    let project = Project::empty().workbook("学习.xlsx", &rows());
    let bytes = std::fs::read(project.path("input/学习.xlsx")).expect("a workbook");
    let mut source = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
    let mut target = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for index in 0..source.len() {
        let mut part = source.by_index(index).expect("a part");
        let (name, mut content) = (part.name().expect("a name").into_owned(), Vec::new());
        part.read_to_end(&mut content).expect("its content");
        let (name, content) = change(&name, content);
        target.start_file(name, stored).expect("a part");
        target.write_all(&content).expect("written");
    }
    target.finish().expect("a package").into_inner()
}

fn an_xml_spreadsheet_is_read_as_xls_and_as_xml() {
    let cell = |kind: &str, text: &str| format!("<Cell><Data ss:Type=\"{kind}\">{text}</Data></Cell>");
    let head: String = HEAD.iter().map(|text| cell("String", text)).collect();
    let row = [("String", BRANCH), ("String", "赵"), ("Number", "50"), ("Number", "38")];
    let row: String = row.iter().map(|(kind, text)| cell(kind, text)).collect();
    let text = format!(
        "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n\
        <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\
        <Worksheet ss:Name=\"在线学习\"><Table><Row>{head}</Row><Row>{row}</Row></Table></Worksheet></Workbook>"
    );
    assert_read_once("学习.xls", text.as_bytes());
    assert_read_once("学习.xml", text.as_bytes());
    let (message, _) = refusal("学习.xls", &text.as_bytes()[..text.len() - 12]);
    assert!(message.contains("已损坏"), "{message}");
}

fn a_workbook_with_an_extension_of_wps_or_of_a_template_is_read() {
    let bytes = package(|name, content| (name.to_owned(), content));
    for extension in ["et", "ett", "xltx", "xlt", "ET"] {
        assert_read(&format!("学习.{extension}"), &bytes);
    }
}

fn a_flat_opendocument_is_read() {
    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let number = |number: u8| {
        format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{number}\"><text:p>{number}</text:p></table:table-cell>"
        )
    };
    let head: String = HEAD.iter().map(|word| text(word)).collect();
    let row = text(BRANCH) + &text("赵") + &number(50) + &number(38);
    let flat = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
        office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\"><office:body><office:spreadsheet><table:table table:name=\"在线学习\">\
        <table:table-row>{head}</table:table-row><table:table-row>{row}</table:table-row>\
        </table:table></office:spreadsheet></office:body></office:document>"
    );
    assert_read_once("学习.fods", flat.as_bytes());
}

fn a_single_file_web_page_is_read() {
    let cells = |cells: &[&str]| cells.iter().map(|text| format!("<td>{text}</td>")).collect::<String>();
    let page = format!(
        "<html><head><!--[if gte mso 9]><xml><x:ExcelWorksheet><x:Name>在线学习</x:Name></x:ExcelWorksheet></xml><![endif]--></head>\
        <table><tr>{}</tr><tr>{}</tr></table></html>",
        cells(&HEAD),
        cells(&[BRANCH, "赵", "50", "38"])
    );
    let quoted: String = page
        .bytes()
        .map(|byte| if byte.is_ascii() && byte != b'=' { char::from(byte).to_string() } else { format!("={byte:02X}") })
        .collect();
    let message = format!(
        "MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=\"----=_Part\"\r\n\r\n\
        ------=_Part\r\nContent-Location: file:///C:/1/a.htm\r\nContent-Transfer-Encoding: quoted-printable\r\n\
        Content-Type: text/html; charset=\"utf-8\"\r\n\r\n{quoted}\r\n------=_Part--\r\n"
    );
    assert_read_once("学习.mht", message.as_bytes());
    assert_read_once("学习.xls", message.as_bytes());
}

fn workbooks_of_excel_2_to_4_are_refused_by_name() {
    for (version, start) in [
        (2, &b"\x09\x00\x04\x00\x07\x00\x10\x00"[..]),
        (3, b"\x09\x02\x06\x00\x00\x00\x10\x00\x00\x00"),
        (4, b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00"),
    ] {
        let (message, cure) = refusal("学习.xls", start);
        assert!(
            message.contains(&format!("Excel {version} 的旧格式")) && cure.contains("另存为 .xlsx"),
            "{message} {cure}"
        );
    }
}

fn names_of_parts_may_have_backslashes_or_follow_from_relationships() {
    assert_read("学习.xlsx", &package(|name, content| (name.replace('/', "\\"), content)));
    let renamed = package(|name, content| {
        let name = name
            .replace("xl/workbook.xml", "xl/workbook22.xml")
            .replace("xl/_rels/workbook.xml", "xl/_rels/workbook22.xml");
        let content = if name == "_rels/.rels" || name == "[Content_Types].xml" {
            String::from_utf8(content).expect("text").replace("xl/workbook.xml", "xl/workbook22.xml").into_bytes()
        } else {
            content
        };
        (name, content)
    });
    let project = project().file("input/学习.xlsx", &renamed);
    assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]));
}

fn parts_in_utf16_are_read() {
    let recoded = package(|name, content| {
        let text = String::from_utf8(content).expect("text").replace("UTF-8", "UTF-16");
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        (name.to_owned(), units.flat_map(u16::to_le_bytes).collect())
    });
    let project = project().file("input/学习.xlsx", &recoded);
    assert_eq!(project.findings_of("Z001"), [json!(null); 0]);
    assert_eq!(project.rows(BRANCH, "study"), one_row(2, ["A", "B", "C", "D"]));
}

fn a_workbook_inside_a_workbook_is_no_damage() {
    let inner = package(|name, content| (name.to_owned(), content));
    let mut outer = zip::ZipWriter::new_append(Cursor::new(inner.clone())).expect("a package");
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    outer.start_file("xl/embeddings/Microsoft_Excel_Worksheet.xlsx", stored).expect("a part");
    outer.write_all(&inner).expect("written");
    assert_read("学习.xlsx", outer.finish().expect("a package").get_ref());
}

fn a_file_with_something_else_than_cells_is_not_called_empty() {
    for (name, bytes, says) in [
        ("通知.xls", "<html><body><p>请各支部报送台账</p></body></html>".as_bytes().to_vec(), "表格以外的文字"),
        ("图.xls", b"<html><img src=\"a.png\"></html>".to_vec(), "图片"),
        ("乱.csv", (0..400_u32).map(|n| (n * 7 % 31 + 1) as u8).collect(), "不是文本"),
    ] {
        let (message, _) = refusal(name, &bytes);
        assert!(message.contains(says) && !message.contains("没有内容"), "{name}: {message}");
    }
    let project = project().file("input/空.csv", b"\r\n,,\r\n");
    assert_eq!(project.findings_of("Z004")[0]["message"], "文件里没有内容");
}

fn a_quote_that_is_not_closed_is_an_error_at_its_cell() {
    let head = "党组织,姓名,职务,规定学时,已完成学时\n";
    for (rows, cell) in [
        ("教务处党支部,赵一,\"科长,50,38\n教务处党支部,钱二,科员,50,20\n", "C2"),
        ("教务处党支部,赵一,\"科长,50,38\n教务处党支部,钱二,科员,50,20\n教务处党支部,孙三,\"副科长\",50,52\n", "C2"),
        ("教务处党支部,赵一,科长,50,38\n教务处党支部,钱二,\"科员”,50,20\n教务处党支部,孙三,科员,50,52\n", "C3"),
        ("教务处党支部,赵一,\"科长,50,38\n教务处党支部,钱二,科员\",50,20\n", "C2"),
    ] {
        let project = project().file("input/学习.csv", format!("{head}{rows}").as_bytes());
        let findings = project.findings_of("Z001");
        assert_eq!((findings.len(), &findings[0]["cell"], &findings[0]["file"]), (1, &json!(cell), &json!("学习.csv")));
        assert!(["found", "expected", "cure"].iter().all(|key| findings[0][*key].is_string()), "{findings:?}");
    }
}

fn a_cut_character_is_an_error_at_its_cell() {
    let text = "\u{feff}党组织,召开日期,议题,参会人数\n教务处党支部,2018-09-04,工作方法,9\n";
    let cut = text.as_bytes().windows(3).position(|bytes| bytes == "法".as_bytes()).expect("a character") + 2;
    let bytes = [&text.as_bytes()[..cut], &text.as_bytes()[cut + 1..]].concat();
    let project = project().file("input/议事会.csv", &bytes);
    assert_eq!(project.findings_of("Z001")[0]["cell"], "C2");
    let gb = encoding_rs::GB18030.encode(&text[3..]).0.into_owned();
    let cut = gb.windows(2).position(|bytes| bytes == [0xb7, 0xa8]).expect("a character") + 1;
    let project = project.file("input/议事会.csv", &[&gb[..cut], &gb[cut + 1..]].concat());
    assert_eq!(project.findings_of("Z001")[0]["cell"], "C2");
}

fn tabs_and_text_formulas_are_no_content() {
    assert_read(
        "学习.csv",
        "党组织\t,姓名\t,规定学时\t,已完成学时\t\n教务处党支部\t,=\"赵\"\t,50\t,\"38\"\t\n".as_bytes(),
    );
}

fn big5_and_utf16_without_a_mark_are_read() {
    let text = "党组织,姓名,规定学时,已完成学时\n教务处党支部,赵,50,38\n";
    assert_read("学习.csv", &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>());
    let traditional = "黨組織,姓名,規定學時,已完成學時\n教務處黨支部,趙,50,38\n";
    let project = project().file("input/学习.csv", &encoding_rs::BIG5.encode(traditional).0);
    assert_eq!(project.findings_of("Z002")[0]["found"], "黨組織、姓名、規定學時、已完成學時");
}

fn hidden_rows_of_a_web_page_are_said() {
    let cells = |cells: &[&str]| cells.iter().map(|text| format!("<td>{text}</td>")).collect::<String>();
    let page = format!(
        "<html><table><tr>{}</tr><tr style=\"display:none\">{}</tr><tr>{}</tr></table></html>",
        cells(&HEAD),
        cells(&[BRANCH, "模板行", "50", "0"]),
        cells(&[BRANCH, "赵", "50", "38"])
    );
    assert_eq!(found(&project().file("input/学习.xls", page.as_bytes())), ["Z009 -", "Z007 A2"]);
}

fn a_roster_that_is_there_twice_is_one_finding_with_both_places() {
    let rows =
        json!([["党组织名称", "类别", "书记"], [BRANCH, "机关党支部", "甲"], ["科研处党支部", "机关党支部", "丙"]]);
    let project = project()
        .workbook("收到/党组织名册（副本）.xlsx", &json!({ "sheets": [{ "name": "党组织名册", "rows": rows }] }));
    let findings = project.findings_of("Z204");
    let places: Vec<_> =
        findings.iter().map(|f| (f["file"].as_str(), f["sheet"].as_str(), f["cell"].as_str())).collect();
    let (file, sheet) = (Some("收到/党组织名册（副本）.xlsx"), Some("党组织名册"));
    assert_eq!(places, [(file, sheet, Some("A2")), (file, sheet, Some("A3"))]);
    assert!(findings.iter().all(|f| f["message"].as_str().is_some_and(|text| text.contains("党组织名册.csv"))));
    assert_eq!(project.zicha(&["check"]).stdout.matches("Z204").count(), 1);
}
