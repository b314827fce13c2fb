//! Messages of the template engine (tera 2): syntax errors, unknown names, and what goes wrong while a template is
//! filled in.
//!
//! They are recognised by their text: most have no kind of their own, and while a template is filled in the engine
//! turns the others into text, too.

use super::phrase::{Phrase, translate};
use super::text::{last_resort, starts_chinese};
use crate::marker::without_markers;

/// A message of the template engine.
pub fn template(message: &str) -> String {
    translated(message).unwrap_or_else(|| last_resort(message))
}

/// The translation of a message; a message of our own filters stays.
fn translated(message: &str) -> Option<String> {
    let message = without_markers(message);
    let line = message.lines().next().unwrap_or_default().trim();
    translate(line, PHRASES, TERMS).or_else(|| starts_chinese(line).then(|| line.to_owned()))
}

/// Names of values and of parts of a template.
const TERMS: &[Phrase] = &[
    ("undefined", "没有的内容"),
    ("none", "空值"),
    ("bool", "是或否"),
    ("u64", "整数"),
    ("i64", "整数"),
    ("u128", "整数"),
    ("i128", "整数"),
    ("u32", "整数"),
    ("i32", "整数"),
    ("u16", "整数"),
    ("usize", "整数"),
    ("f64", "小数"),
    ("f32", "小数"),
    ("Number", "数字"),
    ("array", "列表"),
    ("Array", "列表"),
    ("Vec<{}>", "列表"),
    ("&[{}]", "列表"),
    ("bytes", "字节"),
    ("string", "文字"),
    ("String", "文字"),
    ("&str", "文字"),
    ("map/struct", "一组名称和值"),
    ("Map", "一组名称和值"),
    ("content", "标签外的文字"),
    ("raw content", "标签外的文字"),
    ("comment", "注释"),
    ("identifier", "名称"),
    ("attribute name", "名称"),
    ("integer", "整数"),
    ("float", "小数"),
];

/// Narrow patterns first.
const PHRASES: &[Phrase] = &[
    // Unknown names.
    ("Unknown filter `{}`", "没有“{0}”这个过滤器"),
    ("Filter `{}` is not registered", "没有“{0}”这个过滤器"),
    ("Unknown test `{}`", "“is”后面没有“{0}”这种判断"),
    ("Unknown function `{}`", "没有“{0}”这个函数"),
    ("Unknown component `{}`", "没有“{0}”这个组件"),
    ("Unknown template `{}`", "没有名为“{0}”的模板，设置里列出的才能用"),
    ("Template '{}' not found", "没有名为“{0}”的模板，设置里列出的才能用"),
    ("Component '{}' not found", "没有“{0}”这个组件"),
    ("Unknown tag", "不认识这个标签"),
    ("Variable `{}` exists but its value is undefined", "“{0}”没有值"),
    ("Variable `{}` is not defined.{}", "没有名为“{0}”的内容"),
    ("Field `{}` is not defined{}", "没有名为“{0}”的下级字段"),
    ("Tried to render a variable that is undefined", "要输出的内容不存在"),
    ("Tried to escape an undefined value", "要输出的内容不存在"),
    ("Cannot index into an undefined value", "方括号前面的内容不存在"),
    ("Index expression is undefined", "方括号里的内容不存在"),
    ("Cannot slice an undefined value", "方括号前面的内容不存在"),
    ("Slice {} is undefined", "方括号里的内容不存在"),
    // Templates that take in others.
    ("Circular extend detected for template '{}'.{}", "模板“{0}”绕回了自己"),
    ("Circular include detected for template '{}'.{}", "模板“{0}”绕回了自己"),
    ("Template '{}' is inheriting from '{}', {}", "模板“{0}”要用的“{1}”不存在"),
    ("Template is already extending `{}`", "一个模板只能写一次“extends”"),
    ("`extends` needs to be the first tag of the template", "“extends”应写在模板最前面"),
    ("Template already contains a block named `{}`", "“{0}”这一块写了两次"),
    ("Template already contains a component named `{}`", "组件“{0}”写了两次"),
    ("Component `{}` is defined in both `{}` and `{}`", "组件“{0}”在“{1}”和“{2}”里各写了一次"),
    ("Block `{}` is not defined in any parent template", "上级模板里没有“{0}”这一块"),
    ("Block {}", "“block”用得不对"),
    ("Blocks cannot be written inside a {}.", "“block”不能写在这里"),
    ("This content would be ignored: {}", "用了“extends”的模板，内容应写在“block”里"),
    ("super() called outside of a block", "“super()”只能写在“block”里"),
    ("Tried to use super() in the top level block", "“super()”没有上级可用"),
    // Syntax.
    ("Unexpected end of input", "模板没有写完，可能缺少“endif”或“endfor”"),
    ("Unexpected character", "这里的字符不能用"),
    ("Invalid float", "小数写法不对，或太大"),
    ("Invalid Integer", "整数写法不对，或太大"),
    ("unexpected end of string", "文字缺少后一个引号"),
    ("unexpected escape character", "反斜杠后面的字符不能用"),
    ("unexpected end of raw block", "“raw”没有写完，缺少“endraw”"),
    ("String opened with `{}` is missing its closing `{}`", "文字缺少后一个引号“{0}”"),
    ("Closing comment tag `{}` not found", "注释没有写完，缺少“{0}”"),
    ("Found invalid field of `loop`: {}. Only {}", "“loop”没有“{0}”，只有“index”“index0”“first”“last”“length”"),
    ("Found {} but was expecting `elif`, `else` or `endif`.", "应是“elif”“else”或“endif”，现为<0>"),
    ("Found {} but expected one of: {}", "这里应有一个值，现为<0>"),
    ("Found `<` but expected identifier after it {}", "“<”前面缺少要比较的内容"),
    ("Found {} but expected `...`{}", "花括号里的名称写法不对，现为<0>"),
    ("Found {} but expected `/` or `>`", "组件的写法不对，现为<0>"),
    ("Found {} but the only types allowed are: {}", "组件参数的种类写法不对，现为<0>"),
    ("Found {} but the only types allowed {}", "组件参数的种类写法不对，现为<0>"),
    ("Found {} but `-` can only be followed by an integer or a float", "负号后面应是数字，现为<0>"),
    ("Found {} but component default arguments {}", "组件参数的默认值写法不对，现为<0>"),
    ("Found {} but expected {}.", "应是<1>，现为<0>"),
    ("Expected \"string\" or {} but found {}", "组件的参数写法不对，现为<1>"),
    ("Identifiers can only have up to {} nested brackets.", "方括号层次太多"),
    ("Arrays can have a maximum of {} dimensions.", "列表层次太多"),
    ("The expression is too complex", "表达式太复杂"),
    ("The template nesting is too deep", "标签层次太多"),
    ("`-` and `not` cannot be used consecutively.", "“-”和“not”不能连着写"),
    ("`not` is only valid here as part of `not in`", "这里的“not”后面应是“in”"),
    ("`{}` is not allowed after `~`", "“~”后面不能用“{0}”"),
    ("Function calls are only allowed at the first element of a chain", "函数只能写在最前面，不能写在“.”后面"),
    ("Keyword argument `{}` is defined more than once", "“{0}=”写了两次"),
    ("{} was named `{}` in the opening tag, found `{}` as name in the end tag", "开头的名称是“{1}”，结尾却是“{2}”"),
    ("{} is a reserved keyword of Tera, it cannot be {}", "“{0}”另有用处，请换一个名称"),
    ("{} can only be used in a for loop", "“{0}”只能写在“for”里"),
    ("`{}` cannot be used inside a {}", "“{0}”不能写在这里"),
    ("List comprehensions support only a single `for` clause.", "方括号里只能写一个“for”"),
    ("Invalid syntax for `set`: {}", "“set”应写成“{% set 名称 = 值 %}”"),
    ("Invalid {}: this {} should only contain literal values.", "这里只能写文字和数字"),
    ("Components with body content must use tag syntax: {}", "组件的写法不对"),
    ("Unclosed component '{}'", "组件“{0}”没有写完"),
    ("Closing tag '{}' doesn't match opening tag '{}'", "开头的组件是“{1}”，结尾却是“{0}”"),
    ("Component argument `{}`{}", "组件参数“{0}”写法不对"),
    ("Unknown argument(s) {} in component call.{}", "组件没有<0>这个参数"),
    ("Default value for `{}` has type {}", "组件参数“{0}”的默认值种类不对"),
    ("Implicit argument `{}`{}", "组件缺少参数“{0}”"),
    ("Argument `{}`{} missing.", "组件缺少参数“{0}”"),
    ("The name `body` is reserved for component body content.", "组件的参数不能叫“body”"),
    ("Rest parameter {}", "组件的参数写法不对"),
    ("Maximum render recursion depth for components exceeded.", "组件绕回了自己"),
    // Numbers.
    (
        "Math operations can only be done on numbers, found `{}`",
        "只有数字才能计算，现为<0>；要拿台账的数字计算，用“n.”开头的名称",
    ),
    (
        "`+` requires both operands to be numbers, found `{}` and `{}`",
        "只有数字才能相加，现为<0>和<1>；要拿台账的数字计算，用“n.”开头的名称",
    ),
    ("Only numbers can be used in arithmetic. This is a `{}`", "只有数字才能计算，现为<0>"),
    ("Only numbers can be negated. This is a `{}`", "只有数字前面才能用负号，现为<0>"),
    ("Cannot divide by 0", "不能除以 0"),
    ("Unable to perform {}", "算不出结果：数太大"),
    ("Operand `{}` is out of range {}", "算不出结果：数太大"),
    ("Number `{}` is out of range for {}", "算不出结果：数太大"),
    ("Exponent {} is out of range {}", "算不出结果：数太大"),
    ("Cannot negate {}", "算不出结果：数太大"),
    ("Errored while getting absolute value{}", "算不出结果：数太大"),
    ("Cannot compare `{}` with `{}`", "不能比较<0>和<1>"),
    ("Cannot sort: `{}` and `{}` are not comparable", "不能排序：既有<0>又有<1>"),
    // Lists and kinds of value.
    ("Iteration not possible on type `{}`", "“for”只能用于列表，现为<0>"),
    ("Key/value iteration is not possible on type `{}`, only on maps.", "两个名称的“for”只能用于一组名称和值，现为<0>"),
    ("`in` cannot be used on a container of type `{}`.{}", "“in”只能用于列表和文字，现为<0>"),
    ("{} index must be an integer, got `{}`.", "方括号里应是整数，现为<1>"),
    ("Slice {} must be an integer, got `{}`", "方括号里应是整数，现为<1>"),
    ("Slicing step cannot be 0", "方括号里的步长不能是 0"),
    ("Slicing can only be used on arrays or strings, not on `{}`.", "只有列表和文字才能取一段，现为<0>"),
    ("Spread operator requires a map, found `{}`", "“...”后面应是一组名称和值，现为<0>"),
    ("Spread operator requires an array, found `{}`", "“...”后面应是列表，现为<0>"),
    ("Map keys must be {}, got `{}`.", "名称应是文字或整数，现为<1>"),
    ("Not a valid key type", "名称应是文字或整数"),
    ("Map does not have a key {} and no default values were defined", "没有名为“{0}”的内容"),
    ("Value at index {} (a {}) does not have an attribute at path: {}", "列表第 {0} 项没有“{2}”"),
    // Arguments of filters and functions.
    ("Missing keyword argument `{}`", "缺少“{0}=”这一项"),
    ("Invalid type for the value, expected `{}` but got `{}`", "应是<0>，现为<1>"),
    ("Value `{}` is out of range for `{}`", "{0} 太大或太小"),
    ("Value of type {} has no length", "只有列表和文字才有长度，现为<0>"),
    ("Value of type {} cannot be reversed", "只有列表和文字才能倒过来，现为<0>"),
    ("Value of type {} cannot be converted to an int", "<0>不能变成整数"),
    ("Value of type {} cannot be converted to a float", "<0>不能变成数字"),
    ("The string `{}` cannot be converted to {}", "“{0}”不能变成数字"),
    ("The float {} cannot be converted to an int {}", "{0} 不能变成整数"),
    ("This filter can only be used on a number, received `{}`.", "这个过滤器只能用于数字，现为<0>"),
    ("pluralize filter requires an integer, got `{}`", "“pluralize”只能用于整数，现为<0>"),
    ("int filter `base` must be between 2 and 36, got {}", "“base”应是 2 至 36，现为 {0}"),
    ("The `indentation` argument must contain exactly one character", "“indentation”应是一个字符"),
    ("Invalid argument for `method`: {}", "“method”只能是“ceil”或“floor”，不写则四舍五入"),
    ("Function `range` was called with a `start` argument greater than {}", "“range”的“start”不能大于“end”"),
    ("Function `range` was called with a `step_by` argument of 0", "“range”的“step_by”不能是 0"),
    ("Function `range` {}", "“range”列出的数太多"),
    // The engine itself.
    ("Io error while writing rendered value to output: {}", "结果写不出来"),
    ("Invalid UTF-8 characters found while rendering.", "结果不是 UTF-8 文字"),
    ("String `{}` could not be converted to UTF-8 {}", "结果不是 UTF-8 文字"),
];

#[cfg(test)]
mod tests {
    use super::super::text::is_chinese_message;
    use super::translated;

    /// The engine's message about a template of that text.
    fn provoked(source: &str) -> String {
        let mut engine = tera::Tera::default();
        engine.register_filter("strict", |_: tera::Value, kwargs: tera::Kwargs, _: &tera::State| {
            kwargs.must_get::<String>("name").map(drop)
        });
        let mut context = tera::Context::new();
        context.insert("text", "\u{fdd5}17\u{fdd6}十二人\u{fdd7}");
        context.insert("number", &12);
        context.insert("huge", &i128::MAX);
        context.insert("list", &["甲", "乙"]);
        context.insert("mixed", &(1, "乙"));
        context.insert("map", &std::collections::BTreeMap::from([("a", 1)]));
        let sources = [("other.md", "{% block a %}{% endblock %}"), ("t.md", source)];
        let outcome = engine.add_raw_templates(sources).and_then(|()| engine.render("t.md", &context));
        let error = outcome.err().map(|error| match error.kind() {
            tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report) => {
                report.message().to_owned()
            }
            kind => kind.to_string(),
        });
        error.unwrap_or_default().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
    }

    #[test]
    fn messages_of_the_template_engine_are_translated() {
        let sources = [
            "{{ number",
            "{{ }}",
            "{{ number | }}",
            "{{ number | nope }}",
            "{{ number is nope }}",
            "{{ nope() }}",
            "{{ nope }}",
            "{{ map.nope }}",
            "{{ map.nope.b }}",
            "{{ \"a }}",
            "{{ \"\\q\" }}",
            "{# a",
            "{% raw %}a",
            "{% if number %}a",
            "{% if number %}a{% endfor %}",
            "{% for a in list %}a",
            "{% for in list %}{% endfor %}",
            "{% for a of list %}{% endfor %}",
            "{% for loop in list %}{% endfor %}",
            "{% for a in number %}{% endfor %}",
            "{% for a, b in list %}{% endfor %}",
            "{% for a in list %}{{ loop.nope }}{% endfor %}",
            "{% break %}",
            "{% endif %}",
            "{% nope %}",
            "{% set a %}",
            "{% set true = 1 %}",
            "{% set a = %}",
            "{% include \"nope.md\" %}",
            "{% include \"t.md\" %}",
            "{% extends \"nope.md\" %}",
            "a{% extends \"other.md\" %}",
            "{% extends \"other.md\" %}{% block b %}{% endblock %}",
            "{% extends \"other.md\" %}a",
            "{% block a %}{% endblock %}{% block a %}{% endblock %}",
            "{{ text + 1 }}",
            "{{ 1 + text }}",
            "{{ text * 2 }}",
            "{{ -text }}",
            "{{ number / 0 }}",
            "{{ number % 0 }}",
            "{{ huge * huge }}",
            "{{ text < number }}",
            "{{ number in number }}",
            "{{ list[\"a\"] }}",
            "{{ list[0:1:0] }}",
            "{{ number[0:1] }}",
            "{{ mixed | sort }}",
            "{{ number | length }}",
            "{{ number | upper }}",
            "{{ list | upper }}",
            "{{ number | reverse }}",
            "{{ text | int }}",
            "{{ text | float }}",
            "{{ list | float }}",
            "{{ text | abs }}",
            "{{ number | round(method=\"nope\") }}",
            "{{ number | strict }}",
            "{{ number | strict(name=1, name=2) }}",
            "{{ number | strict(name=1) }}",
            "{{ range(start=2, end=1) }}",
            "{{ range(end=1000000000000) }}",
            "{{ range() }}",
            "{{ not - number }}",
            "{{ number not number }}",
            "{{ number ~ not number }}",
            "{{ number.nope() }}",
            "{{ 99999999999999999999999999999999999999999999 }}",
            "{{ number ? }}",
            "{{ < number }}",
            "{{ [[[[[[[[1]]]]]]]] }}",
            "{{ super() }}",
            "{{ list | join(sep=1) }}",
            "{{ [a for a in list for b in list] }}",
        ];
        let mut untranslated = Vec::new();
        for source in sources {
            let message = provoked(source);
            let said = translated(&message).unwrap_or_default();
            if !message.is_empty() && !is_chinese_message(&said) {
                untranslated.push(format!("{source}: {message} → {said}"));
            }
        }
        assert!(untranslated.is_empty(), "{}", untranslated.join("\n"));
        let accepted = sources.iter().filter(|source| provoked(source).is_empty()).count();
        assert!(accepted <= 2, "{accepted} of the templates have no fault");
    }

    #[test]
    fn messages_of_our_own_filters_stay() {
        assert_eq!(translated("台账行里没有“don”").as_deref(), Some("台账行里没有“don”"));
        assert_eq!(translated("“don”不是列").as_deref(), Some("“don”不是列"));
        assert_eq!(translated("Something odd about 十二人"), None);
    }
}
