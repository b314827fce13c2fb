//! Reading against the floor: a workbook of 1,000 branches' rows read as zicha reads it (another process, sparse
//! store, sent back), and the same cells merely walked by calamine. Prints medians and their ratio.
//!
//! `cargo bench --bench read`, after `cargo build --release`.

use std::io::Cursor;
use std::time::{Duration, Instant};

use calamine::{Reader, Xlsx};
use zicha::ingest::{Limits, Readers};

/// Runs of each, in turn.
const RUNS: usize = 9;
/// Branches, and rows of each.
const SIZE: (usize, usize) = (1_000, 50);

fn main() {
    let bytes = workbook();
    println!("{} 个党组织，每个 {} 行；工作簿 {:.1} MB", SIZE.0, SIZE.1, bytes.len() as f64 / 1e6);
    let limits =
        Limits { file: 1 << 30, unpacked: 1 << 30, memory: 1 << 30, seconds: 60, cells: 5_000_000, text: 1 << 28 };
    let program = std::env::var_os("ZICHA").map_or_else(|| "target/release/zicha".into(), std::path::PathBuf::from);
    let readers = Readers::new(program, limits);
    let (mut floor, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        floor.push(timed(|| walk(&bytes)));
        ours.push(timed(|| {
            let sheets = readers.read(&bytes).unwrap_or_default();
            sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.cells.len()).sum()
        }));
    }
    let (floor, ours) = (median(floor), median(ours));
    println!(
        "calamine 走一遍：{floor:.2?}；zicha 读取：{ours:.2?}；比值 {:.2}",
        ours.as_secs_f64() / floor.as_secs_f64()
    );
}

/// Walks every cell and forgets it.
fn walk(bytes: &[u8]) -> usize {
    let Ok(mut book) = Xlsx::new(Cursor::new(bytes)) else { return 0 };
    let mut cells = 0;
    for name in book.sheet_names() {
        let Ok(mut reader) = book.worksheet_cells_reader(&name) else { continue };
        while let Ok(Some(_)) = reader.next_cell() {
            cells += 1;
        }
    }
    cells
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

/// A ledger like the shipped ones: names, words, dates, rates.
fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let head = ["党组织", "任务名称", "责任人", "时间节点", "进度", "状态"];
    for (col, text) in (0..).zip(head) {
        let _ = sheet.write(0, col, text);
    }
    for row in 1..=(SIZE.0 * SIZE.1) as u32 {
        let branch = (row as usize - 1) / SIZE.1;
        let texts = [format!("第{branch}党支部"), format!("任务{row}"), format!("负责人{}", row % 977)];
        for (col, text) in (0..).zip(texts) {
            let _ = sheet.write(row, col, text);
        }
        let _ = sheet.write(row, 3, format!("2018-{:02}-{:02}", row % 12 + 1, row % 28 + 1));
        let _ = sheet.write(row, 4, f64::from(row % 100) / 100.0);
        let _ = sheet.write(row, 5, ["已完成", "推进中", "未启动"][row as usize % 3]);
    }
    book.save_to_buffer().unwrap_or_default()
}
