//! The structure of `src`, checked by reading the sources: the order of the modules, the modules that may use a crate,
//! files that import each other, and what only the front ends may do. Unit tests are left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::root;

crate::harness::tests! {
    alone: [
        modules_import_only_earlier_modules,
        rendering_does_not_use_the_model,
        crates_are_used_where_they_belong,
        no_two_files_import_each_other,
        only_the_command_line_prints_and_exits,
        worker_processes_are_started_in_one_place,
        stages_read_neither_clock_nor_environment,
        every_file_of_tests_is_in_their_readme,
    ]
}

/// The modules at the top, each of which imports only those before it.
const ORDER: &[&str] = &[
    "escape",
    "marker",
    "diagnostics",
    "report_code",
    "sandbox",
    "store",
    "picture",
    "notice",
    "reference",
    "ingest",
    "model",
    "expr",
    "metric",
    "provenance",
    "workbook",
    "scaffold",
    "check",
    "reconcile",
    "template",
    "report",
    "manifest",
    "fonts",
    "render",
    "diff",
    "scans",
    "binding",
    "archive",
    "dashboard",
    "starter",
    "pipeline",
    "fuzzing",
    "serve",
    "cli",
];

/// Crates that are named in few modules only, and the modules.
const WRAPPED: &[(&str, &[&str])] = &[
    ("axum", &["serve"]),
    ("calamine", &["ingest::calamine_reader", "ingest::excel_date"]),
    ("cfb", &["ingest::sidecar"]),
    ("cap", &["sandbox::allocator"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli::completions"]),
    ("clap_mangen", &["cli::man"]),
    ("docx_rs", &["render::docx"]),
    ("csv", &["ingest::second_delimited"]),
    ("encoding_rs", &["ingest::encoding", "notice::text_file"]),
    ("form_urlencoded", &["serve::form"]),
    ("futures_util", &["serve"]),
    ("getrandom", &["serve::secret"]),
    ("hashbrown", &["check::duplicate"]),
    ("hayro_syntax", &["binding", "scans::inspect"]),
    ("hayro_write", &["binding::binder"]),
    ("html5gum", &["ingest::html_table"]),
    ("hyper", &["serve::listener"]),
    ("hyper_util", &["serve::listener"]),
    ("if_addrs", &["serve::addresses"]),
    ("image", &["picture::prepare", "scans::inspect"]),
    ("include_dir", &["starter"]),
    ("indicatif", &["cli"]),
    ("landlock", &["sandbox::confinement"]),
    ("libc", &["sandbox::confinement"]),
    ("mailparse", &["ingest::mhtml"]),
    ("maud", &["dashboard", "diff::page", "render", "serve"]),
    ("mimalloc", &["main", "sandbox::allocator"]),
    ("minisign", &["archive::signature"]),
    ("notify", &["cli::watch"]),
    ("open", &["cli::serve"]),
    ("pdf_writer", &["binding::binder", "render::pdf::writer"]),
    ("percent_encoding", &["render::url"]),
    ("pinyin", &["serve::pages::search"]),
    ("png", &["render::docx"]),
    ("postcard", &["binding::annex", "ingest::cache", "ingest::picture_request", "ingest::protocol", "ingest::worker"]),
    ("pulldown_cmark", &["report::parse"]),
    ("qrcode", &["report_code"]),
    ("rqrr", &["scans::inspect"]),
    ("rust_xlsxwriter", &["workbook"]),
    ("rustix", &["cli::machine", "sandbox", "store::files", "store::sync", "store::temporary_folder"]),
    ("seccompiler", &["sandbox::confinement"]),
    ("ssfmt", &["ingest::number_format"]),
    ("similar", &["diff"]),
    ("skrifa", &["fonts"]),
    ("sm3", &["archive::bag_manifest"]),
    ("strsim", &["notice::error"]),
    ("subtle", &["serve::secret"]),
    ("tera", &["template"]),
    ("tokio", &["serve"]),
    ("tokio_io_timeout", &["serve::listener"]),
    ("tokio_rustls", &["serve"]),
    ("toml", &["notice", "expr::typecheck", "template"]),
    ("tracing", &["serve"]),
    ("tracing_subscriber", &["serve"]),
    ("unicode_ident", &["notice::id"]),
    ("unicode_normalization", &["notice::id", "store::file_names"]),
    ("win32job", &["sandbox::job"]),
    ("winsafe", &["cli::console", "cli::machine", "sandbox", "sandbox::processor_time"]),
    ("zlib_rs", &["render::pdf::writer"]),
];

/// Crates of general use.
const GENERAL: &[&str] = &[
    "ahash",
    "ct_codecs",
    "indexmap",
    "itoa",
    "jiff",
    "memchr",
    "quick_xml",
    "rayon",
    "rust_decimal",
    "serde",
    "serde_json",
    "sha2",
    "tempfile",
    "thiserror",
    "walkdir",
    "zip",
];

/// The module path of each source file (`main` and `lib` for the roots), and its text without comments and unit tests.
fn sources() -> BTreeMap<String, String> {
    const UNIT_TESTS: &str = "#[cfg(test)]\nmod ";
    let src = root().join("src");
    let mut sources = BTreeMap::new();
    let mut test_files = Vec::new();
    for entry in walkdir::WalkDir::new(&src) {
        let path = entry.expect("a readable folder").into_path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let relative = path.strip_prefix(&src).expect("below").with_extension("");
        let name = relative.display().to_string().replace(['/', '\\'], "::");
        let name = name.strip_suffix("::mod").unwrap_or(&name).to_owned();
        let text = std::fs::read_to_string(&path).expect("a source file");
        let mut parts = text.split(UNIT_TESTS);
        let mut code = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            // Unit tests in a file of their own; those in braces are the end of the file.
            let Some((module, rest)) = part.split_once(';').filter(|(module, _)| !module.contains('{')) else { break };
            test_files.push(format!("{name}::{module}"));
            code.push_str(rest);
        }
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        sources.insert(name, lines.map(|line| format!("{line}\n")).collect());
    }
    sources.retain(|name, _| !test_files.contains(name));
    assert!(sources.len() > 100, "{}", sources.len());
    sources
}

/// The module at the top that a module path is in.
fn top(module: &str) -> &str {
    module.split("::").next().unwrap_or_default()
}

/// The paths that a source names after `crate`, `super` or `self`, or in a `use`.
fn paths(code: &str) -> Vec<Vec<String>> {
    // A re-export is how a module declares its children.
    let mut found: Vec<Vec<String>> = use_items(code, str::is_empty).into_iter().map(|item| item.path).collect();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            if !code[..at].ends_with(|sign: char| sign.is_alphanumeric() || "_:".contains(sign)) {
                let end = code[at..].find(|sign: char| !sign.is_alphanumeric() && !"_:".contains(sign));
                let path = &code[at..end.map_or(code.len(), |end| at + end)];
                // The prefix of a group, which the tree above has taken apart.
                if code[at + path.len()..].starts_with('{') {
                    continue;
                }
                found.push(path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect());
            }
        }
    }
    found
}

/// One name that a `use` brings in.
struct UseItem {
    path: Vec<String>,
    /// The name it is known by: the path's last, or that behind `as`.
    name: String,
}

/// What the `use` declarations bring in whose beginning of the line, without blanks, is as asked: a visibility or
/// nothing.
fn use_items(code: &str, is_asked: impl Fn(&str) -> bool) -> Vec<UseItem> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        if is_asked(code[..at].rsplit('\n').next().unwrap_or_default().trim()) {
            expand(&[], code[at + 4..].split(';').next().unwrap_or_default(), &mut found);
        }
    }
    found
}

/// The names that each module re-exports, with the paths they stand for.
fn re_exports(sources: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeMap<String, Vec<String>>> {
    let of_module = |(module, code): (&String, &String)| -> BTreeMap<String, Vec<String>> {
        let items = use_items(code, |before| before.starts_with("pub"));
        items.into_iter().map(|item| (item.name, resolved(module, &item.path, sources))).collect()
    };
    sources.iter().map(|source| (source.0.as_str(), of_module(source))).collect()
}

/// A path from the crate's root, or from the name of a crate.
fn resolved(module: &str, path: &[String], sources: &BTreeMap<String, String>) -> Vec<String> {
    let path = from_root(module, path);
    // A `use` of a child module begins with the child's name.
    let child = format!("{module}::{}", path.first().map_or("", String::as_str));
    if sources.contains_key(&child) {
        return [module.split("::").map(str::to_owned).collect(), path].concat();
    }
    path
}

/// Expands a `use` tree into its paths.
fn expand(before: &[String], tree: &str, found: &mut Vec<UseItem>) {
    let tree = tree.trim();
    if let Some(inner) = tree.strip_prefix('{').and_then(|tree| tree.strip_suffix('}')) {
        let (mut depth, mut start) = (0, 0);
        for (at, sign) in inner.char_indices() {
            match sign {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    expand(before, &inner[start..at], found);
                    start = at + 1;
                }
                _ => {}
            }
        }
        return expand(before, &inner[start..], found);
    }
    match tree.split_once("::") {
        Some((name, rest)) => expand(&[before, &[name.trim().to_owned()]].concat(), rest, found),
        None if tree.is_empty() => {}
        None => {
            let mut words = tree.split_whitespace();
            let last = words.next().unwrap_or_default();
            let name = words.nth(1).unwrap_or(last).to_owned();
            found.push(UseItem { path: [before, &[last.to_owned()]].concat(), name });
        }
    }
}

/// A path with `crate`, `self` and `super` resolved; one that begins with a crate's name stays as it is.
fn from_root(module: &str, path: &[String]) -> Vec<String> {
    let mut base: Vec<String> = match module {
        "lib" | "main" => Vec::new(),
        module => module.split("::").map(str::to_owned).collect(),
    };
    let mut rest = path;
    match path.first().map(String::as_str) {
        Some("crate") => {
            base.clear();
            rest = &path[1..];
        }
        Some("self") => rest = &path[1..],
        Some("super") => {
            while let [first, others @ ..] = rest
                && first == "super"
            {
                base.pop();
                rest = others;
            }
        }
        _ => return path.to_vec(),
    }
    base.extend_from_slice(rest);
    base
}

/// The files that each file imports, by module path. What a module re-exports counts as imported from where it is.
fn imports(sources: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeSet<String>> {
    let re_exports = re_exports(sources);
    let mut imports: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (module, code) in sources {
        for path in paths(code) {
            let target = file_of(resolved(module, &path, sources), sources, &re_exports);
            if !target.is_empty() && target != *module {
                imports.entry(module).or_default().insert(target);
            }
        }
    }
    imports
}

/// The file in which what a path names is declared; empty for another crate's.
fn file_of(
    mut path: Vec<String>,
    sources: &BTreeMap<String, String>,
    re_exports: &BTreeMap<&str, BTreeMap<String, Vec<String>>>,
) -> String {
    // A name that modules re-export from one another in a circle does not compile.
    loop {
        let depth = (1..=path.len()).rev().find(|depth| sources.contains_key(&path[..*depth].join("::")));
        let module = path[..depth.unwrap_or_default()].join("::");
        let next = path.get(depth.unwrap_or_default());
        let stands_for = next.and_then(|name| re_exports.get(module.as_str())?.get(name));
        match stands_for {
            Some(target) if *target != path => path = [&target[..], &path[depth.unwrap_or_default() + 1..]].concat(),
            _ => return module,
        }
    }
}

fn modules_import_only_earlier_modules() {
    let sources = sources();
    let place = |module: &str| ORDER.iter().position(|other| *other == module);
    let mut wrong = BTreeSet::new();
    for (module, targets) in imports(&sources) {
        let own = top(module);
        if matches!(own, "lib" | "main") {
            continue;
        }
        assert!(place(own).is_some(), "{own} is not in ORDER");
        let later =
            targets.iter().map(|target| top(target)).filter(|other| *other != own && place(other) >= place(own));
        wrong.extend(later.map(|other| format!("{module} imports {other}")));
    }
    assert_eq!(wrong, BTreeSet::new());
}

fn rendering_does_not_use_the_model() {
    let sources = sources();
    let imports = imports(&sources);
    assert!(imports.keys().any(|module| module.starts_with("render::")), "nothing was read");
    for (module, targets) in imports {
        if matches!(top(module), "render" | "report") {
            assert!(!targets.iter().any(|target| matches!(top(target), "model" | "ingest" | "check")), "{module}");
        }
    }
}

fn crates_are_used_where_they_belong() {
    let sources = sources();
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
    let manifest: toml::Table = toml::from_str(&manifest).expect("TOML");
    let mut dependencies: BTreeSet<String> = BTreeSet::new();
    let targets = manifest["target"].as_table().into_iter().flat_map(|targets| targets.values());
    for table in targets.chain([&manifest["dependencies"]]) {
        let names = table.get("dependencies").unwrap_or(table).as_table().expect("a table").keys();
        dependencies.extend(names.map(|name| name.replace('-', "_")));
    }
    let wrapped: BTreeMap<&str, &[&str]> = WRAPPED.iter().copied().collect();
    let listed: BTreeSet<String> = wrapped.keys().chain(GENERAL).map(|name| (*name).to_owned()).collect();
    assert_eq!(listed, dependencies, "every dependency is in one of the lists");
    for (module, code) in &sources {
        for (name, own) in &wrapped {
            let named = code
                .match_indices(&format!("{name}::"))
                .any(|(at, _)| !code[..at].ends_with(|sign: char| sign.is_alphanumeric() || "_:".contains(sign)));
            let is_own = own.iter().any(|own| module == own || module.starts_with(&format!("{own}::")));
            // A module of this program may have a crate's name.
            let is_child = sources.contains_key(&format!("{module}::{name}"));
            assert!(is_own || is_child || !named, "{module} uses {name}, which belongs to {own:?}");
        }
    }
}

fn no_two_files_import_each_other() {
    let sources = sources();
    let imports = imports(&sources);
    let mut pairs = BTreeSet::new();
    for (module, targets) in &imports {
        for target in targets {
            if *module < target.as_str() && imports.get(target.as_str()).is_some_and(|back| back.contains(*module)) {
                pairs.insert(format!("{module} and {target}"));
            }
        }
    }
    assert_eq!(pairs, BTreeSet::new());
}

fn every_file_of_tests_is_in_their_readme() {
    let readme = std::fs::read_to_string(root().join("tests/README.md")).expect("a file");
    let entries = std::fs::read_dir(root().join("tests/integration")).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name().display().to_string());
    let is_missing = |name: &String| !readme.contains(&format!("integration/{name}"));
    let missing: BTreeSet<String> = names.filter(|name| name != "main.rs").filter(is_missing).collect();
    assert_eq!(missing, BTreeSet::new());
}

fn only_the_command_line_prints_and_exits() {
    for (module, code) in sources() {
        if matches!(top(&module), "cli" | "main") {
            continue;
        }
        for call in ["print!(", "println!(", "eprint!(", "eprintln!(", "process::exit(", "dbg!("] {
            // A worker process that is not waited for ends in the middle of its work.
            let ends_worker = module == "sandbox::worker" && call == "process::exit(";
            assert!(ends_worker || !code.contains(call), "{module}: {call}");
        }
    }
}

/// `sandbox::start` starts those that open untrusted files; `zicha serve` starts its builds, which work in the user's
/// folders. The browser is started by the crate `open`.
fn worker_processes_are_started_in_one_place() {
    let starts = |code: &str| code.contains("Command::new(") || code.contains(".spawn()?");
    let sources = sources();
    let modules: Vec<&str> =
        sources.iter().filter(|(_, code)| starts(code)).map(|(module, _)| module.as_str()).collect();
    assert_eq!(modules, ["pipeline::build_worker", "sandbox"]);
}

/// Durations may be measured; what time it is and how the machine is set up may not enter the output.
fn stages_read_neither_clock_nor_environment() {
    for (module, code) in sources() {
        if matches!(top(&module), "cli" | "serve" | "main") {
            continue;
        }
        for call in ["SystemTime::now", "Zoned::now", "Timestamp::now", "env::var", "env::args", "current_dir("] {
            // The worker's working folder is set, not read.
            assert!(
                !code.contains(call) || call == "current_dir(" && code.contains(".current_dir("),
                "{module}: {call}"
            );
        }
    }
}
