//! What the pages of the settings offer: keys in groups, read from the text of the settings.

use super::collection::Collection;
use super::control::label;
use super::fields::{Field, Target, variable_kind};
use crate::notice::ColumnType;
use crate::notice::edit::{Written, WrittenValue};
use crate::reference::key::{KeyDoc, Kind};
use crate::reference::settings::{find, keys_of};

/// The keys of a column of any type that the page of a ledger offers.
const COLUMN_KEYS: [&str; 3] = ["header", "type", "required"];
/// The keys of a ledger that its page offers.
const LEDGER_KEYS: [&str; 4] = ["title", "sheets", "every_branch", "nil_report"];

/// A group of keys under one heading.
pub(super) struct Section {
    pub heading: String,
    pub fields: Vec<Field>,
}

/// The tables of the main page, each with its heading.
const TABLES: [(&str, &str); 11] = [
    ("notice", "通知"),
    ("words", "称呼"),
    ("letter", "每份报告固定的部分"),
    ("letter.head", "标题上面的部分"),
    ("letter.tail", "版记"),
    ("summary", "部门汇总"),
    ("summary.letter", "汇总报告固定的部分"),
    ("archive", "归档"),
    ("roster", "名册"),
    ("typography", "字体"),
    ("limits", "台账和报告最大多大"),
];

/// The sections of the main page.
pub(super) fn sections(settings: &Written<'_>) -> Vec<Section> {
    let has_summary = settings.value(&["summary"]).is_some();
    let tables = TABLES.iter().filter(|(table, _)| has_summary || !table.starts_with("summary"));
    let mut sections: Vec<Section> = tables.map(|(table, heading)| table_section(settings, table, heading)).collect();
    sections.push(variables(settings));
    for id in settings.ids(&["calendar"]) {
        let fields: Vec<Field> =
            keys_of("calendar").filter_map(|key| Field::of(settings, &["calendar", &id], key, None)).collect();
        let label = fields.iter().find(|field| field.key.name() == "label").map_or("", |field| &field.shown);
        sections.push(Section { heading: format!("固定日：{label}"), fields });
    }
    sections
}

fn table_section(settings: &Written<'_>, table: &str, heading: &str) -> Section {
    let path: Vec<&str> = table.split('.').collect();
    let fields = keys_of(table).filter_map(|key| Field::of(settings, &path, key, None)).collect();
    Section { heading: heading.to_owned(), fields }
}

/// The section of the elements of archive numbers.
pub(super) fn archive_section(settings: &Written<'_>) -> Section {
    table_section(settings, "archive", "归档")
}

/// The section of a ledger, given by its place in the settings: its title, and how its columns are spelled and chosen.
pub(super) fn ledger_section(settings: &Written<'_>, index: usize) -> Option<Section> {
    let id = settings.ids(&["ledger"]).into_iter().nth(index)?;
    let ledger = keys_of("ledger").filter(|key| LEDGER_KEYS.contains(&key.name()));
    let mut fields: Vec<Field> = ledger.filter_map(|key| Field::of(settings, &["ledger", &id], key, None)).collect();
    let heading = fields.first().map_or_else(|| id.clone(), |title| title.shown.clone());
    for column in settings.ids(&["ledger", &id, "columns"]) {
        let table = ["ledger", &id, "columns", &column];
        let path = |name| [&table[..], &[name]].concat();
        let kind = match settings.value(&path("type")) {
            Some(WrittenValue::Text(word)) => ColumnType::named(&word),
            _ => None,
        };
        let header = match settings.value(&path("header")) {
            Some(WrittenValue::List(header)) => header.into_iter().next().unwrap_or_default(),
            _ => column.clone(),
        };
        let is_offered = |key: &&'static KeyDoc| match key.name() {
            name @ ("values" | "synonyms" | "from" | "to" | "unit") => kind.is_some_and(|kind| kind.has_key(name)),
            name => COLUMN_KEYS.contains(&name),
        };
        let keys = keys_of("ledger.columns").filter(is_offered);
        let subject = format!("列“{header}”");
        fields.extend(keys.filter_map(|key| Field::of(settings, &table, key, Some(&subject))));
    }
    for column in settings.ids(&["ledger", &id, "computed"]) {
        fields.extend(computed_column(settings, &id, &column));
    }
    Some(Section { heading: format!("台账《{heading}》"), fields })
}

/// The fields of a computed column: all its keys, or its expression where that is all that is written.
fn computed_column(settings: &Written<'_>, ledger: &str, column: &str) -> Vec<Field> {
    let table = ["ledger", ledger, "computed", column];
    let subject = subject(settings, &table, "算出来的列");
    let Some(WrittenValue::Text(shown)) = settings.value(&table) else {
        let keys = keys_of(COMPUTED);
        return keys.filter_map(|key| Field::of(settings, &table, key, Some(&subject))).collect();
    };
    let path = table.map(str::to_owned).to_vec();
    let field = |key: &'static KeyDoc| Field {
        path,
        key,
        kind: key.kind,
        name: None,
        shown,
        subject: Some(subject),
        target: Target::Key,
    };
    find("ledger.computed.value").map(field).into_iter().collect()
}

/// The variables, and a field for new ones.
fn variables(settings: &Written<'_>) -> Section {
    let key = find("vars");
    let field = |path: Vec<String>, kind: Kind, name: String, shown: String, target: Target| {
        Some(Field { path, key: key?, kind, name: Some(name), shown, subject: None, target })
    };
    let of_id = |id: String| {
        let (kind, shown) = match settings.value(&["vars", &id])? {
            WrittenValue::Text(shown) => (Kind::Text, shown),
            WrittenValue::Plain(shown) => (variable_kind(&shown), shown),
            _ => return None,
        };
        field(vec!["vars".to_owned(), id.clone()], kind, id, shown, Target::Key)
    };
    let mut fields: Vec<Field> = settings.ids(&["vars"]).into_iter().filter_map(of_id).collect();
    let new = "添几个，写作 名称 = 值，例如 季度 = 第三季度".to_owned();
    fields.extend(field(vec!["vars".to_owned()], Kind::VariableMap, new, String::new(), Target::NewVariables));
    Section { heading: "变量".to_owned(), fields }
}

/// A table of tables with ids that has a page of its own.
pub(super) struct NamedTable {
    /// The path of the table in the settings, with dots: `summary.metric`.
    pub path: &'static str,
    /// What the page is called.
    pub heading: &'static str,
    /// What one of them is called.
    pub word: &'static str,
}

/// The tables with pages of their own.
pub(super) const NAMED_TABLES: [NamedTable; 3] = [
    NamedTable { path: "metric", heading: "指标", word: "指标" },
    NamedTable { path: "summary.metric", heading: "汇总的指标", word: "汇总指标" },
    NamedTable { path: "summary.list", heading: "汇总的名单", word: "名单" },
];

/// The heading of a table with an id: what reports and messages call it, then the id, which expressions and templates
/// use.
fn subject(settings: &Written<'_>, table: &[&str], word: &str) -> String {
    let id = table.last().copied().unwrap_or_default();
    match settings.value(&[table, &["label"]].concat()) {
        Some(WrittenValue::Text(label)) if label != id => format!("{word}“{label}”（算式和模板里写 {id}）"),
        _ => format!("{word}“{id}”"),
    }
}

/// The section of a table of tables with ids: all keys of each.
pub(super) fn named_section(settings: &Written<'_>, index: usize) -> Option<Section> {
    let table = NAMED_TABLES.get(index)?;
    let path: Vec<&str> = table.path.split('.').collect();
    let mut fields = Vec::new();
    for id in settings.ids(&path) {
        let of_id: Vec<&str> = path.iter().copied().chain([id.as_str()]).collect();
        let subject = subject(settings, &of_id, table.word);
        fields.extend(keys_of(table.path).filter_map(|key| Field::of(settings, &of_id, key, Some(&subject))));
    }
    Some(Section { heading: table.heading.to_owned(), fields })
}

/// The heading of the page of checks.
pub(super) const CHECKS: &str = "核对";
/// The heading of the page of sheets.
pub(super) const SHEETS: &str = "汇总表的各张表";
/// The keys of computed columns.
pub(super) const COMPUTED: &str = "ledger.computed";

/// The items of a list with a page of its own, with all keys of each; `place` gives each a field for its place.
pub(super) fn item_list(settings: &Written<'_>, collection: &Collection, has_places: bool) -> Option<Section> {
    let Collection { path, keys, heading, .. } = collection;
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let mut fields = Vec::new();
    for at in 0..settings.count(&path) {
        let place = at.to_string();
        let of_item: Vec<&str> = path.iter().copied().chain([place.as_str()]).collect();
        let subject = collection.name_of(settings, at);
        if has_places {
            fields.push(place_field(&of_item, find(keys)?, at, &subject));
        }
        fields.extend(keys_of(keys).filter_map(|key| Field::of(settings, &of_item, key, Some(&subject))));
    }
    Some(Section { heading: heading.clone(), fields })
}

/// The field for the place of an item among the others.
fn place_field(path: &[&str], key: &'static KeyDoc, at: usize, subject: &str) -> Field {
    Field {
        path: path.iter().map(|part| (*part).to_owned()).collect(),
        key,
        kind: Kind::Integer,
        name: Some("排在第几".to_owned()),
        shown: (at + 1).to_string(),
        subject: Some(subject.to_owned()),
        target: Target::SettingsPage,
    }
}

/// The lists of sections of reports, each with its heading.
pub(super) const SECTION_LISTS: [(&str, &str); 2] =
    [("section", "报告的各个方面"), ("summary.section", "汇总报告的各个方面")];

/// The section of a list of sections: the place and the keys of each, and those of its parts.
pub(super) fn section_list(settings: &Written<'_>, index: usize) -> Option<Section> {
    const PART_KEYS: [&str; 4] = ["label", "kinds", "without_data", "nil"];
    let (list, heading) = SECTION_LISTS.get(index)?;
    let is_summary = list.starts_with("summary");
    let path: Vec<&str> = list.split('.').collect();
    let mut fields = Vec::new();
    for at in 0..settings.count(&path) {
        let place = at.to_string();
        let of_item: Vec<&str> = path.iter().copied().chain([place.as_str()]).collect();
        let subject = match settings.value(&[&of_item[..], &["title"]].concat()) {
            Some(WrittenValue::Text(title)) => format!("“{title}”"),
            _ => format!("第 {} 个", at + 1),
        };
        fields.push(place_field(&of_item, find("section")?, at, &subject));
        fields.extend(keys_of(list).filter_map(|key| Field::of(settings, &of_item, key, Some(&subject))));
        let parts = [&of_item[..], &["part"]].concat();
        for part in 0..settings.count(&parts) {
            let part = part.to_string();
            let of_part = [&parts[..], &[&part]].concat();
            let name = part_name(settings, &of_part);
            let is_offered = |key: &&'static KeyDoc| {
                PART_KEYS.contains(&key.name()) && !(is_summary && matches!(key.name(), "kinds" | "nil"))
            };
            for key in keys_of("section.part").filter(is_offered) {
                let field = Field::of(settings, &of_part, key, Some(&subject));
                let name = format!("{name}：{}", label(key));
                fields.extend(field.map(|field| Field { name: Some(name), ..field }));
            }
        }
    }
    Some(Section { heading: (*heading).to_owned(), fields })
}

/// What a part of a section is called: by what it is about, else by its template.
fn part_name(settings: &Written<'_>, part: &[&str]) -> String {
    let value = |key: &str| match settings.value(&[part, &[key]].concat()) {
        Some(WrittenValue::Text(text)) => Some(text),
        _ => None,
    };
    match (value("label"), value("template")) {
        (Some(label), _) => format!("“{label}”部分"),
        (None, Some(template)) => format!("模板“{}”", template.trim_end_matches(".md")),
        (None, None) => "这部分".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::notice::edit::Written;

    use super::{ledger_section, named_section, section_list, sections};

    #[test]
    fn a_page_offers_the_keys_of_the_shipped_notice() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2018-grassroots/notice.toml");
        let settings = std::fs::read_to_string(path).expect("the shipped notice");
        let text = Written::new(&settings);
        let sections = sections(&text);
        let title = &sections[0].fields[0];
        assert_eq!((title.key.path, title.shown.as_str()), ("notice.title", "关于开展基层党建工作自查的通知"));
        let calendar = sections.last().expect("a section");
        assert!(calendar.heading.starts_with("固定日：") && calendar.fields.iter().any(|field| field.shown == "182"));
        let project =
            (0..).map_while(|at| ledger_section(&text, at)).find(|section| section.heading.contains("突破项目"));
        let fields = project.expect("a ledger").fields;
        let synonyms = fields.iter().find(|field| field.key.name() == "synonyms").expect("synonyms");
        assert_eq!(
            (synonyms.subject.as_deref(), synonyms.shown.as_str()),
            (Some("列“年底能否完成”"), "能 = 能够完成\n不能 = 不能完成")
        );
        let changed = synonyms.changed(&settings, "能 = 能够完成").expect("a change");
        assert_eq!(
            changed,
            settings.replace("{ \"能\" = \"能够完成\", \"不能\" = \"不能完成\" }", "{ \"能\" = \"能够完成\" }")
        );
    }

    #[test]
    fn metrics_sections_and_lists_have_their_keys() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/2019-safety/notice.toml");
        let settings = std::fs::read_to_string(path).expect("the second shipped notice");
        let text = Written::new(&settings);
        let metrics = named_section(&text, 0).expect("metrics");
        let expr = metrics.fields.iter().find(|field| field.key.name() == "expr").expect("an expression");
        assert_eq!((expr.shown.as_str(), expr.subject.as_deref()), ("隐患.len()", Some("指标“隐患数”")));
        let changed = expr.changed(&settings, "隐患.filter(|r| has(r.备注)).len()").expect("a change");
        assert_eq!(changed, settings.replacen("expr = '隐患.len()'", "expr = '隐患.filter(|r| has(r.备注)).len()'", 1));
        assert!(
            named_section(&text, 2).is_some_and(|lists| lists.fields.iter().any(|field| field.key.name() == "when"))
        );
        let list = section_list(&text, 0).expect("sections");
        let places: Vec<&str> =
            list.fields.iter().filter(|field| field.key.path == "section").map(|field| field.shown.as_str()).collect();
        assert_eq!(places, ["1", "2", "3", "4", "5"]);
        assert_eq!((named_section(&text, 3).is_none(), section_list(&text, 2).is_none()), (true, true));
    }
}
