//! Reading against the floor: a workbook of 1,000 branches' rows read as zicha reads it (another process, sparse
//! store, sent back), and the same cells merely walked by calamine. Prints medians and their ratio.
//!
//! `cargo bench --bench read`, after `cargo build --release`.

mod ledgers;
mod walk;

use std::time::{Duration, Instant};

use zicha::ingest::{Limits, Readers};
use zicha::store::sha256;

/// Runs of each, in turn.
const RUNS: usize = 9;
/// Branches, and rows of each.
const SIZE: (usize, usize) = (1_000, 50);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tasks = ledgers::DEPARTMENT.iter().find(|ledger| ledger.name == "任务分解").ok_or("没有任务分解")?;
    let bytes = ledgers::Ledger { rows: SIZE.1, ..*tasks }.workbook(0..SIZE.0)?;
    println!("{} 个党组织，每个 {} 行；工作簿 {:.1} MB", SIZE.0, SIZE.1, bytes.len() as f64 / 1e6);
    let limits =
        Limits { file: 1 << 30, unpacked: 1 << 30, memory: 1 << 30, seconds: 60, cells: 5_000_000, text: 1 << 28 };
    let program = std::env::var_os("ZICHA").map_or_else(|| "target/release/zicha".into(), std::path::PathBuf::from);
    let readers = Readers::new(program, limits);
    let digest = sha256(&bytes);
    let (mut floor, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        floor.push(timed(|| walk::cells(&bytes)));
        ours.push(timed(|| {
            let sheets = readers.read(&bytes, &digest).unwrap_or_default();
            sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.cells.len()).sum()
        }));
    }
    let (floor, ours) = (median(floor), median(ours));
    println!(
        "calamine 走一遍：{floor:.2?}；zicha 读取：{ours:.2?}；比值 {:.2}",
        ours.as_secs_f64() / floor.as_secs_f64()
    );
    Ok(())
}

fn timed(act: impl FnOnce() -> usize) -> Duration {
    let started = Instant::now();
    let cells = act();
    assert!(cells > SIZE.0 * SIZE.1, "{cells} cells");
    started.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
