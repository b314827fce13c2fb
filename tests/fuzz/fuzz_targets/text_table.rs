//! Reading arbitrary bytes: text tables, web pages, anything.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zicha::ingest::{ReadLimits, open};

const LIMITS: ReadLimits = ReadLimits { file: 1 << 20, unpacked: 1 << 20, memory: 1 << 30, seconds: 5, cells: 10_000, text: 1 << 20 };

fuzz_target!(|bytes: &[u8]| {
    if !bytes.starts_with(b"PK") && !bytes.starts_with(&[0xd0, 0xcf]) {
        let _ = open(bytes, &LIMITS);
    }
});
