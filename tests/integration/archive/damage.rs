//! Damaged packages: flipped bits, missing and added files.

use std::path::Path;

use zicha::archive::verify::verify;

use super::{BRANCHES, code, package, project, rehash, unsigned, wrong};
use crate::support::{NOTICE, Project, bagit, files};

crate::harness::tests! {
    alone: [
        one_wrong_bit_in_any_file_is_found,
        one_wrong_bit_in_any_file_of_a_departments_package_with_sm3_is_found,
        one_wrong_bit_in_a_file_that_no_manifest_lists_is_found,
        one_wrong_bit_in_a_zip_and_a_truncated_zip_are_found,
        removed_renamed_and_added_files_are_named,
        metadata_is_validated_even_when_all_hashes_match,
        two_packages_with_one_number_are_found,
        a_tag_manifest_that_lost_lines_or_is_empty_is_damage,
        a_changed_package_with_recomputed_hashes_is_found_by_the_register,
        packages_are_verified_against_a_signed_seal_list_kept_elsewhere,
    ]
    with_tools: [bags_written_by_bagit_py_are_verified]
}

/// A signed package.
fn sealed(zip: bool) -> (Project, std::path::PathBuf) {
    let project = project();
    let keys = ::minisign::KeyPair::generate_unencrypted_keypair().expect("a pair");
    let secret = keys.sk.to_box(None).expect("a box").into_string();
    let scan = format!("signed/{}.jpg", code(&project, 0));
    let project = project.file("keys/a.key", secret.as_bytes()).file(&scan, b"\xff\xd8\xff");
    let more = ["--branch", BRANCHES[0], "--sign", "keys/a.key", "--zip"];
    unsigned(&project, if zip { &more } else { &more[..4] });
    let bag = package(&project, 1);
    let bag = if zip {
        bag.with_file_name(format!("{}.zip", bag.file_name().expect("a name").to_string_lossy()))
    } else {
        bag
    };
    assert_eq!(wrong(&bag), [""; 0]);
    (project, bag)
}

/// Bits to flip: the first, the last, and others evenly spread.
fn places(bits: usize, most: usize) -> impl Iterator<Item = usize> {
    let step = (bits / most).max(1);
    // An odd step reaches every bit position of a byte.
    (0..bits).step_by(step | 1).chain([bits - 1])
}

/// Flips about `most` bits of each file of a package, one after the other, each of which must be found; how many.
fn flip_bits(bag: &Path, most: usize) -> usize {
    let mut flips = 0;
    for (name, bytes) in &files(bag) {
        let path = bag.join(name);
        for bit in places(bytes.len() * 8, most) {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &damaged).expect("a damaged file");
            let findings = verify(bag).findings;
            assert!(!findings.is_empty(), "{name} bit {bit}");
            let named = findings.iter().any(|finding| finding.message.contains(name.as_str()));
            assert!(
                named || name.starts_with("tagmanifest-") || name.ends_with(".txt"),
                "{name} bit {bit}: {findings:?}"
            );
            flips += 1;
        }
        std::fs::write(&path, bytes).expect("the file");
    }
    assert_eq!(wrong(bag), [""; 0]);
    flips
}

fn one_wrong_bit_in_any_file_is_found() {
    let (_project, bag) = sealed(false);
    let flips = flip_bits(&bag, 40);
    assert!(flips > 900, "{flips}");
}

fn one_wrong_bit_in_any_file_of_a_departments_package_with_sm3_is_found() {
    let settings = format!("{NOTICE}/notice.toml");
    let project = Project::ready(&BRANCHES)
        .edit(&settings, "scope      = \"branch\"", "scope      = \"department\"")
        .edit(&settings, "sm3        = false", "sm3        = true");
    assert_eq!(project.zicha(&["build", "--final", "--quiet"]).code, 0);
    unsigned(&project, &[]);
    let bag = package(&project, 1);
    assert!(bag.join("tagmanifest-sm3.txt").exists() && bag.join("data/reports/乙党支部").exists());
    let flips = flip_bits(&bag, 4);
    assert!(flips > 100, "{flips}");
}

fn one_wrong_bit_in_a_file_that_no_manifest_lists_is_found() {
    let (_project, bag) = sealed(false);
    for name in ["tagmanifest-sha256.txt.minisig", "bagit.txt"] {
        let bytes = std::fs::read(bag.join(name)).expect("a file");
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(bag.join(name), &damaged).expect("a damaged file");
            assert_ne!(wrong(&bag), [""; 0], "{name} bit {bit}");
        }
        std::fs::write(bag.join(name), bytes).expect("the file");
    }
    // Upper case is the same number, but still a flipped bit.
    let name = bag.join("tagmanifest-sha512.txt");
    let text = std::fs::read_to_string(&name).expect("a manifest");
    for at in (0..text.len()).filter(|at| text.as_bytes()[*at].is_ascii_alphabetic()).step_by(7) {
        let mut damaged = text.clone().into_bytes();
        damaged[at] ^= 0x20;
        std::fs::write(&name, &damaged).expect("a damaged file");
        assert_ne!(wrong(&bag), [""; 0], "{at}");
    }
}

fn one_wrong_bit_in_a_zip_and_a_truncated_zip_are_found() {
    let (_project, zip) = sealed(true);
    let bytes = std::fs::read(&zip).expect("a zip");
    let mut flips = 0;
    // Every bit of the directory at the end, and others evenly spread.
    let tail = bytes.len().saturating_sub(6_000) * 8;
    for bit in places(tail, 250).chain((tail..bytes.len() * 8).step_by(97)) {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&zip, &damaged).expect("a damaged zip");
        assert_ne!(wrong(&zip), [""; 0], "bit {bit} of {}", bytes.len() * 8);
        flips += 1;
    }
    assert!(flips > 400, "{flips}");
    for length in (0..bytes.len()).step_by(bytes.len() / 60).chain([bytes.len() - 1]) {
        std::fs::write(&zip, &bytes[..length]).expect("a short zip");
        assert_eq!(wrong(&zip), ["Z421"], "{length} bytes");
    }
    std::fs::write(&zip, [&bytes[..], b"x"].concat()).expect("a long zip");
    assert_ne!(wrong(&zip), [""; 0]);
}

fn removed_renamed_and_added_files_are_named() {
    let (_project, bag) = sealed(false);
    let said = |bag: &Path| verify(bag).findings.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>();
    for (name, bytes) in files(&bag) {
        let (path, other) = (bag.join(&name), bag.join(format!("{name}2")));
        std::fs::remove_file(&path).expect("removed");
        let told = said(&bag);
        assert!(told.iter().any(|message| message.contains(&name)), "{name} removed: {told:?}");
        std::fs::write(&other, &bytes).expect("renamed");
        let told = said(&bag);
        assert!(told.contains(&format!("多出 {name}2")), "{name} renamed: {told:?}");
        std::fs::write(&path, &bytes).expect("the file");
        assert_eq!(said(&bag), [format!("多出 {name}2")]);
        std::fs::remove_file(&other).expect("removed");
    }
    for extra in ["x", "data/x", "data/signed/第2页.jpg", "tagmanifest-md5.txt", "data/.hidden"] {
        std::fs::write(bag.join(extra), b"x").expect("a file");
        assert_eq!(said(&bag), [format!("多出 {extra}")]);
        std::fs::remove_file(bag.join(extra)).expect("removed");
    }
}

fn metadata_is_validated_even_when_all_hashes_match() {
    let project = project();
    unsigned(&project, &["--branch", BRANCHES[0]]);
    let bag = package(&project, 1);
    let path = bag.join("metadata.xml");
    let text = std::fs::read_to_string(&path).expect("metadata");
    for (from, to) in [
        ("<年度>2018</年度>", "<年度>2019</年度>"),
        ("<保管期限>D30</保管期限>", "<保管期限>D40</保管期限>"),
        ("<日期>20181102</日期>", "<日期>20181302</日期>"),
        ("<份号 著录=\"未著录\"/>", "<份号/>"),
        ("<份号 著录=\"未著录\"/>", "<份号 著录=\"未著录\">1</份号>"),
        ("<份号 著录=\"未著录\"/>", ""),
        ("<公文标识>2", "<公文标识>3"),
        ("<签字件>无</签字件>", "<签字件 著录=\"未著录\"/>"),
        ("签字件=\"无\"", "签字件=\"有（核对码相符）\""),
        ("data/reports/甲党支部", "data/reports/../甲党支部"),
        ("<成文日期>2018-11-02", "<成文日期>2018年11月2日"),
        ("ZZB-0001</档号>", "ZZB-0002</档号>"),
        ("</归档包>", "</归档包"),
    ] {
        assert!(text.contains(from), "{from}");
        std::fs::write(&path, text.replacen(from, to, 1)).expect("metadata");
        rehash(&bag);
        assert_eq!(wrong(&bag), ["Z425"], "{to}");
    }
    std::fs::write(&path, &text).expect("metadata");
    rehash(&bag);
    assert_eq!(wrong(&bag), [""; 0]);
}

fn two_packages_with_one_number_are_found() {
    let project = project();
    unsigned(&project, &[]);
    crate::support::copy(&package(&project, 1), &project.path("elsewhere/Z109-WS·2018-D30-ZZB-0001"));
    let names = [
        "archive/Z109-WS·2018-D30-ZZB-0001",
        "archive/Z109-WS·2018-D30-ZZB-0002",
        "elsewhere/Z109-WS·2018-D30-ZZB-0001",
    ];
    let run = project.zicha(&[&["verify", "--json"], &names[..]].concat());
    let told: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!((run.code, &told["findings"][0]["code"]), (1, &"Z426".into()), "{told:#}");
    assert_eq!(told["packages"].as_array().map(Vec::len), Some(3));
    let run = project.zicha(&["verify", names[0], names[1], "archive/登记册.jsonl"]);
    assert!(run.code == 0 && run.stdout.contains("归档包 2 个，完好 2 个，问题 0 项"), "{}", run.all());
    assert_eq!(project.zicha(&["verify", "没有"]).code, 2);
}

fn bags_written_by_bagit_py_are_verified() {
    let project = Project::new().file("bag/甲 乙/a%.txt", b"text").file("bag/b.csv", "党组织\n".as_bytes());
    let bag = project.path("bag");
    bagit(&["--sha256", "--sha512"], &bag);
    assert_eq!(wrong(&bag), [""; 0]);
    std::fs::write(bag.join("data/b.csv"), b"other!!!!\n").expect("a file");
    assert_eq!(wrong(&bag), ["Z422"]);
    std::fs::remove_file(bag.join("data/b.csv")).expect("removed");
    assert!(wrong(&bag).contains(&"Z423"));
    let only_md5 = Project::new().file("bag/a", b"x");
    bagit(&["--md5"], &only_md5.path("bag"));
    assert_eq!(wrong(&only_md5.path("bag")), ["Z421"], "what cannot be relied on is not passed over");
}

fn a_tag_manifest_that_lost_lines_or_is_empty_is_damage() {
    let (_project, bag) = sealed(false);
    for name in ["tagmanifest-sha256.txt", "tagmanifest-sha512.txt"] {
        let path = bag.join(name);
        // Unsigned, so that the signature does not find it.
        let signature = bag.join("tagmanifest-sha256.txt.minisig");
        let key = bag.join("minisign.pub");
        let kept = [&signature, &key].map(|file| std::fs::read(file).expect("a file"));
        std::fs::remove_file(&signature).and_then(|()| std::fs::remove_file(&key)).expect("removed");
        rehash(&bag);
        assert_eq!(wrong(&bag), [""; 0]);
        let text_without_key = std::fs::read_to_string(&path).expect("a manifest");
        for lost in text_without_key.lines() {
            std::fs::write(&path, text_without_key.replacen(&format!("{lost}\n"), "", 1)).expect("a manifest");
            let (_, listed) = lost.split_once("  ").expect("a line");
            let told = verify(&bag).findings;
            assert!(told.iter().any(|finding| finding.message == format!("{name} 没有列出 {listed}")), "{told:?}");
        }
        std::fs::write(&path, "").expect("an empty manifest");
        assert_eq!(wrong(&bag), ["Z422"], "{name}");
        std::fs::write(&signature, &kept[0]).and_then(|()| std::fs::write(&key, &kept[1])).expect("restored");
        rehash(&bag);
        assert_eq!(wrong(&bag), [""; 0]);
    }
    // Of bags of other programs, all payload manifests must be listed.
    let other = Project::new()
        .file("bag/bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        .file("bag/data/a", b"x")
        .file("bag/manifest-sha256.txt", b"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881  data/a\n");
    assert_eq!(wrong(&other.path("bag")), [""; 0]);
    let other = other.file("bag/tagmanifest-sha256.txt", b"");
    assert_eq!(wrong(&other.path("bag")), ["Z422"]);
}

/// Changes a ledger in a package and recomputes everything that the package says about its files.
fn forge(bag: &Path) {
    let ledger = bag.join("data/ledgers/干部在线学习.csv");
    let text = std::fs::read_to_string(&ledger).expect("a ledger");
    // A digit, so that no length changes.
    std::fs::write(&ledger, text.replacen("50", "59", 1)).expect("a ledger");
    rehash(bag);
    assert_eq!(wrong(bag), [""; 0], "by itself it is sound");
}

fn a_changed_package_with_recomputed_hashes_is_found_by_the_register() {
    let project = project();
    unsigned(&project, &[]);
    unsigned(&project, &["--zip"]);
    let names = ["archive/Z109-WS·2018-D30-ZZB-0001", "archive/Z109-WS·2018-D30-ZZB-0002"];
    let told = |names: &[&str]| project.zicha(&[&["verify"], names].concat());
    assert_eq!(told(&names).code, 0, "{}", told(&names).all());
    forge(&package(&project, 1));
    let run = told(&names);
    let expected =
        "Z109-WS·2018-D30-ZZB-0001\n  错误[Z429] Z109-WS·2018-D30-ZZB-0001 的封存值与登记册里的不同，封存后改过";
    assert!(run.code == 1 && run.stdout.contains(expected), "{}", run.all());
    assert!(run.stdout.contains("归档包 2 个，完好 1 个，问题 1 项"), "{}", run.all());
    // The register is at hand only when it is beside the package or named.
    crate::support::copy(&package(&project, 1), &project.path(&format!("elsewhere/{}", &names[0][8..])));
    let elsewhere = format!("elsewhere/{}", &names[0][8..]);
    let run = told(&[&elsewhere]);
    assert!(run.code == 0 && run.stdout.contains("没有对照：改了内容又重算过校验值的"), "{}", run.all());
    let run = told(&[&elsewhere, "archive/登记册.jsonl"]);
    assert!(run.code == 1 && run.stdout.contains("[Z429]"), "{}", run.all());
    // A package without a line, a line that is half written, a register that is damaged: verifying changes none.
    let register = project.read("archive/登记册.jsonl");
    let (first, rest) = register.split_once('\n').expect("lines");
    let project = project.file("archive/登记册.jsonl", format!("{rest}{}", &first[..20]).as_bytes());
    let run = project.zicha(&["verify", names[0]]);
    assert!(run.code == 1 && run.stdout.contains("登记册里没有 Z109-WS·2018-D30-ZZB-0001"), "{}", run.all());
    assert_eq!(project.zicha(&["verify", names[1]]).code, 0);
    assert_eq!(project.read("archive/登记册.jsonl"), format!("{rest}{}", &first[..20]));
    let project = project.file("archive/登记册.jsonl", b"{}\n");
    let run = project.zicha(&["verify", names[1]]);
    assert!(run.code == 1 && run.stdout.contains("登记册.jsonl 第1行不是登记的内容"), "{}", run.all());
}

fn packages_are_verified_against_a_signed_seal_list_kept_elsewhere() {
    let project = project();
    let keys = [(); 2].map(|()| ::minisign::KeyPair::generate_unencrypted_keypair().expect("a pair"));
    let [own, other] = &keys;
    let secret = own.sk.to_box(None).expect("a box").into_string();
    let public = |pair: &::minisign::KeyPair| pair.pk.to_box().expect("a box").into_string();
    let project = project
        .file("keys/a.key", secret.as_bytes())
        .file("keys/a.pub", public(own).as_bytes())
        .file("keys/b.pub", public(other).as_bytes());
    unsigned(&project, &["--sign", "keys/a.key"]);
    let list = project.read("archive/封存清单.txt");
    let seal = files(&package(&project, 1)).into_iter().find(|(name, _)| name == "tagmanifest-sha256.txt");
    let seal = zicha::store::sha256(&seal.expect("a manifest").1);
    let line = format!("# 甲党支部，张三 2018-11-05 封装\n{seal}  Z109-WS·2018-D30-ZZB-0001/tagmanifest-sha256.txt\n");
    assert!(list.contains(&line), "{list}");
    let signature = project.read("archive/封存清单.txt.minisig");
    let project =
        project.file("safe/封存清单.txt", list.as_bytes()).file("safe/封存清单.txt.minisig", signature.as_bytes());
    let all = std::fs::read_dir(project.path("archive")).expect("packages");
    let all: Vec<String> = all.map(|entry| entry.expect("an entry").path().display().to_string()).collect();
    let verify = |paths: &[String], more: &[&str]| {
        let paths: Vec<&str> = paths.iter().map(String::as_str).filter(|path| !path.contains(".zicha")).collect();
        project.zicha(&[&["verify", "--seals", "safe/封存清单.txt"], more, &paths].concat())
    };
    let run = verify(&all, &["--key", "keys/a.pub"]);
    assert!(run.code == 0 && run.stdout.contains("归档包 3 个，完好 3 个，问题 0 项"), "{}", run.all());
    let run = verify(&all, &["--key", "keys/b.pub"]);
    assert!(run.stdout.contains("封存清单.txt.minisig 与清单或公钥对不上"), "{}", run.all());
    let run = verify(&all[..0], &["archive/Z109-WS·2018-D30-ZZB-0001"]);
    assert!(run.code == 1 && run.stdout.contains("[Z430] 没有给出 Z109-WS·2018-D30-ZZB-0002"), "{}", run.all());
    // Whoever changes a package can change the register and the list beside it as well.
    std::fs::remove_file(package(&project, 1).join("tagmanifest-sha256.txt.minisig")).expect("removed");
    std::fs::remove_file(package(&project, 1).join("minisign.pub")).expect("removed");
    forge(&package(&project, 1));
    let hash = |name: &str| {
        zicha::store::sha256(&std::fs::read(package(&project, 1).join(name)).expect("a manifest")).to_string()
    };
    let [payload, forged] = ["manifest-sha256.txt", "tagmanifest-sha256.txt"].map(hash);
    let register = project.read("archive/登记册.jsonl");
    let first: serde_json::Value = serde_json::from_str(register.lines().next().expect("a row")).expect("a row");
    let register = register.replace(first["payload"].as_str().expect("a hash"), &payload);
    for (name, text) in [("登记册.jsonl", register), ("封存清单.txt", list.clone())] {
        std::fs::write(project.path(&format!("archive/{name}")), text.replace(&seal.to_string(), &forged))
            .expect("a record");
    }
    assert_eq!(project.zicha(&["verify", "archive/Z109-WS·2018-D30-ZZB-0001"]).code, 0);
    let run = verify(&all, &[]);
    assert!(run.code == 1 && run.stdout.contains("的封存值与封存清单上的不同，封存后改过"), "{}", run.all());
    assert!(run.stdout.contains("归档包 3 个，完好 2 个，问题 1 项"), "{}", run.all());
    let run = project.zicha(&["verify", "--seals", "keys/a.pub", "archive/Z109-WS·2018-D30-ZZB-0002"]);
    assert!(run.code == 2 && run.stderr.contains("a.pub 第1行不是封存清单的内容"), "{}", run.all());
    // Archived without a key, another list has no signature of that one.
    let scan = format!("signed/{}.jpg", code(&project, 1));
    let project = project.file(&scan, b"\xff\xd8\xff");
    unsigned(&project, &[]);
    assert!(!project.path("archive/封存清单.txt.minisig").exists() && project.path("archive/封存清单.txt").exists());
}
