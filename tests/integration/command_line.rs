//! The command line: what it does, prints and refuses.

use crate::support::{NOTICE, Project, SHIPPED_BRANCHES, files, pipe};

crate::harness::tests! {
    alone: [
        a_build_writes_three_formats_metrics_and_sources_of_each_branch,
        two_runs_are_byte_identical_whatever_the_threads,
        a_final_report_with_a_gap_is_refused_and_the_others_are_written,
        a_final_report_with_an_error_in_a_ledger_is_refused,
        one_branch_one_format_another_date,
        json_is_all_that_is_on_standard_output,
        usage_errors_are_in_chinese_and_exit_with_2,
        help_is_in_chinese,
        completions_and_manual_pages_have_every_command_and_none_that_is_hidden,
        manual_pages_keep_their_lines_and_stretch_none,
        a_missing_roster_is_reported_together_with_all_other_findings,
        rows_of_unknown_branches_are_reported_and_not_counted,
        an_unwritable_file_is_named_and_the_others_are_written,
        branches_whose_names_are_no_file_names_get_reports,
        a_section_without_data_is_left_out_or_becomes_a_gap_as_the_settings_say,
        a_missing_ledger_is_a_gap_even_in_an_optional_section,
        a_screen_has_the_first_findings_of_each_code_unless_all_are_asked_for,
        progress_is_a_line_per_stage_without_a_terminal_and_absent_when_quiet,
        codes_keys_functions_and_filters_are_explained,
        explain_lists_everything_and_suggests_what_is_near,
        explain_repeats_no_endless_word_and_none_that_turns_the_line,
        a_pipe_or_a_device_is_not_replaced_by_a_schema,
        keys_and_tokens_that_are_pipes_or_devices_are_not_read,
        a_pipe_in_place_of_a_killed_runs_journal_is_passed_over,
    ]
    with_tools: [
        progress_is_a_bar_on_a_terminal,
    ]
}

fn a_screen_has_the_first_findings_of_each_code_unless_all_are_asked_for() {
    let row = |n: usize| ["甲党支部", &format!("赵{n}"), &format!("坏{n}"), "40"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = (0..25).map(row).collect();
    let project = Project::ready(&["甲党支部"]);
    let project = project.ledger("干部在线学习", &["党组织", "姓名", "规定学时", "已完成学时"], &rows);
    for command in ["check", "build"] {
        let screen = project.zicha(&[command]).stdout;
        assert!(screen.matches("现为：坏").count() == 10 && screen.contains("另有 15 项"), "{screen}");
        let all = project.zicha(&[command, "--all"]).stdout;
        assert!(all.matches("现为：坏").count() == 25 && !all.contains("另有"), "{all}");
        let json = project.zicha(&[command, "--json"]).stdout;
        assert_eq!(json.matches("\"坏").count(), 25, "{json}");
    }
}

fn a_build_writes_three_formats_metrics_and_sources_of_each_branch() {
    let project = Project::with_a_gap(&["甲党支部", "乙党支部", "丙党支部"], "乙党支部");
    let run = project.build();
    let last = run.stdout.lines().last().expect("a last line");
    assert!(last.starts_with("报告 3 份，汇总 1 份；待填写 1 处；错误 0 项"), "{last}");
    let names: Vec<String> = files(&project.path("output")).into_iter().map(|(name, _)| name).collect();
    let of_branches = ["甲党支部", "乙党支部", "丙党支部"].map(|branch| {
        let names = ["docx", "html", "md"].map(|format| format!("{branch}-自查报告.{format}"));
        let names = names.into_iter().chain(["metrics.json", "sources.json"].map(str::to_owned));
        names.map(|name| format!("{branch}/{name}")).collect::<Vec<_>>()
    });
    let of_department = ["docx", "html", "md"].map(|format| format!("汇总/汇总-学习情况汇总.{format}"));
    let others = ["汇总/sources.json", "汇总/汇总表.xlsx", "run.json", "index.html"].map(str::to_owned);
    let mut expected = [of_branches.concat(), of_department.to_vec(), others.to_vec()].concat();
    expected.sort();
    assert_eq!(names, expected);
}

fn two_runs_are_byte_identical_whatever_the_threads() {
    let one = Project::sample();
    let other = Project::sample();
    for (project, threads, zone) in [(&one, "1", "UTC"), (&other, "5", "Asia/Shanghai")] {
        let run = project.zicha_with(&["build"], &[("RAYON_NUM_THREADS", threads), ("TZ", zone)]);
        assert_eq!(run.code, 0, "{}", run.all());
    }
    let (one, other) = (files(&one.path("output")), files(&other.path("output")));
    assert_eq!(one.len(), other.len());
    for ((name, ours), (other_name, theirs)) in one.iter().zip(&other) {
        assert_eq!(name, other_name);
        assert!(ours == theirs, "{name} differs");
    }
}

fn a_final_report_with_a_gap_is_refused_and_the_others_are_written() {
    let project = Project::with_a_gap(&["甲党支部", "乙党支部", "丙党支部"], "乙党支部");
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("[Z302]") && run.stdout.contains("“一、学习情况”中待填写：所缺学时"), "{}", run.stdout);
    assert!(run.stdout.contains("正式报告 2 份，未生成 1 份"), "{}", run.stdout);
    assert!(!project.path("output/乙党支部").exists());
    assert!(project.report("甲党支部", "docx").exists() && project.report("丙党支部", "docx").exists());
}

fn a_final_report_with_an_error_in_a_ledger_is_refused() {
    let clean = Project::sample();
    assert_eq!(clean.zicha(&["build", "--final", "--branch", "信息工程学院党总支"]).code, 0);
    let wrong = clean.ledger(
        "任务分解二",
        &["党组织", "任务名称", "责任人", "时间节点", "进度", "状态"],
        &[vec!["信息工程学院党总支", "党建宣传", "王", "待定", "1", "已完成"]],
    );
    let run = wrong.zicha(&["build", "--final", "--branch", "信息工程学院党总支"]);
    assert_eq!(run.code, 1, "{}", run.all());
    assert!(run.stdout.contains("[Z102] D2：“时间节点”不能按日期"), "{}", run.stdout);
}

fn one_branch_one_format_another_date() {
    let project = Project::sample();
    let run = project.zicha(&["build", "--branch", "教务处党支部", "--format", "md", "--date", "2018-10-31"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let names: Vec<String> = files(&project.path("output")).into_iter().map(|(name, _)| name).collect();
    let of_branch =
        ["metrics.json", "sources.json", "教务处党支部-自查报告.md"].map(|name| format!("教务处党支部/{name}"));
    assert_eq!(names, [&["index.html", "run.json"].map(str::to_owned), &of_branch[..]].concat());
    assert!(project.report_text("教务处党支部", "md").contains("\n2018年10月31日\n"));
}

fn json_is_all_that_is_on_standard_output() {
    let project = Project::with_a_gap(&["甲党支部", "乙党支部"], "乙党支部");
    let run = project.zicha(&["build", "--json", "--format", "md"]);
    let summary: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON alone");
    assert_eq!(
        (summary["reports"].as_u64(), summary["gaps"].as_u64(), summary["errors"].as_u64()),
        (Some(2), Some(1), Some(0))
    );
    assert_eq!(summary["branches"][1]["gaps"][0]["place"], "一、学习情况");
    assert!(run.stderr.lines().last().is_some_and(|line| line.starts_with("报告 2 份")), "{}", run.stderr);
}

fn usage_errors_are_in_chinese_and_exit_with_2() {
    let project = Project::sample().file("不是文件夹", b"");
    for (arguments, said) in [
        (&["build", "--formt", "md"][..], "不认识的选项“--formt”，是不是“--format”？"),
        (&["build", "--format", "txt"], "不能是“txt”"),
        (&["build", "--format", "txt"], "用 zicha build --help 查看用法"),
        (&["biuld"], "用 zicha --help 查看用法"),
        (&["build", "--date", "明天"], "应写成 2018-11-02 这样的日期"),
        (&["biuld"], "没有“biuld”这个命令，是不是“build”？"),
        (&[], "要写明命令"),
        (&["build", "--branch", "教务处支部"], "名册中没有“教务处支部”，是不是“教务处党支部”？"),
        (&["build", "--notice", "没有.toml"], "读不到通知设置 没有.toml：文件或文件夹不存在"),
        (&["build", "--notice", "input"], "读不到通知设置 input：这里应是文件，却是一个文件夹"),
        (&["build", "--input", "没有"], "读不到台账文件夹 没有，请核对 --input：文件或文件夹不存在"),
        (&["build", "--output", "不是文件夹/x"], "写不进 不是文件夹/x"),
        (&["serve", "--port", "七"], "选项“--port”不能是“七”：应是整数"),
    ] {
        let run = project.zicha(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.all());
        assert!(run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
        for english in ["error", "invalid", "No such", "directory"] {
            assert!(!run.stderr.contains(english), "{arguments:?}: {}", run.stderr);
        }
    }
    assert!(!project.path("output").exists());
}

fn help_is_in_chinese() {
    let project = Project::new();
    for arguments in [&["--help"][..], &["build", "--help"]] {
        let run = project.zicha(arguments);
        assert_eq!(run.code, 0);
        assert!(!run.stdout.contains('\u{1b}'), "colours in a pipe");
        assert!(
            run.stdout.contains("用法") && !run.stdout.contains("Usage") && !run.stdout.contains("Options"),
            "{}",
            run.stdout
        );
    }
}

fn completions_and_manual_pages_have_every_command_and_none_that_is_hidden() {
    let project = Project::empty();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let run = project.zicha(&["completions", shell]);
        assert_eq!(run.code, 0, "{}", run.all());
        for command in ["build", "serve", "archive", "init"] {
            assert!(run.stdout.contains(command), "{shell} lacks {command}");
        }
        assert!(!run.stdout.contains("-worker"), "{shell}");
    }
    let run = project.zicha(&["completions", "csh"]);
    assert!(run.code == 2 && run.stderr.contains("不能是“csh”"), "{}", run.all());
    assert_eq!(project.zicha(&["man", "man1"]).code, 0);
    let names: Vec<String> = files(&project.path("man1")).into_iter().map(|(name, _)| name).collect();
    assert!(names.contains(&"zicha.1".to_owned()) && names.contains(&"zicha-build.1".to_owned()), "{names:?}");
    assert!(!names.iter().any(|name| name.contains("worker")), "{names:?}");
    let page = project.read("man1/zicha-build.1");
    for part in [".SH 名称", "zicha build", "读取台账", "成文日期"] {
        assert!(page.contains(part), "lacks {part}: {page}");
    }
    for english in [".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH OPTIONS", ".SH EXTRA"] {
        assert!(!page.contains(english), "{english}: {page}");
    }
}

fn manual_pages_keep_their_lines_and_stretch_none() {
    let project = Project::empty();
    assert_eq!(project.zicha(&["man", "man1"]).code, 0);
    let page = project.read("man1/zicha-start.1");
    let title = format!(".TH zicha-start 1 \"\" \"zicha {}\" \"自查\"\n.ad l\n", env!("CARGO_PKG_VERSION"));
    assert!(page.contains(&title), "{page}");
    let remarks = page.split_once(".SH 其他\n").map_or("", |(_, remarks)| remarks);
    assert_eq!(remarks.lines().skip(1).collect::<Vec<_>>(), [".br", "退出码：0 正常结束；2 写不进或打不开"], "{page}");
    assert!(project.read("man1/zicha.1").contains(&title.replace("zicha-start", "zicha")));
}

fn a_missing_roster_is_reported_together_with_all_other_findings() {
    let project = Project::new().file("input/坏.xlsx", b"PK\x03\x04 not a workbook").file("input/~$锁.xlsx", b"x");
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 2);
    for part in ["[Z001]", "坏.xlsx", "没有可用的《党组织名册》", "临时文件"] {
        assert!(run.stderr.contains(part), "lacks {part}: {}", run.stderr);
    }
}

fn rows_of_unknown_branches_are_reported_and_not_counted() {
    let project = Project::with_branches(&[("教务处党支部", "机关党支部")]).ledger(
        "干部在线学习",
        &["党组织", "姓名", "规定学时", "已完成学时"],
        &[vec!["", "孙", "50", "0"], vec!["教务处 党支部", "赵", "50", "50"], vec!["教务处支部", "钱", "50", "0"]],
    );
    let run = project.build();
    assert!(
        run.stdout.contains("[Z201] A4：")
            && run.stdout.contains("是否为“教务处党支部”？")
            && run.stdout.contains("[Z202] A2："),
        "{}",
        run.stdout
    );
    assert!(project.read("output/教务处党支部/metrics.json").contains("\"cadres\": \"1\""));
    assert_eq!(project.zicha(&["build", "--final"]).code, 1);
}

fn an_unwritable_file_is_named_and_the_others_are_written() {
    let project = Project::sample();
    std::fs::create_dir_all(project.report("教务处党支部", "docx")).expect("a folder in the way");
    let run = project.zicha(&["build"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("[Z304]") && run.stdout.contains("教务处党支部-自查报告.docx"), "{}", run.stdout);
    assert!(project.report("教务处党支部", "md").exists() && project.report("科研处党支部", "docx").exists());
    let left = files(&project.path("output")).into_iter().filter(|(name, _)| name.contains(".zicha-")).count();
    assert_eq!(left, 0, "half-written files were left");
}

fn branches_whose_names_are_no_file_names_get_reports() {
    let long = format!("{}党支部", "长".repeat(120));
    let project = Project::with_branches(&[
        ("甲/乙:党支部", "机关党支部"),
        ("甲?乙:党支部", "机关党支部"),
        (&long, "机关党支部"),
    ]);
    project.build();
    let names: Vec<String> = files(&project.path("output")).into_iter().map(|(name, _)| name).collect();
    assert!(names.iter().all(|name| name.split('/').all(|part| part.len() <= 255)));
    assert!(names.contains(&"甲_乙_党支部-2/甲_乙_党支部-2-自查报告.md".to_owned()), "{names:?}");
}

fn a_section_without_data_is_left_out_or_becomes_a_gap_as_the_settings_say() {
    // A branch that handed in nothing at all has no section left out: it is in some other ledger.
    let study = ["党组织", "姓名", "规定学时", "已完成学时"];
    let teams = || {
        let header =
            ["所属党组织", "团队名称", "类型", "带头人", "重点任务", "阶段性成果", "建设目标完成率", "建设成效"];
        let row = vec!["乙党支部", "团队", "科研攻关", "王", "任务", "成果", "0.5", "正常推进"];
        Project::with_branches(&[("甲党支部", "机关党支部"), ("乙党支部", "机关党支部")]).ledger(
            "党建特色团队",
            &header,
            &[row],
        )
    };
    let silent = teams();
    silent.build();
    let text = silent.report_text("甲党支部", "md");
    assert!(text.contains("## 三、党建特色团队建设情况\n\n【待填写：特色团队建设情况】"), "{text}");
    let teams = || teams().ledger("在线学习", &study, &[vec!["甲党支部", "赵", "50", "50"]]);
    let project = teams();
    project.build();
    let text = project.report_text("甲党支部", "md");
    assert!(text.contains("## 三、“主题党日”制度落实") && !text.contains("特色团队"), "{text}");
    assert!(project.report_text("乙党支部", "md").contains("## 三、党建特色团队建设情况"));
    let project = teams().edit(&format!("{NOTICE}/notice.toml"), "without_data = \"omit\"", "without_data = \"gap\"");
    project.build();
    let text = project.report_text("甲党支部", "md");
    assert!(text.contains("## 三、党建特色团队建设情况\n\n【待填写：特色团队建设情况】"), "{text}");
}

fn a_missing_ledger_is_a_gap_even_in_an_optional_section() {
    let project = Project::sample();
    std::fs::remove_file(project.path("input/党建特色团队.xlsx")).expect("a removed file");
    let run = project.zicha(&["build", "--final"]);
    assert_eq!(run.code, 1);
    let refused = format!("正式报告 0 份，未生成 {} 份", SHIPPED_BRANCHES.len());
    assert!(run.stdout.contains(&refused), "{}", run.stdout);
}

fn progress_is_a_line_per_stage_without_a_terminal_and_absent_when_quiet() {
    let project = Project::with_branches(&[("甲党支部", "机关党支部"), ("乙党支部", "机关党支部")]);
    let run = project.build();
    assert_eq!(run.stderr, "读取台账：1 个文件\n计算指标：2 个单位\n生成报告：2 个单位\n");
    assert_eq!(project.zicha(&["build", "--quiet"]).stderr, "");
}

fn progress_is_a_bar_on_a_terminal() {
    let project = Project::sample();
    let command = format!("{} build >said", env!("CARGO_BIN_EXE_zicha"));
    let mut script = std::process::Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).current_dir(project.path(""));
    let output = script.env("TERM", "xterm").env("COLUMNS", "100").output().expect("script runs");
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && shown.contains("生成报告 [") && shown.contains("还需"), "{shown}");
    assert!(project.read("said").contains(&format!("报告 {} 份", SHIPPED_BRANCHES.len())));
}

fn codes_keys_functions_and_filters_are_explained() {
    let project = Project::new();
    for (word, parts) in [
        ("z102", &["Z102 内容与列的类型不符（错误）", "查什么：", "怎么改："][..]),
        ("ledger.columns.header", &["写在：[ledger.study.columns] 下面", "填写：文字列表；必须写", "例子：header = ["]),
        ("ledger.study.columns.done.type", &["ledger.columns.type（设置的键）", "  percent  百分比"]),
        ("[metric]", &["metric（设置的键）", "其中的键：", "  expr  怎么算"]),
        ("header", &["ledger.columns.header（设置的键）"]),
        ("title", &["title（模板过滤器）", "notice.title（设置的键）", "letter.title（设置的键）"]),
        ("label", &["有几张表里有“label”", "metric.label", "section.part.label"]),
        ("days_between", &["写法：days_between(早, 晚)", "例子：rectify.filter("]),
        ("&&", &["&&（表达式的运算符）", "两边都成立才成立"]),
        ("where", &["where（模板过滤器）", "例子：{% for row in team | where("]),
        ("min", &["min（表达式的函数）", "ledger.columns.min（设置的键）"]),
        ("figure", &["“figure”已改名为 metric", "metric（设置的键）"]),
        ("figures", &["“figures”已改名为 summary.sheet.metrics", "各列是哪几个指标"]),
    ] {
        let run = project.zicha(&["explain", word]);
        assert_eq!(run.code, 0, "{word}: {}", run.all());
        for part in parts {
            assert!(run.stdout.contains(part), "{word} lacks {part:?}: {}", run.stdout);
        }
    }
}

fn explain_lists_everything_and_suggests_what_is_near() {
    let project = Project::new();
    let all = project.zicha(&["explain"]);
    let listed = ["Z102  错误", "ledger.columns.header  ", "days_between(早, 晚)  ", "||  ", "where  ", "gap  "];
    for line in listed {
        assert!(all.stdout.lines().any(|known| known.starts_with(line)), "lacks {line:?}: {}", all.stdout);
    }
    for (word, hint) in [
        ("ZZ201", "是不是“Z201”？"),
        ("haeder", "是不是“ledger.columns.header”？"),
        ("days_betwen", "是不是“days_between”？"),
        ("pluk", "是不是“pluck”？"),
        ("完全没有", "没有“完全没有”这个代码、键、函数或过滤器；用 zicha explain 列出全部"),
    ] {
        let run = project.zicha(&["explain", word]);
        assert_eq!(run.code, 2, "{word}: {}", run.all());
        assert!(run.stderr.contains(hint), "{word}: {}", run.stderr);
    }
}

fn explain_repeats_no_endless_word_and_none_that_turns_the_line() {
    let project = Project::empty();
    let run = project.zicha(&["explain", &"a".repeat(100_000)]);
    let said = format!("错误：没有“{}……”这个代码、键、函数或过滤器；用 zicha explain 列出全部\n", "a".repeat(60));
    assert_eq!((run.code, run.stderr), (2, said));
    let run = project.zicha(&["explain", "a\u{202e}b"]);
    assert!(run.stderr.contains("“a‹U+202E›b”"), "{}", run.stderr);
    let run = project.zicha(&["diff", "a\u{202e}b", "c"]);
    assert!(run.stderr.contains("a‹U+202E›b") && !run.stderr.contains('\u{202e}'), "{}", run.stderr);
}

fn keys_and_tokens_that_are_pipes_or_devices_are_not_read() {
    let project = Project::ready(&["甲党支部"]);
    pipe(&project.path("管道"));
    std::fs::write(project.path("大"), b"").expect("a file");
    std::fs::File::options()
        .write(true)
        .open(project.path("大"))
        .and_then(|file| file.set_len(9 << 30))
        .expect("a hole");
    for (name, said) in [("管道", "是管道、套接字或设备"), ("/dev/zero", "是管道、套接字或设备"), ("大", "最多 1 MiB")]
    {
        for (options, what) in [
            (&["archive", "--by", "张三", "--at", "2018-11-05", "--sign", name][..], "读不到密钥"),
            (&["serve", "--port", "0", "--tls-cert", name, "--tls-key", name][..], "读不到证书"),
        ] {
            let run = project.zicha(options);
            assert!(run.code == 2 && run.stderr.contains(what) && run.stderr.contains(said), "{name}: {}", run.all());
        }
    }
    let run = project.zicha(&["serve", "--port", "0", "--listen", "0.0.0.0", "--token-file", "管道"]);
    assert!(run.code == 2 && run.stderr.contains("令牌"), "{}", run.all());
}

fn a_pipe_in_place_of_a_killed_runs_journal_is_passed_over() {
    let project = Project::ready(&["甲党支部"]);
    assert_eq!(project.zicha(&["build", "--format", "md"]).code, 0);
    for name in ["whole-journal", "shard-0-2-journal"] {
        let journal = project.path("output/.zicha").join(name);
        assert!(!journal.exists());
        pipe(&journal);
        let run = project.zicha(&["build", "--format", "md"]);
        assert_eq!(run.code, 0, "{name}: {}", run.all());
    }
    // Nothing is written through a link.
    std::fs::write(project.path("别的"), "1").expect("a file");
    std::os::unix::fs::symlink(project.path("别的"), project.path("output/.zicha/whole-journal")).expect("a link");
    assert_eq!(project.zicha(&["build", "--format", "md", "--force"]).code, 0);
    assert_eq!(project.read("别的"), "1");
}

fn a_pipe_or_a_device_is_not_replaced_by_a_schema() {
    let project = Project::empty();
    pipe(&project.path("管道"));
    std::os::unix::fs::symlink("/dev/null", project.path("设备")).expect("a link");
    for name in ["管道", "设备"] {
        let run = project.zicha(&["schema", name]);
        assert_eq!(run.code, 2, "{}", run.all());
        assert_eq!(run.stderr, format!("错误：写不进 {name}：是管道、套接字或设备，不是文件\n"));
        assert!(!project.path(name).metadata().expect("it is there").is_file());
    }
    assert_eq!(project.zicha(&["schema", "新/a.json"]).code, 0);
    assert!(project.read("新/a.json").starts_with('{'));
}
