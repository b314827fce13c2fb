//! The JSON Schema that `zicha schema` writes, used by a validator of others.

use std::path::PathBuf;

use crate::support::{NOTICE, Project, python_json};

crate::harness::tests! {
    alone: [
        the_schema_is_printed_or_written_to_a_file,
    ]
    with_tools: [
        the_schema_accepts_shipped_notices_and_refuses_what_the_program_refuses,
    ]
}

fn the_schema_is_printed_or_written_to_a_file() {
    let project = Project::new();
    let printed = project.zicha(&["schema"]);
    let schema: serde_json::Value = serde_json::from_str(&printed.stdout).expect("JSON");
    assert_eq!(schema["then"]["properties"]["notice"]["required"][0], "title");
    assert_eq!(schema["properties"]["archive"]["properties"]["retention"]["enum"][1], "D30");
    let run = project.zicha(&["schema", "notice.schema.json"]);
    assert_eq!((run.code, project.read("notice.schema.json")), (0, printed.stdout), "{}", run.stderr);
    let run = project.zicha(&["schema", "templates"]);
    assert_eq!(run.code, 2, "{}", run.all());
}

fn the_schema_accepts_shipped_notices_and_refuses_what_the_program_refuses() {
    let project = Project::new();
    assert_eq!(project.zicha(&["schema", "notice.schema.json"]).code, 0);
    let shipped = project.read(&format!("{NOTICE}/notice.toml"));
    let broken = [
        ("deadline = 2018-11-02", "deadlines = 2018-11-02"),
        ("every_days = 14", "every_days = \"14\""),
        ("grid = \"lines\"", "grid = \"line\""),
        ("type = \"percent\"", "type = \"percentage\""),
        ("file_name    = \"自查报告\"", ""),
        ("title        = [\"{{ branch.name }}\", ", "title        = [1, "),
        ("[letter]", "[letter]\nunknown = 1"),
    ];
    let mut files: Vec<PathBuf> =
        vec![project.path("notice.schema.json"), project.path(&format!("{NOTICE}/notice.toml"))];
    let mut project = project;
    for (index, (from, to)) in broken.iter().enumerate() {
        assert!(shipped.contains(from), "{from}");
        let name = format!("{NOTICE}/broken-{index}.toml");
        project = project.file(&name, shipped.replacen(from, to, 1).as_bytes());
        let own = project.zicha(&["check", "--notice", &name]);
        assert_eq!(own.code, 2, "{to}: {}", own.all());
        files.push(project.path(&name));
    }
    let files: Vec<&std::path::Path> = files.iter().map(PathBuf::as_path).collect();
    let messages = python_json("schema.py", &files);
    let messages = messages.as_array().expect("a list");
    assert!(messages[0].is_null(), "{}", messages[0]);
    assert_eq!(messages.len(), broken.len() + 1);
    for (message, (_, to)) in messages[1..].iter().zip(broken) {
        assert!(message.is_string(), "accepted: {to}");
    }
}
