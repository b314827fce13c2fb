//! Pictures, from ledgers to reports of every format.

pub(crate) mod sources;

use std::io::{Cursor, Read};
use std::path::Path;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use rust_xlsxwriter::{Image, Workbook};

use crate::support::{NOTICE, Project, audit, chromium, files, libreoffice, parts, python_json};

crate::harness::tests! {
    alone: [
        pictures_of_a_workbook_are_in_reports_of_every_format,
        a_broken_picture_is_one_finding_and_a_gap,
        a_blank_picture_cell_is_a_gap,
        a_picture_that_is_exchanged_makes_its_report_anew,
        a_picture_with_too_many_pixels_costs_one_cell,
        other_ledgers_with_pictures_stay_as_they_were,
        pictures_in_rows_without_content_are_findings,
        pictures_that_are_at_no_cell_or_cannot_be_read_are_said,
        every_drawing_of_a_document_has_an_id_of_its_own,
        every_picture_of_a_workbook_with_many_is_printed,
        a_picture_that_exhausts_the_memory_costs_one_cell,
    ]
    with_tools: [
        documents_with_pictures_follow_the_schema,
        pictures_stand_two_a_row_at_their_printed_size_with_their_captions_below,
    ]
}

const BRANCH: &str = "教务处党支部";
const OTHER: &str = "科研处党支部";
const HEAD: [&str; 4] = ["党组织", "活动", "现场照片", "签到表"];

/// A picture file of one colour.
pub(crate) fn picture(color: [u8; 3], (width, height): (u32, u32), format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = DynamicImage::ImageRgb8(RgbImage::from_pixel(width, height, Rgb(color)));
    picture.write_to(&mut Cursor::new(&mut bytes), format).expect("a picture");
    bytes
}

const RED: [u8; 3] = [200, 20, 20];
const BLUE: [u8; 3] = [20, 20, 200];
const GREEN: [u8; 3] = [20, 160, 20];

/// A workbook of activities with pictures at cells of rows from 2 on: row, column, file.
fn activities(rows: &[[&str; 2]], pictures: &[(u32, u16, Vec<u8>)]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("活动").expect("a name");
    sheet.write_row(0, 0, HEAD).expect("a header");
    for (at, row) in (1..).zip(rows) {
        sheet.write_row(at, 0, *row).expect("a row");
        sheet.set_row_height(at, 120).expect("a height");
    }
    for (row, col, bytes) in pictures {
        let image = Image::new_from_buffer(bytes).expect("a picture").set_scale_to_size(60, 60, true);
        sheet.insert_image(*row, *col, &image).expect("inserted");
    }
    book.save_to_buffer().expect("a workbook")
}

const TEMPLATE: &str = "应学{{ cadres }}人。

{% for activity in activities %}
图：{{ activity.topic }}

{{ activity.photo }}

{% endfor %}

表：签到情况

| 活动 | 签到表 |
| --- | --- |
{%- for activity in activities %}
| {{ activity.topic }} | {{ activity.sheet }} |
{%- endfor %}
";

/// A notice with a ledger of activities.
fn project() -> Project {
    let ledger = "[ledger.activities]\ntitle = \"活动\"\n[ledger.activities.columns]\nbranch = { header = [\"党组织\"], type = \"branch\" }\n\
        topic = { header = [\"活动\"], type = \"text\" }\nphoto = { header = [\"现场照片\"], type = \"picture\" }\n\
        sheet = { header = [\"签到表\"], type = \"picture\", width = 30 }\n\n[ledger.prize]";
    Project::ready(&[BRANCH, OTHER])
        .edit(&format!("{NOTICE}/notice.toml"), "[ledger.prize]", ledger)
        .edit(&format!("{NOTICE}/notice.toml"), "ledgers  = [\"study\"]", "ledgers  = [\"study\", \"activities\"]")
        .file(&format!("{NOTICE}/study.md"), TEMPLATE.as_bytes())
}

fn jpeg(color: [u8; 3]) -> Vec<u8> {
    picture(color, (400, 300), ImageFormat::Jpeg)
}

/// Two activities of the branch with two pictures each, one of the other branch.
fn with_pictures() -> Project {
    let rows = [[BRANCH, "党员大会"], [BRANCH, "主题党日"], [OTHER, "座谈会"]];
    let png = picture(GREEN, (200, 100), ImageFormat::Png);
    let pictures = [
        (1, 2, jpeg(RED)),
        (1, 3, png.clone()),
        (2, 2, jpeg(BLUE)),
        (2, 3, png.clone()),
        (3, 2, jpeg(GREEN)),
        (3, 3, png),
    ];
    project().file("input/活动.xlsx", &activities(&rows, &pictures))
}

/// The names and bytes of the pictures beside a branch's report.
fn beside(project: &Project, branch: &str) -> Vec<(String, Vec<u8>)> {
    let all = files(&project.path(&format!("output/{branch}")));
    all.into_iter().filter(|(name, _)| name.starts_with("图片-")).collect()
}

/// The colour in the middle of a picture, as its largest channel.
fn color_of(bytes: &[u8]) -> usize {
    let picture = image::load_from_memory(bytes).expect("a picture").into_rgb8();
    let channels = picture.get_pixel(picture.width() / 2, picture.height() / 2).0;
    (0..3).max_by_key(|channel| channels[*channel]).expect("a channel")
}

/// The media of a DOCX file: names and bytes.
fn media(docx: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(docx).expect("a report")).expect("a package");
    let mut media = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        if name.starts_with("word/media/") {
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).expect("bytes");
            media.push((name, bytes));
        }
    }
    media
}

fn pictures_of_a_workbook_are_in_reports_of_every_format() {
    let project = with_pictures();
    let run = project.build();
    assert!(!run.all().contains("Z1"), "{}", run.all());

    let markdown = project.report_text(BRANCH, "md");
    let linked: Vec<&str> =
        markdown.split("![").skip(1).map(|rest| rest.split(')').next().unwrap_or_default()).collect();
    let alternatives: Vec<&str> = linked.iter().map(|link| link.split("](").next().unwrap_or_default()).collect();
    assert_eq!(alternatives, ["图1　党员大会", "图2　主题党日", "签到表", "签到表"], "{markdown}");
    let beside = beside(&project, BRANCH);
    assert_eq!(beside.len(), 3, "a picture that is printed twice is one file");
    for link in &linked {
        let name = link.split("](").nth(1).expect("a target");
        assert!(beside.iter().any(|(file, _)| file == name), "{name}");
    }
    let mut colors: Vec<usize> = beside.iter().map(|(_, bytes)| color_of(bytes)).collect();
    colors.sort_unstable();
    assert_eq!(colors, [0, 1, 2]);

    let docx = project.report(BRANCH, "docx");
    let media = media(&docx);
    let names: Vec<&str> = media.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["word/media/picture1.jpg", "word/media/picture2.jpg", "word/media/picture3.png"]);
    assert_eq!(media.iter().map(|(_, bytes)| color_of(bytes)).collect::<Vec<_>>(), [0, 2, 1]);
    let parts = parts(&std::fs::read(&docx).expect("a report"));
    let document = &parts.iter().find(|(name, _)| name == "word/document.xml").expect("a document").1;
    for alternative in ["图1　党员大会", "图2　主题党日"] {
        assert_eq!(document.matches(&format!("descr=\"{alternative}\"")).count(), 1, "{alternative}");
    }
    assert_eq!(document.matches("descr=\"签到表\"").count(), 2);
    // 400 pixels at 136 dots an inch, the fewest with which they are no wider than 75 mm: 74.8 mm.
    assert_eq!(document.matches("extent cx=\"2692800\"").count(), 2, "{document}");

    let html = project.report_text(BRANCH, "html");
    assert_eq!(html.matches("src=\"data:image/jpeg;base64,").count(), 2);
    assert_eq!(html.matches("src=\"data:image/png;base64,").count(), 2);
    assert!(html.contains("alt=\"图1　党员大会\"") && html.contains("alt=\"签到表\""), "alternative texts");

    let sources = project.read(&format!("output/{BRANCH}/sources.json"));
    for cell in ["C2", "C3", "D2", "D3"] {
        let printed = sources.lines().find(|line| line.contains(&format!("\"cell\":\"{cell}\"")));
        assert!(printed.is_some_and(|line| line.starts_with("{\"text\":\"图片 ")), "{cell}");
    }
    assert!(sources.contains("{\"file\":\"活动.xlsx\",\"sheet\":\"活动\"}"), "{sources}");

    let first = files(&project.path("output"));
    std::fs::remove_dir_all(project.path("output")).expect("removed");
    project.build();
    assert_eq!(files(&project.path("output")), first, "the same input, the same bytes");
    let again = project.build();
    assert!(again.all().contains("2 份没有变化"), "{}", again.all());
}

fn a_broken_picture_is_one_finding_and_a_gap() {
    let whole = jpeg(RED);
    let rows = [[BRANCH, "党员大会"], [BRANCH, "主题党日"]];
    let half = whole[..whole.len() / 2].to_vec();
    let pictures = [(1, 2, half), (1, 3, jpeg(BLUE)), (2, 2, whole), (2, 3, jpeg(GREEN))];
    let project = project().file("input/活动.xlsx", &activities(&rows, &pictures));
    let findings = project.findings_of("Z131");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!((&findings[0]["cell"], &findings[0]["branch"]), (&"C2".into(), &BRANCH.into()));
    assert!(findings[0]["message"].as_str().is_some_and(|text| text.contains("已损坏或不完整")), "{findings:?}");
    project.build();
    let markdown = project.report_text(BRANCH, "md");
    assert!(markdown.contains("【待填写：现场照片】\n\n图1　党员大会"), "{markdown}");
    assert_eq!(beside(&project, BRANCH).len(), 3);
}

fn a_blank_picture_cell_is_a_gap() {
    let project = project().file("input/活动.xlsx", &activities(&[[BRANCH, "党员大会"]], &[(1, 2, jpeg(RED))]));
    project.build();
    let markdown = project.report_text(BRANCH, "md");
    assert!(markdown.contains("| 党员大会 | 【待填写：签到表】 |"), "{markdown}");
    let refused = project.zicha(&["build", "--final", "--branch", BRANCH]);
    assert_eq!(refused.code, 1, "{}", refused.all());
}

fn a_picture_that_is_exchanged_makes_its_report_anew() {
    let rows = [[BRANCH, "党员大会"], [OTHER, "座谈会"]];
    let with = |color| activities(&rows, &[(1, 2, jpeg(color)), (1, 3, jpeg(GREEN)), (2, 2, jpeg(GREEN))]);
    let project = project().file("input/活动.xlsx", &with(RED));
    project.build();
    let before = beside(&project, BRANCH);
    let project = project.file("input/活动.xlsx", &with(BLUE));
    let run = project.zicha(&["build", "--json"]);
    let after = beside(&project, BRANCH);
    assert_ne!(before, after, "{}", run.all());
    assert_eq!(before.len(), after.len(), "what is no longer linked is gone");
    assert_eq!(after.iter().map(|(_, bytes)| color_of(bytes)).filter(|color| *color == 2).count(), 1);
}

fn a_picture_with_too_many_pixels_costs_one_cell() {
    let rows = [[BRANCH, "党员大会"]];
    let large = picture(RED, (1_100, 1_000), ImageFormat::Png);
    let project = project()
        .edit(&format!("{NOTICE}/notice.toml"), "[metric]", "[limits]\npicture_megapixels = 1\n\n[metric]")
        .file("input/活动.xlsx", &activities(&rows, &[(1, 2, large), (1, 3, jpeg(BLUE))]));
    let findings = project.findings_of("Z131");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0]["message"].as_str().is_some_and(|text| text.contains("1100×1000")), "{findings:?}");
}

fn pictures_in_rows_without_content_are_findings() {
    let mut pictures = vec![(1, 2, jpeg(RED)), (1, 3, jpeg(BLUE))];
    pictures.extend([(2, 2, jpeg(GREEN)), (9, 9, jpeg(GREEN))]);
    let project = project().file("input/活动.xlsx", &activities(&[[BRANCH, "党员大会"]], &pictures));
    let findings: Vec<_> = project.findings_of("Z133").iter().map(|finding| finding["cell"].clone()).collect();
    assert_eq!(findings, ["C3"], "a picture outside of picture columns is decoration");
}

fn pictures_that_are_at_no_cell_or_cannot_be_read_are_said() {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let image = "<draw:frame><draw:image><office:binary-data>AAAA</office:binary-data></draw:image></draw:frame>";
    let head = row(&HEAD.map(cell).concat());
    let data = |picture: &str| row(&[&cell(BRANCH), &cell("党员大会"), picture].concat());
    let flat = |at_page: &str, picture: &str| {
        format!(
            "<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\">\
             <office:body><office:spreadsheet><table:table table:name=\"活动\"><table:shapes>{at_page}</table:shapes>\
             {head}{}</table:table></office:spreadsheet></office:body></office:document>",
            data(picture)
        )
    };
    let codes = |name: &str, file: &str| -> Vec<String> {
        let project = project().file(&format!("input/{name}"), file.as_bytes());
        let findings = project.findings();
        let about = findings.iter().filter(|finding| finding["file"] == name);
        about.map(|finding| format!("{} {}", finding["code"].as_str().unwrap_or_default(), finding["cell"])).collect()
    };
    let in_cell = format!("<table:table-cell>{image}</table:table-cell>");
    let without_second_reader = "Z009 null";
    assert_eq!(codes("活动.fods", &flat("", &in_cell)), [without_second_reader, "Z131 \"C2\""]);
    assert_eq!(codes("活动.fods", &flat(&image.repeat(2), "")), [without_second_reader, "Z133 null"]);
    let project = project().file("input/活动.fods", flat(&image.repeat(2), "").as_bytes());
    assert_eq!(project.findings_of("Z133")[0]["message"], "有 2 张图片固定在页面上，不在哪个单元格上，没有用");
    let head = HEAD.map(|title| format!("<th>{title}</th>")).concat();
    let page = |picture: &str| {
        format!("<table><tr>{head}</tr><tr><td>{BRANCH}</td><td>党员大会</td><td>{picture}</td></tr></table>")
    };
    assert_eq!(codes("活动.xls", &page("<img src=\"1.jpg\">")), [without_second_reader, "Z131 \"C2\""]);
    assert_eq!(codes("活动.xls", &page("")), [without_second_reader]);
}

fn every_picture_of_a_workbook_with_many_is_printed() {
    let names: Vec<String> = (0..40).map(|number| format!("第{number}次")).collect();
    let rows: Vec<[&str; 2]> = names.iter().map(|name| [BRANCH, name.as_str()]).collect();
    let small = |shade: u8| picture([shade, 99, 99], (20, 20), ImageFormat::Png);
    let photos = (0_u8..40).map(|number| (u32::from(number) + 1, 2, small(number)));
    let lists = (0_u8..40).map(|number| (u32::from(number) + 1, 3, small(number + 100)));
    let project = project().file("input/活动.xlsx", &activities(&rows, &photos.chain(lists).collect::<Vec<_>>()));
    project.build();
    assert_eq!(beside(&project, BRANCH).len(), 80);
    let markdown = project.report_text(BRANCH, "md");
    assert!(!markdown.contains("待填写") && markdown.contains("图40　第39次"), "{markdown}");
}

/// A black picture of that size, one bit a pixel.
fn bilevel(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().expect("a head");
    let row = (width as usize).div_ceil(8);
    writer.write_image_data(&vec![0; row * height as usize]).expect("pixels");
    drop(writer);
    bytes
}

fn a_picture_that_exhausts_the_memory_costs_one_cell() {
    // 105 MB as eight bits a channel, which the process that reads it must not have.
    let pictures = [(1, 2, bilevel(7_000, 5_000)), (1, 3, jpeg(BLUE))];
    let project = project()
        .edit(&format!("{NOTICE}/notice.toml"), "[metric]", "[limits]\nmemory_mib = 96\n\n[metric]")
        .file("input/活动.xlsx", &activities(&[[BRANCH, "党员大会"]], &pictures));
    let findings = project.findings_of("Z131");
    assert_eq!(findings.len(), 1, "{findings:?}");
    let message = findings[0]["message"].as_str().unwrap_or_default();
    assert!(message.contains("内存"), "{message}");
}

fn other_ledgers_with_pictures_stay_as_they_were() {
    let project = with_pictures().edit(&format!("{NOTICE}/notice.toml"), "type = \"picture\" }", "type = \"text\" }");
    let cells: Vec<String> = project
        .findings_of("Z116")
        .iter()
        .map(|finding| finding["cell"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(cells, ["C2", "C3", "C4"]);
}

fn documents_with_pictures_follow_the_schema() {
    let project = with_pictures();
    project.build();
    audit(&project.report(BRANCH, "docx"));
}

fn every_drawing_of_a_document_has_an_id_of_its_own() {
    let chart = "图：学时\n\n| 指标 | 数 |\n| --- | --- |\n| 人数 | {{ cadres }} |\n\n";
    let project = with_pictures()
        .edit(&format!("{NOTICE}/notice.toml"), "qr         = false", "qr         = true")
        .file(&format!("{NOTICE}/study.md"), format!("{chart}{TEMPLATE}").as_bytes());
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let docx = project.report(BRANCH, "docx");
    let names: Vec<String> = media(&docx).into_iter().map(|(name, _)| name.replace("word/media/", "")).collect();
    assert_eq!(names, ["bar.png", "qr.png", "picture1.jpg", "picture2.jpg", "picture3.png"]);
    let parts = parts(&std::fs::read(&docx).expect("a report"));
    let document = &parts.iter().find(|(name, _)| name == "word/document.xml").expect("a document").1;
    let ids: Vec<&str> = document.split("docPr ").skip(1).filter_map(|rest| rest.split(" id=\"").nth(1)).collect();
    let ids: Vec<&str> = ids.iter().filter_map(|rest| rest.split('"').next()).collect();
    let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
    // A bar, two photos, two lists of signatures, the QR code.
    assert_eq!((ids.len(), unique.len()), (6, 6), "{ids:?}");
}

/// Points in a millimetre.
const MM: f64 = 72.0 / 25.4;

/// A picture or a line on a page, in millimetres from the left and the top.
#[derive(Debug)]
struct Placed {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

fn placed(pictures: &serde_json::Value) -> Vec<Placed> {
    let length = |picture: &serde_json::Value, side: &str| picture[side].as_f64().expect("a number") / MM;
    let placed = pictures.as_array().expect("pictures").iter().map(|picture| Placed {
        left: length(picture, "left"),
        right: length(picture, "right"),
        top: length(picture, "top"),
        bottom: length(picture, "bottom"),
    });
    placed.collect()
}

fn pictures_stand_two_a_row_at_their_printed_size_with_their_captions_below() {
    let project = with_pictures();
    project.build_with_fonts("md,docx,html,pdf");
    let pdfs = libreoffice(&[project.report(BRANCH, "docx")]);
    let of_docx = pdfs.path().join(format!("{BRANCH}-自查报告.pdf"));
    let of_html = project.path("html.pdf");
    chromium(&project.report(BRANCH, "html"), &of_html);
    for pdf in [&of_docx, &of_html, &project.report(BRANCH, "pdf")] {
        let pages = python_json("lines.py", &[pdf]);
        let page = &pages[0];
        let pictures = placed(&page["pictures"]);
        let [first, second, ..] = &pictures[..] else { panic!("{page}") };
        for picture in [first, second] {
            assert!((picture.right - picture.left - 74.8).abs() < 0.3, "{picture:?}");
            assert!((picture.bottom - picture.top - 56.1).abs() < 0.3, "{picture:?}");
            assert!(picture.left > 27.5 && picture.right < 184.5, "within the type area: {picture:?}");
        }
        assert!((first.top - second.top).abs() < 0.3 && first.right <= second.left, "{pictures:?}");
        let caption = page["lines"]
            .as_array()
            .expect("lines")
            .iter()
            .find(|line| line["text"].as_str().is_some_and(|text| text.starts_with("图1") && text.contains("图2")));
        let caption = caption.unwrap_or_else(|| panic!("captions side by side: {page}"));
        let below = caption["middle"].as_f64().expect("a number") / MM - first.bottom;
        assert!((2.0..12.0).contains(&below), "{below}");
        // The pictures in the table are as wide as their column has room, and no wider than 30 mm.
        for picture in &pictures[2..] {
            assert!((20.0..30.1).contains(&(picture.right - picture.left)), "{picture:?}");
        }
    }
}
