//! What is said of a key of `notice.toml`.

/// The documentation of one key of the settings: the manual, `zicha explain` and `zicha schema` show it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyDoc {
    /// Its path without the ids that the author chooses: `ledger.columns.header`.
    pub path: &'static str,
    /// What stands behind the equals sign.
    pub kind: Kind,
    /// Whether it may be left out, and what holds then.
    pub presence: Requirement,
    /// What it does, in a sentence.
    pub what: &'static str,
    /// A line of `notice.toml`; for a table, its heading.
    pub example: &'static str,
}

/// What stands behind a key's equals sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text in quotes.
    Text,
    /// A list of texts.
    Texts,
    /// A short text with template tags.
    Template,
    /// A list of such texts.
    Templates,
    /// One such text, or a list of them.
    TemplateOrTemplates,
    /// The file name of a template.
    File,
    /// The id of a ledger, column or metric of the same settings.
    Id,
    /// A list of such ids.
    Ids,
    /// An expression of `expr`, in quotes.
    Expression,
    /// A whole number.
    Integer,
    /// A decimal number.
    Number,
    /// A day.
    Date,
    /// A list of days.
    Dates,
    /// `true` or `false`.
    Flag,
    /// One of fixed words: the word and its meaning.
    Choice(&'static [(&'static str, &'static str)]),
    /// A mapping from text to text.
    TextMap,
    /// A mapping from text to a decimal number.
    NumberMap,
    /// A mapping from an id to a text, a number or a day.
    VariableMap,
    /// A mapping from a code to a severity.
    SeverityMap,
    /// A table: `[letter]`.
    Table,
    /// Tables by ids that the author chooses: `[ledger.study]`.
    NamedTables,
    /// Tables in order: `[[section]]`.
    TableList,
}

/// Whether a key may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Requirement {
    /// It may not: settings without it are refused.
    Required,
    /// It may; leaving it out is the same as writing this TOML value.
    Default(&'static str),
    /// It may; what holds then, in words.
    Optional(&'static str),
}

impl KeyDoc {
    /// The path's last part, as it is written in its table.
    pub(crate) fn name(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// The path of the table that contains it; empty for a table at the top.
    pub(crate) fn table(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(table, _)| table)
    }

    /// Whether it is a table with keys of its own.
    pub(crate) fn is_table(&self) -> bool {
        matches!(self.kind, Kind::Table | Kind::NamedTables | Kind::TableList)
    }

    /// The heading under which a table's keys are written, such as `[ledger.名称]`.
    pub(crate) fn heading(&self) -> &'static str {
        self.example.lines().next().unwrap_or_default()
    }
}

impl Kind {
    /// What a person calls it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Text => "文字",
            Self::Texts => "文字列表",
            Self::Template => "短文，可写模板标记",
            Self::Templates => "短文列表，可写模板标记",
            Self::TemplateOrTemplates => "短文或短文列表，可写模板标记",
            Self::File => "模板文件名",
            Self::Id => "名称",
            Self::Ids => "名称列表",
            Self::Expression => "表达式",
            Self::Integer => "整数",
            Self::Number => "数字",
            Self::Date => "日期",
            Self::Dates => "日期列表",
            Self::Flag => "true 或 false",
            Self::Choice(_) => "选项",
            Self::TextMap | Self::NumberMap | Self::VariableMap => "对照表",
            Self::SeverityMap => "对照表，左边是代码，右边是错误、警告或提示",
            Self::Table => "一张表",
            Self::NamedTables => "若干张表，各有名称",
            Self::TableList => "若干张表，按先后排列",
        }
    }

    /// The words of a choice with their meanings; none for any other kind.
    pub(crate) fn choices(self) -> &'static [(&'static str, &'static str)] {
        if let Self::Choice(choices) = self { choices } else { &[] }
    }
}

impl Requirement {
    /// What holds when the key is left out, as said to the author.
    pub(crate) fn label(self) -> String {
        match self {
            Self::Required => "必须写".to_owned(),
            Self::Default("{}" | "[]") => "可以不写".to_owned(),
            Self::Default(value) => format!("不写就是 {value}"),
            Self::Optional(words) => words.to_owned(),
        }
    }
}

/// The entry of a key in the table of all keys.
pub(super) const fn key(
    path: &'static str,
    kind: Kind,
    presence: Requirement,
    what: &'static str,
    example: &'static str,
) -> KeyDoc {
    KeyDoc { path, kind, presence, what, example }
}
