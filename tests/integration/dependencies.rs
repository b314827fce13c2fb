//! What all dependencies promise: their licences, and the Rust that they need.

use std::process::Command;

use serde_json::Value;

use crate::support::root;

crate::harness::tests! {
    with_tools: [
        every_crate_has_a_permissive_licence,
        no_crate_needs_a_later_rust_than_is_promised,
    ]
}

/// Licences that an office may redistribute under.
const ALLOWED: [&str; 11] = [
    "ISC",
    "CC0-1.0",
    "MIT",
    "Apache-2.0",
    "Unlicense",
    "Zlib",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "Unicode-3.0",
    "0BSD",
    "MIT-0",
];

/// All packages of the lock file, on every platform, with what their manifests state; this one is among them.
fn packages() -> Vec<Value> {
    // Offline, `cargo metadata` needs the crates of every platform, which `tests/run` fetches.
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages").clone();
    assert!(packages.len() > 50);
    packages
}

fn every_crate_has_a_permissive_licence() {
    for package in packages() {
        let licence = package["license"].as_str().unwrap_or_default();
        let choices = licence.split(" OR ").flat_map(|choice| choice.split('/'));
        let fine = |choice: &str| {
            choice
                .split(" AND ")
                .all(|l| ALLOWED.contains(&l.trim().trim_matches(['(', ')']).split(" WITH ").next().unwrap_or(l)))
        };
        assert!(choices.into_iter().any(fine), "{}: {licence:?}", package["name"]);
    }
}

/// What this cannot see: crates that state no version, about a quarter. CI builds with the promised version; clippy
/// looks through zicha's own calls of the standard library (`incompatible_msrv`).
fn no_crate_needs_a_later_rust_than_is_promised() {
    let version = |package: &Value| -> Option<[u32; 3]> {
        let mut parts = package["rust_version"].as_str()?.split('.').map(|part| part.parse().expect("a number"));
        Some([(); 3].map(|()| parts.next().unwrap_or(0)))
    };
    let packages = packages();
    let own = packages.iter().find(|package| package["name"] == "zicha").expect("this package");
    let promised = version(own).expect("rust-version in Cargo.toml");
    for package in &packages {
        assert!(version(package) <= Some(promised), "{} {}", package["name"], package["rust_version"]);
    }
}
