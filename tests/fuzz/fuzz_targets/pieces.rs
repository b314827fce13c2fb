//! A template, a piece that it includes and settings that others are based on: loaded or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| zicha::fuzzing::pieces(text));
