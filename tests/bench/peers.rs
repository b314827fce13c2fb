//! The peers, docxtpl and docxtemplater: each renders a template of the same report with precomputed content.
//! The content is taken from zicha's reports, sentence by sentence and row by row. The peers neither read ledgers
//! nor compute metrics, and write DOCX only.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Map, Value, json};

use crate::{Outcome, fresh};

/// Documents that a peer renders in a run.
pub(crate) const DOCUMENTS: usize = 200;
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/peers");

/// A library that renders DOCX templates, ready to be run.
pub(crate) struct Peer {
    /// Its name.
    pub name: &'static str,
    program: PathBuf,
    script: &'static str,
    /// Where its template and the content lie.
    folder: PathBuf,
    tools: PathBuf,
}

impl Peer {
    /// Both peers, with templates and content of the reports in `made`. `tools` is what `tests/bench/run` set up.
    ///
    /// # Errors
    /// When the reports are not alike or a template cannot be made.
    pub(crate) fn both(made: &Path, folder: &Path, tools: &Path) -> Outcome<[Self; 2]> {
        let reports = (0..DOCUMENTS).map(|at| read(made, at)).collect::<Outcome<Vec<_>>>()?;
        let outline = outline(reports.first().ok_or("没有报告")?);
        if let Some(other) = reports.iter().find(|report| self::outline(report) != outline) {
            return Err(format!("{}：与其他报告的结构不同", other.first().map_or("", |part| &part.head)).into());
        }
        let folder = fresh(folder)?;
        fs::write(folder.join("outline.json"), outline.to_string())?;
        let contexts: Vec<Value> = reports.iter().map(|report| context(report)).collect();
        fs::write(folder.join("contexts.json"), serde_json::to_vec(&contexts)?)?;
        let python = tools.join("venv/bin/python");
        let script = Path::new(SCRIPTS).join("template.py");
        let status = Command::new(&python).arg(script).arg(report(made, 0, "docx")).arg(&folder).status()?;
        if !status.success() {
            return Err(format!("template.py: {status}").into());
        }
        let peer = |name, program, script| Self { name, program, script, folder: folder.clone(), tools: tools.into() };
        Ok([peer("docxtpl", python, "docxtpl_peer.py"), peer("docxtemplater", "node".into(), "docxtemplater_peer.js")])
    }

    /// Renders all documents into `output` with so many processes, which begin together once all have started. Returns
    /// the seconds of the slowest, start-up not included.
    ///
    /// # Errors
    /// When one cannot be run or does not write its documents.
    pub(crate) fn run(&self, output: &Path, processes: usize) -> Outcome<f64> {
        let start = |at: usize| self.start(output, &format!("{at}/{processes}"));
        let mut started = (0..processes).map(start).collect::<Outcome<Vec<_>>>()?;
        for (_, output) in &mut started {
            line(output)?;
        }
        for (child, _) in &mut started {
            child.stdin.as_mut().ok_or("没有管道")?.write_all(b"go\n")?;
        }
        let mut slowest: f64 = 0.0;
        for (child, output) in &mut started {
            slowest = slowest.max(line(output)?.trim().parse()?);
            child.wait()?;
        }
        assert_eq!(fs::read_dir(output)?.count(), DOCUMENTS, "documents of {}", self.name);
        Ok(slowest)
    }

    fn start(&self, output: &Path, share: &str) -> Outcome<(Child, BufReader<ChildStdout>)> {
        let mut child = Command::new(&self.program)
            .arg(Path::new(SCRIPTS).join(self.script))
            .args([self.folder.join(format!("{}.docx", self.name)), self.folder.join("contexts.json"), output.into()])
            .arg(share)
            .env("NODE_PATH", std::path::absolute(self.tools.join("node_modules"))?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = BufReader::new(child.stdout.take().ok_or("没有管道")?);
        Ok((child, output))
    }
}

fn line(output: &mut BufReader<ChildStdout>) -> Outcome<String> {
    let mut line = String::new();
    if output.read_line(&mut line)? == 0 { Err("同类程序没有回答".into()) } else { Ok(line) }
}

/// A heading of a report with its contents.
#[derive(Default)]
struct Part {
    level: usize,
    head: String,
    before: Vec<String>,
    caption: String,
    /// The first row is the table's head.
    table: Vec<Vec<String>>,
    after: Vec<String>,
}

/// A branch's report in a format.
fn report(made: &Path, branch: usize, format: &str) -> PathBuf {
    made.join(format!("第{branch}学院党总支/第{branch}学院党总支-自查报告.{format}"))
}

fn read(made: &Path, branch: usize) -> Outcome<Vec<Part>> {
    Ok(parts(&fs::read_to_string(report(made, branch, "md"))?))
}

/// Parses a report's Markdown.
fn parts(markdown: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for line in markdown.lines().filter(|line| !line.is_empty()) {
        let text = line.trim_start_matches('#');
        let level = line.len() - text.len();
        if level > 0 {
            parts.push(Part { level, head: text.trim().to_owned(), ..Part::default() });
            continue;
        }
        let Some(part) = parts.last_mut() else { continue };
        match line.strip_prefix("| ") {
            Some(row) if row.starts_with(':') => {}
            Some(row) => {
                if part.table.is_empty() {
                    part.caption = part.before.pop().unwrap_or_default();
                }
                part.table.push(row.trim_end_matches(" |").split(" | ").map(str::to_owned).collect());
            }
            None if part.table.is_empty() => part.before.push(line.to_owned()),
            None => part.after.push(line.to_owned()),
        }
    }
    parts
}

/// What all reports have in common: the headings, captions and heads of tables. The title is each report's own.
fn outline(report: &[Part]) -> Value {
    let head = |part: &Part| if part.level == 1 { String::new() } else { part.head.clone() };
    let parts = report.iter().map(
        |part| json!({"level": part.level, "head": head(part), "caption": part.caption, "columns": part.table.first()}),
    );
    parts.collect()
}

/// What is one report's own: its title, and by the number of each part its paragraphs (`before0`, `after0`) and its
/// table's rows (`rows0`, cells `c0`, `c1`…).
fn context(report: &[Part]) -> Value {
    let mut context = Map::new();
    context.insert("title".to_owned(), json!(report.first().map(|part| &part.head)));
    for (at, part) in report.iter().enumerate() {
        let cells = |row: &Vec<String>| -> Value {
            let named = row.iter().enumerate().map(|(col, cell)| (format!("c{col}"), json!(cell)));
            Value::Object(named.collect())
        };
        context.insert(format!("before{at}"), json!(part.before));
        context.insert(format!("rows{at}"), part.table.iter().skip(1).map(cells).collect());
        context.insert(format!("after{at}"), json!(part.after));
    }
    Value::Object(context)
}
