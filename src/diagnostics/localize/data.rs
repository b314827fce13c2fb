//! Messages of the libraries that read and write data: ZIP, XML, JSON, workbooks, keys, and the standard library's
//! own parsers.

use super::phrase::{Phrase, translate};
use super::text::{last_resort, starts_chinese};

/// The message of a library that reads or writes data: archives, XML, JSON, workbooks, numbers, text.
pub fn library(message: &str) -> String {
    translated(message).unwrap_or_else(|| last_resort(message))
}

/// The translation of a message.
pub(super) fn translated(message: &str) -> Option<String> {
    let (text, position) = split_position(message);
    // The program's own message, to which serde_json has appended a position.
    let own = || (text.len() < message.len() && starts_chinese(text)).then(|| text.to_owned());
    let translation = translate(text, PHRASES, TERMS).or_else(own)?;
    Some(match position {
        Some((line, column)) => format!("{translation}（第 {line} 行第 {column} 个字符）"),
        None => translation,
    })
}

/// Splits the position off that serde_json appends: ` at line 3 column 7`.
fn split_position(message: &str) -> (&str, Option<(&str, &str)>) {
    let split = message.rsplit_once(" at line ").and_then(|(text, at)| Some((text, at.split_once(" column ")?)));
    match split {
        // Line 0 is that of a value in memory.
        Some((text, (line, column))) => (text, Some((line, column)).filter(|_| line != "0")),
        None => (message, None),
    }
}

/// Names of values in messages of serde.
pub(super) const TERMS: &[Phrase] = &[
    ("boolean `{}`", "“{0}”"),
    ("integer `{}`", "整数 {0}"),
    ("integer `{}` as {}", "整数 {0}"),
    ("floating point `{}`", "小数 {0}"),
    ("character `{}`", "文字“{0}”"),
    ("string \"{}\"", "文字“{0}”"),
    ("byte array", "字节"),
    ("unit value", "空值"),
    ("null", "空值"),
    ("Option value", "空值"),
    ("option", "一个值"),
    ("newtype struct", "一个值"),
    ("sequence", "列表"),
    ("map", "一组键和值"),
    ("a map", "一组键和值"),
    ("table", "一组键和值"),
    ("enum", "选项"),
    ("{} variant", "选项"),
    ("a sequence", "列表，如 [\"…\"]"),
    ("a set", "列表，如 [\"…\"]"),
    ("a string", "引号里的文字"),
    ("a borrowed string", "引号里的文字"),
    ("a string key", "引号里的文字"),
    ("path string", "引号里的文字"),
    ("a character", "一个字符"),
    ("a boolean", "“true”或“false”"),
    ("unit", "空值"),
    ("a TOML datetime", "日期，如 2018-10-25"),
    ("a Decimal type representing a fixed-point number", "数字"),
    ("string containing a decimal", "数字"),
    ("u8", "从 0 到 255 的整数"),
    ("u16", "从 0 到 65535 的整数"),
    ("u32", "不小于 0 的整数"),
    ("u64", "不小于 0 的整数"),
    ("usize", "不小于 0 的整数"),
    ("i16", "整数"),
    ("i32", "整数"),
    ("i64", "整数"),
    ("f64", "数字"),
    ("an array of length {}", "{0} 项的列表"),
    ("a tuple of size {}", "{0} 项的列表"),
    ("tuple struct {} with {}", "列表"),
    ("struct {} with {}", "一组键和值"),
    ("struct {}", "一组键和值"),
    ("enum {}", "引号里的一个选项"),
    ("variant identifier", "引号里的一个选项"),
    ("field identifier", "键"),
];

/// Narrow patterns first.
const PHRASES: &[Phrase] = &[
    // Text and numbers of the standard library.
    ("stream did not contain valid UTF-8", "不是 UTF-8 文字"),
    ("invalid utf-8 sequence of {}", "不是 UTF-8 文字"),
    ("incomplete utf-8 byte sequence from index {}", "不是 UTF-8 文字"),
    ("failed to fill whole buffer", "内容不完整，提前结束"),
    ("failed to write whole buffer", "没有写完，磁盘可能已满"),
    ("unexpected end of file", "内容不完整，提前结束"),
    ("invalid digit found in string", "应是整数"),
    ("cannot parse integer from empty string", "应是整数，却是空的"),
    ("number too large to fit in target type", "数太大"),
    ("number too small to fit in target type", "数太小"),
    ("number would be zero for non-zero type", "不能是 0"),
    ("invalid float literal", "应是数字"),
    ("cannot parse float from empty string", "应是数字，却是空的"),
    ("provided string was not `true` or `false`", "应是“true”或“false”"),
    ("{} is not in {}..={}", "{0} 不在 {1} 至 {2} 之间"),
    ("{} is not in {}..{}", "{0} 不在 {1} 至 {2} 之间"),
    // Archives and compressed data.
    ("i/o error: {}", "读写压缩包出错"),
    ("unsupported Zip archive: Password required{}", "压缩包设有密码"),
    ("provided password is incorrect", "压缩包的密码不对"),
    ("invalid Zip archive: {}", "压缩包已损坏"),
    ("unsupported Zip archive: {}", "这种压缩包不能读取"),
    ("compression method not supported: {}", "这种压缩方法不能读取"),
    ("failed to lookup address information{}", "找不到这个地址，请写 192.168.1.20 这样的本机地址"),
    ("specified file not found in archive", "压缩包里缺少需要的文件"),
    ("decompressed size {} exceeds limit {}", "解压后有 {0} 字节，超过 {1} 字节"),
    ("decompressed size is unknown{}", "压缩包没有写明解压后的大小"),
    ("Invalid checksum", "校验值不符，内容已损坏"),
    ("corrupt deflate stream", "压缩的内容已损坏"),
    ("corrupt gzip stream{}", "压缩的内容已损坏"),
    ("deflate decompression error{}", "压缩的内容已损坏"),
    ("Zip error: {}", "压缩包已损坏"),
    // XML.
    ("I/O error: {}", "读取出错"),
    ("syntax error: {}", "里面的 XML 写法不对"),
    ("ill-formed document: {}", "里面的 XML 前后不配对"),
    ("error while parsing attribute: {}", "里面的 XML 属性写法不对"),
    ("error while parsing reference: {}", "里面的 XML 写法不对"),
    ("cannot decode input using {}", "里面的 XML 编码不对"),
    ("Error while escaping character {}", "里面的 XML 写法不对"),
    ("cannot find `;` after `&`{}", "里面的 XML 写法不对"),
    ("at {}: unrecognized entity `{}`", "里面的 XML 写法不对"),
    ("unknown namespace prefix '{}'", "里面的 XML 写法不对"),
    ("position {}: {}", "里面的 XML 属性写法不对"),
    ("Xml error: {}", "里面的 XML 写法不对"),
    ("Xml attribute error: {}", "里面的 XML 属性写法不对"),
    ("XML attribute {}", "里面的 XML 属性写法不对"),
    ("XML encoding {}", "里面的 XML 编码不对"),
    // Workbooks.
    ("Workbook is password protected", "设有打开密码"),
    ("Cfb error: {}", "文件结构已损坏"),
    ("Vba error: {}", "里面的宏已损坏"),
    ("Invalid OLE ({})", "文件结构已损坏"),
    ("Empty Root directory", "文件结构已损坏"),
    ("Cannot find {} stream", "里面缺少工作表的内容"),
    ("Codepage {} not found", "里面的文字编码不能识别"),
    ("Sector {} points past end of file", "内容不完整，提前结束"),
    ("End of stream '{}'", "内容不完整，提前结束"),
    ("Unexpected end of xml, expecting '{}'", "里面的 XML 不完整"),
    ("Expecting '{}' node, found end of xml file", "里面的 XML 不完整"),
    ("Worksheet '{}' not found", "里面没有工作表“{0}”"),
    ("File not found '{}'", "里面缺少一个部件"),
    ("File not found: '{}'", "里面缺少一个部件"),
    ("'{}' file not found in archive", "里面缺少一个部件"),
    ("Relationship not found", "里面缺少一个部件"),
    ("Invalid MIME type: {}", "不是这种工作簿"),
    ("Parse string error: {}", "里面的文字不能识别"),
    ("Parse integer error: {}", "里面的数字不能识别"),
    ("Parse float error: {}", "里面的数字不能识别"),
    ("Parse bool error: {}", "里面的内容不能识别"),
    ("Invalid stack length", "里面的公式不能识别"),
    ("Invalid formula {}", "里面的公式不能识别"),
    ("Unrecognized {}", "里面的内容不能识别"),
    ("Unsupported {}", "里面的内容不能识别"),
    ("Expecting {}", "里面的内容不能识别"),
    ("Invalid {}, expecting {} found {}", "里面的内容不能识别"),
    ("Range is missing {}", "里面的单元格区域不能识别"),
    ("Range dimension {}", "里面的单元格区域不能识别"),
    ("column number overflow", "里面的列号太大"),
    ("row number overflow", "里面的行号太大"),
    // JSON and serde.
    ("EOF while parsing {}", "内容不完整，提前结束"),
    ("expected `{}` or `{}`", "应是“{0}”或“{1}”"),
    ("expected `{}`", "应是“{0}”"),
    ("expected value", "这里应有一个值"),
    ("expected ident", "这里应有一个值"),
    ("trailing comma", "多了一个逗号"),
    ("trailing characters", "后面多了内容"),
    ("key must be a string", "键应写在引号里"),
    ("invalid escape", "反斜杠后面的字符不能用"),
    ("invalid number", "数字写法不对"),
    ("number out of range", "数太大"),
    ("invalid unicode code point", "不是 UTF-8 文字"),
    ("control character {}", "文字里有控制字符"),
    ("recursion limit exceeded", "层次太多"),
    ("missing field `{}`", "缺少“{0}”"),
    ("duplicate field `{}`", "“{0}”写了两次"),
    ("unknown field `{}`, {}", "不认识“{0}”"),
    ("unknown variant `{}`, {}", "不认识“{0}”"),
    ("invalid type: {}, expected {}", "应是<1>，现为<0>"),
    ("invalid value: {}, expected {}", "应是<1>，现为<0>"),
    ("invalid length {}, expected {}", "应是<1>，现有 {0} 项"),
    // Certificates, keys, watching folders.
    ("no items found", "里面没有需要的内容"),
    ("section end {} missing", "内容不完整，提前结束"),
    ("base64 decode error: {}", "内容已损坏"),
    ("illegal section start: {}", "内容已损坏"),
    ("keys may not be consistent: KeyMismatch", "私钥不是这张证书的"),
    ("invalid peer certificate: {}", "证书不能用"),
    ("unexpected error: {}", "内容不能使用"),
    ("failed to parse private key as {}", "私钥不能识别"),
    ("no certificates presented", "里面没有证书"),
    ("OS file watch limit reached.{}", "系统同时监视的文件夹太多"),
    ("No path was found.{}", "文件或文件夹不存在"),
    ("No watch was found.{}", "没有在监视这个文件夹"),
];

#[cfg(test)]
mod tests {
    use super::super::text::is_chinese_message;
    use super::translated;

    /// Messages of libraries, each provoked.
    fn provoked() -> Vec<String> {
        let json = |text: &str| serde_json::from_str::<Vec<u8>>(text).unwrap_err().to_string();
        let record = serde_json::from_str::<crate::manifest::RunManifest>("{\"branches\":7}").unwrap_err().to_string();
        let xml = |text: &str| {
            let mut reader = quick_xml::Reader::from_str(text);
            loop {
                match reader.read_event() {
                    Err(error) => return error.to_string(),
                    Ok(quick_xml::events::Event::Eof) => return String::new(),
                    Ok(_) => {}
                }
            }
        };
        let zip = |bytes: &'static [u8]| zip::ZipArchive::new(std::io::Cursor::new(bytes)).err().unwrap().to_string();
        let book = |bytes: &'static [u8]| {
            <calamine::Xls<_> as calamine::Reader<_>>::new(std::io::Cursor::new(bytes)).err().unwrap().to_string()
        };
        let inflate = {
            let mut reader = flate2::read::DeflateDecoder::new(&[0xff_u8, 0xff, 0xff][..]);
            std::io::Read::read_to_end(&mut reader, &mut Vec::new()).unwrap_err().to_string()
        };
        vec![
            json(""),
            json("[1,]"),
            json("[1 2]"),
            json("[1] 2"),
            json("[300]"),
            json("[-1]"),
            json("[\"a\"]"),
            json("{}"),
            json("[nul]"),
            json("nonsense"),
            record,
            xml("<a></b>"),
            xml("<a"),
            xml("<!-- "),
            zip(b"PK\x03\x04nothing"),
            zip(b""),
            book(b"nothing at all"),
            inflate,
            "x".parse::<u16>().unwrap_err().to_string(),
            "".parse::<u16>().unwrap_err().to_string(),
            "70000".parse::<u16>().unwrap_err().to_string(),
            "x".parse::<f64>().unwrap_err().to_string(),
            "x".parse::<bool>().unwrap_err().to_string(),
            String::from_utf8(vec![0xff]).unwrap_err().to_string(),
            String::from_utf8(vec![0xe4, 0xbd]).unwrap_err().to_string(),
        ]
    }

    #[test]
    fn messages_of_data_libraries_are_translated() {
        for message in provoked() {
            let said = translated(&message).unwrap_or_default();
            assert!(is_chinese_message(&said), "{message} → {said}");
        }
    }

    #[test]
    fn positions_in_json_are_kept() {
        let own = "“x”不是 SHA-256 散列值 at line 1 column 85";
        assert_eq!(translated(own).as_deref(), Some("“x”不是 SHA-256 散列值（第 1 行第 85 个字符）"));
        let error = serde_json::from_str::<Vec<u8>>("[1,\n 2,]").unwrap_err().to_string();
        assert_eq!(translated(&error).as_deref(), Some("多了一个逗号（第 2 行第 4 个字符）"));
    }
}
