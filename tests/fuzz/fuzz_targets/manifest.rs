//! A file that a run leaves for the next or that lists a package (`zicha::fuzzing::MANIFESTS`): read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| zicha::fuzzing::manifest(input.0, input.1));
