//! Times PDF reports beside LibreOffice's conversion of the same DOCX, on one core, in one run: milliseconds and
//! kilobytes a report of the sample notice. Exits 1 when LibreOffice takes less than 40 times as long, or a report has
//! more than 300 kB on average. Needs LibreOffice, and fonts in the folder that `ZICHA_FONTS` names.
//!
//! `ZICHA_FONTS=target/test-tools/fonts cargo bench --profile dist --bench pdf`.

#![allow(clippy::print_stdout, reason = "a bench prints its results")]

mod limits;
mod machine;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use limits::Limits;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Builds of each kind; the fastest counts.
const ROUNDS: usize = 5;

fn main() -> Outcome<ExitCode> {
    println!("{}", machine::sentence());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = std::env::var_os("ZICHA").map_or_else(|| env!("CARGO_BIN_EXE_zicha").into(), PathBuf::from);
    let space = tempfile::tempdir_in(machine::memory_folder())?;
    let build = |formats: &str, output: &str| -> Outcome<f64> {
        let mut command = Command::new(&program);
        command
            .args(["build", "--quiet", "--format", formats, "--notice"])
            .arg(root.join("templates/2018-grassroots/notice.toml"))
            .arg("--input")
            .arg(root.join("input"))
            .arg("--output")
            .arg(space.path().join(output))
            .env("RAYON_NUM_THREADS", "1")
            .stdout(Stdio::null());
        let begun = Instant::now();
        if !command.status()?.success() {
            return Err("zicha build did not succeed".into());
        }
        Ok(begun.elapsed().as_secs_f64() * 1000.0)
    };
    build("docx", "docx")?;
    let (mut without, mut with) = (f64::MAX, f64::MAX);
    for round in 0..ROUNDS {
        without = without.min(build("md", &format!("md-{round}"))?);
        with = with.min(build("md,pdf", &format!("pdf-{round}"))?);
    }
    let documents = files(&space.path().join("docx"), "docx")?;
    let reports = documents.len() as f64;
    let own = (with - without) / reports;
    let begun = Instant::now();
    let mut office = Command::new("soffice");
    office
        .arg(format!("-env:UserInstallation=file://{}", space.path().join("profile").display()))
        .args(["--headless", "--convert-to", "pdf", "--outdir"])
        .arg(space.path().join("office"))
        .args(&documents)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if !office.status()?.success() {
        return Err("LibreOffice did not succeed".into());
    }
    let office = begun.elapsed().as_secs_f64() * 1000.0 / reports;
    let printed: Vec<Vec<u8>> =
        files(&space.path().join("pdf-0"), "pdf")?.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    let pages = printed.iter().map(|pdf| pages(pdf)).sum::<Option<f64>>().ok_or("no number of pages")? / reports;
    println!(
        "每份报告（{reports} 份，平均 {pages:.1} 页）：PDF {own:.1} 毫秒，每页 {:.2}；LibreOffice 转换 {office:.1} 毫秒（含启动），{:.0} 倍",
        own / pages,
        office / own
    );
    let sizes: Vec<f64> = printed.iter().map(|pdf| pdf.len() as f64 / 1000.0).collect();
    let (mean, largest) = (sizes.iter().sum::<f64>() / reports, sizes.iter().copied().fold(0.0, f64::max));
    println!("每份报告平均 {mean:.0} kB，最大 {largest:.0} kB");
    let mut limits = Limits::default();
    limits.at_most("PDF 的时间，以 LibreOffice 的四十分之一为 1", own * 40.0 / office, 1.0);
    limits.at_most("每份报告平均 kB", mean, 300.0);
    Ok(limits.exit_code())
}

/// The pages of a PDF, as its metadata say.
fn pages(pdf: &[u8]) -> Option<f64> {
    let text = String::from_utf8_lossy(pdf);
    let (_, behind) = text.split_once("<xmpTPg:NPages>")?;
    behind.split_once('<')?.0.parse().ok()
}

/// The files of an output folder with that extension.
fn files(output: &Path, extension: &str) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(output)? {
        let folder = folder?.path();
        if folder.is_dir() {
            for file in std::fs::read_dir(folder)? {
                let file = file?.path();
                found.extend(file.extension().is_some_and(|own| own == extension).then_some(file));
            }
        }
    }
    found.sort();
    Ok(found)
}
