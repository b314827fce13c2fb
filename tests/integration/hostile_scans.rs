//! Hostile signed copies: each is a finding, nothing hangs, and the others are seen as without it.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use zicha::report_code::ReportCode;

use crate::support::{Group, Project, SCAN};

crate::harness::tests! {
    alone: [
        scans_that_would_fill_the_memory_or_never_end_are_findings,
        pictures_of_pdfs_that_unfold_without_end_are_one_finding_each,
        a_scan_that_cannot_be_seen_is_one_finding_whatever_its_name,
    ]
}

/// The state of the reports can be told, and each of these scans is one finding.
fn assert_one_finding_each<'n>(project: &Project, hostile: impl Iterator<Item = &'n str>) {
    let run = project.zicha(&["status"]);
    assert!(run.code != 2 && run.stderr.contains("signed/甲党支部.pdf\n"), "{}", run.all());
    for name in hostile {
        let of_file = run.stderr.split("signed/").filter(|part| part.starts_with(&format!("{name}\n")));
        let codes: Vec<usize> = of_file.map(|part| part.matches("[Z401]").count()).collect();
        assert_eq!(codes, [1], "{name}: {}", run.stderr);
    }
}

/// So many MiB of zeros, compressed; the checksum at the end is wrong.
fn zeros(mib: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![0; 1 << 20]).and_then(|()| encoder.flush()).expect("compressed");
    // Behind the two bytes of the header: blocks that end at a byte, and refer to zeros alone.
    let mut first = encoder.get_ref().clone();
    let more = first.split_off(2).repeat(mib);
    // The last block is empty.
    [first, more, vec![0x01, 0, 0, 0xff, 0xff, 0, 0, 0, 1]].concat()
}

/// A stream object of a PDF.
fn object(number: u8, dictionary: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("{number} 0 obj\n<<{dictionary}/Length {}>>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream\nendobj\n"].concat()
}

/// A PDF whose pages are in a stream that unfolds to 1,400 MiB.
pub(crate) fn unfolding_pdf() -> Vec<u8> {
    let head = b"%PDF-1.5\n";
    let stream = object(1, "/Type/ObjStm/N 3/First 20/Filter/FlateDecode", &zeros(1_400));
    let place = |kind: u8, offset: usize, index: u16| {
        let offset = u32::try_from(offset).expect("a small file");
        [&[kind][..], &offset.to_be_bytes(), &index.to_be_bytes()].concat()
    };
    let entries = [place(0, 0, 0), place(1, head.len(), 0), place(2, 1, 0), place(2, 1, 1), place(2, 1, 2)].concat();
    let table = object(5, "/Type/XRef/W[1 4 2]/Size 5/Root 2 0 R", &entries);
    let end = format!("startxref\n{}\n%%EOF\n", head.len() + stream.len());
    [head, &stream[..], &table, end.as_bytes()].concat()
}

/// A PDF whose list of pages contains itself.
pub(crate) fn circular_pdf() -> Vec<u8> {
    let kids = "2 0 R ".repeat(50);
    let pages = format!("2 0 obj<</Type/Pages/Count 9/Kids[{kids}]>>endobj\n");
    ["%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n", &pages, "trailer<</Root 1 0 R>>\n%%EOF"].concat().into()
}

/// A JPEG that declares 65,535 × 65,535 pixels.
fn large_jpeg() -> Vec<u8> {
    let head = b"\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff\x01\x01\x11\0\xff\xda\0\x08\x01\x01\0\0\x3f\0";
    [&head[..], &[0; 1_000]].concat()
}

/// A TIFF of one strip of grey pixels.
fn tiff(side: u32, strip: &[u8]) -> Vec<u8> {
    let length = u32::try_from(strip.len()).expect("a small strip");
    let [long, short] = [4_u16, 3];
    // Width, height, bits, compression (deflate), black is 0, offset, samples, rows of a strip, bytes of a strip.
    let entries = [
        (256, long, side),
        (257, long, side),
        (258, short, 8),
        (259, short, 8),
        (262, short, 1),
        (273, long, 8),
        (277, short, 1),
        (278, long, side),
        (279, long, length),
    ];
    let mut bytes = [&b"II*\0"[..], &(8 + length).to_le_bytes(), strip, &9_u16.to_le_bytes()].concat();
    for (tag, kind, value) in entries {
        bytes.extend(u16::to_le_bytes(tag));
        bytes.extend(kind.to_le_bytes());
        bytes.extend([1_u32, value].into_iter().flat_map(u32::to_le_bytes));
    }
    [bytes, vec![0; 4]].concat()
}

fn scans_that_would_fill_the_memory_or_never_end_are_findings() {
    let project = Project::ready(&["甲党支部", "乙党支部"]);
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let hostile = [
        ("展开.pdf", unfolding_pdf()),
        ("循环.pdf", circular_pdf()),
        ("大.jpg", large_jpeg()),
        ("大.tif", tiff(60_000, &zeros(1))),
        ("满.tif", tiff(19_000, &zeros(345))),
        ("半截.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff".to_vec()),
    ];
    let mut project = project.file("signed/甲党支部.pdf", SCAN);
    for (name, bytes) in &hostile {
        assert!(bytes.len() < 2 << 20, "{name}: {} bytes", bytes.len());
        project = project.file(&format!("signed/{name}"), bytes);
    }
    assert_one_finding_each(&project, hostile.iter().map(|(name, _)| *name));
    // None outlives a run that is killed.
    let mut group = Group::start(&project.path(""), &["status"]);
    group.wait_for("inspect-worker");
    group.kill();
    group.assert_gone();
}

fn a_scan_that_cannot_be_seen_is_one_finding_whatever_its_name() {
    let project = Project::ready(&["甲党支部", "乙党支部"]);
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    let run: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let code = run["branches"][0]["issued"]["code"].as_str().expect("a code");
    let notice = code.split('-').next().expect("a notice");
    let other = ReportCode::for_content(notice, 1, b"another version");
    let scans = [
        (format!("{code}.pdf"), "Z405"),
        ("乙党支部.pdf".to_owned(), "Z405"),
        (format!("甲党支部-{}.pdf", other.as_str()), "Z402"),
        ("扫描.pdf".to_owned(), "Z401"),
    ];
    let mut project = project;
    for (name, _) in &scans {
        project = project.file(&format!("signed/{name}"), &circular_pdf());
    }
    let run = project.zicha(&["status"]);
    for (name, code) in &scans {
        let of_file: Vec<&str> =
            run.stderr.split("signed/").filter(|part| part.starts_with(&format!("{name}\n"))).collect();
        assert_eq!(of_file.len(), 1, "{name}: {}", run.stderr);
        assert!(
            of_file[0].contains(&format!("[{code}]")) && of_file[0].contains("没有看内容"),
            "{name}: {}",
            run.stderr
        );
    }
    // A scan that can be seen is none.
    let project = project.file(&format!("signed/{code}.pdf"), SCAN);
    let run = project.zicha(&["status"]);
    assert!(!run.stderr.contains(&format!("signed/{code}.pdf")), "{}", run.stderr);
}

/// A PDF of one page with one picture of 1,000 × 1,000 pixels, as its dictionary says.
fn picture_pdf(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let page = "%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n\
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</I 5 0 R>>>>>>endobj\n";
    let picture = format!("/Subtype/Image/Width 1000/Height 1000/ColorSpace/DeviceGray{dictionary}");
    [page.as_bytes(), &object(5, &picture, data), b"trailer<</Root 1 0 R/Size 6>>\n%%EOF\n"].concat()
}

/// LZW codes of zeros: each code stands for one zero more than the one before, and 1.3 MB for 1,900 MB.
fn lzw_zeros(rounds: usize) -> Vec<u8> {
    const CLEAR: u32 = 256;
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    let codes = [(CLEAR, 9), (0, 9)].into_iter().chain((258..4093).map(|code: u32| {
        let width = (code + 2).next_power_of_two().ilog2().clamp(9, 12);
        (code, width)
    }));
    for (code, width) in codes.chain([(CLEAR, 12)]) {
        (bits, held) = (bits << width | code, held + width);
        while held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
        bits &= (1 << held) - 1;
    }
    bytes.repeat(rounds)
}

/// A JPEG 2000 codestream that states its size and that of its tiles, and ends within the first.
fn jpeg_2000(size: u32, tile: u32) -> Vec<u8> {
    let sizes = [size, size, 0, 0, tile, tile, 0, 0].into_iter().flat_map(u32::to_be_bytes).collect::<Vec<u8>>();
    let head = [&b"\xff\x4f\xff\x51\0\x29\0\0"[..], &sizes, b"\0\x01\x07\x01\x01"].concat();
    let coding = b"\xff\x52\0\x0c\0\0\0\x01\0\x05\x04\x04\0\x01\xff\x5c\0\x13\x40";
    let data = b"\xff\x90\0\x0a\0\0\0\0\0\0\0\x01\xff\x93";
    [&head[..], coding, &[0x40; 16], data, &[0x80; 100], b"\xff\xd9"].concat()
}

/// JBIG2 segments: a page of that many pixels a side, and a region that fills it.
fn jbig2(side: u32) -> Vec<u8> {
    let sides = [side.to_be_bytes(), side.to_be_bytes()].concat();
    let page = [&b"\0\0\0\0\x30\0\x01\0\0\0\x13"[..], &sides, &[0; 11]].concat();
    let region = [&b"\0\0\0\x01\x26\0\x01\0\0\0\x1a"[..], &sides, &[0; 9]].concat();
    [&page[..], &region, b"\0\x03\xff\xfd\xff\x02\xfe\xfe\xfe"].concat()
}

fn pictures_of_pdfs_that_unfold_without_end_are_one_finding_each() {
    let fax = |size: &str| {
        format!("/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns {size}/Rows {size}>>")
    };
    let bits = |filter: &str| format!("/BitsPerComponent 1/Filter/{filter}");
    let own_globals = bits("JBIG2Decode/DecodeParms<</JBIG2Globals 5 0 R>>");
    let filters = format!("/BitsPerComponent 8/Filter[{}]", "/FlateDecode".repeat(500));
    let hostile = [
        ("LZW.pdf", picture_pdf("/BitsPerComponent 8/Filter/LZWDecode", &lzw_zeros(250))),
        ("传真.pdf", picture_pdf(&fax("2147483647"), &[0xff; 1_000])),
        ("JBIG2.pdf", picture_pdf(&bits("JBIG2Decode"), &jbig2(u32::MAX))),
        ("JBIG2绕回自己.pdf", picture_pdf(&own_globals, &jbig2(100))),
        ("JPX.pdf", picture_pdf("/Filter/JPXDecode", &jpeg_2000(u32::MAX, u32::MAX))),
        ("JPX碎片.pdf", picture_pdf("/Filter/JPXDecode", &jpeg_2000(16_000, 1))),
        ("许多层.pdf", picture_pdf(&filters, &zeros(1))),
    ];
    let mut project = Project::ready(&["甲党支部", "乙党支部"]);
    assert_eq!(project.zicha(&["build", "--final"]).code, 0);
    project = project.file("signed/甲党支部.pdf", SCAN);
    for (name, bytes) in &hostile {
        project = project.file(&format!("signed/{name}"), bytes);
    }
    assert_one_finding_each(&project, hostile.iter().map(|(name, _)| *name));
}
