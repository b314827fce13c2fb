//! Compares reading with a lower bound: a workbook with the rows of 1,000 branches is read as zicha reads it (in a
//! worker process, into sparse rows, sent back), and its cells are walked by calamine. Prints the medians, in seconds,
//! and the median of the ratios of all rounds.
//!
//! `cargo bench --profile dist --bench read`.

#![allow(clippy::print_stdout, reason = "a bench prints its results")]

mod ledgers;
mod walk;

use std::path::PathBuf;
use std::time::Instant;

use zicha::ingest::{ReadLimits, Readers};
use zicha::store::sha256;

/// Rounds.
const RUNS: usize = 9;
/// Branches, and rows of each.
const SIZE: (usize, usize) = (1_000, 50);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tasks = ledgers::DEPARTMENT.iter().find(|ledger| ledger.name == "任务分解").ok_or("没有任务分解")?;
    let bytes = ledgers::Ledger { rows: SIZE.1, ..*tasks }.workbook(0..SIZE.0)?;
    println!("{} 个党组织，每个 {} 行；工作簿 {:.1} MB", SIZE.0, SIZE.1, bytes.len() as f64 / 1e6);
    let limits =
        ReadLimits { file: 1 << 30, unpacked: 1 << 30, memory: 1 << 30, seconds: 60, cells: 5_000_000, text: 1 << 28 };
    let program = std::env::var_os("ZICHA").map_or_else(|| env!("CARGO_BIN_EXE_zicha").into(), PathBuf::from);
    let readers = Readers::new(program, limits);
    let digest = sha256(&bytes);
    let (mut floor, mut ours, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let walked = timed(|| walk::cells(&bytes));
        let read = timed(|| {
            let sheets = readers.read(&bytes, &digest).unwrap_or_default();
            sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.cells.len()).sum()
        });
        floor.push(walked);
        ours.push(read);
        ratios.push(read / walked);
    }
    println!(
        "calamine 走一遍：{:.3} 秒；zicha 读取：{:.3} 秒；每轮之比的中位数 {:.2}",
        median(floor),
        median(ours),
        median(ratios)
    );
    Ok(())
}

fn timed(act: impl FnOnce() -> usize) -> f64 {
    let started = Instant::now();
    let cells = act();
    assert!(cells > SIZE.0 * SIZE.1, "{cells} cells");
    started.elapsed().as_secs_f64()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
