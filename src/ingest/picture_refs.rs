//! What the cell of a picture column refers to, until the pictures themselves are read: lines of text.

/// The extensions of names of picture files, in lower case. Some name formats that are not read: a name is a name still.
const EXTENSIONS: [&str; 11] = ["jpg", "jpeg", "jfif", "png", "tif", "tiff", "webp", "heic", "heif", "bmp", "gif"];
/// What separates names in one cell.
const SEPARATORS: [char; 6] = ['\n', '、', '；', ';', '，', ','];

/// A reference to a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PictureRef<'t> {
    /// A part of the workbook's package; empty when the reader of the format does not find the picture itself.
    Part(&'t str),
    /// A file of the column's folder.
    File(&'t str),
}

/// The references to parts, a line each.
pub(super) fn of_parts(parts: &str) -> String {
    parts.split('\n').map(|part| format!("p{part}")).collect::<Vec<_>>().join("\n")
}

/// The references to files that a cell names; `None` when something in it is no name of a picture file.
pub(super) fn of_names(text: &str) -> Option<String> {
    let mut lines = Vec::new();
    for name in text.split(SEPARATORS).map(str::trim).filter(|name| !name.is_empty()) {
        let (_, extension) = name.rsplit_once('.')?;
        if !EXTENSIONS.contains(&extension.to_lowercase().as_str()) {
            return None;
        }
        lines.push(format!("f{name}"));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The references that [`of_parts`] or [`of_names`] wrote.
pub(super) fn parse(lines: &str) -> impl Iterator<Item = PictureRef<'_>> {
    lines.split('\n').map(|line| match line.strip_prefix('f') {
        Some(name) => PictureRef::File(name),
        None => PictureRef::Part(line.get(1..).unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests {
    use super::{PictureRef, of_names, of_parts, parse};

    #[test]
    fn references_are_parsed_as_they_were_written() {
        let parts = of_parts("xl/media/1.png\n");
        let expected = [PictureRef::Part("xl/media/1.png"), PictureRef::Part("")];
        assert_eq!(parse(&parts).collect::<Vec<_>>(), expected);
        let names = of_names(" 一.JPG、子/二.png;\n").unwrap();
        assert_eq!(parse(&names).collect::<Vec<_>>(), [PictureRef::File("一.JPG"), PictureRef::File("子/二.png")]);
        for other in ["无", "见附件", "照片.docx", "一.jpg、无", "、"] {
            assert_eq!(of_names(other), None, "{other}");
        }
    }
}
