//! Signed copies in the pages: matched, moved, shown, confirmed, removed.

use super::client::Server;
use super::life::{SCAN, code, finals};
use super::{BRANCHES, ready};
use crate::support::NOTICE;

crate::harness::tests! {
    alone: [
        a_scan_with_the_code_of_another_branch_is_moved_there_with_one_click,
        a_scan_under_the_name_of_another_branch_is_given_to_its_own_with_one_click,
        scans_are_matched_many_at_once,
        a_scan_is_shown_confirmed_removed_and_restored,
        every_page_of_a_tiff_is_shown_as_png,
        a_pdf_is_shown_under_its_own_name,
    ]
    with_tools: [a_code_in_a_scanned_pdf_is_seen]
}

fn a_scan_with_the_code_of_another_branch_is_moved_there_with_one_click() {
    let project = finals();
    let server = Server::over(&project);
    let (own, other) = (code(&project, 0), code(&project, 1));
    let upload = |name: &str, typed: &str| {
        let fields = [("branch", BRANCHES[0]), ("code", typed)];
        server.follow(&server.upload("/branch/1/signed", &fields, &[(name, SCAN)]))
    };
    let page = upload(&format!("扫描 {other}.pdf"), "");
    assert!(page.contains("这份签字件的核对码是“乙党支部”的，没有放到“甲党支部”"), "{page}");
    let move_it = |page: &str| {
        let rest = page.split("action=\"/scans/held/").nth(1).unwrap_or_else(|| panic!("no button: {page}"));
        server.post(&format!("/scans/held/{}", rest.split('"').next().expect("a key")), &[])
    };
    assert!(page.contains(">放到“乙党支部”</button>"), "{page}");
    assert!(!project.path("signed").exists(), "nothing is stored before the click");
    let moved = move_it(&page);
    assert!(moved.header("location").is_some_and(|to| to.starts_with("/branch/2?")), "{moved:?}");
    assert!(server.follow(&moved).contains(&format!("乙党支部-{other}.pdf，签的是“乙党支部”现在这一版")));
    assert!(server.settled("/branch/2").contains("<strong>已签字</strong>"));
    assert!(server.follow(&move_it(&page)).contains("这份扫描件已经放过了"), "a second click stores nothing");
    // Typed in, too.
    assert!(upload("扫描.pdf", &other).contains("没有放到“甲党支部”"));
    // A code in the file's name is kept, and counts.
    let page = upload(&format!("扫描 {}.pdf", own.to_lowercase()), "");
    assert!(page.contains(&format!("甲党支部-{own}.pdf，签的是“甲党支部”现在这一版")), "{page}");
    assert!(server.settled("/branch/1").contains("<strong>已签字</strong>"));
    assert!(upload(&format!("{own}.pdf"), "").contains("已经有了同样的"));
}

fn a_scan_under_the_name_of_another_branch_is_given_to_its_own_with_one_click() {
    let project = finals();
    let other = code(&project, 1);
    let project = project.file(&format!("signed/甲党支部 {other}.pdf"), SCAN);
    let server = Server::over(&project);
    let page = server.settled("/scans");
    assert!(page.contains("核对码是“乙党支部”的，文件名却写“甲党支部”"), "{page}");
    assert!(page.contains(">归到“乙党支部”</button>"), "{page}");
    let address =
        page.split("action=\"").find(|rest| rest.contains("/assign\"")).and_then(|rest| rest.split('"').next());
    let page = server.follow(&server.post(address.expect("a button"), &[]));
    assert!(page.contains(&format!("已归到“乙党支部”，改名为 乙党支部-{other}.pdf")), "{page}");
    assert!(server.settled("/branch/2").contains("<strong>已签字</strong>"));
    assert!(!server.settled("/scans").contains("对不上报告的文件"));
    let undo: Vec<(&str, &str)> = page
        .split("name=\"change\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|number| ("change", number))
        .collect();
    server.post("/scans/undo", &undo);
    assert!(server.settled("/scans").contains("对不上报告的文件（1 个）"));
}

fn scans_are_matched_many_at_once() {
    let project = finals();
    let server = Server::over(&project);
    let (first, second) = (format!("{}.pdf", code(&project, 0)), format!("扫描{}.pdf", code(&project, 1)));
    let files: [(&str, &[u8]); 4] = [(&first, SCAN), (&second, SCAN), ("扫描0001.pdf", SCAN), ("说明.docx", b"PK")];
    let page = server.follow(&server.upload("/scans", &[], &files));
    assert!(page.contains("签的是“甲党支部”现在这一版") && page.contains("签的是“乙党支部”现在这一版"), "{page}");
    assert!(page.contains("“扫描0001.pdf”没有收下：文件名和图中都没有核对码或单位的名称"), "{page}");
    assert!(page.contains("“说明.docx”没有收下：签字件应是"), "{page}");
    let page = server.settled("/");
    assert!(page.contains("已签字 <b>2</b>"), "{page}");
    // What was put there by others and belongs to no report is named.
    let project = project.file("signed/别的.pdf", SCAN);
    let page = server.settled("/scans");
    assert!(page.contains("对不上报告的文件（1 个）") && page.contains("别的.pdf"), "{page}");
    drop(project);
}

fn a_scan_is_shown_confirmed_removed_and_restored() {
    let project = finals();
    let server = Server::over(&project);
    let fields = [("branch", BRANCHES[0]), ("code", "")];
    let page = server.follow(&server.upload("/branch/1/signed", &fields, &[("扫描.jpg", b"\xff\xd8\xff")]));
    assert!(page.contains("上面没有看到核对码"), "{page}");
    let page = server.settled("/branch/1");
    assert!(
        page.contains("<strong>已定稿</strong>") && page.contains("去确认签字件"),
        "never signed by its name: {page}"
    );
    let key = |page: &str| {
        let rest = page.split("action=\"/scan/").nth(1).expect("a scan");
        rest.split('/').next().expect("a key").to_owned()
    };
    let address = format!("/scan/{}", key(&page));
    let shown = server.get(&address);
    assert_eq!((shown.header("content-type"), shown.bytes.as_slice()), (Some("image/jpeg"), &b"\xff\xd8\xff"[..]));
    assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
    let kept = server.get(&format!("{address}/file"));
    assert!(kept.header("content-disposition").is_some_and(|kept| kept.starts_with("attachment")));
    let back = [("back", "/branch/1")];
    let reply = server.post(&format!("{address}/confirm"), &back);
    assert!(reply.header("location").is_some_and(|to| to.starts_with("/branch/1?")), "{reply:?}");
    let page = server.follow(&reply);
    assert!(page.contains("已确认签的是现在这一版"), "{page}");
    let page = server.settled("/branch/1");
    assert!(page.contains("<strong>已签字</strong>"), "{page}");
    let page = server.follow(&server.post(&format!("/scan/{}/remove", key(&page)), &back));
    assert!(page.contains("已移走签字件"), "{page}");
    let change =
        page.split("name=\"change\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an undo");
    assert!(server.settled("/branch/1").contains("<strong>已定稿</strong>"));
    assert!(server.follow(&server.post("/scans/undo", &[("change", change)])).contains("恢复成原来的样子"));
    assert!(server.settled("/branch/1").contains("<strong>已签字</strong>"));
    assert_eq!(server.get("/scan/00000000000000000000").status, 404);
}

fn every_page_of_a_tiff_is_shown_as_png() {
    let project = finals();
    let pages = [(600, 800), (3000, 1000)]
        .map(|(width, height)| image::GrayImage::from_pixel(width, height, image::Luma([200])));
    let name = format!("signed/{}.tif", code(&project, 0));
    let project = project.file(&name, &tiff(&pages));
    let server = Server::over(&project);
    let page = server.settled("/branch/1");
    assert!(page.contains("（2 页）") && page.contains("?page=2\""), "{page}");
    let address = page.split("src=\"/scan/").nth(1).and_then(|rest| rest.split('?').next()).expect("a scan");
    let shown = |page: usize| {
        let reply = server.get(&format!("/scan/{address}?page={page}"));
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("image/png")), "{}", reply.body);
        let picture = image::load_from_memory(&reply.bytes).expect("a PNG");
        (picture.width(), picture.height())
    };
    assert_eq!((shown(1), shown(2)), ((600, 800), (2000, 667)), "large pages are made smaller");
    let none = server.get(&format!("/scan/{address}?page=3"));
    assert!(none.status == 409 && none.body.contains("这一页不能显示"), "{}", none.body);
}

/// Viewers of browsers called it by its key in addresses.
fn a_pdf_is_shown_under_its_own_name() {
    let project = finals();
    let (name, blank) =
        (format!("{}.pdf", code(&project, 0)), image::GrayImage::from_pixel(80, 80, image::Luma([255])));
    let bytes = bitmap_pdf(&blank);
    let project = project.file(&format!("signed/{name}"), &bytes);
    let server = Server::over(&project);
    let page = server.settled("/branch/1");
    let address = page.split("class=\"scan\"").nth(1).and_then(|rest| rest.split("src=\"").nth(1));
    let address = address.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("no frame: {page}"));
    assert!(address.ends_with(&format!("/view/{name}")), "{address}");
    let shown = server.get(address);
    assert_eq!((shown.status, shown.header("content-type")), (200, Some("application/pdf")), "{}", shown.body);
    assert_eq!(shown.bytes, bytes);
}

fn a_code_in_a_scanned_pdf_is_seen() {
    let project = ready().edit(&format!("{NOTICE}/notice.toml"), "qr         = false", "qr         = true");
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let shot = project.path("shot.png");
    crate::support::screenshot(&project.report(BRANCHES[0], "html"), &shot);
    let picture = image::open(&shot).expect("a picture").into_luma8();
    let server = Server::over(&project);
    // As colour scanners write it, and as black-and-white ones do; on the last page of a TIFF.
    let blank = image::GrayImage::from_pixel(100, 100, image::Luma([255]));
    let scans = [("pdf", jpeg_pdf(&picture)), ("pdf", bitmap_pdf(&picture)), ("tif", tiff(&[blank, picture.clone()]))];
    for (extension, bytes) in scans {
        let name = format!("扫描0001.{extension}");
        let page = server.follow(&server.upload("/scans", &[], &[(&name, &bytes)]));
        assert!(page.contains("签的是“甲党支部”现在这一版"), "{page}");
    }
}

/// A grey TIFF without compression, of several pages.
pub(crate) fn tiff(pages: &[image::GrayImage]) -> Vec<u8> {
    let mut bytes = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for page in pages {
        let data = bytes.len() as u32;
        bytes.extend(page.as_raw());
        bytes.resize(bytes.len().next_multiple_of(2), 0);
        let at = bytes.len() as u32;
        bytes[link..link + 4].copy_from_slice(&at.to_le_bytes());
        let (width, height) = page.dimensions();
        let entries = [
            (256, width),
            (257, height),
            (258, 8),
            (259, 1),
            (262, 1),
            (273, data),
            (277, 1),
            (278, height),
            (279, width * height),
        ];
        bytes.extend((entries.len() as u16).to_le_bytes());
        for (tag, value) in entries {
            bytes.extend([&(tag as u16).to_le_bytes()[..], &4_u16.to_le_bytes(), &1_u32.to_le_bytes()].concat());
            bytes.extend(value.to_le_bytes());
        }
        link = bytes.len();
        bytes.extend([0; 4]);
    }
    bytes
}

/// A PDF of one page with a picture in JPEG.
fn jpeg_pdf(picture: &image::GrayImage) -> Vec<u8> {
    let mut jpeg = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("a picture");
    pdf(picture, "/BitsPerComponent 8 /Filter /DCTDecode", jpeg.get_ref())
}

/// A PDF of one page with a picture of black and white.
fn bitmap_pdf(picture: &image::GrayImage) -> Vec<u8> {
    let mut bits = Vec::new();
    for row in picture.rows() {
        let row: Vec<bool> = row.map(|pixel| pixel.0[0] > 127).collect();
        bits.extend(
            row.chunks(8).map(|eight| {
                eight.iter().enumerate().fold(0_u8, |byte, (at, white)| byte | u8::from(*white) << (7 - at))
            }),
        );
    }
    pdf(picture, "/BitsPerComponent 1", &bits)
}

fn pdf(picture: &image::GrayImage, more: &str, data: &[u8]) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    let image = format!(
        "<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray {more} /Length {} >>",
        data.len()
    );
    let drawing = b"q 595 0 0 842 0 0 cm /Im0 Do Q";
    let stream = |head: &str, data: &[u8]| [head.as_bytes(), b"\nstream\n", data, b"\nendstream"].concat();
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /XObject << /Im0 4 0 R >> >> >>"
            .to_vec(),
        stream(&image, data),
        stream(&format!("<< /Length {} >>", drawing.len()), drawing),
    ];
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend([format!("{} 0 obj\n", at + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    places.iter().for_each(|place| out.extend(format!("{place:010} 00000 n \n").bytes()));
    out.extend(format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).bytes());
    out
}
