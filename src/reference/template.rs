//! The words of templates: the tags, filters, tests and functions that tera and this program offer.

/// A filter, a test or a function of templates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WordDoc {
    /// The name, as templates write it.
    pub name: &'static str,
    /// Whether it is a filter, a test or a function.
    pub role: Role,
    /// How it is written in a template.
    pub example: &'static str,
    /// What it does, in a sentence.
    pub what: &'static str,
}

/// What a word of templates is, by the place at which it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Behind `|`.
    Filter,
    /// A filter that formats for web pages or English, of no use in an official document.
    OtherFilter,
    /// Behind `is`.
    Test,
    /// With brackets.
    Function,
}

impl Role {
    /// What a person calls it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Filter | Self::OtherFilter => "模板过滤器",
            Self::Test => "模板判断",
            Self::Function => "模板函数",
        }
    }
}

const fn word(name: &'static str, role: Role, example: &'static str, what: &'static str) -> WordDoc {
    WordDoc { name, role, example, what }
}

use Role::{Filter, Function, OtherFilter, Test};

/// The words of templates, in the order in which the manual lists them.
pub(crate) const WORDS: &[WordDoc] = &[
    word(
        "where",
        Filter,
        "{% for row in team | where(effect=\"成效突出\") %}{{ row.name }}{% endfor %}",
        "只留某一列等于某个值的行；几个条件用逗号隔开，都要符合。",
    ),
    word(
        "with_unit",
        Filter,
        "{{ row.due | with_unit }}",
        "印上设置里的 unit：50 印成“50学时”；待填写的不加。直接写在指标或列的后面。",
    ),
    word("pluck", Filter, "{{ team | pluck(name=\"name\") | join(sep=\"、\") }}", "只取每行的一列。"),
    word(
        "join",
        Filter,
        "{{ team | pluck(name=\"leader\") | join(sep=\"、\") }}",
        "把各项连成一句，sep 是中间的标点。",
    ),
    word(
        "sort",
        Filter,
        "{% for row in project | sort(attribute=\"n.rate\") %}{{ row.name }}{% endfor %}",
        "从小到大排；attribute 写按哪一列，前面加 n.；有空着的格时排不了。",
    ),
    word(
        "sort_by",
        Filter,
        "{% for row in project | sort_by(field=\"rate\", descending=true, take=5) %}{{ row.name }}{% endfor %}",
        "按 field 那一列从小到大排，空着的排在最后；descending=true 从大到小；take 只要前几行，与最后一行相同的也在内，\
         空着的说不清，也在内，后面跟着。",
    ),
    word(
        "reverse",
        Filter,
        "{% for row in project | sort(attribute=\"n.rate\") | reverse %}{{ row.name }}{% endfor %}",
        "倒过来排。",
    ),
    word("unique", Filter, "{{ team | pluck(name=\"n.kind\") | unique | join(sep=\"、\") }}", "去掉重复的项。"),
    word(
        "group_by",
        Filter,
        "{% for kind, rows in team | group_by(attribute=\"n.kind\") %}{{ kind }}{% endfor %}",
        "按某一列分组，得出组名和组里的行；组的先后不定。",
    ),
    word("first", Filter, "{% set row = council | first %}{{ row.topic }}", "第一项。"),
    word("last", Filter, "{% set row = council | last %}{{ row.topic }}", "最后一项。"),
    word("nth", Filter, "{% set row = council | nth(n=1) %}{{ row.topic }}", "第几项，从 0 数起。"),
    word(
        "length",
        Filter,
        "{% if team | length > 3 %}团队较多。{% endif %}",
        "有几项，或几个字；印出来的数没有出处（Z306），要印请定义指标。",
    ),
    word(
        "round",
        Filter,
        "{% if n.attendance | round(precision=2) == 1 %}出勤率接近 100%。{% endif %}",
        "四舍五入；印出来的数没有出处（Z306），要印请定义指标。",
    ),
    word(
        "abs",
        Filter,
        "{% if n.study_gap | abs > 100 %}所缺学时较多。{% endif %}",
        "去掉负号；印出来的数没有出处（Z306）。",
    ),
    word(
        "int",
        Filter,
        "{% if \"3\" | int > 2 %}多于两个。{% endif %}",
        "把文字变成整数；印出来的数没有出处（Z306）。",
    ),
    word(
        "float",
        Filter,
        "{% if \"0.5\" | float < 1 %}不到一个。{% endif %}",
        "把文字变成可带小数的数；印出来的数没有出处（Z306）。",
    ),
    word("str", Filter, "{{ loop.index | str }}", "变成文字。"),
    word(
        "default",
        Filter,
        "{{ row.n.cell | default(value=\"无\", boolean=true) }}",
        "没有内容时用 value 代替；公文里缺内容应留待填写，少用。",
    ),
    word("trim", Filter, "{{ branch.n.name | trim }}", "去掉两头的空格；pat 写要去掉的字。"),
    word("trim_start", Filter, "{{ branch.n.name | trim_start(pat=\"中共\") }}", "去掉开头的字。"),
    word("trim_end", Filter, "{{ branch.n.name | trim_end(pat=\"党支部\") }}", "去掉末尾的字。"),
    word("replace", Filter, "{{ branch.n.name | replace(from=\"党支部\", to=\"支部\") }}", "把一段字换成另一段。"),
    word("split", Filter, "{% for name in \"甲、乙\" | split(pat=\"、\") %}{{ name }}{% endfor %}", "按标点拆成几项。"),
    word("truncate", Filter, "{{ branch.n.name | truncate(length=10) }}", "只留前几个字，后面加省略号。"),
    word("get", Filter, "{{ council | first | get(key=\"topic\") }}", "取一行里的一列。"),
    word("keys", Filter, "{{ {\"甲\": 1} | keys | join(sep=\"、\") }}", "对照表左边的各项。"),
    word("values", Filter, "{{ {\"甲\": \"一\"} | values | join(sep=\"、\") }}", "对照表右边的各项。"),
    word("pairs", Filter, "{% for pair in {\"甲\": \"一\"} | pairs %}{{ pair[0] }}{% endfor %}", "对照表的各对。"),
    word("safe", OtherFilter, "{{ branch.name | safe }}", "不能用：台账内容一律按纯文字输出。"),
    word("upper", OtherFilter, "{{ branch.n.name | upper }}", "英文字母变大写。"),
    word("lower", OtherFilter, "{{ branch.n.name | lower }}", "英文字母变小写。"),
    word("capitalize", OtherFilter, "{{ branch.n.name | capitalize }}", "第一个英文字母变大写。"),
    word("title", OtherFilter, "{{ branch.n.name | title }}", "每个英文单词的第一个字母变大写。"),
    word("pluralize", OtherFilter, "{{ 2 | pluralize }}", "英文复数的词尾。"),
    word("wordcount", OtherFilter, "{% if \"a b\" | wordcount > 1 %}多于一个词。{% endif %}", "英文单词数。"),
    word("indent", OtherFilter, "{{ branch.n.name | indent }}", "每行前面加空格。"),
    word("escape", OtherFilter, "{{ branch.name | escape }}", "转义；输出时本来就会做，不用写。"),
    word("escape_html", OtherFilter, "{{ branch.n.name | escape_html }}", "网页的转义，公文里用不着。"),
    word("escape_xml", OtherFilter, "{{ branch.n.name | escape_xml }}", "XML 的转义，公文里用不着。"),
    word("newlines_to_br", OtherFilter, "{{ branch.n.name | newlines_to_br }}", "网页的换行，公文里用不着。"),
    word("none", Test, "{% if n.rectify_open is none %}……{% endif %}", "没有内容：格空着，指标算不出来。"),
    word("defined", Test, "{% if branch is defined %}……{% endif %}", "有这个名称。"),
    word("undefined", Test, "{% if branch is undefined %}……{% endif %}", "没有这个名称。"),
    word(
        "containing",
        Test,
        "{% if branch.n.name is containing(pat=\"学院\") %}……{% endif %}",
        "文字里有这段字，或列表里有这一项。",
    ),
    word("starting_with", Test, "{% if branch.n.name is starting_with(pat=\"教务\") %}……{% endif %}", "以这段字开头。"),
    word("ending_with", Test, "{% if branch.n.name is ending_with(pat=\"党总支\") %}……{% endif %}", "以这段字结尾。"),
    word("odd", Test, "{% if loop.index is odd %}……{% endif %}", "是单数。"),
    word("even", Test, "{% if loop.index is even %}……{% endif %}", "是双数。"),
    word("divisible_by", Test, "{% if loop.index is divisible_by(divisor=3) %}……{% endif %}", "能被整除。"),
    word("string", Test, "{% if branch.n.name is string %}……{% endif %}", "是文字。"),
    word("number", Test, "{% if n.cadres is number %}……{% endif %}", "是数。"),
    word("integer", Test, "{% if n.cadres is integer %}……{% endif %}", "是整数。"),
    word("float", Test, "{% if n.attendance is float %}……{% endif %}", "是带小数的数。"),
    word("bool", Test, "{% if row.n.uploaded is bool %}……{% endif %}", "是“是”或“否”。"),
    word("array", Test, "{% if study is array %}……{% endif %}", "是列表。"),
    word("map", Test, "{% if branch is map %}……{% endif %}", "是一行或对照表。"),
    word("iterable", Test, "{% if study is iterable %}……{% endif %}", "能用 for 逐项写。"),
    word("gap", Function, "{{ gap(what=\"提升组织力的下一步打算\") }}", "留一处【待填写：……】，what 写缺什么。"),
    word(
        "change",
        Function,
        "{{ change(cadres) }}",
        "指标与上一期比：增加3项、减少3项、持平、提高1.5个百分点、上期没有数据；汇总里单位的写 change(b.cadres)。",
    ),
    word("range", Function, "{% for i in range(end=3) %}{{ i }}{% endfor %}", "从 0 起的一串整数，不含 end。"),
    word(
        "throw",
        Function,
        "{% if n.cadres is none %}{{ throw(message=\"没有应学人数\") }}{% endif %}",
        "停下来，这份报告不生成，原因写 message。",
    ),
];

#[cfg(test)]
mod tests {
    use super::{Role, WORDS};
    use crate::notice::Notice;
    use crate::template::Templates;

    /// The templates of a copy of the shipped notice whose closing is `text`.
    fn templates(text: &str) -> Result<Templates, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots");
        for entry in std::fs::read_dir(&shipped).expect("the shipped notice").flatten() {
            if entry.path().is_file() {
                std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
            }
        }
        std::fs::write(folder.path().join("closing.md"), text).expect("a template");
        let notice = Notice::load(&folder.path().join("notice.toml")).map_err(|error| error.to_string())?;
        Templates::for_branches(&notice).map_err(|error| error.to_string())
    }

    /// Every word exists when its example is accepted, and there are no others when tera counts as many.
    #[test]
    fn words_are_those_of_the_template_engine() {
        let body: String =
            WORDS.iter().map(|word| format!("{{% for row in theme %}}{}{{% endfor %}}\n", word.example)).collect();
        let templates = templates(&body).unwrap_or_else(|message| panic!("{message}"));
        let debug = format!("{templates:?}");
        let count = |roles: &[Role]| WORDS.iter().filter(|word| roles.contains(&word.role)).count();
        // One function guards loops; two filters, and the twins of those that make texts, count; one gets the unit.
        // They are not for authors.
        let counting = 3 + crate::template::MAKERS.len();
        for (field, expected) in [
            ("filters", count(&[Role::Filter, Role::OtherFilter]) + counting),
            ("tests", count(&[Role::Test])),
            ("functions", count(&[Role::Function]) + 1),
        ] {
            assert!(debug.contains(&format!("{field}: {expected},")), "{field}: {debug:.400}");
        }
        for word in WORDS {
            let used = match word.role {
                Role::Filter | Role::OtherFilter => format!("| {}", word.name),
                Role::Test => format!(" is {}", word.name),
                Role::Function => format!("{}(", word.name),
            };
            assert!(word.example.contains(&used), "{}: {}", word.name, word.example);
        }
    }
}
