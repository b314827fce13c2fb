//! Files and packages, taken apart so that they can be compared.

use std::fmt::Write as _;
use std::path::Path;

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.expect("a readable folder");
        let target = to.join(entry.path().strip_prefix(from).expect("below"));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(target).expect("a folder");
        } else {
            std::fs::copy(entry.path(), target).expect("a copied file");
        }
    }
}

/// Every file below `folder` with its bytes, by its path, in order.
pub(crate) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(|e| e.expect("a readable folder"));
    entries
        .filter(|entry| entry.file_type().is_file())
        // The first holds times, the second depends on the program's version.
        .filter(|entry| entry.file_name() != "index-changed.js" && entry.file_name() != ".zicha-cache")
        // The empty file that runs lock stays.
        .filter(|entry| !entry.path().ends_with(".zicha/lock"))
        .filter_map(|entry| {
            let name = entry.path().strip_prefix(folder).expect("below").to_string_lossy().into_owned();
            match std::fs::read(entry.path()) {
                Ok(bytes) => Some((name, bytes)),
                // A build whose server was killed removes its temporary files within a second.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => panic!("{name}: {error}"),
            }
        })
        .collect()
}

/// Asserts that every file in the folder is complete.
pub(crate) fn assert_whole(folder: &Path) {
    for (name, bytes) in files(folder) {
        if name.starts_with(".zicha/") {
            continue;
        }
        match name.rsplit('.').next().unwrap_or_default() {
            "docx" | "xlsx" => assert!(!parts(&bytes).is_empty(), "{name}"),
            "json" => drop(serde_json::from_slice::<serde_json::Value>(&bytes).expect("whole JSON")),
            "jpg" | "png" => assert!(image::load_from_memory(&bytes).is_ok(), "{name}"),
            "html" => assert!(bytes.ends_with(b"</html>\n"), "{name}"),
            _ => assert!(bytes.ends_with(b"\n"), "{name}"),
        }
    }
    let cache = std::fs::read(folder.join(".zicha-cache")).unwrap_or_default();
    let mut rest = cache.get(32..).unwrap_or_default();
    let frame = |bytes: &mut &[u8]| {
        let (length, behind) = bytes.split_first_chunk::<8>().expect("a length");
        *bytes = behind.get(u64::from_le_bytes(*length) as usize..).expect("a whole cache");
    };
    while let Some((_, frames)) = rest.split_first_chunk::<32>() {
        rest = frames;
        // The answer of the reader, the verdict of the second reading, and pictures.
        (0..3).for_each(|_| frame(&mut rest));
    }
    assert_eq!(rest, b"");
}

/// Makes a named pipe: who opens it waits for another process.
pub(crate) fn pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.is_ok_and(|status| status.success()), "{}", path.display());
}

/// The parts of a package by name; XML has one tag a line, so that differences can be read.
pub(crate) fn parts(package: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(package)).expect("a package");
    let mut parts: Vec<(String, String)> = (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).expect("a part");
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut part, &mut bytes).expect("a whole part");
            let text =
                String::from_utf8(bytes).map_or_else(|e| e.as_bytes().escape_ascii().to_string(), |t| normalised(&t));
            (part.name().expect("a name").into_owned(), text)
        })
        .collect();
    parts.sort();
    parts
}

/// XML with one tag a line and attributes in order.
fn normalised(xml: &str) -> String {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut out = String::new();
    let mut depth = 0_usize;
    let tag = |start: &quick_xml::events::BytesStart<'_>| {
        let mut attributes: Vec<String> = start
            .attributes()
            .map(|a| a.expect("an attribute"))
            .map(|a| format!(" {}=\"{}\"", a.key.as_ref(), a.value))
            .collect();
        attributes.sort();
        format!("<{}{}>", start.name().as_ref(), attributes.concat())
    };
    loop {
        let event = reader.read_event().expect("well-formed XML");
        if matches!(event, Event::End(_)) {
            depth -= 1;
        }
        let line = match &event {
            Event::Start(start) | Event::Empty(start) => tag(start),
            Event::Text(text) => text.to_string().trim_matches('\n').to_owned(),
            Event::GeneralRef(name) => format!("&{};", &**name),
            Event::Eof => return out,
            _ => String::new(),
        };
        if !line.is_empty() {
            let _ = writeln!(out, "{}{line}", "  ".repeat(depth));
        }
        if matches!(event, Event::Start(_)) {
            depth += 1;
        }
    }
}
