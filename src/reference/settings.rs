//! The keys of `notice.toml`, each with its type, its default, a sentence and an example.
//!
//! `zicha explain` and the notice author's manual both show this table. serde remains the source of truth: the tests
//! compare the keys, the choices and the defaults below with what the types of [`crate::notice`] accept.

/// A key of the settings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Its path without the ids that the author chooses: `ledger.columns.header`.
    pub path: &'static str,
    /// What stands behind the equals sign.
    pub kind: Kind,
    /// Whether it may be left out, and what holds then.
    pub presence: Presence,
    /// What it does, in a sentence.
    pub what: &'static str,
    /// A line of `notice.toml`; for a table, its heading.
    pub example: &'static str,
}

/// What stands behind a key's equals sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text.
    Text,
    /// A list of texts.
    Texts,
    /// A short text with template tags.
    Template,
    /// A list of such texts.
    Templates,
    /// The file name of a template.
    File,
    /// The id of a ledger, column or metric of the same settings.
    Id,
    /// A list of such ids.
    Ids,
    /// An expression.
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
pub(crate) enum Presence {
    /// It may not.
    Required,
    /// It may; leaving it out is the same as writing this TOML value.
    Default(&'static str),
    /// It may; what holds then, in words.
    Optional(&'static str),
}

impl Key {
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
            Self::TextMap | Self::NumberMap => "对照表",
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

impl Presence {
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

/// Tables whose keys are those of another table.
pub(crate) const SAME_AS: [(&str, &str); 3] =
    [("summary.letter", "letter"), ("summary.metric", "metric"), ("summary.section", "section")];

/// The key that a path names. The path may hold ids that the author chose: `ledger.study.columns.done.header` is
/// `ledger.columns.header`, and `summary.letter.title` is `letter.title`.
pub(crate) fn find(path: &str) -> Option<&'static Key> {
    let mut found: Option<&'static Key> = None;
    let mut table = String::new();
    let mut id_follows = false;
    for part in path.split('.') {
        match keys_of(&table).find(|key| key.name() == part) {
            Some(key) => {
                found = Some(key);
                table = key.path.to_owned();
                id_follows = key.kind == Kind::NamedTables;
            }
            None if id_follows => id_follows = false,
            None => return None,
        }
    }
    found
}

/// The keys of a table, in the order in which the manual lists them; those of the top for an empty path.
pub(crate) fn keys_of(table: &str) -> impl Iterator<Item = &'static Key> + use<> {
    let table = SAME_AS.iter().find(|(alias, _)| *alias == table).map_or(table, |(_, table)| *table).to_owned();
    KEYS.iter().filter(move |key| key.table() == table)
}

use Presence::{Default, Optional, Required};

const fn key(path: &'static str, kind: Kind, presence: Presence, what: &'static str, example: &'static str) -> Key {
    Key { path, kind, presence, what, example }
}

/// All keys, each table before its own keys.
pub(crate) const KEYS: &[Key] = &[
    key("notice", Kind::Table, Required, "通知本身：标题、发通知的部门、两个日期。", "[notice]"),
    key(
        "notice.title",
        Kind::Text,
        Required,
        "通知的标题，模板里写 {{ notice.title }} 取用。",
        "title = \"关于开展基层党建工作自查的通知\"",
    ),
    key(
        "notice.issuer",
        Kind::Text,
        Required,
        "发通知的部门，模板里写 {{ notice.issuer }} 取用。",
        "issuer = \"组织人事处\"",
    ),
    key(
        "notice.deadline",
        Kind::Date,
        Required,
        "报送的截止日期。进度页按它倒数，表达式里写 deadline。",
        "deadline = 2018-11-02",
    ),
    key(
        "notice.cutoff",
        Kind::Date,
        Required,
        "数据截止日，表达式里写 cutoff；没写年份的日期按它的年份补全。",
        "cutoff = 2018-10-25",
    ),
    key("roster", Kind::Table, Required, "哪一个台账是名册，名册里哪几列是名称、简称、类别。", "[roster]"),
    key("roster.ledger", Kind::Id, Required, "名册是哪一个台账，写它在 [ledger] 里的名称。", "ledger = \"roster\""),
    key("roster.name", Kind::Id, Required, "名册里写全称的列。", "name = \"name\""),
    key(
        "roster.short",
        Kind::Id,
        Optional("不写就只认全称"),
        "名册里写简称的列；台账里写简称的行也能认出是谁的。",
        "short = \"short\"",
    ),
    key("roster.kind", Kind::Id, Required, "名册里写类别的列；报告的部分可以按类别取舍。", "kind = \"kind\""),
    key(
        "letter",
        Kind::Table,
        Required,
        "每份报告固定的部分：标题、主送机关、开头、结尾、签字、署名、日期。",
        "[letter]",
    ),
    key(
        "letter.title",
        Kind::Templates,
        Required,
        "标题，按词分开写；排不下一行时只在词与词之间换行。",
        "title = [\"{{ branch.name }}\", \"关于\", \"基层党建工作\", \"自查情况的\", \"报告\"]",
    ),
    key("letter.addressee", Kind::Template, Required, "主送机关，冒号不用写。", "addressee = \"{{ notice.issuer }}\""),
    key(
        "letter.opening",
        Kind::File,
        Required,
        "开头几段的模板文件，放在 notice.toml 旁边。",
        "opening = \"opening.md\"",
    ),
    key(
        "letter.closing",
        Kind::File,
        Required,
        "结尾几段的模板文件，放在 notice.toml 旁边。",
        "closing = \"closing.md\"",
    ),
    key(
        "letter.signer",
        Kind::Template,
        Required,
        "谁签字，印在签字栏前面。",
        "signer = \"{% if branch.n.kind == '党总支' %}党总支书记{% else %}党支部书记{% endif %}\"",
    ),
    key("letter.organisation", Kind::Template, Required, "署名。", "organisation = \"{{ branch.name }}\""),
    key("letter.date", Kind::Date, Required, "成文日期；运行时写 --date 可以另定。", "date = 2018-11-02"),
    key(
        "letter.seal",
        Kind::Flag,
        Default("false"),
        "是否盖章；盖章的按加盖印章的格式给署名和日期留位置。",
        "seal = true",
    ),
    key(
        "letter.note",
        Kind::Template,
        Optional("不写就没有附注"),
        "附注，印在日期下面的圆括号里，括号不用写。",
        "note = \"联系人：{{ branch.contact }}\"",
    ),
    key(
        "letter.file_name",
        Kind::Text,
        Required,
        "报告文件名里党组织名称后面的部分，不超过 20 个字。",
        "file_name = \"自查报告\"",
    ),
    key(
        "typography",
        Kind::Table,
        Default("{}"),
        "字体和 Word 文档网格。每种字体写一个列表，电脑上没有第一个就用第二个。",
        "[typography]",
    ),
    key(
        "typography.title",
        Kind::Texts,
        Default("[\"方正小标宋简体\", \"方正小标宋_GBK\", \"宋体\", \"SimSun\"]"),
        "标题的字体。",
        "title = [\"方正小标宋简体\", \"宋体\"]",
    ),
    key(
        "typography.body",
        Kind::Texts,
        Default("[\"仿宋_GB2312\", \"仿宋\", \"FangSong\", \"STFangsong\"]"),
        "正文的字体。",
        "body = [\"仿宋\"]",
    ),
    key(
        "typography.heading1",
        Kind::Texts,
        Default("[\"黑体\", \"SimHei\"]"),
        "一级标题的字体。",
        "heading1 = [\"黑体\"]",
    ),
    key(
        "typography.heading2",
        Kind::Texts,
        Default("[\"楷体_GB2312\", \"楷体\", \"KaiTi\"]"),
        "二级标题的字体。",
        "heading2 = [\"楷体\"]",
    ),
    key(
        "typography.page_number",
        Kind::Texts,
        Default("[\"宋体\", \"SimSun\"]"),
        "页码的字体。",
        "page_number = [\"宋体\"]",
    ),
    key(
        "typography.latin",
        Kind::Text,
        Optional("不写就与中文用同一种字体"),
        "数字和西文字母的字体。",
        "latin = \"Times New Roman\"",
    ),
    key(
        "typography.grid",
        Kind::Choice(&[
            ("lines", "只指定行网格，各种软件里都准"),
            ("lines-and-chars", "指定行和字符网格，在 LibreOffice 里每行只排得下 14 个字"),
        ]),
        Default("\"lines\""),
        "Word 的文档网格。",
        "grid = \"lines\"",
    ),
    key(
        "calendar",
        Kind::NamedTables,
        Default("{}"),
        "固定日，例如隔周周四的主题党日；表达式里写 calendar.theme。",
        "[calendar.theme]",
    ),
    key("calendar.label", Kind::Text, Required, "固定日叫什么。", "label = \"主题党日固定日\""),
    key("calendar.first", Kind::Date, Required, "第一个固定日。", "first = 2018-09-06"),
    key(
        "calendar.every_days",
        Kind::Integer,
        Required,
        "隔几天一次，至少是 1。数到数据截止日为止。",
        "every_days = 14",
    ),
    key("calendar.except", Kind::Dates, Default("[]"), "不算的日子，例如赶上放假的。", "except = [2018-10-04]"),
    key(
        "ledger",
        Kind::NamedTables,
        Required,
        "台账，一种一张表；名称自己取（小写字母、数字、下划线，以字母开头），表达式和模板里用它指这个台账的各行。",
        "[ledger.study]",
    ),
    key("ledger.title", Kind::Text, Required, "台账叫什么，提示和填报表里用。", "title = \"干部在线学习\""),
    key(
        "ledger.sheets",
        Kind::Texts,
        Default("[]"),
        "工作表或文件的名称；表头像几种台账时，名称对得上的优先。",
        "sheets = [\"在线学习\", \"干部在线学习\"]",
    ),
    key(
        "ledger.every_branch",
        Kind::Flag,
        Default("false"),
        "是不是人人都要报；写 true，既没有记录、也没有零报告的党组织算没有交：在问题里列出来（Z203），用到这个台账的指标不是 0，而是待填写。",
        "every_branch = true",
    ),
    key(
        "ledger.nil_report",
        Kind::Texts,
        Default("[]"),
        "零报告怎么写：一行里只写了这些词之一、别的列空着（或是 0）的，不算记录，算报告没有事项（Z207）；文件夹、文件或工作表是某个党组织的、只有表头的表也算。",
        "nil_report = [\"无\", \"零报告\"]",
    ),
    key(
        "ledger.columns",
        Kind::NamedTables,
        Required,
        "台账的列，一列一行；名称自己取。名册以外的台账必须有且只有一列 type = \"branch\"。",
        "[ledger.study.columns]",
    ),
    key(
        "ledger.columns.header",
        Kind::Texts,
        Required,
        "表头上的写法，第一个是正式的写法，提示和待填写里用它。“整改落实/责任人”指“整改落实”下面的“责任人”。",
        "header = [\"规定学时\", \"应学学时\"]",
    ),
    key(
        "ledger.columns.type",
        Kind::Choice(&[
            ("branch", "这一行属于哪个党组织，全称或简称"),
            ("serial", "序号，不算内容"),
            ("text", "文字"),
            ("integer", "整数"),
            ("decimal", "数字，可带小数"),
            ("percent", "百分比，85%、0.85、85 都认，算的时候是 0.85"),
            ("date", "日期"),
            ("choice", "几个固定选项之一，选项写在 values"),
            ("flag", "是或否，√、×、y、n 也认"),
        ]),
        Required,
        "这一列填的是什么。",
        "type = \"decimal\"",
    ),
    key(
        "ledger.columns.required",
        Kind::Flag,
        Default("false"),
        "是不是必填；必填的空着是错误（Z101），有错误的单位不能出正式报告。",
        "required = true",
    ),
    key(
        "ledger.columns.unit",
        Kind::Text,
        Optional("不写就没有单位"),
        "数字的单位；没写单位的数都按它算。填成“50学时”也认，元、千元、万元、亿元之间和人、名之间会换算：万元的列里填 15000元，按 1.5 算；表头写（元）、表上方写“单位：元”的也换算。换算不了的单位是错误（Z121）。报告里的单位由模板写。",
        "unit = \"学时\"",
    ),
    key(
        "ledger.columns.units",
        Kind::NumberMap,
        Default("{}"),
        "别的单位怎么换算，左边是填的单位，右边是一个合多少 unit；例子是 1 小时算 1.5 学时。",
        "units = { \"小时\" = 1.5 }",
    ),
    key(
        "ledger.columns.decimals",
        Kind::Integer,
        Optional("不写就有几位写几位，百分比最多两位"),
        "报告里印几位小数；百分比按百分号前面的数算。",
        "decimals = 1",
    ),
    key(
        "ledger.columns.min",
        Kind::Number,
        Optional("不写就不限"),
        "最小是多少，更小的是错误（Z103）；百分比写成小数。",
        "min = 0",
    ),
    key(
        "ledger.columns.max",
        Kind::Number,
        Optional("不写就不限"),
        "最大是多少，更大的是错误（Z103）；百分比写成小数。",
        "max = 1",
    ),
    key(
        "ledger.columns.from",
        Kind::Date,
        Optional("不写就不限"),
        "最早是哪一天，更早的是警告（Z107）。",
        "from = 2018-01-01",
    ),
    key(
        "ledger.columns.to",
        Kind::Date,
        Optional("不写就不限"),
        "最晚是哪一天，更晚的是警告（Z107）。",
        "to = 2018-12-31",
    ),
    key(
        "ledger.columns.values",
        Kind::Texts,
        Default("[]"),
        "choice 列的选项；choice 列必须写。",
        "values = [\"已完成\", \"推进中\", \"未启动\"]",
    ),
    key(
        "ledger.columns.synonyms",
        Kind::TextMap,
        Default("{}"),
        "选项或是、否的其他写法，左边是填的，右边是算作的。",
        "synonyms = { \"办结\" = \"已完成\" }",
    ),
    key(
        "ledger.columns.blank",
        Kind::Text,
        Optional("不写就是没有内容，报告里是待填写"),
        "空着算作什么；只在空着确实有明确含义时写。",
        "blank = \"否\"",
    ),
    key(
        "ledger.columns.fill_down",
        Kind::Flag,
        Default("false"),
        "空着的、写“同上”或“〃”的是不是照抄上一行，照抄的每处都列为提示（Z113）。不写的，“同上”是错误（Z124）。合并单元格认得出的文件（.xlsx、.xls）不用写。",
        "fill_down = true",
    ),
    key(
        "metric",
        Kind::NamedTables,
        Default("{}"),
        "指标，按先后计算，后面的可以用前面的；名称就是模板里的名称，也是 metrics.json 里的名称。",
        "[metric]",
    ),
    key(
        "metric.label",
        Kind::Text,
        Required,
        "指标叫什么；算不出来时，待填写里写的就是它。",
        "label = \"未达规定学时人数\"",
    ),
    key(
        "metric.expr",
        Kind::Expression,
        Required,
        "怎么算，得出一个数。",
        "expr = 'study.filter(|r| r.done < r.required).len()'",
    ),
    key(
        "metric.show",
        Kind::Choice(&[("number", "照数印"), ("percent", "0.8528 印成 85.28%")]),
        Default("\"number\""),
        "印成数字还是百分比。",
        "show = \"percent\"",
    ),
    key(
        "metric.decimals",
        Kind::Integer,
        Optional("不写就有几位写几位"),
        "留几位小数，四舍五入；百分比按小数算，要 85.28% 写 4。",
        "decimals = 4",
    ),
    key(
        "metric.unit",
        Kind::Text,
        Optional("不写就没有单位"),
        "单位，汇总表和网页上用；报告里的单位由模板写。",
        "unit = \"人\"",
    ),
    key("check", Kind::TableList, Default("[]"), "通知自定的核对，逐行看一种台账（Z150）。", "[[check]]"),
    key("check.ledger", Kind::Id, Required, "核对哪一个台账。", "ledger = \"theme\""),
    key(
        "check.when",
        Kind::Expression,
        Required,
        "什么样的行算有问题，row 是这一行；用到的格空着的行不算。",
        "when = 'row.present > row.due'",
    ),
    key(
        "check.severity",
        Kind::Choice(&[("错误", "不能出正式报告"), ("警告", "签字前要看"), ("提示", "供参考")]),
        Required,
        "有多要紧。",
        "severity = \"警告\"",
    ),
    key("check.message", Kind::Text, Required, "问题是什么，一句话。", "message = \"实到人数多于应到人数\""),
    key("check.column", Kind::Id, Optional("不写就指这一行的第一格"), "问题指到哪一列的格。", "column = \"present\""),
    key("check.cure", Kind::Text, Optional("不写就不提办法"), "怎么改，一句话。", "cure = \"核对应到和实到人数\""),
    key(
        "severity",
        Kind::SeverityMap,
        Default("{}"),
        "改某个代码的轻重，例如把“单位存疑”改成错误；Z901 和 Z421 至 Z430 不能改。",
        "severity = { Z108 = \"错误\" }",
    ),
    key(
        "limits",
        Kind::Table,
        Default("{}"),
        "读一个台账文件、排一份报告最多用多少，超过的不读（Z001）、不生成（Z303）。",
        "[limits]",
    ),
    key("limits.memory_mib", Kind::Integer, Default("512"), "内存，单位 MiB。", "memory_mib = 1024"),
    key("limits.seconds", Kind::Integer, Default("20"), "时间，单位秒。", "seconds = 60"),
    key("limits.file_mib", Kind::Integer, Default("100"), "文件大小，单位 MiB。", "file_mib = 200"),
    key("limits.unpacked_mib", Kind::Integer, Default("512"), "解压以后的大小，单位 MiB。", "unpacked_mib = 1024"),
    key("limits.cells", Kind::Integer, Default("2000000"), "有内容的单元格数。", "cells = 5000000"),
    key(
        "limits.report_mib",
        Kind::Integer,
        Default("8"),
        "一份报告排出来的文字，单位 MiB；超过的不生成（Z303）。",
        "report_mib = 16",
    ),
    key(
        "section",
        Kind::TableList,
        Required,
        "报告的各个方面，按先后排列，各是一个一级标题。各部分都没有的方面不出现，序号自动接上。",
        "[[section]]",
    ),
    key("section.title", Kind::Text, Required, "标题，序号不用写。", "title = \"规范化党支部建设情况\""),
    key(
        "section.layout",
        Kind::Choice(&[("plain", "各部分接着排"), ("points", "排成“一是……二是……”")]),
        Default("\"plain\""),
        "各部分怎么排。",
        "layout = \"points\"",
    ),
    key("section.part", Kind::TableList, Required, "一个方面的各部分，一部分一个模板。", "[[section.part]]"),
    key(
        "section.part.template",
        Kind::File,
        Required,
        "模板文件，放在 notice.toml 旁边，可以放在子文件夹里。",
        "template = \"rectify.md\"",
    ),
    key(
        "section.part.label",
        Kind::Text,
        Required,
        "这部分讲什么；没有数据时，待填写里写的就是它，所以要写明缺什么。",
        "label = \"检查发现问题的整改情况（整改台账中没有本单位的记录）\"",
    ),
    key(
        "section.part.kinds",
        Kind::Texts,
        Optional("不写就是各类都有"),
        "哪几类党组织有这部分；写名册类别列 values 里的词。",
        "kinds = [\"党总支\"]",
    ),
    key(
        "section.part.ledgers",
        Kind::Ids,
        Default("[]"),
        "这部分靠哪几个台账，至少一个里要有本单位的行，否则算没有数据；不写就总有。",
        "ledgers = [\"rectify\"]",
    ),
    key(
        "section.part.without_data",
        Kind::Choice(&[("gap", "留一处待填写"), ("omit", "不写这部分；台账根本没有交的，仍是待填写")]),
        Default("\"gap\""),
        "没有数据时怎么办。",
        "without_data = \"omit\"",
    ),
    key(
        "section.part.nil",
        Kind::Text,
        Optional("不写就照常用模板，或按 without_data"),
        "报了零报告、没有记录的，这部分就写这句话。",
        "nil = \"本单位没有获奖情况。\"",
    ),
    key("summary", Kind::Table, Optional("不写就没有部门汇总"), "部门的汇总报告和汇总表。", "[summary]"),
    key("summary.name", Kind::Text, Required, "汇总文件夹的名称，也是文件名的开头。", "name = \"汇总\""),
    key(
        "summary.letter",
        Kind::Table,
        Required,
        "汇总报告固定的部分，各键与 [letter] 相同；没有 branch，可用汇总的指标和名单。",
        "[summary.letter]",
    ),
    key(
        "summary.list",
        Kind::NamedTables,
        Default("{}"),
        "名单：符合条件的党组织；汇总的表达式和模板里用它的名称。",
        "[summary.list]",
    ),
    key(
        "summary.list.label",
        Kind::Text,
        Required,
        "名单叫什么；说不清一个党组织在不在名单里时，待填写里写的就是它。",
        "label = \"超过时限未完成整改的党总支\"",
    ),
    key(
        "summary.list.when",
        Kind::Expression,
        Optional("不写就是全部党组织"),
        "什么样的党组织在名单里，b 是一个党组织。",
        "when = 'b.kind == \"党总支\" && b.rectify_overdue > 0'",
    ),
    key("summary.list.sort", Kind::Id, Optional("不写就按名册的先后"), "按哪个指标排。", "sort = \"rectify_overdue\""),
    key("summary.list.descending", Kind::Flag, Default("false"), "是不是从大到小排。", "descending = true"),
    key(
        "summary.list.take",
        Kind::Integer,
        Optional("不写就全部都要"),
        "只要前几个；与最后一个相同的也在内。要同时写 sort。",
        "take = 5",
    ),
    key(
        "summary.metric",
        Kind::NamedTables,
        Default("{}"),
        "汇总的指标，各键与 [metric] 相同；表达式里可用 branches、名单和前面的汇总指标。",
        "[summary.metric]",
    ),
    key(
        "summary.section",
        Kind::TableList,
        Required,
        "汇总报告的各个方面，各键与 [[section]] 相同；各部分不写 kinds 和 ledgers。",
        "[[summary.section]]",
    ),
    key("summary.sheet", Kind::TableList, Default("[]"), "汇总表.xlsx 的各张表，一个党组织一行。", "[[summary.sheet]]"),
    key("summary.sheet.title", Kind::Text, Required, "这张表的标题。", "title = \"主题党日和平台使用\""),
    key(
        "summary.sheet.kinds",
        Kind::Texts,
        Optional("不写就是各类都有"),
        "哪几类党组织在表里。",
        "kinds = [\"党总支\"]",
    ),
    key(
        "summary.sheet.metrics",
        Kind::Ids,
        Required,
        "各列是哪几个指标。",
        "metrics = [\"theme_held\", \"theme_lacking\"]",
    ),
    key(
        "summary.sheet.highlight",
        Kind::Ids,
        Default("[]"),
        "哪几列大于 0 时标红。",
        "highlight = [\"theme_lacking\"]",
    ),
    key(
        "archive",
        Kind::Table,
        Optional("不写就不能用 zicha archive"),
        "归档：档号怎么编，归档包里有什么。档号是 全宗号-门类·年度-保管期限-机构-件号（DA/T 22—2015）。",
        "[archive]",
    ),
    key(
        "archive.fonds",
        Kind::Text,
        Optional("没有它不能归档"),
        "全宗号，向档案馆（室）查询后填写。",
        "fonds = \"Z109\"",
    ),
    key("archive.category", Kind::Text, Default("\"WS\""), "档案门类代码，WS 是文书。", "category = \"WS\""),
    key("archive.year", Kind::Integer, Optional("不写就取成文日期的年份"), "年度。", "year = 2018"),
    key(
        "archive.retention",
        Kind::Choice(&[("Y", "永久"), ("D30", "定期30年"), ("D10", "定期10年")]),
        Optional("没有它不能归档"),
        "保管期限，按本单位的保管期限表填写。",
        "retention = \"D30\"",
    ),
    key(
        "archive.department",
        Kind::Text,
        Optional("不写就用发通知的部门的名称"),
        "机构（问题）代码，只用字母、数字和汉字。",
        "department = \"ZZB\"",
    ),
    key("archive.digits", Kind::Integer, Default("4"), "件号的位数，3 至 8。", "digits = 4"),
    key(
        "archive.scope",
        Kind::Choice(&[("branch", "每份报告一个归档包"), ("department", "全部报告一个归档包")]),
        Default("\"branch\""),
        "归档包怎么分。",
        "scope = \"branch\"",
    ),
    key("archive.sm3", Kind::Flag, Default("false"), "是否另附国密 SM3 校验清单。", "sm3 = true"),
    key(
        "archive.code",
        Kind::Text,
        Optional("不写就用截止日期的数字"),
        "核对码中代表本通知的部分，2 至 12 个数字或大写字母。",
        "code = \"20181102\"",
    ),
    key("archive.qr", Kind::Flag, Default("false"), "正式报告的核对码旁是否另印二维码。", "qr = true"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Debug;

    use serde::de::DeserializeOwned;

    use super::{KEYS, Key, Kind, Presence, SAME_AS, find, keys_of};
    use crate::notice::{
        Archive, Calendar, Check, Column, Facts, Ledger, Letter, Limits, List, Metric, Notice, Part, Roster, Section,
        Sheet, Summary, Typography,
    };

    /// Reads a text as the type of a table: what it comes to, or serde's message.
    type Read = fn(&str) -> Result<String, String>;

    fn read<T: DeserializeOwned + Debug>(text: &str) -> Result<String, String> {
        toml::from_str::<T>(text).map(|value| without_spans(&format!("{value:?}"))).map_err(|e| e.message().to_owned())
    }

    /// The type behind each table that has keys of its own.
    const TABLES: [(&str, Read); 17] = [
        ("", read::<Notice>),
        ("notice", read::<Facts>),
        ("roster", read::<Roster>),
        ("letter", read::<Letter>),
        ("typography", read::<Typography>),
        ("calendar", read::<Calendar>),
        ("ledger", read::<Ledger>),
        ("ledger.columns", read::<Column>),
        ("metric", read::<Metric>),
        ("check", read::<Check>),
        ("limits", read::<Limits>),
        ("section", read::<Section>),
        ("section.part", read::<Part>),
        ("summary", read::<Summary>),
        ("summary.list", read::<List>),
        ("summary.sheet", read::<Sheet>),
        ("archive", read::<Archive>),
    ];

    /// A debug text without the places at which spanned values stand.
    fn without_spans(text: &str) -> String {
        let mut pieces = text.split("span: ");
        let first = pieces.next().unwrap_or_default().to_owned();
        pieces.fold(first, |kept, piece| kept + piece.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'))
    }

    /// The names in backquotes behind the first, which is the unknown one.
    fn offered(message: &str) -> BTreeSet<&str> {
        message.split('`').skip(1).step_by(2).skip(1).collect()
    }

    /// A TOML value for a key: its example, or a table of the keys that it must have.
    fn value_of(key: &Key) -> String {
        match key.kind {
            Kind::Table => format!("{{ {} }}", minimal(key.path, "").join(", ")),
            Kind::NamedTables => format!("{{ x = {{ {} }} }}", minimal(key.path, "").join(", ")),
            Kind::TableList => format!("[{{ {} }}]", minimal(key.path, "").join(", ")),
            _ => key.example.split_once(" = ").expect("key = value").1.to_owned(),
        }
    }

    /// Lines for the keys that a table must have, but for one of them.
    fn minimal(table: &str, without: &str) -> Vec<String> {
        let needed = keys_of(table).filter(|key| key.presence == Presence::Required && key.name() != without);
        needed.map(|key| format!("{} = {}", key.name(), value_of(key))).collect()
    }

    #[test]
    fn every_table_has_the_keys_that_serde_accepts() {
        for (table, read) in TABLES {
            let message = read("bogus_key = 1").expect_err(table);
            let listed: BTreeSet<&str> = keys_of(table).map(Key::name).collect();
            assert_eq!(offered(&message), listed, "[{table}]: {message}");
        }
        let read: BTreeSet<&str> = TABLES.iter().map(|(table, _)| *table).collect();
        let same = |path| SAME_AS.iter().any(|(alias, _)| *alias == path);
        for key in KEYS {
            assert_eq!(key.is_table() && !same(key.path), read.contains(key.path), "{}", key.path);
            assert!(read.contains(key.table()), "{} stands in no table", key.path);
        }
        let paths: BTreeSet<&str> = KEYS.iter().map(|key| key.path).collect();
        assert_eq!(paths.len(), KEYS.len(), "a path twice");
    }

    #[test]
    fn examples_are_accepted_and_defaults_are_those_of_serde() {
        for (table, read) in TABLES {
            for key in keys_of(table) {
                let without = minimal(table, key.name());
                let with = |value: &str| {
                    let line = format!("{} = {value}", key.name());
                    read(&[&without[..], &[line]].concat().join("\n"))
                };
                let given = with(&value_of(key)).unwrap_or_else(|message| panic!("{}: {message}", key.path));
                let absent = read(&without.join("\n"));
                match key.presence {
                    Presence::Required => {
                        let message = absent.expect_err(key.path);
                        assert!(
                            message.contains(&format!("missing field `{}`", key.name())),
                            "{}: {message}",
                            key.path
                        );
                    }
                    Presence::Default(value) => {
                        let default = with(value).unwrap_or_else(|message| panic!("{}: {message}", key.path));
                        assert_eq!(absent.as_deref(), Ok(default.as_str()), "{}", key.path);
                    }
                    Presence::Optional(_) => assert_ne!(absent.as_deref(), Ok(given.as_str()), "{}", key.path),
                }
            }
        }
    }

    #[test]
    fn choices_are_those_that_serde_accepts() {
        for (table, read) in TABLES {
            for key in keys_of(table) {
                let text = [&minimal(table, key.name())[..], &[format!("{} = \"bogus\"", key.name())]].concat();
                let outcome = read(&text.join("\n"));
                let message = outcome.err().filter(|message| message.starts_with("unknown variant"));
                let known: BTreeSet<&str> = key.kind.choices().iter().map(|(choice, _)| *choice).collect();
                assert_eq!(message.as_deref().map(offered).unwrap_or_default(), known, "{}", key.path);
            }
        }
    }

    #[test]
    fn a_path_with_ids_or_below_an_alias_leads_to_its_key() {
        for (path, key) in [
            ("notice.title", Some("notice.title")),
            ("metric", Some("metric")),
            ("metric.short.expr", Some("metric.expr")),
            ("ledger.study.columns.done.header", Some("ledger.columns.header")),
            ("ledger.columns.header", Some("ledger.columns.header")),
            ("summary.letter.title", Some("letter.title")),
            ("summary.section.part.template", Some("section.part.template")),
            ("summary.list.top.when", Some("summary.list.when")),
            ("notice.nosuch", None),
            ("letter.x.title", None),
            ("", None),
        ] {
            assert_eq!(find(path).map(|key| key.path), key, "{path}");
        }
    }
}
