//! The notice author's manual, `templates/README.md`: its smallest notice and each of its recipes, built for real.

use std::collections::BTreeMap;

use crate::harness::tests;
use crate::support::{NOTICE, Project, files, root};

tests! {
    alone: [the_smallest_notice_and_every_recipe_of_the_manual_are_built]
}

/// The files that fenced blocks of a section give, and the lines that a report made of them must hold.
#[derive(Default)]
struct Example {
    files: BTreeMap<String, String>,
    expected: Vec<String>,
}

impl Example {
    /// The fenced blocks of a part of the manual: a block of settings, a template or a ledger names its file.
    fn of(part: &str) -> Self {
        let mut example = Self::default();
        let mut blocks = part.split("\n```").skip(1);
        while let (Some(block), Some(_)) = (blocks.next(), blocks.next()) {
            let (info, text) = block.split_once('\n').expect("a block");
            match info.split_once(' ') {
                Some((_, file)) => _ = example.files.insert(file.to_owned(), format!("{text}\n")),
                None if info == "text" => example.expected.extend(text.lines().map(str::to_owned)),
                None => panic!("a block of {info} without a file"),
            }
        }
        example
    }

    /// This example with what a recipe adds to it.
    fn with(&self, recipe: Self) -> Self {
        let mut files = self.files.clone();
        for (name, text) in recipe.files {
            let text = if name == "notice.toml" { merged(&files[&name], &text) } else { text };
            files.insert(name, text);
        }
        Self { files, expected: recipe.expected }
    }

    fn build(&self) -> Project {
        let project = Project::empty();
        self.files.iter().fold(project, |project, (name, text)| {
            let folder = if name.ends_with(".csv") { "input" } else { NOTICE };
            project.file(&format!("{folder}/{name}"), text.as_bytes())
        })
    }

    /// Builds the reports, which must hold every expected line.
    fn check(&self, name: &str) {
        assert!(!self.expected.is_empty() || name == "单位只写在第一行", "{name} expects nothing");
        let project = self.build();
        let run = project.zicha(&["build", "--format", "md"]);
        assert_eq!(run.code, 0, "{name}: {}", run.all());
        assert!(!run.stdout.contains("[Z306]"), "{name}: {}", run.stdout);
        let reports = files(&project.path("output")).into_iter().filter(|(file, _)| file.ends_with(".md"));
        let reports: String = reports.map(|(_, bytes)| String::from_utf8(bytes).expect("text")).collect();
        for line in &self.expected {
            assert!(reports.lines().any(|known| known == line), "{name} lacks {line:?}:\n{reports}");
        }
    }
}

/// Settings with lines added as the manual says: under the same heading, in the place of the same key, else at the end.
fn merged(settings: &str, added: &str) -> String {
    let mut lines: Vec<String> = settings.lines().map(str::to_owned).collect();
    let mut section = None;
    for line in added.lines() {
        if line.starts_with('[') {
            let known = lines.iter().position(|known| known == line).filter(|_| !line.starts_with("[["));
            if known.is_none() {
                lines.push(line.to_owned());
            }
            section = known.or(Some(lines.len() - 1));
            continue;
        }
        let from = section.expect("a heading") + 1;
        let to = lines[from..].iter().position(|line| line.starts_with('[')).map_or(lines.len(), |at| from + at);
        let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
        match (from..to).find(|at| key(&lines[*at]) == key(line)) {
            Some(at) => lines[at] = line.to_owned(),
            None => lines.insert(to, line.to_owned()),
        }
    }
    lines.join("\n")
}

/// The parts of a text that begin with a mark, each by its heading.
fn parts<'t>(text: &'t str, mark: &str) -> Vec<(&'t str, &'t str)> {
    text.split(&format!("\n{mark} ")).skip(1).map(|part| part.split_once('\n').unwrap_or((part, ""))).collect()
}

fn the_smallest_notice_and_every_recipe_of_the_manual_are_built() {
    let manual = std::fs::read_to_string(root().join("templates/README.md")).expect("the manual").replace("\r\n", "\n");
    let chapters = parts(&manual, "##");
    let chapter = |name: &str| chapters.iter().find(|(title, _)| title.contains(name)).expect("a chapter").1;
    let smallest = Example::of(chapter("最小的一份通知"));
    smallest.check("最小的一份通知");
    let recipes = parts(chapter("常见做法"), "###");
    for (name, part) in &recipes {
        smallest.with(Example::of(part)).check(name);
    }
    assert!(recipes.len() >= 9, "{}", recipes.len());
}
