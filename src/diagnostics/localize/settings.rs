//! Messages of the TOML reader (`toml`, `toml_parser`, `toml_datetime`) about the settings.

use super::data::TERMS;
use super::phrase::{Phrase, translate};
use super::text::last_resort;

/// A message of the TOML reader about the settings.
pub fn toml(message: &str) -> String {
    translated(message).unwrap_or_else(|| last_resort(message))
}

/// The translation of a message.
fn translated(message: &str) -> Option<String> {
    translate(message, PHRASES, TERMS).or_else(|| {
        // `<description>, expected <list>`: the description suffices.
        let (description, _) = message.split_once(", expected ")?;
        translate(description, PHRASES, TERMS)
    })
}

/// Narrow patterns first.
const PHRASES: &[Phrase] = &[
    // Values of a wrong type.
    ("invalid type: {}, expected {}", "应是<1>，现为<0>"),
    ("invalid value: {}, expected {}", "应是<1>，现为<0>"),
    ("invalid length {}, expected {}", "应是<1>，现有 {0} 项"),
    ("wanted string or table", "应是引号里的一个选项"),
    ("wanted exactly 1 element, {}", "应是引号里的一个选项"),
    ("expected table, found {}", "应是一组键和值"),
    ("expected empty {}", "应是引号里的一个选项"),
    ("missing field `{}`", "缺少“{0}”"),
    ("duplicate field `{}`", "“{0}”写了两次"),
    ("duplicate key", "这个键写了两次"),
    ("cannot extend value of type {} with a dotted key", "这个键已经有值，不能再在它下面写键"),
    ("recursion limit", "层次太多"),
    ("cannot recurse further; max recursion depth met", "层次太多"),
    ("integer number overflowed", "整数太大"),
    ("floating-point number overflowed", "小数太大"),
    // Dates and times.
    ("invalid date, expected day between {} and {}", "没有这一天：这个月只有 {0} 日至 {1} 日"),
    ("invalid date, expected month between {}", "没有这个月：应是 01 至 12"),
    ("invalid date, {}", "日期应写成 2018-10-25 这样"),
    ("invalid datetime{}", "日期应写成 2018-10-25 这样"),
    ("invalid date-time{}", "日期应写成 2018-10-25 这样"),
    ("invalid time{}", "时刻应写成 08:30:00 这样"),
    ("invalid offset{}", "时刻应写成 08:30:00 这样"),
    // Keys and tables.
    ("invalid key-value pair", "一行应写成“键 = 值”"),
    ("invalid key", "键的写法不对：只用字母、数字、下划线和连字符，汉字要写在引号里"),
    ("invalid unquoted key", "键的写法不对：只用字母、数字、下划线和连字符，汉字要写在引号里"),
    ("unquoted keys cannot be empty", "缺少键"),
    ("keys cannot be multi-line {}", "键不能用三个引号"),
    ("key with no value", "键后面缺少“= 值”"),
    ("missing value for key", "等号后面缺少值"),
    ("missing value", "等号后面缺少值"),
    ("extra `=`", "多了一个等号"),
    ("unexpected key or value", "一行只能写一个“键 = 值”"),
    ("unexpected content", "后面多了内容"),
    ("unexpected content between comment and newline", "后面多了内容"),
    ("invalid table", "方括号里的名称写法不对"),
    ("unclosed table", "名称后面缺少“]”"),
    ("unclosed array table", "名称后面缺少“]]”"),
    ("missing table open", "缺少“[”"),
    // Lists and inline tables.
    ("unclosed array", "列表没有写完，缺少“]”"),
    ("missing array opening", "多了“]”，或前面缺少“[”"),
    ("extra comma in array", "列表里多了一个逗号"),
    ("missing comma between array elements", "列表的两项之间缺少逗号"),
    ("unexpected `=` in array", "列表里不能有等号"),
    ("unclosed inline table", "花括号没有写完，缺少“}”"),
    ("missing inline table opening", "多了“}”，或前面缺少“{”"),
    ("extra comma in inline table", "花括号里多了一个逗号"),
    ("missing comma between key-value pairs", "花括号里的两项之间缺少逗号"),
    ("missing key for inline table element", "花括号里缺少键"),
    ("missing assignment between key-value pairs", "花括号里的键后面缺少“= 值”"),
    ("extra assignment between key-value pairs", "花括号里多了一个等号"),
    ("invalid inline table element", "花括号里应写成“键 = 值”"),
    // Text.
    ("string values must be quoted", "文字要写在引号里"),
    ("invalid value", "等号后面的值写法不对"),
    ("invalid string", "文字写法不对，可能缺少后一个引号，或含有控制字符"),
    ("invalid basic string", "文字写法不对，可能缺少后一个引号"),
    ("invalid literal string", "文字写法不对，可能缺少后一个引号"),
    ("invalid multi-line {}", "文字写法不对，可能缺少后三个引号"),
    ("missing opening quote", "文字缺少前一个引号"),
    ("missing escaped value", "反斜杠后面的字符不能用"),
    ("too few unicode value digits", "反斜杠后面的编码位数不够"),
    ("carriage return must be followed by newline", "换行的写法不对"),
    ("invalid comment character", "注释里有控制字符"),
    ("missing comment start", "注释应以“#”开头"),
    ("could not allocate for string", "文字太长"),
    // Numbers.
    ("invalid boolean", "应是“true”或“false”"),
    ("invalid float", "数字写法不对"),
    ("invalid integer number", "数字写法不对"),
    ("invalid hexadecimal number", "数字写法不对"),
    ("invalid octal number", "数字写法不对"),
    ("invalid binary number", "数字写法不对"),
    ("invalid mantissa", "数字写法不对"),
    ("invalid fraction", "数字写法不对"),
    ("invalid exponent", "数字写法不对"),
    ("redundant numeric sign", "数字多了正负号"),
    ("redundant integer number prefix", "数字写法不对"),
    ("integers with a radix cannot be signed", "数字写法不对"),
    ("radix must be lowercase", "数字写法不对"),
    ("unexpected leading zero", "数字前面多了 0"),
    ("unexpected sign", "数字多了正负号"),
    ("`_` may only go between digits", "下划线只能写在数字之间"),
];
