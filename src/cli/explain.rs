//! `zicha explain`: a finding's code, a key of the settings, a word of expressions or of templates.
//!
//! The texts come from [`crate::check::catalogue`] and the tables of [`crate::reference`]; this file looks a word up
//! in all of them and prints what it finds. A word may stand for several things: `min` is a key and a function.

use std::io::{self, Write};

use clap::Args;

use super::common::{Exit, HELP};
use crate::check::catalogue;
use crate::diagnostics::Code;
use crate::escape::visible;
use crate::expr;
use crate::notice::{nearest, renamed_to};
use crate::reference::expression::{FUNCTIONS, FunctionDoc, Group, NAMES, Name, OPERATORS, OperatorDoc, PREFIXES};
use crate::reference::key::KeyDoc;
use crate::reference::settings::{self, keys, keys_of};
use crate::reference::template::{WORDS, WordDoc};

/// 说明一个代码、设置的键、表达式的函数或模板的过滤器
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha explain [词]",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "例如：zicha explain Z102、zicha explain ledger.columns.header、zicha explain days_between、zicha explain where"
)]
pub(super) struct Arguments {
    /// 代码、键、函数、运算符或过滤器；不写则列出全部
    #[arg(value_name = "词", help_heading = "参数")]
    word: Option<String>,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// Something that can be explained.
#[derive(Clone, Copy)]
enum Topic {
    Code(Code),
    Key(&'static KeyDoc),
    Function(&'static FunctionDoc),
    Operator(&'static OperatorDoc),
    Name(&'static Name),
    Word(&'static WordDoc),
}

/// The most suggestions for an unknown word.
const SUGGESTIONS: usize = 3;

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let mut out = io::stdout().lock();
    let written = match &arguments.word {
        None => list(&mut out),
        Some(word) => match look_up(word) {
            Found::Topics(topics) => print_all(&topics, &mut out),
            Found::Keys(keys) => print_choice(word, &keys, &mut out),
            Found::Renamed(new, key) => {
                writeln!(out, "“{}”已改名为 {new}：\n", shown(word)).and_then(|()| print_key(key, &mut out))
            }
            Found::Nothing(near) => {
                let hint =
                    if near.is_empty() { "；".to_owned() } else { format!("，是不是{}？", near.join("、")) };
                eprintln!("错误：没有“{}”这个代码、键、函数或过滤器{hint}用 zicha explain 列出全部", shown(word));
                return Exit::Trouble;
            }
        },
    };
    if written.is_ok() { Exit::Done } else { Exit::Trouble }
}

/// Characters of a word that messages repeat; no name has as many.
const MAX_WORD: usize = 60;

/// A word as messages repeat it.
fn shown(word: &str) -> String {
    let kept: String = word.chars().take(MAX_WORD).collect();
    let dots = if kept.len() < word.len() { "……" } else { "" };
    format!("{}{dots}", visible(&kept))
}

/// What a word may stand for.
enum Found {
    /// These, by their whole names.
    Topics(Vec<Topic>),
    /// Several keys that are called so in different tables.
    Keys(Vec<&'static KeyDoc>),
    /// A key that has another name now: its new path, and the key.
    Renamed(String, &'static KeyDoc),
    /// Nothing; the names that are most like it, in quotes.
    Nothing(Vec<String>),
}

fn look_up(word: &str) -> Found {
    let word = word.trim_matches(['[', ']', ' ']);
    let mut topics: Vec<Topic> = topics().filter(|topic| topic.is_called(word)).collect();
    if topics.is_empty() {
        topics.extend(settings::find(word).map(Topic::Key));
    }
    let keys: Vec<&KeyDoc> = keys().filter(|key| key.name() == word && key.path != word).collect();
    match (&topics[..], &keys[..]) {
        ([], []) => match renamed_to(word).and_then(|new| settings::find(&new).map(|key| (new, key))) {
            Some((new, key)) => Found::Renamed(new, key),
            None => Found::Nothing(nearest_names(word)),
        },
        ([], [key]) => Found::Topics(vec![Topic::Key(key)]),
        ([], _) => Found::Keys(keys),
        _ => {
            topics.extend(keys.into_iter().map(Topic::Key));
            Found::Topics(topics)
        }
    }
}

/// Everything that can be explained, in the order of the list.
fn topics() -> impl Iterator<Item = Topic> {
    let codes = catalogue().into_iter().map(Topic::Code);
    let functions = FUNCTIONS.iter().map(Topic::Function);
    let operators = PREFIXES.iter().chain(OPERATORS).map(Topic::Operator);
    let expressions = functions.chain(operators).chain(NAMES.iter().map(Topic::Name));
    codes.chain(keys().map(Topic::Key)).chain(expressions).chain(WORDS.iter().map(Topic::Word))
}

/// The names that are most like an unknown word, in quotes: whole names and the last parts of paths are compared.
fn nearest_names(word: &str) -> Vec<String> {
    let topics: Vec<Topic> = topics().collect();
    let last_part = |name: &'static str| name.rsplit('.').next().unwrap_or(name);
    let words = || topics.iter().flat_map(|topic| [topic.name(), last_part(topic.name())]);
    let Some(near) = nearest(word, words()).or_else(|| nearest(&word.to_uppercase(), words())) else {
        return Vec::new();
    };
    let is_near = |name: &&'static str| *name == near || last_part(name) == near;
    let mut names: Vec<&str> = topics.iter().map(|topic| topic.name()).filter(is_near).collect();
    names.dedup();
    names.into_iter().take(SUGGESTIONS).map(|name| format!("“{name}”")).collect()
}

impl Topic {
    fn name(self) -> &'static str {
        match self {
            Self::Code(code) => code.id,
            Self::Key(key) => key.path,
            Self::Function(function) => function.name,
            Self::Operator(operator) => operator.sign,
            Self::Name(name) => name.name,
            Self::Word(word) => word.name,
        }
    }

    /// Whether a word is its whole name; codes may be written in small letters.
    fn is_called(self, word: &str) -> bool {
        match self {
            Self::Code(code) => code.id.eq_ignore_ascii_case(word),
            other => other.name() == word,
        }
    }

    fn print(self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Code(code) => {
                writeln!(out, "{} {}（{}）", code.id, code.title, code.severity.label())?;
                writeln!(out, "查什么：{}", code.what)?;
                writeln!(out, "为什么：{}", code.why)?;
                writeln!(out, "怎么改：{}", if code.cure.is_empty() { "见具体提示" } else { code.cure })
            }
            Self::Key(key) => print_key(key, out),
            Self::Function(function) => {
                let subject = if function.group == Group::List { "列表" } else { "值" };
                writeln!(out, "{}（表达式的函数）", function.name)?;
                writeln!(out, "写法：{}", function.form)?;
                if let Some(signature) = expr::function(function.name) {
                    let parameters: Vec<&str> = signature.parameters.iter().map(|shape| shape.label()).collect();
                    let (parameters, result) = (parameters.join("，"), signature.result.label());
                    writeln!(out, "用于：{subject}；参数：{parameters}；得出：{result}")?;
                }
                writeln!(out, "意思：{}", function.what)?;
                writeln!(out, "例子：{}", function.example)
            }
            Self::Operator(operator) => {
                writeln!(out, "{}（表达式的运算符）", operator.sign)?;
                writeln!(out, "先后：第 {} 级，第 1 级最先算", operator.rank())?;
                writeln!(out, "意思：{}", operator.what)
            }
            Self::Name(name) => {
                writeln!(out, "{}（表达式的名称）", name.name)?;
                writeln!(out, "用在：{}", name.place)?;
                writeln!(out, "意思：{}", name.what)
            }
            Self::Word(word) => {
                writeln!(out, "{}（{}）", word.name, word.role.label())?;
                writeln!(out, "作用：{}", word.what)?;
                writeln!(out, "例子：{}", word.example)
            }
        }
    }
}

/// Prints a key with its choices; a table with its keys.
fn print_key(key: &KeyDoc, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}（设置的键）", key.path)?;
    if let Some(table) = keys().find(|table| table.path == key.table()) {
        writeln!(out, "写在：{} 下面", table.heading())?;
    }
    writeln!(out, "作用：{}", key.what)?;
    writeln!(out, "填写：{}；{}", key.kind.label(), key.presence.label())?;
    for (choice, meaning) in key.kind.choices() {
        writeln!(out, "  {choice}  {meaning}")?;
    }
    writeln!(out, "例子：{}", key.example)?;
    if key.is_table() {
        writeln!(out, "其中的键：")?;
        keys_of(key.path).try_for_each(|inner| writeln!(out, "  {}  {}", inner.name(), inner.what))?;
    }
    Ok(())
}

/// Prints topics with a blank line between them.
fn print_all(topics: &[Topic], out: &mut dyn Write) -> io::Result<()> {
    for (at, topic) in topics.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        topic.print(out)?;
    }
    Ok(())
}

/// Prints the keys that a word may mean, for the user to choose from.
fn print_choice(word: &str, keys: &[&KeyDoc], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "有几张表里有“{}”，写全了再查：", shown(word))?;
    keys.iter().try_for_each(|key| writeln!(out, "  {}  {}", key.path, key.what))
}

/// Prints everything there is, a line each.
fn list(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "问题的代码")?;
    for code in catalogue() {
        writeln!(out, "{}  {}  {}", code.id, code.severity.label(), code.title)?;
    }
    writeln!(out, "\n设置的键（notice.toml）")?;
    keys().try_for_each(|key| writeln!(out, "{}  {}", key.path, key.what))?;
    writeln!(out, "\n表达式的函数")?;
    FUNCTIONS.iter().try_for_each(|function| writeln!(out, "{}  {}", function.form, function.what))?;
    writeln!(out, "\n表达式的运算符")?;
    let mut operators = PREFIXES.iter().chain(OPERATORS);
    operators.try_for_each(|operator| writeln!(out, "{}  {}", operator.sign, operator.what))?;
    writeln!(out, "\n表达式的名称")?;
    NAMES.iter().try_for_each(|name| writeln!(out, "{}  {}", name.name, name.what))?;
    writeln!(out, "\n模板的过滤器、判断和函数")?;
    WORDS.iter().try_for_each(|word| writeln!(out, "{}  {}", word.name, word.what))
}
