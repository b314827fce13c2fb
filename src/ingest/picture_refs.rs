//! What the cell of a picture column refers to, until the pictures themselves are read: lines of text.

/// The extensions of names of picture files, in lower case. Some name formats that are not read: a name is a name
/// still.
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

/// Whether a name is that of a picture file.
pub(super) fn is_picture_name(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()))
}

/// The references to parts, a line each. A name that begins with `/`, as no part's does, is the path of a file.
pub(super) fn of_parts(parts: &str) -> String {
    let reference = |part: &str| match part.strip_prefix('/') {
        Some(file) => format!("f{file}"),
        None => format!("p{part}"),
    };
    parts.split('\n').map(reference).collect::<Vec<_>>().join("\n")
}

/// The references to files that a cell names; `None` when something in it is no name of a picture file.
pub(super) fn of_names(text: &str) -> Option<String> {
    let mut lines = Vec::new();
    for name in text.split(SEPARATORS).map(str::trim).filter(|name| !name.is_empty()) {
        if !is_picture_name(name) {
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
        let parts = of_parts("xl/media/1.png\n\n/教务处/1、会.png");
        let expected = [PictureRef::Part("xl/media/1.png"), PictureRef::Part(""), PictureRef::File("教务处/1、会.png")];
        assert_eq!(parse(&parts).collect::<Vec<_>>(), expected);
        let names = of_names(" 一.JPG、子/二.png;\n").unwrap();
        assert_eq!(parse(&names).collect::<Vec<_>>(), [PictureRef::File("一.JPG"), PictureRef::File("子/二.png")]);
        for other in ["无", "见附件", "照片.docx", "一.jpg、无", "、"] {
            assert_eq!(of_names(other), None, "{other}");
        }
    }
}
