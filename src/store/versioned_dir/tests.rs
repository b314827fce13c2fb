use std::io::Write;
use std::path::Path;

use super::{ChangeKind, ChangeOrigin, FolderChange, VersionedDir, VersionedDirError, append_json_line};

fn put(dir: &VersionedDir, name: &str, bytes: &[u8]) -> Option<u64> {
    let mut file = dir.receive().unwrap();
    file.write_all(bytes).unwrap();
    dir.put(file, name, None, "now").unwrap().map(|change| change.number)
}

fn read(root: &Path, name: &str) -> Option<String> {
    std::fs::read_to_string(root.join(name)).ok()
}

#[test]
fn replaced_and_removed_contents_are_restored() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("input");
    let dir = VersionedDir::open(&root).unwrap();
    assert!(VersionedDir::open(&root).is_err(), "one program at a time");
    assert_eq!(put(&dir, "甲/a.csv", b"1"), Some(1));
    assert_eq!(put(&dir, "甲/a.csv", b"1"), None);
    assert_eq!(put(&dir, "甲/a.csv", b"2"), Some(2));
    assert!(matches!(dir.undo(1, "now"), Err(VersionedDirError::NoUndo)));
    assert_eq!(dir.undo(2, "now").unwrap().kind, ChangeKind::Replaced);
    assert_eq!(read(&root, "甲/a.csv").as_deref(), Some("1"));
    dir.undo(3, "now").unwrap();
    assert_eq!(read(&root, "甲/a.csv").as_deref(), Some("2"));
    dir.remove("甲/a.csv", None, "now").unwrap();
    assert_eq!(read(&root, "甲/a.csv"), None);
    drop(dir);
    // A program that died while it appended a line and received a file.
    let own = folder.path().join(".zicha-history/input");
    let journal = std::fs::read_to_string(own.join("journal.jsonl")).unwrap();
    std::fs::write(own.join("journal.jsonl"), format!("{journal}{{\"number\":")).unwrap();
    std::fs::write(own.join("incoming/in-x"), "half").unwrap();
    let dir = VersionedDir::open(&root).unwrap();
    assert!(!own.join("incoming/in-x").exists());
    dir.undo(5, "now").unwrap();
    assert_eq!(read(&root, "甲/a.csv").as_deref(), Some("2"));
    std::fs::write(root.join("甲/a.csv"), "人").unwrap();
    assert!(matches!(dir.undo(6, "now"), Err(VersionedDirError::NoUndo)));
    let seen = crate::store::sha256(b"2");
    assert!(matches!(dir.remove("甲/a.csv", Some(&seen), "now"), Err(VersionedDirError::Changed(_))));
}

#[test]
fn what_a_killed_program_was_receiving_is_removed_before_the_next_change() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("signed");
    VersionedDir::recover(&root);
    assert!(!folder.path().join(".zicha-history").exists() && !root.exists());
    drop(VersionedDir::open(&root).unwrap());
    let half = folder.path().join(".zicha-history/signed/incoming/in-x");
    std::fs::write(&half, "half").unwrap();
    VersionedDir::recover(&root);
    assert!(!half.exists());
    let dir = VersionedDir::open(&root).unwrap();
    std::fs::write(&half, "half").unwrap();
    VersionedDir::recover(&root);
    assert!(half.exists(), "another program is receiving it");
    drop(dir);
}

/// The files of a history, by their paths in it with `/`, without the lock.
fn history(root: &Path) -> Vec<String> {
    let history = root.with_file_name(".zicha-history").join(root.file_name().unwrap());
    let entries = walkdir::WalkDir::new(&history).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file() && entry.file_name() != "lock");
    files.map(|file| file.path().strip_prefix(&history).unwrap().display().to_string().replace('\\', "/")).collect()
}

/// A folder with `a.csv`, whose second contents are `2`, and its history of two changes.
fn changed_twice() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("input");
    let dir = VersionedDir::open(&root).unwrap();
    put(&dir, "a.csv", b"1");
    put(&dir, "a.csv", b"2");
    (folder, root)
}

/// The step within which a program dies.
#[derive(Clone, Copy, Debug)]
enum Died {
    AfterStep1,
    AfterStep2,
    AfterStep3,
    WithinStep4,
}

#[test]
fn a_change_in_which_the_program_died_is_made_or_leaves_no_entry() {
    for died in [Died::AfterStep1, Died::AfterStep2, Died::AfterStep3, Died::WithinStep4] {
        for kind in [ChangeKind::Added, ChangeKind::Replaced, ChangeKind::Removed] {
            let (folder, root) = changed_twice();
            let own = folder.path().join(".zicha-history/input");
            let (name, hash) = match kind {
                ChangeKind::Added => ("b.csv", Some(crate::store::sha256(b"3"))),
                ChangeKind::Replaced => ("a.csv", Some(crate::store::sha256(b"3"))),
                ChangeKind::Removed => ("a.csv", None),
            };
            let change = FolderChange {
                number: 3,
                kind,
                name: name.to_owned(),
                hash,
                at: "now".to_owned(),
                by: String::new(),
                upload: None,
            };
            std::fs::write(own.join("incoming/3"), if hash.is_some() { "3" } else { "" }).unwrap();
            std::fs::write(own.join("incoming/in-x"), "half").unwrap();
            if kind != ChangeKind::Added && !matches!(died, Died::AfterStep1) {
                std::fs::copy(root.join("a.csv"), own.join("kept/3")).unwrap();
            }
            if matches!(died, Died::AfterStep3 | Died::WithinStep4) {
                append_json_line(&own.join("journal.jsonl"), &change).unwrap();
            }
            // A removal, or a copy into another file system, is done before its file in `incoming/` is removed.
            let made = matches!(died, Died::WithinStep4);
            match hash {
                Some(_) if made => std::fs::write(root.join(name), "3").unwrap(),
                None if made => std::fs::remove_file(root.join(name)).unwrap(),
                _ => {}
            }
            let dir = VersionedDir::open(&root).unwrap();
            let numbers: Vec<u64> = dir.recent_changes(9).iter().map(|recent| recent.change.number).collect();
            let kept = made && kind != ChangeKind::Added;
            let case = (died, kind);
            assert_eq!(numbers, if made { vec![3, 2, 1] } else { vec![2, 1] }, "{case:?}");
            let expected: &[&str] =
                if kept { &["journal.jsonl", "kept/2", "kept/3"] } else { &["journal.jsonl", "kept/2"] };
            assert_eq!(history(&root), expected, "{case:?}");
            // The last change can be undone, whichever it is.
            dir.undo(numbers[0], "now").unwrap();
            let restored = if made { "2" } else { "1" };
            assert_eq!(read(&root, "a.csv").as_deref(), Some(restored), "{case:?}");
        }
    }
}

#[test]
fn a_change_that_the_system_refuses_leaves_no_entry() {
    let (folder, root) = changed_twice();
    let own = folder.path().join(".zicha-history/input");
    let dir = VersionedDir::open(&root).unwrap();
    let journal = std::fs::read_to_string(own.join("journal.jsonl")).unwrap();
    let refused = |dir: &VersionedDir| {
        let mut file = dir.receive().unwrap();
        file.write_all(b"3").unwrap();
        assert!(dir.put(file, "a.csv", None, "now").is_err());
        assert!(dir.remove("a.csv", None, "now").is_err());
        assert!(dir.undo(2, "now").is_err());
        assert_eq!(dir.recent_changes(9).len(), 2);
    };
    // The journal cannot be written.
    std::fs::rename(own.join("journal.jsonl"), own.join("aside")).unwrap();
    std::fs::create_dir(own.join("journal.jsonl")).unwrap();
    refused(&dir);
    std::fs::remove_dir(own.join("journal.jsonl")).unwrap();
    std::fs::rename(own.join("aside"), own.join("journal.jsonl")).unwrap();
    // The current contents cannot be kept.
    std::fs::rename(own.join("kept"), own.join("aside")).unwrap();
    refused(&dir);
    std::fs::rename(own.join("aside"), own.join("kept")).unwrap();
    assert_eq!(std::fs::read_to_string(own.join("journal.jsonl")).unwrap(), journal);
    assert_eq!(history(&root), ["journal.jsonl", "kept/2"]);
    assert_eq!(read(&root, "a.csv").as_deref(), Some("2"));
    dir.undo(2, "now").unwrap();
    assert_eq!(read(&root, "a.csv").as_deref(), Some("1"));
}

#[test]
fn after_a_damaged_journal_was_moved_away_numbers_go_on_behind_what_is_kept() {
    let (folder, root) = changed_twice();
    let own = folder.path().join(".zicha-history/input");
    std::fs::write(own.join("journal.jsonl"), "x\n").unwrap();
    let error = VersionedDir::open(&root).unwrap_err();
    assert!(
        error.to_string().ends_with(
            "journal.jsonl 第1行不是改动记录，请先移开这个文件；以前的改动就不能再撤销，以前的内容还在它旁边的 kept 文件夹里"
        ),
        "{error}"
    );
    std::fs::rename(own.join("journal.jsonl"), folder.path().join("aside")).unwrap();
    let dir = VersionedDir::open(&root).unwrap();
    assert_eq!((put(&dir, "a.csv", b"3"), put(&dir, "a.csv", b"4")), (Some(3), Some(4)));
    let kept = [2, 3, 4].map(|number| std::fs::read_to_string(own.join(format!("kept/{number}"))).unwrap());
    assert_eq!(kept, ["1", "2", "3"]);
}

#[test]
fn the_last_twenty_contents_of_each_file_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let dir = VersionedDir::open(&folder.path().join("input")).unwrap();
    put(&dir, "b.csv", b"1");
    put(&dir, "b.csv", b"2");
    for content in 0..30 {
        put(&dir, "a.csv", content.to_string().as_bytes());
    }
    let kept = |number: u64| folder.path().join(format!(".zicha-history/input/kept/{number}")).exists();
    // Change 3 added the file, 4 to 32 each replaced its contents.
    assert!(kept(2) && (4..=12).all(|number| !kept(number)) && (13..=32).all(kept));
    assert_eq!(dir.undo(32, "now").unwrap().kind, ChangeKind::Replaced);
}

#[test]
fn an_upload_is_undone_in_one_step_and_that_step_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("input");
    let dir = VersionedDir::open(&root).unwrap();
    put(&dir, "a.csv", b"1");
    let origin = |upload| ChangeOrigin { at: "now", by: "张三", upload };
    let send = |name: &str, text: &[u8], upload| {
        let mut file = dir.receive().unwrap();
        file.write_all(text).unwrap();
        dir.put(file, name, None, origin(upload)).unwrap().unwrap()
    };
    assert_eq!(send("a.csv", b"2", None).upload(), 2);
    for (name, number) in [("b.csv", 3), ("c.csv", 4)] {
        let change = send(name, b"3", Some(2));
        assert_eq!((change.number, change.upload(), change.by.as_str()), (number, 2, "张三"));
    }
    // A file that was changed again since stays.
    put(&dir, "c.csv", b"4");
    let outcome = dir.undo_upload(2, origin(None));
    assert_eq!(outcome.undone.iter().map(|change| change.name.as_str()).collect::<Vec<_>>(), ["b.csv", "a.csv"]);
    assert!(matches!(&outcome.refused[..], [(name, VersionedDirError::NoUndo)] if name == "c.csv"));
    assert_eq!((read(&root, "a.csv").as_deref(), read(&root, "b.csv")), (Some("1"), None));
    assert_eq!(dir.undo_upload(outcome.undone[0].number, "now").undone.len(), 2);
    assert_eq!((read(&root, "a.csv").as_deref(), read(&root, "b.csv").as_deref()), (Some("2"), Some("3")));
    assert_eq!(dir.contents_before(2).unwrap().bytes, b"1");
    assert!(dir.contents_before(3).is_none(), "it added the file");
    assert_eq!(dir.changes_of("c.csv").len(), 2);
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let dir = VersionedDir::open(&folder.path().join("input")).unwrap();
    for name in ["../a.csv", "a/../../b.csv", "/a.csv", "C:a.csv", "a\\b.csv", "", "a//b.csv", "1/2/3/4/5.csv"] {
        assert!(matches!(dir.remove(name, None, "now"), Err(VersionedDirError::Name(_))), "{name}");
    }
}

#[test]
fn numbers_that_no_change_has_are_passed_over_or_refused() {
    let (folder, root) = changed_twice();
    let own = folder.path().join(".zicha-history/input");
    std::fs::write(own.join("kept/18446744073709551615"), "x").unwrap();
    let dir = VersionedDir::open(&root).unwrap();
    assert_eq!((put(&dir, "a.csv", b"3"), put(&dir, "a.csv", b"4")), (Some(3), Some(4)));
    drop(dir);
    assert!(own.join("kept/3").exists() && own.join("kept/4").exists());
    let journal = own.join("journal.jsonl");
    let text = std::fs::read_to_string(&journal).unwrap();
    std::fs::write(&journal, text.replace("\"number\":4", "\"number\":18446744073709551615")).unwrap();
    assert!(VersionedDir::open(&root).unwrap_err().to_string().contains("第4行不是改动记录"));
}

#[cfg(unix)]
#[test]
fn a_journal_that_is_a_link_is_not_written_through() {
    let (folder, root) = changed_twice();
    let journal = folder.path().join(".zicha-history/input/journal.jsonl");
    let other = folder.path().join("other");
    std::fs::rename(&journal, &other).unwrap();
    let text = std::fs::read_to_string(&other).unwrap() + "half a line";
    std::fs::write(&other, &text).unwrap();
    std::os::unix::fs::symlink(&other, &journal).unwrap();
    assert!(VersionedDir::open(&root).is_err());
    assert_eq!(std::fs::read_to_string(&other).unwrap(), text);
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_place_of_kept_contents_are_not_opened() {
    let (folder, root) = changed_twice();
    let own = folder.path().join(".zicha-history/input");
    let kept = own.join("kept/2");
    let change = |dir: &VersionedDir| dir.changes_of("a.csv").into_iter().find(|change| change.number == 2).unwrap();
    let dir = VersionedDir::open(&root).unwrap();
    assert!(dir.keeps_contents_before(&change(&dir)) && dir.contents_before(2).is_some());
    std::fs::write(folder.path().join("elsewhere"), "secret").unwrap();
    let link = |to: &std::path::Path| std::os::unix::fs::symlink(to, &kept).unwrap();
    let pipe = || assert!(std::process::Command::new("mkfifo").arg(&kept).status().unwrap().success());
    let puts: [&dyn Fn(); 3] = [&|| link(&folder.path().join("elsewhere")), &|| link("/dev/zero".as_ref()), &pipe];
    for put_there in puts {
        std::fs::remove_file(&kept).unwrap();
        put_there();
        assert!(!dir.keeps_contents_before(&change(&dir)));
        assert!(dir.contents_before(2).is_none());
        assert!(matches!(dir.undo(2, "now"), Err(VersionedDirError::Store(_))));
        assert_eq!(read(&root, "a.csv").as_deref(), Some("2"));
    }
}

#[test]
fn a_journal_that_names_the_programs_own_folders_restores_nothing_there() {
    let folder = tempfile::tempdir().unwrap();
    let dir = VersionedDir::open(&folder.path().join("input")).unwrap();
    for name in [".zicha-history/x", "a/.zicha/x", ".zicha"] {
        assert!(matches!(dir.remove(name, None, "now"), Err(VersionedDirError::Name(_))), "{name}");
    }
}
