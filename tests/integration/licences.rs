//! Licences of all dependencies.

use std::process::Command;

use crate::support::root;

crate::harness::tests! {
    with_tools: [
        every_crate_has_a_permissive_licence,
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

fn every_crate_has_a_permissive_licence() {
    // Offline, `cargo metadata` needs the crates of every platform, which `tests/run` fetches.
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 50);
    for package in packages {
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
