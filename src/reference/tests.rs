//! The manual's tables are those of the program.

use std::fmt::Write;
use std::path::Path;

use super::expression::{FUNCTIONS, Group, NAMES, OPERATORS, PREFIXES};
use super::key::{KeyDoc, Kind};
use super::settings::{self, SAME_AS, keys_of};
use super::template::{Role, WORDS};

/// Begins a table that the program writes; what it is of follows, then the comment's end.
const BEGIN: &str = "<!-- 表 ";
/// Ends such a table.
const END: &str = "<!-- 表完 -->";

/// A cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Code in a cell.
fn code(text: &str) -> String {
    format!("`{}`", cell(text))
}

fn row(out: &mut String, cells: &[String]) {
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn head(titles: &[&str]) -> String {
    let mut out = String::new();
    row(&mut out, &titles.iter().map(|title| (*title).to_owned()).collect::<Vec<_>>());
    let _ = writeln!(out, "|{}", " --- |".repeat(titles.len()));
    out
}

/// The keys of a table of the settings.
fn keys(table: &str) -> String {
    let mut out = head(&["键", "填什么", "不写时", "作用", "例子"]);
    for key in keys_of(table) {
        let what = key.what.to_owned() + &choices(key);
        let cells = [code(key.name()), key.kind.label().to_owned(), key.presence.label(), what, key.example.to_owned()];
        let [name, kind, absent, what, example] = cells;
        row(&mut out, &[name, cell(&kind), cell(&absent), cell(&what), code(&example)]);
    }
    out
}

/// The words that a key may be, with their meanings.
fn choices(key: &KeyDoc) -> String {
    let words = key.kind.choices().iter().map(|(word, meaning)| format!("`{word}` {meaning}"));
    let words = words.collect::<Vec<_>>().join("；");
    if words.is_empty() { words } else { format!("{words}。") }
}

fn functions(group: Group) -> String {
    let mut out = head(&["写法", "得出", "例子"]);
    for function in FUNCTIONS.iter().filter(|function| function.group == group) {
        row(&mut out, &[code(function.form), cell(function.what), code(function.example)]);
    }
    out
}

fn operators() -> String {
    let mut out = head(&["先后", "写法", "意思"]);
    let mut all: Vec<_> = PREFIXES.iter().chain(OPERATORS.iter().rev()).collect();
    all.sort_by_key(|operator| operator.rank());
    for operator in all {
        row(&mut out, &[operator.rank().to_string(), code(operator.sign), operator.what.to_owned()]);
    }
    out
}

fn names() -> String {
    let mut out = head(&["名称", "用在", "是什么"]);
    for name in NAMES {
        row(&mut out, &[code(name.name), name.place.to_owned(), cell(name.what)]);
    }
    out
}

fn words(role: Role) -> String {
    let mut out = head(&["名称", "作用", "例子"]);
    for word in WORDS.iter().filter(|word| word.role == role) {
        row(&mut out, &[code(word.name), word.what.to_owned(), code(word.example)]);
    }
    out
}

/// The table that the manual calls by a name.
fn table(name: &str) -> Option<String> {
    Some(match name {
        "顶层" => keys(""),
        "表达式：列表的函数" => functions(Group::List),
        "表达式：值的函数" => functions(Group::Value),
        "表达式：运算符" => operators(),
        "表达式：名称" => names(),
        "模板：过滤器" => words(Role::Filter),
        "模板：其他过滤器" => words(Role::OtherFilter),
        "模板：判断" => words(Role::Test),
        "模板：函数" => words(Role::Function),
        path => settings::keys().any(|key| key.path == path && key.is_table()).then(|| keys(path))?,
    })
}

/// The manual with its tables as they should be, and the names of the tables.
fn renewed(manual: &str) -> (String, Vec<String>) {
    let (mut out, mut names) = (String::new(), Vec::new());
    let mut rest = manual;
    while let Some((before, from)) = rest.split_once(BEGIN) {
        let (name, from) = from.split_once(" -->").expect("the comment's end");
        let (_, after) = from.split_once(END).expect("the table's end");
        let table = table(name).unwrap_or_else(|| panic!("no table is called {name}"));
        let _ = write!(out, "{before}{BEGIN}{name} -->\n\n{table}\n{END}");
        names.push(name.to_owned());
        rest = after;
    }
    (out + rest, names)
}

/// `ZICHA_ACCEPT=1` writes the program's tables into the manual.
#[test]
fn the_manual_lists_what_the_program_accepts() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/README.md");
    let manual = std::fs::read_to_string(&path).expect("the manual").replace("\r\n", "\n");
    let (expected, mut names) = renewed(&manual);
    if std::env::var_os("ZICHA_ACCEPT").is_some() {
        std::fs::write(&path, &expected).expect("a written manual");
    } else {
        let line = expected.lines().zip(manual.lines()).position(|(a, b)| a != b).map_or(0, |at| at + 1);
        assert!(expected == manual, "templates/README.md line {line} differs from the program's tables");
    }
    let tables = settings::keys().filter(|key| key.is_table() && keys_of(key.path).next().is_some());
    let own = tables.filter(|key| !SAME_AS.iter().any(|(alias, _)| *alias == key.path));
    let mut wanted: Vec<String> = own.map(|key| key.path.to_owned()).collect();
    let others = "顶层 表达式：列表的函数 表达式：值的函数 表达式：运算符 表达式：名称 模板：过滤器 模板：其他过滤器 模板：判断 模板：函数";
    wanted.extend(others.split(' ').map(str::to_owned));
    wanted.sort();
    names.sort();
    assert_eq!(names, wanted);
}

#[test]
fn a_table_has_no_broken_row() {
    for key in settings::keys().filter(|key| key.is_table()) {
        let Some(table) = table(key.path) else { continue };
        assert!(key.kind != Kind::Text && table.lines().all(|line| line.starts_with('|') && line.ends_with('|')));
    }
}
