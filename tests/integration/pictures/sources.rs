//! Where pictures come from: cells of every kind, files that cells name, folders of branches.

use std::io::{Cursor, Write};

use image::ImageFormat;

use super::{BLUE, BRANCH, GREEN, OTHER, RED, beside, color_of, jpeg, picture, project};
use crate::archive::{package, unsigned};
use crate::support::{NOTICE, Project, pipe};

crate::harness::tests! {
    alone: [
        pictures_of_wps_and_of_excel_in_cells_are_printed,
        pictures_that_are_embedded_as_excel_does_are_printed,
        pictures_of_an_ods_are_printed,
        files_that_cells_name_are_printed_archived_and_rebuilt,
        a_summary_prints_pictures_of_all_branches_and_is_rebuilt_with_them,
        a_file_that_is_not_there_is_a_finding,
        a_name_cannot_lead_out_of_the_folder,
        folders_of_branches_are_rows_of_a_ledger,
        a_ledger_of_folders_needs_no_names_and_a_short_name_suffices,
        every_picture_of_such_a_ledger_is_a_row_or_a_finding,
        a_bare_folder_of_another_branch_is_a_finding,
    ]
}

/// A zip package.
fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("started");
        writer.write_all(content).expect("written");
    }
    writer.finish().expect("a package").into_inner()
}

fn relations(entries: &[(&str, &str, &str)]) -> String {
    let entry = |(id, kind, target): &(&str, &str, &str)| {
        format!("<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{target}\"/>")
    };
    format!("<Relationships>{}</Relationships>", entries.iter().map(entry).collect::<String>())
}

/// A workbook with a picture of WPS in C2 and one of Excel in D2.
fn with_pictures_in_cells() -> Vec<u8> {
    let text = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let head: String = super::HEAD.map(text).concat();
    let formula = "_xlfn.DISPIMG(&quot;ID_1&quot;,1)";
    let row = format!(
        "{}{}<c t=\"str\"><f>{formula}</f><v>={formula}</v></c><c t=\"e\" vm=\"1\"><v>#VALUE!</v></c>",
        text(BRANCH),
        text("党员大会")
    );
    let sheet = format!("<worksheet><sheetData><row>{head}</row><row>{row}</row></sheetData></worksheet>");
    let workbook = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"活动\" r:id=\"a\"/></sheets></workbook>";
    let of_workbook = relations(&[
        ("a", "worksheet", "worksheets/sheet1.xml"),
        ("b", "cellImage", "cellimages.xml"),
        ("c", "sheetMetadata", "metadata.xml"),
        ("d", "rdRichValue", "richData/rdrichvalue.xml"),
        ("e", "rdRichValueStructure", "richData/rdrichvaluestructure.xml"),
        ("f", "richValueRel", "richData/richValueRel.xml"),
    ]);
    let wps = "<cellImages><cellImage><pic><nvPicPr><cNvPr name=\"ID_1\"/></nvPicPr><blip r:embed=\"w\"/></pic></cellImage></cellImages>";
    let metadata = "<metadata><metadataTypes><metadataType name=\"XLRICHVALUE\"/></metadataTypes>\
        <futureMetadata name=\"XLRICHVALUE\"><bk><rvb i=\"0\"/></bk></futureMetadata>\
        <valueMetadata><bk><rc t=\"1\" v=\"0\"/></bk></valueMetadata></metadata>";
    let structures =
        "<rvStructures><s t=\"_localImage\"><k n=\"_rvRel:LocalImageIdentifier\" t=\"i\"/></s></rvStructures>";
    let list = "<richValueRels><rel r:id=\"x\"/></richValueRels>";
    zipped(&[
        ("_rels/.rels", relations(&[("a", "officeDocument", "xl/workbook.xml")]).as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", of_workbook.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ("xl/cellimages.xml", wps.as_bytes()),
        ("xl/_rels/cellimages.xml.rels", relations(&[("w", "image", "media/1.jpeg")]).as_bytes()),
        ("xl/metadata.xml", metadata.as_bytes()),
        ("xl/richData/rdrichvalue.xml", b"<rvData><rv s=\"0\"><v>0</v></rv></rvData>"),
        ("xl/richData/rdrichvaluestructure.xml", structures.as_bytes()),
        ("xl/richData/richValueRel.xml", list.as_bytes()),
        ("xl/richData/_rels/richValueRel.xml.rels", relations(&[("x", "image", "../media/2.webp")]).as_bytes()),
        ("xl/media/1.jpeg", &jpeg(RED)),
        ("xl/media/2.webp", &picture(BLUE, (200, 100), ImageFormat::WebP)),
    ])
}

/// The colours of the pictures beside a branch's report, as their largest channels.
fn colors(project: &Project, branch: &str) -> Vec<usize> {
    let mut colors: Vec<usize> = beside(project, branch).iter().map(|(_, bytes)| color_of(bytes)).collect();
    colors.sort_unstable();
    colors
}

fn pictures_of_wps_and_of_excel_in_cells_are_printed() {
    let project = project().file("input/活动.xlsx", &with_pictures_in_cells());
    project.build();
    assert_eq!(colors(&project, BRANCH), [0, 2], "{}", project.report_text(BRANCH, "md"));
}

fn pictures_that_are_embedded_as_excel_does_are_printed() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, super::HEAD).expect("a header");
    sheet.write_row(1, 0, [BRANCH, "党员大会"]).expect("a row");
    sheet.write_row(2, 0, [BRANCH, "主题党日"]).expect("a row");
    for (row, col, color) in [(1, 2, RED), (1, 3, GREEN), (2, 2, GREEN), (2, 3, BLUE)] {
        let image = rust_xlsxwriter::Image::new_from_buffer(&jpeg(color)).expect("a picture");
        sheet.embed_image(row, col, &image).expect("embedded");
    }
    let project = project().file("input/活动.xlsx", &book.save_to_buffer().expect("a workbook"));
    project.build();
    // One picture is printed at two sizes.
    assert_eq!(colors(&project, BRANCH), [0, 1, 1, 2], "{}", project.report_text(BRANCH, "md"));
}

fn pictures_of_an_ods_are_printed() {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let frame = |file: &str| {
        format!(
            "<table:table-cell><draw:frame><draw:image xlink:href=\"Pictures/{file}\"/></draw:frame></table:table-cell>"
        )
    };
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"活动\"><table:table-row>{}</table:table-row>\
         <table:table-row>{}{}{}{}</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>",
        super::HEAD.map(cell).concat(),
        cell(BRANCH),
        cell("党员大会"),
        frame("1.tiff"),
        frame("2.png"),
    );
    let ods = zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("Pictures/1.tiff", &picture(GREEN, (200, 100), ImageFormat::Tiff)),
        ("Pictures/2.png", &picture(RED, (200, 100), ImageFormat::Png)),
    ]);
    let project = project().file("input/活动.ods", &ods);
    project.build();
    assert_eq!(colors(&project, BRANCH), [0, 1], "{}", project.report_text(BRANCH, "md"));
}

/// A notice whose cells name picture files of the folder 照片.
fn with_names(rows: &str) -> Project {
    let photo = "photo = { header = [\"现场照片\"], type = \"picture\" }";
    let named = "photo = { header = [\"现场照片\"], type = \"picture\", folder = \"照片\" }";
    let sheet = "sheet = { header = [\"签到表\"], type = \"picture\", width = 30 }";
    let settings = format!("{NOTICE}/notice.toml");
    project()
        .edit(&settings, photo, named)
        .edit(&settings, sheet, &sheet.replace("\"picture\", ", "\"picture\", folder = \"照片\", "))
        .file("input/活动.csv", format!("党组织,活动,现场照片,签到表\n{rows}").as_bytes())
        .file("input/照片/会场 1.jpg", &jpeg(RED))
        .file("input/照片/会场 2.JPG", &jpeg(BLUE))
        .file("input/照片/签到/甲.png", &picture(GREEN, (200, 100), ImageFormat::Png))
}

fn files_that_cells_name_are_printed_archived_and_rebuilt() {
    let rows = format!("{BRANCH},党员大会,会场 1.jpg、会场 2.JPG,签到/甲.png\n{OTHER},座谈会,会场 2.JPG,签到/甲.png\n");
    let project = with_names(&rows);
    let findings = project.findings();
    assert!(findings.is_empty(), "pictures are no ledgers that were skipped: {findings:?}");
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_eq!((colors(&project, BRANCH), colors(&project, OTHER)), (vec![0, 1, 2], vec![1, 2]));
    let markdown = project.report_text(BRANCH, "md");
    assert!(markdown.contains("[图1　党员大会](") && markdown.contains(") !["), "two in one figure: {markdown}");

    unsigned(&project, &[]);
    std::fs::remove_dir_all(project.path("input")).expect("removed");
    for (number, has_first) in [(1, true), (2, false)] {
        let bag = package(&project, number);
        assert!(
            bag.join("data/ledgers/照片/会场 2.JPG").exists() && bag.join("data/ledgers/照片/签到/甲.png").exists()
        );
        assert_eq!(bag.join("data/ledgers/照片/会场 1.jpg").exists(), has_first);
        let run = project.zicha(&["verify", "--rebuild", &bag.display().to_string()]);
        assert_eq!(run.code, 0, "{}", run.all());
    }
}

fn a_summary_prints_pictures_of_all_branches_and_is_rebuilt_with_them() {
    let rows = format!("{BRANCH},党员大会,会场 1.jpg,签到/甲.png\n{OTHER},座谈会,会场 2.JPG,签到/甲.png\n");
    let text = "{% for row in all.activities %}\n图：{{ row.branch.name }}\n\n{{ row.photo }}\n\n{% endfor %}\n";
    let project = with_names(&rows).file(&format!("{NOTICE}/summary.md"), text.as_bytes());
    assert!(project.findings().is_empty(), "{:?}", project.findings());
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let markdown = project.read("output/汇总/汇总-学习情况汇总.md");
    assert!(markdown.contains(&format!("图1　{BRANCH}")) && markdown.matches("](图片-").count() == 2, "{markdown}");
    unsigned(&project, &[]);
    std::fs::remove_dir_all(project.path("input")).expect("removed");
    let run = project.zicha(&["verify", "--rebuild", &package(&project, 3).display().to_string()]);
    assert_eq!(run.code, 0, "{}", run.all());
}

fn a_file_that_is_not_there_is_a_finding() {
    let project = with_names(&format!("{BRANCH},党员大会,会场 3.jpg,见附件\n"));
    let missing = project.findings_of("Z132");
    assert_eq!(missing.len(), 1, "{missing:?}");
    assert_eq!((&missing[0]["cell"], &missing[0]["found"]), (&"C2".into(), &"照片/会场 3.jpg".into()));
    assert_eq!(project.findings_of("Z102").len(), 1, "见附件 is no name of a picture");
    project.build();
    assert!(project.report_text(BRANCH, "md").contains("【待填写：现场照片】"));
}

fn a_name_cannot_lead_out_of_the_folder() {
    for name in ["../秘密.jpg", "/etc/秘密.jpg", "签到/../../秘密.jpg", "..\\秘密.jpg"] {
        let project = with_names(&format!("{BRANCH},党员大会,{name},签到/甲.png\n")).file("input/秘密.jpg", &jpeg(RED));
        assert_eq!(project.findings_of("Z132").len(), 1, "{name}");
    }
    #[cfg(unix)]
    {
        let project = with_names(&format!("{BRANCH},党员大会,链接.jpg,签到/甲.png\n"));
        std::os::unix::fs::symlink(project.path("input/照片/会场 1.jpg"), project.path("input/照片/链接.jpg"))
            .expect("a link");
        assert_eq!(project.findings_of("Z132").len(), 1, "links are not followed");
    }
}

/// A notice with a ledger that is a folder of pictures for each branch.
fn with_folders() -> Project {
    let ledger = "[ledger.photos]\ntitle = \"照片\"\npicture_folders = true\n[ledger.photos.columns]\nbranch = { header = [\"党组织\"], type = \"branch\" }\n\
        name = { header = [\"名称\"], type = \"text\" }\nphoto = { header = [\"照片\"], type = \"picture\", folder = \"照片\" }\n\n[ledger.prize]";
    let metric = "[metric]\nphotos_all = { label = \"照片数\", expr = 'sum(photos.map(|r| r.photo))', unit = \"张\" }";
    let template =
        "照片{{ photos_all }}张。\n\n{% for row in photos %}\n图：{{ row.name }}\n\n{{ row.photo }}\n\n{% endfor %}\n";
    let settings = format!("{NOTICE}/notice.toml");
    Project::ready(&[BRANCH, OTHER])
        .edit(&settings, "[ledger.prize]", ledger)
        .edit(&settings, "[metric]", metric)
        .edit(&settings, "ledgers  = [\"study\"]", "ledgers  = [\"study\", \"photos\"]")
        .file(&format!("{NOTICE}/study.md"), template.as_bytes())
        .file(&format!("input/照片/{BRANCH}/10、座谈会.jpg"), &jpeg(BLUE))
        .file(&format!("input/照片/{BRANCH}/2、党员大会.jpg"), &jpeg(RED))
}

fn folders_of_branches_are_rows_of_a_ledger() {
    let project = with_folders();
    let findings = project.findings();
    assert!(findings.is_empty(), "{findings:?}");
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let markdown = project.report_text(BRANCH, "md");
    assert!(markdown.contains("照片2张。"), "{markdown}");
    let captions: Vec<&str> = markdown.lines().filter(|line| line.starts_with("图")).collect();
    assert_eq!(captions, ["图1　党员大会", "图2　座谈会"]);
    assert!(project.report_text(OTHER, "md").contains("照片0张。"));
    let sources = project.read(&format!("output/{BRANCH}/sources.json"));
    assert!(sources.contains(&format!("照片/{BRANCH}")), "{sources}");

    unsigned(&project, &[]);
    std::fs::remove_dir_all(project.path("input")).expect("removed");
    for number in [1, 2] {
        let run = project.zicha(&["verify", "--rebuild", &package(&project, number).display().to_string()]);
        assert_eq!(run.code, 0, "{}", run.all());
    }
}

fn a_ledger_of_folders_needs_no_names_and_a_short_name_suffices() {
    let name = "name = { header = [\"名称\"], type = \"text\" }\nphoto";
    let short = "kind    = { header = [\"类别\"]";
    let settings = format!("{NOTICE}/notice.toml");
    let project = with_folders()
        .edit(&settings, name, "photo")
        .edit(&settings, "kind   = \"kind\"", "kind   = \"kind\"\nshort  = \"short\"")
        .edit(&settings, short, &format!("short   = {{ header = [\"简称\"], type = \"text\" }}\n{short}"))
        .file(&format!("{NOTICE}/study.md"), "照片{{ photos_all }}张。\n".as_bytes())
        .file(
            "input/党组织名册.csv",
            format!("党组织名称,简称,类别,联系人\n{BRANCH},教务处,机关党支部,袁\n{OTHER},科研处,机关党支部,袁\n")
                .as_bytes(),
        )
        .file("input/照片/科研处/1.jpg", &jpeg(GREEN));
    let findings = project.findings();
    assert!(findings.is_empty(), "{findings:?}");
    project.build();
    for (branch, text) in [(BRANCH, "照片2张。"), (OTHER, "照片1张。")] {
        assert!(project.report_text(branch, "md").contains(text), "{}", project.report_text(branch, "md"));
    }
}

fn every_picture_of_such_a_ledger_is_a_row_or_a_finding() {
    let project = with_folders()
        .file(&format!("input/照片/{BRANCH}/9月/3、参观.jpg"), &jpeg(GREEN))
        .file(&format!("input/照片/{BRANCH} 会场.jpg"), &jpeg(GREEN))
        .file(&format!("input/照片/{BRANCH}/.预览/1.jpg"), &jpeg(GREEN))
        .file("别处/1.jpg", &jpeg(GREEN));
    let mut expected = vec![
        (format!("照片/{BRANCH}/9月/3、参观.jpg"), "图片没有算：不在单位的文件夹里"),
        (format!("照片/{BRANCH} 会场.jpg"), "图片没有算：不在单位的文件夹里"),
    ];
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let folder = project.path(&format!("input/照片/{BRANCH}"));
        std::os::unix::fs::symlink(project.path("别处/1.jpg"), folder.join("链接.jpg")).expect("a link");
        std::os::unix::fs::symlink(project.path("别处"), project.path(&format!("input/照片/{OTHER}"))).expect("a link");
        pipe(&folder.join("管道.jpg"));
        std::fs::write(folder.join(std::ffi::OsStr::from_bytes(b"\xb5\xb3.jpg")), jpeg(GREEN)).expect("written");
        expected.extend([
            (format!("照片/{BRANCH}/链接.jpg"), "图片没有算：是链接"),
            (format!("照片/{OTHER}"), "图片没有算：是链接"),
            (format!("照片/{BRANCH}/管道.jpg"), "图片没有算：是管道、套接字或设备，不是图片文件"),
            (format!("照片/{BRANCH}/‹U+FFFD›‹U+FFFD›.jpg"), "图片没有算：文件名的编码读不懂"),
        ]);
    }
    let found = project.findings_of("Z015");
    let mut found: Vec<(&str, &str)> = found
        .iter()
        .map(|f| (f["file"].as_str().unwrap_or_default(), f["message"].as_str().unwrap_or_default()))
        .collect();
    let mut expected: Vec<(&str, &str)> = expected.iter().map(|(file, message)| (file.as_str(), *message)).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(project.zicha(&["build", "--final"]).code, 1);
}

fn a_bare_folder_of_another_branch_is_a_finding() {
    let project = with_folders().file("input/照片/没有的党支部/1.jpg", &jpeg(GREEN));
    let findings = project.findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0]["code"].as_str().is_some_and(|code| code.starts_with("Z2")), "{findings:?}");
}
