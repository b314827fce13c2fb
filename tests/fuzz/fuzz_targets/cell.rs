//! A cell's text in a column of every type gives a value or a finding, never a panic.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use zicha::ingest::{RawCell, ReadContext, read_cell};
use zicha::notice::Ledger;

static LEDGER: LazyLock<Ledger> = LazyLock::new(|| {
    let kinds = ["branch", "serial", "text", "integer", "decimal", "percent", "date", "flag"];
    let columns: String = kinds.iter().map(|kind| format!("{kind} = {{ header = [\"{kind}\"], type = \"{kind}\", unit = \"学时\" }}\n")).collect();
    toml::from_str(&format!("title = \"t\"\n[columns]\n{columns}")).expect("a ledger")
});

fuzz_target!(|input: (&str, f64, bool)| {
    let (text, number, flag) = input;
    let context = ReadContext { percents: flag, ..ReadContext::new(2018, flag) };
    for column in LEDGER.columns.values() {
        let _ = read_cell(Some(&RawCell::Text(text.into())), column, context);
        let _ = read_cell(Some(&RawCell::Number(number.into())), column, context);
    }
});
