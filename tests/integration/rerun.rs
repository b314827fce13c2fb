//! Repeated runs: unchanged reports are not rebuilt, edited files are kept, interrupted runs are completed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::support::{Group, NOTICE, Project, Run, SHIPPED_BRANCHES, assert_whole, files, mounted};

crate::harness::tests! {
    alone: [
        what_is_no_record_of_a_run_is_said_and_left_out,
        an_unchanged_run_writes_nothing,
        why_a_branch_was_built_again_is_in_the_summary,
        a_workbook_saved_again_rebuilds_no_report,
        a_changed_row_rebuilds_its_branch_and_the_summary,
        changed_templates_and_dates_rebuild_the_reports_that_use_them,
        a_changed_template_rebuilds_only_branches_with_data_for_it,
        a_removed_file_is_rebuilt_and_a_damaged_manifest_rebuilds_everything,
        a_record_that_is_too_large_is_said_to_be,
        an_edited_report_is_kept_and_with_force_saved_beside_the_new_one,
        an_edit_is_kept_by_a_run_over_another_format,
        reports_of_removed_branches_are_listed_and_pruned_on_request,
        a_run_over_one_branch_keeps_the_manifest_of_the_others,
        a_held_lock_excludes_a_run_and_a_stale_lock_file_does_not,
        runs_one_after_the_other_lock_the_same_file,
        a_link_out_of_the_output_folder_is_not_followed,
        a_full_disk_is_reported_and_the_next_run_completes,
        an_unwritable_folder_stops_only_its_branch_and_is_retried,
        killing_200_runs_leaves_whole_files_and_the_next_run_completes,
        merged_shards_equal_a_single_run,
        a_shard_is_a_number_below_their_count,
        an_edit_survives_shards_damaged_manifests_and_roster_changes,
        a_reverted_edit_is_not_taken_for_the_newest_report,
        nothing_is_pruned_with_an_invalid_roster_or_a_shared_folder,
        shards_of_different_counts_merge_independently,
        an_edited_report_never_counts_as_final,
        an_output_folder_inside_the_input_folder_is_refused,
    ]
    with_tools: [gnu_parallel_runs_the_shards_as_the_readme_says]
}

/// The modification time of each file in the output folder.
fn times(project: &Project) -> BTreeMap<String, SystemTime> {
    let all = files(&project.path("output")).into_iter();
    all.map(|(name, _)| {
        let written = std::fs::metadata(project.path("output").join(&name)).and_then(|metadata| metadata.modified());
        (name, written.expect("a time"))
    })
    .collect()
}

/// The times of the files in the output folder after all were set back by a day: a write in the same moment shows.
fn aged(project: &Project) -> BTreeMap<String, SystemTime> {
    for (name, time) in times(project) {
        let file = std::fs::File::options().write(true).open(project.path("output").join(&name)).expect("a file");
        file.set_modified(time - Duration::from_secs(86_400)).expect("a time");
    }
    times(project)
}

/// The folders in which a run wrote a file.
fn rewritten(project: &Project, run: impl FnOnce(&Project) -> Run) -> Vec<String> {
    let before = aged(project);
    let run = run(project);
    assert_eq!(run.code, 0, "{}", run.all());
    let changed = times(project).into_iter().filter(|(name, time)| before.get(name) != Some(time));
    let mut folders: Vec<String> = changed.filter_map(|(name, _)| Some(name.split_once('/')?.0.to_owned())).collect();
    folders.dedup();
    folders
}

const STUDY: &str = "干部在线学习.csv";

/// Three branches with a cadre each.
fn project() -> Project {
    let row = |branch: &str, done: &str| vec![branch.to_owned(), "赵".to_owned(), "50".to_owned(), done.to_owned()];
    let names = ["甲党支部", "乙党支部", "丙党支部"];
    Project::with_branches(&names.map(|name| (name, "机关党支部"))).ledger(
        "干部在线学习",
        &["党组织", "姓名", "规定学时", "已完成学时"],
        &names.map(|name| row(name, "40")),
    )
}

fn why_a_branch_was_built_again_is_in_the_summary() {
    let reasons = |project: &Project, more: &[&str]| -> Vec<serde_json::Value> {
        let run = project.zicha(&[&["build", "--json"], more].concat());
        let printed: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        let branches = printed["branches"].as_array().expect("branches");
        branches.iter().map(|branch| branch["rebuilt"].clone()).collect()
    };
    let nothing = serde_json::Value::Null;
    let project = project();
    assert_eq!(reasons(&project, &[]), ["no-record"; 3]);
    assert_eq!(reasons(&project, &[]), [(); 3].map(|()| nothing.clone()));
    let project = project.edit(&format!("input/{STUDY}"), "甲党支部,赵,50,40", "甲党支部,赵,50,45");
    assert_eq!(reasons(&project, &[]), ["key-changed".into(), nothing.clone(), nothing.clone()]);
    std::fs::remove_file(project.report("乙党支部", "docx")).expect("removed");
    let project = project.file("output/丙党支部/丙党支部-自查报告.md", b"mine");
    assert_eq!(reasons(&project, &["--force"]), [nothing, "file-missing".into(), "file-edited".into()]);
}

fn an_unchanged_run_writes_nothing() {
    let project = project();
    project.build();
    let before = aged(&project);
    assert!(before.contains_key("run.json"));
    assert_eq!(project.build().code, 0);
    assert_eq!(times(&project), before);
    assert!(project.build().stdout.contains("报告 3 份（3 份没有变化），汇总 1 份；"));
}

fn a_workbook_saved_again_rebuilds_no_report() {
    let project = project();
    project.build();
    let rows = serde_json::json!([
        ["党组织", "姓名", "规定学时", "已完成学时"],
        ["甲党支部", "赵", 50, 40],
        ["乙党支部", "赵", 50, 40],
        ["丙党支部", "赵", 50, 40]
    ]);
    let spec = serde_json::json!({ "sheets": [{ "name": "学习", "rows": rows }] });
    std::fs::remove_file(project.path("input/干部在线学习.csv")).expect("removed");
    let project = project.workbook("学习.xlsx", &spec);
    assert_eq!(rewritten(&project, Project::build).len(), 4, "another file is another source");
    // The workbook states to the second when it was saved.
    let saved = || std::fs::read(project.path("input/学习.xlsx")).expect("a workbook");
    let before = saved();
    std::thread::sleep(Duration::from_millis(1_100));
    let project = project.workbook("学习.xlsx", &spec);
    assert_ne!(std::fs::read(project.path("input/学习.xlsx")).expect("a workbook"), before);
    assert_eq!(rewritten(&project, Project::build), [""; 0]);
}

fn a_changed_row_rebuilds_its_branch_and_the_summary() {
    let project = project();
    project.build();
    let project = project.edit(&format!("input/{STUDY}"), "乙党支部,赵,50,40", "乙党支部,赵,50,45");
    assert_eq!(rewritten(&project, Project::build), ["乙党支部", "汇总"]);
}

fn changed_templates_and_dates_rebuild_the_reports_that_use_them() {
    let project = project();
    project.build();
    let project = project.edit(&format!("{NOTICE}/summary/closing.md"), "特此报告", "请审阅");
    assert_eq!(rewritten(&project, Project::build), ["汇总"]);
    let project = project.edit(&format!("{NOTICE}/closing.md"), "特此报告", "请审阅");
    assert_eq!(rewritten(&project, Project::build), ["丙党支部", "乙党支部", "甲党支部"]);
    let dated = |project: &Project| project.zicha(&["build", "--date", "2018-11-01"]);
    assert_eq!(rewritten(&project, dated).len(), 4);
    assert_eq!(rewritten(&project, dated), [""; 0]);
}

fn a_changed_template_rebuilds_only_branches_with_data_for_it() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部"), ("乙党总支", "党总支")]);
    project.build();
    let template = format!("{NOTICE}/rectify.md");
    let text = format!("{}\n另有说明。\n", project.read(&template));
    let project = project.file(&template, text.as_bytes());
    assert_eq!(rewritten(&project, Project::build), [""; 0], "no branch has rows for it");
    let project = project.ledger(
        "整改台账",
        &["党组织", "问题类别", "问题表现", "整改措施", "责任人", "整改时限", "完成情况"],
        &[["乙党总支", "组织生活严肃性不高", "缺记录", "补齐", "许", "2018-10-01", "推进中"]
            .map(str::to_owned)
            .to_vec()],
    );
    project.build();
    let project = project.file(&template, text.replace("另有", "再有").as_bytes());
    assert_eq!(rewritten(&project, Project::build), ["乙党总支"]);
}

fn a_removed_file_is_rebuilt_and_a_damaged_manifest_rebuilds_everything() {
    let project = project();
    project.build();
    std::fs::remove_file(project.report("乙党支部", "html")).expect("removed");
    assert_eq!(rewritten(&project, Project::build), ["乙党支部"]);
    for record in [&b"{\"version\":"[..], b"", b"[1]", b"{}"] {
        let project = Project::with_branches(&[("甲党支部", "机关党支部")]);
        project.build();
        let project = project.file("output/run.json", record);
        let run = project.build();
        assert!(run.stdout.contains("报告 1 份，汇总 1 份"), "{record:?}");
        assert!(run.stdout.contains("[Z019]"), "{record:?}: {}", run.all());
        assert!(!project.build().all().contains("[Z019]"), "the new record is whole");
    }
}

fn a_record_that_is_too_large_is_said_to_be() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部")]);
    assert!(!project.build().all().contains("[Z019]"), "none before the first run");
    let record = std::fs::OpenOptions::new().write(true).open(project.path("output/run.json"));
    record.and_then(|file| file.set_len(65 << 20)).expect("a sparse file");
    let run = project.build();
    assert_eq!(run.code, 0, "{}", run.all());
    let message = "以前的记录读不出，当作没有：有 65 MiB，本程序的记录不会超过 64 MiB";
    assert!(run.stdout.contains("[Z019]") && run.stdout.contains(message), "{}", run.all());
    let again = project.build();
    assert!(!again.all().contains("[Z019]") && again.stdout.contains("（1 份没有变化）"), "{}", again.all());
}

fn an_edited_report_is_kept_and_with_force_saved_beside_the_new_one() {
    let project = project();
    project.build();
    let report = "output/乙党支部/乙党支部-自查报告.md";
    let edited = format!("{}亲手改的\n", project.read(report));
    let project = project.file(report, edited.as_bytes());
    for change in ["40", "41"] {
        let project_run = project.build();
        assert!(
            project_run.stdout.contains("[Z307]") && project_run.stdout.contains("没有覆盖"),
            "{change}: {}",
            project_run.stdout
        );
        assert_eq!(project.read(report), edited);
    }
    let project = project.edit(&format!("input/{STUDY}"), "乙党支部,赵,50,40", "乙党支部,赵,50,45");
    project.build();
    assert_eq!(project.read(report), edited);
    assert!(project.report_text("乙党支部", "html").contains(">5</span>学时"), "the other formats follow the ledger");
    let run = project.zicha(&["build", "--final", "--branch", "乙党支部"]);
    assert_eq!(run.code, 1, "what a person made of it is no final report: {}", run.all());
    let run = project.zicha(&["build", "--force"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert!(run.stdout.contains("原来的另存为") && project.read(report).contains("共缺5学时"), "{}", run.stdout);
    assert_eq!(project.read("output/乙党支部/乙党支部-自查报告-改动1.md"), edited);
    assert!(!project.build().stdout.contains("[Z307]"));
}

fn an_edit_is_kept_by_a_run_over_another_format() {
    let project = project();
    project.build();
    let report = "output/乙党支部/乙党支部-自查报告.md";
    let project = project.file(report, b"mine\n");
    assert_eq!(project.zicha(&["build", "--format", "html"]).code, 0);
    assert!(project.build().stdout.contains("[Z307]"));
    assert_eq!(project.read(report), "mine\n");
}

fn reports_of_removed_branches_are_listed_and_pruned_on_request() {
    let project = project();
    project.build();
    let project = project
        .edit("input/党组织名册.csv", "丙党支部,机关党支部,许书记,袁联系,b@example.edu.cn\n", "")
        .edit(&format!("input/{STUDY}"), "丙党支部,赵,50,40\n", "");
    for _ in 0..2 {
        let run = project.build();
        assert!(run.stdout.contains("[Z308]") && run.stdout.contains("名册中已没有“丙党支部”"), "{}", run.stdout);
        assert!(project.report("丙党支部", "docx").exists());
    }
    let note = "output/丙党支部/丙党支部-自查报告.md";
    let project = project.file(note, b"mine");
    let run = project.zicha(&["build", "--prune"]);
    assert!(run.stdout.contains("1 个文件"), "{}", run.stdout);
    assert!(!project.report("丙党支部", "docx").exists() && project.read(note) == "mine");
    std::fs::remove_file(project.path(note)).expect("removed");
    assert!(!project.zicha(&["build", "--prune"]).stdout.contains("[Z308]"));
    assert!(!project.path("output/丙党支部").exists());
}

fn a_run_over_one_branch_keeps_the_manifest_of_the_others() {
    let project = project();
    project.build();
    assert_eq!(rewritten(&project, |p| p.zicha(&["build", "--branch", "甲党支部"])), [""; 0]);
    assert_eq!(rewritten(&project, Project::build), [""; 0]);
}

fn a_held_lock_excludes_a_run_and_a_stale_lock_file_does_not() {
    let project = project().file("output/.zicha/lock", b"");
    let held = std::fs::File::open(project.path("output/.zicha/lock")).expect("a lock");
    held.lock().expect("locked");
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 2, "{}", run.all());
    assert!(run.stderr.contains("另一次生成正在写这个输出文件夹"), "{}", run.stderr);
    drop(held);
    project.build();
    assert_eq!(files(&project.path("output/.zicha")), []);
}

/// A run that was just about to lock the folder while another ended failed (`写不进 output/.zicha/lock`), or locked a
/// removed file and excluded no other run.
fn runs_one_after_the_other_lock_the_same_file() {
    for arguments in [&["build"][..], &["build", "--shard", "0/2"]] {
        let project = project().file("output/.zicha/lock", b"");
        // Another run that has opened the file and not locked it yet.
        let opened = std::fs::File::open(project.path("output/.zicha/lock")).expect("a lock");
        assert_eq!(project.zicha(arguments).code, 0);
        opened.lock().expect("locked");
        let run = project.zicha(arguments);
        assert!(run.code == 2 && run.stderr.contains("另一次生成正在写这个输出文件夹"), "{}", run.all());
    }
}

fn a_link_out_of_the_output_folder_is_not_followed() {
    let project = project();
    std::fs::create_dir_all(project.path("elsewhere")).expect("a folder");
    std::fs::create_dir_all(project.path("output")).expect("a folder");
    std::os::unix::fs::symlink(project.path("elsewhere"), project.path("output/乙党支部")).expect("a link");
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.stdout.contains("[Z304]") && run.stdout.contains("指向输出文件夹之外的链接"), "{}", run.stdout);
    assert_eq!(files(&project.path("elsewhere")).len(), 0);
    assert!(project.report("甲党支部", "docx").exists() && project.report("丙党支部", "docx").exists());
}

fn a_full_disk_is_reported_and_the_next_run_completes() {
    let project = Project::sample();
    let disk = project.path("disk");
    std::fs::create_dir_all(&disk).expect("a folder");
    let (own, zicha) = (mounted(&disk, "size=600k"), env!("CARGO_BIN_EXE_zicha"));
    // Without the right to mount, a limit on the file size takes the disk's place.
    let limit = if own { "" } else { "trap '' XFSZ; ulimit -f 60;" };
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{limit} exec {zicha} build --output disk/output")]).current_dir(project.path(""));
    let output = command.output().expect("sh runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let whole = files(&disk.join("output")).into_iter().filter(|(name, _)| name.ends_with(".docx"));
    let whole = whole.map(|(_, bytes)| crate::support::parts(&bytes).len()).collect::<Vec<_>>();
    assert!(!own || mounted(&disk, "remount,size=50m"));
    let again = project.zicha(&["build", "--output", "disk/output"]);
    let reports = files(&disk.join("output")).into_iter().filter(|(name, _)| name.ends_with(".docx")).count();
    assert!(!own || Command::new("umount").arg(&disk).status().is_ok_and(|status| status.success()));
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("[Z304]") && text.contains("写不进"), "{text}");
    assert!(!whole.is_empty() && whole.iter().all(|parts| *parts > 5), "what was written is whole: {whole:?}");
    assert_eq!((again.code, reports), (0, SHIPPED_BRANCHES.len() + 1), "{}", again.all());
}

fn an_unwritable_folder_stops_only_its_branch_and_is_retried() {
    let project = project();
    let folder = project.path("output/乙党支部");
    std::fs::create_dir_all(&folder).expect("a folder");
    let own = mounted(&folder, "ro");
    let permit = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    if !own {
        // A user who may not mount is bound by permissions.
        std::fs::set_permissions(&folder, permit(0o555)).expect("permissions");
    }
    let run = project.zicha(&["build"]);
    if own {
        assert!(Command::new("umount").arg(&folder).status().is_ok_and(|status| status.success()));
    } else {
        std::fs::set_permissions(&folder, permit(0o755)).expect("permissions");
    }
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.stdout.contains("[Z304]") && run.stdout.contains("乙党支部-自查报告.docx"), "{}", run.all());
    assert!(run.stdout.contains("报告 2 份，未生成 1 份"), "{}", run.all());
    let record: serde_json::Value = serde_json::from_str(&project.read("output/run.json")).expect("JSON");
    let retry: Vec<&serde_json::Value> =
        record["branches"].as_array().expect("branches").iter().map(|branch| &branch["retry"]).collect();
    let names = ["metrics.json", "sources.json"].map(str::to_owned).into_iter();
    let names = names.chain(["md", "html", "docx"].map(|format| format!("乙党支部-自查报告.{format}")));
    assert_eq!(retry[1], &serde_json::json!(names.collect::<Vec<_>>()));
    assert!(retry[0].is_null() && retry[2].is_null(), "{retry:?}");
    assert_eq!(rewritten(&project, Project::build), ["乙党支部"]);
    assert!(!project.read("output/run.json").contains("retry"));
}

fn killing_200_runs_leaves_whole_files_and_the_next_run_completes() {
    let names: Vec<String> = (0..24).map(|n| format!("第{n}党支部")).collect();
    let branches: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "机关党支部")).collect();
    let project = Project::with_branches(&branches);
    let mut kills = 0;
    let output = project.path("output");
    for round in 0_u64.. {
        let mut run = Group::start(&project.path(""), &["build"]);
        // Delays of 10 to 309 ms cover a whole run; each run continues from the state that the last one left.
        std::thread::sleep(Duration::from_millis(10 + round * 137 % 300));
        if run.has_succeeded() {
            std::fs::remove_dir_all(&output).expect("begun anew");
            continue;
        }
        run.kill();
        run.assert_gone();
        kills += 1;
        if output.exists() {
            assert_whole(&output);
        }
        if kills == 200 {
            break;
        }
        assert!(round < 2000, "{kills} kills of {round} runs");
    }
    let said = project.build().stdout;
    assert!(said.contains("报告 24 份") && !said.contains("[Z307]"), "no file was edited: {said}");
    assert!(project.build().stdout.contains("报告 24 份（24 份没有变化）"));
    let clean = Project::with_branches(&branches);
    clean.build();
    let names =
        |project: &Project| files(&project.path("output")).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&project), names(&clean));
    for ((name, ours), (_, theirs)) in files(&project.path("output")).iter().zip(&files(&clean.path("output"))) {
        let differs = ours.iter().zip(theirs).position(|(a, b)| a != b).unwrap_or(ours.len().min(theirs.len()));
        let near = |bytes: &[u8]| {
            String::from_utf8_lossy(&bytes[differs.saturating_sub(60)..bytes.len().min(differs + 60)]).into_owned()
        };
        assert!(ours == theirs, "{name} is not as if nothing had happened: {} / {}", near(ours), near(theirs));
    }
}

fn merged_shards_equal_a_single_run() {
    let single = Project::sample();
    single.build();
    let expected = files(&single.path("output"));
    for of in [1, 3, 16] {
        let project = Project::sample();
        let mut shards: Vec<_> = (0..of)
            .map(|at| {
                let mut shard = Command::new(env!("CARGO_BIN_EXE_zicha"));
                shard.args(["build", "--shard", &format!("{at}/{of}")]).current_dir(project.path(""));
                shard.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("zicha runs")
            })
            .collect();
        std::thread::sleep(Duration::from_millis(50));
        // Kills every other shard.
        shards.iter_mut().step_by(2).for_each(|shard| shard.kill().expect("killed"));
        for shard in &mut shards {
            shard.wait().expect("ended");
        }
        // A shard that ended before it was killed is treated as killed before it wrote its manifest.
        for at in (0..of).step_by(2) {
            let _ = std::fs::remove_file(project.path(&format!("output/run-{at}-{of}.json")));
        }
        let early = project.zicha(&["merge"]);
        assert!(early.code == 1 && early.stdout.contains("[Z309]"), "{of}: {}", early.all());
        for at in (0..of).step_by(2) {
            assert_eq!(project.zicha(&["build", "--shard", &format!("{at}/{of}")]).code, 0);
        }
        let merged = project.zicha(&["merge"]);
        assert_eq!(merged.code, 0, "{of}: {}", merged.all());
        let ours = files(&project.path("output"));
        let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&ours), names(&expected), "{of}");
        for ((name, ours), (_, theirs)) in ours.iter().zip(&expected) {
            assert!(ours == theirs, "{of}: {name} differs");
        }
    }
}

fn gnu_parallel_runs_the_shards_as_the_readme_says() {
    let project = Project::sample();
    let readme = std::fs::read_to_string(crate::support::root().join("src/README.md")).expect("a README");
    let line = readme.lines().find(|line| line.trim_start().starts_with("seq 0 ")).expect("a line for GNU parallel");
    let path = Path::new(env!("CARGO_BIN_EXE_zicha")).parent().expect("a folder").display().to_string();
    let path = format!("{path}:{}", std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("sh");
    command.args(["-ec", line.trim()]).current_dir(project.path("")).env("PATH", path);
    let output = command.output().expect("sh runs");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    let single = Project::sample();
    single.build();
    assert!(files(&project.path("output")) == files(&single.path("output")));
}

fn a_shard_is_a_number_below_their_count() {
    let project = project();
    for wrong in ["3/3", "1", "a/b", "-1/3", "0/0"] {
        let run = project.zicha(&["build", &format!("--shard={wrong}")]);
        assert!(run.code == 2 && run.stderr.contains("应写成 0/16 这样"), "{wrong}: {}", run.stderr);
    }
}

/// Runs and returns the exit code; a report edited before must still be there or be saved beside the new one.
fn keeps_the_edit(project: &Project, runs: &[&[&str]]) {
    let report = "output/乙党支部/乙党支部-自查报告.md";
    std::fs::write(project.path(report), "亲手改的\n").expect("written");
    for run in runs {
        project.zicha(run);
    }
    let folder = files(&project.path("output/乙党支部")).into_iter();
    let kept = folder.filter(|(_, bytes)| bytes == "亲手改的\n".as_bytes()).count();
    assert_eq!(kept, 1, "{runs:?}");
}

fn an_edit_survives_shards_damaged_manifests_and_roster_changes() {
    let built = || {
        let project = project();
        project.build();
        project
    };
    let project = project();
    for at in ["0/2", "1/2"] {
        assert_eq!(project.zicha(&["build", "--shard", at]).code, 0);
    }
    keeps_the_edit(&project, &[&["build", "--shard", "0/2"], &["build", "--shard", "1/2"], &["build"]]);
    let damaged = built().file("output/run.json", b"{\"version\":");
    keeps_the_edit(&damaged, &[&["build"]]);
    // Removed from the roster, one branch built alone, added again.
    let row = "乙党支部,机关党支部,许书记,袁联系,b@example.edu.cn\n";
    let gone = built().edit("input/党组织名册.csv", row, "");
    gone.build();
    gone.zicha(&["build", "--branch", "甲党支部"]);
    keeps_the_edit(&gone, &[&["build", "--prune", "--force"]]);
    assert!(gone.build().stdout.contains("[Z308]"));
    let spoilt = built().edit("input/党组织名册.csv", "乙党支部,机关党支部", "乙党支部,未知");
    spoilt.zicha(&["build"]);
    let mended = spoilt.edit("input/党组织名册.csv", "乙党支部,未知", "乙党支部,机关党支部");
    keeps_the_edit(&mended, &[&["build"]]);
}

fn a_reverted_edit_is_not_taken_for_the_newest_report() {
    let project = project();
    project.build();
    let report = "output/乙党支部/乙党支部-自查报告.md";
    let original = project.read(report);
    let project = project.file(report, b"mine\n");
    let dated = ["build", "--date", "2018-12-01"];
    assert_eq!(project.zicha(&dated).code, 0);
    let project = project.file(report, original.as_bytes());
    assert_eq!(project.zicha(&dated).code, 0);
    assert!(project.read(report).contains("2018年12月1日"), "{}", project.read(report));
}

fn nothing_is_pruned_with_an_invalid_roster_or_a_shared_folder() {
    let project = project();
    project.build();
    let project = project
        .edit("input/党组织名册.csv", "丙党支部,机关党支部,许书记,袁联系,b@example.edu.cn\n", "")
        .file("input/名册二.xlsx", b"PK\x03\x04");
    let run = project.zicha(&["build", "--prune"]);
    assert!(run.stdout.contains("没有删除") && project.report("丙党支部", "docx").exists(), "{}", run.stdout);

    let renamed = Project::with_branches(&[("甲:乙党支部", "机关党支部")]);
    renamed.build();
    let renamed = renamed.edit("input/党组织名册.csv", "甲:乙党支部", "甲?乙党支部");
    renamed.zicha(&["build", "--prune"]);
    assert_eq!(files(&renamed.path("output/甲_乙党支部")).len(), 5);
}

fn shards_of_different_counts_merge_independently() {
    let project = project();
    for at in ["0/3", "1/3", "2/3"] {
        assert_eq!(project.zicha(&["build", "--date", "2018-12-01", "--shard", at]).code, 0);
    }
    for at in ["0/2", "1/2"] {
        assert_eq!(project.zicha(&["build", "--shard", at]).code, 0);
    }
    let run = project.zicha(&["merge"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_eq!(project.zicha(&["build", "--shard", "0/2", "--branch", "甲党支部"]).code, 2);
}

fn an_edited_report_never_counts_as_final() {
    let project = Project::sample();
    let build = ["build", "--final", "--branch", "信息工程学院党总支"];
    assert_eq!(project.zicha(&build).code, 0);
    let report = "output/信息工程学院党总支/信息工程学院党总支-自查报告.md";
    let project = project.file(report, b"mine\n");
    for _ in 0..2 {
        let run = project.zicha(&build);
        assert!(run.code == 1 && run.stdout.contains("不能作正式报告"), "{}", run.all());
    }
}

fn an_output_folder_inside_the_input_folder_is_refused() {
    for output in ["input", "input/报告"] {
        let run = project().zicha(&["build", "--output", output]);
        assert!(run.code == 2 && run.stderr.contains("在台账文件夹里面"), "{}", run.all());
    }
}

fn what_is_no_record_of_a_run_is_said_and_left_out() {
    // Lists that unfold to gigabytes are refused before they are parsed.
    let bomb = format!("{{\"version\":\"0\",\"branches\":[{}{{}}]}}", "{},".repeat(1_000_000));
    for record in ["[]", "{}", "null", "[\"0\"]", &bomb] {
        let project = Project::ready(&["甲党支部"]).file("output/run.json", record.as_bytes());
        let run = project.zicha(&["build", "--format", "md"]);
        let said = "以前的记录读不出，当作没有：内容不是本程序写的记录，或者只有半截";
        assert!(run.code == 0 && run.stdout.contains(said), "{}: {}", &record[..record.len().min(40)], run.all());
        assert!(project.read("output/run.json").contains("甲党支部"));
    }
}
