//! `zicha new --from`: the next notice from an earlier one.

use crate::support::{NOTICE, Project, files};

use super::{HAZARDS, TRAINING, assert_holds, built, hospital, new};

crate::harness::tests! {
    alone: [
        the_next_quarter_has_its_days_and_words_and_builds,
        the_next_quarter_is_compared_with_the_last,
        a_new_notice_is_compared_with_earlier_results,
        days_of_a_base_move_into_the_next_notice,
        the_shipped_notice_moves_to_the_next_year,
        an_earlier_notice_that_is_missing_or_broken_is_said,
    ]
}

fn the_next_quarter_has_its_days_and_words_and_builds() {
    let project = hospital();
    built(&project, &["隐患台账.csv", "--answer", "标题=关于开展2026年第三季度安全自查的通知"]);
    let before = files(&project.path("templates/三季度"));
    let run = project.zicha(&["new", "templates/四季度", "--from", "templates/三季度", "--step", "quarter"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let settings = project.read("templates/四季度/notice.toml");
    assert_holds(
        &settings,
        &[
            "title = \"关于开展2026年第四季度安全自查的通知\"",
            "cutoff = 2026-12-31",
            // The fifteenth of the month after the quarter.
            "deadline = 2027-01-15",
            // The reports of the third quarter are there.
            "previous = \"../../output/三季度\"",
            "previous = \"上季度\"",
        ],
    );
    assert_holds(
        &run.stdout,
        &["notice.toml 第", "deadline = 2026-10-15", "接着：zicha build --notice templates/四季度/notice.toml"],
    );
    assert_eq!(files(&project.path("templates/三季度")), before, "the earlier notice is as it was");
    assert_eq!(files(&project.path("templates/四季度")).len(), before.len());
    assert!(project.path("input/四季度").is_dir(), "it has ledgers of its own");
    let roster = project.read("input/三季度/科室名册.csv");
    let project = project
        .file("input/四季度/隐患台账.csv", HAZARDS.as_bytes())
        .file("input/四季度/科室名册.csv", roster.as_bytes());
    let run = project.zicha(&["build", "--notice", "templates/四季度/notice.toml", "--format", "md"]);
    assert_eq!(run.code, 0, "{}", run.all());
    // By now the hazard of 2026-10-10 is overdue, too.
    let report = project.read("output/四季度/儿科/儿科-自查报告.md");
    assert_holds(
        &report,
        &[
            "儿科关于2026年第四季度安全自查情况的报告",
            "现将2026年第四季度有关情况报告如下",
            "超过整改期限仍未完成的有1项",
        ],
    );
    assert_holds(&report, &["隐患共1项（与上季度持平）；"]);
}

fn the_next_quarter_is_compared_with_the_last() {
    let project = hospital();
    built(&project, &["隐患台账.csv", "培训记录.csv", "--answer", "标题=关于开展2026年第三季度安全自查的通知"]);
    let run = project.zicha(&["new", "templates/四季度", "--from", "templates/三季度", "--step", "quarter"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&run.stdout, &["隐患.md 第1行：添上与上一期相比增加、减少多少"]);
    assert_holds(
        &project.read("templates/四季度/隐患.md"),
        &[
            "（{% if prev.n.隐患数 is not none %}与上季度{% if prev.n.隐患数 != n.隐患数 %}相比{% endif %}{% endif %}{{ change(隐患数) }}）",
        ],
    );
    let roster = project.read("input/三季度/科室名册.csv");
    let hazards = "科室,隐患内容,级别,整改期限,整改情况,完成日期,整改经费（元）\n内科,a,一般,2026-11-10,已整改,2026-11-09,300\n\
        外科,b,一般,2026-11-10,已整改,2026-11-09,1\n外科,c,重大,2026-11-10,已整改,2026-11-09,1\n\
        外科,d,重大,2026-11-10,已整改,2026-11-09,1\n儿科,f,一般,2026-11-10,已整改,2026-11-09,1\n药剂科,e,一般,2026-11-10,已整改,2026-11-09,1\n";
    let project = project
        .file("input/四季度/隐患台账.csv", hazards.as_bytes())
        .file("input/四季度/培训记录.csv", format!("{TRAINING}药剂科,2026-11-01,用药,2,2,是\n").as_bytes())
        .file("input/四季度/科室名册.csv", format!("{roster}\"药剂科\",\"科室\"\r\n").as_bytes());
    let run = project.zicha(&["build", "--notice", "templates/四季度/notice.toml", "--format", "md"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let report = |branch: &str| project.read(&format!("output/四季度/{branch}/{branch}-自查报告.md"));
    // Then 内科 and 外科 had two each, 儿科 one, all five; 药剂科 was not there.
    assert_holds(&report("内科"), &["隐患共1项（与上季度相比减少1项）；", "共开展培训1次（与上季度持平）；"]);
    assert_holds(&report("外科"), &["隐患共3项（与上季度相比增加1项）；"]);
    assert_holds(&report("药剂科"), &["隐患共1项（上季度没有数据）；"]);
    assert_holds(&project.read("output/四季度/汇总/汇总-自查汇总.md"), &["各科室隐患共6项（与上季度相比增加1项）；"]);
    // What compares already is not changed again.
    let run = project.zicha(&["new", "templates/明年一季度", "--from", "templates/四季度", "--step", "quarter"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let before = project.read("templates/四季度/隐患.md");
    assert_eq!(project.read("templates/明年一季度/隐患.md"), before);
}

fn a_new_notice_is_compared_with_earlier_results() {
    let project = hospital();
    built(&project, &["隐患台账.csv"]);
    let table = "output/三季度/汇总/汇总表.xlsx";
    let arguments =
        ["new", "templates/四季度", "隐患台账.csv", "--previous", table, "--answer", "数据截止日=2026-12-31"];
    let run = project.zicha(&arguments);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(
        &project.read("templates/四季度/notice.toml"),
        &["previous = \"../../output/三季度/汇总/汇总表.xlsx\"\n"],
    );
    let run = project.zicha(&["build", "--notice", "templates/四季度/notice.toml", "--format", "md"]);
    assert_eq!(run.code, 0, "{}", run.all());
    assert_holds(&project.read("output/四季度/内科/内科-自查报告.md"), &["隐患共2项（与上期持平）；按级别分"]);
    let run = project.zicha(&["new", "templates/别的", "隐患台账.csv", "--previous", "没有"]);
    assert_eq!(
        (run.code, run.stderr.contains("没有 没有；--previous 写上一期的输出文件夹")),
        (2, true),
        "{}",
        run.all()
    );
    assert!(!project.path("templates/别的").exists());
}

fn days_of_a_base_move_into_the_next_notice() {
    let project = hospital();
    built(&project, &["隐患台账.csv", "--answer", "标题=关于开展2026年第三季度安全自查的通知"]);
    let own = "base = \"../三季度\"\n\n[notice]\nissuer = \"护理部\"\n";
    let project = project.file("templates/护理/notice.toml", own.as_bytes());
    let run = project.zicha(&["new", "templates/护理四季度", "--from", "templates/护理", "--step", "quarter"]);
    assert_eq!(run.code, 0, "{}", run.all());
    let text = project.read("templates/护理四季度/notice.toml");
    assert_holds(&text, &["base = \"../三季度\"", "cutoff = 2026-12-31", "deadline = 2027-01-15", "date = 2027-01-15"]);
    // The title of the base is moved, too; there are no earlier reports of this notice.
    assert_holds(&text, &["title = \"关于开展2026年第四季度安全自查的通知\""]);
    assert_holds(
        &run.stdout,
        &["底子里的 notice.cutoff → cutoff = 2026-12-31", "底子里的 notice.title → title = ", "没有写上一期"],
    );
    assert!(!text.contains("previous"), "{text}");
    let run = project.zicha(&["new", "别处/护理", "--from", "templates/护理"]);
    assert_eq!((run.code, run.stderr.contains("新的通知也要放在")), (2, true), "{}", run.all());
}

fn the_shipped_notice_moves_to_the_next_year() {
    let project = Project::new();
    let run = project.zicha(&["new", "templates/2019-grassroots", "--from", NOTICE]);
    assert_eq!(run.code, 0, "{}", run.all());
    let (old, new) =
        (project.read(&format!("{NOTICE}/notice.toml")), project.read("templates/2019-grassroots/notice.toml"));
    assert_holds(
        &new,
        &[
            "deadline = 2019-11-02",
            "cutoff   = 2019-10-25        # 数据截止日",
            // The Thursday nearest to 2019-09-06.
            "first      = 2019-09-05",
            "except     = [2019-10-04]",
            "校组字〔2019〕12号",
        ],
    );
    assert_eq!(old.lines().count(), new.lines().count());
    let same = old.lines().zip(new.lines()).filter(|(old, new)| old == new).count();
    assert!(old.lines().count() - same < 15, "{}", run.stdout);
    assert_holds(&run.stdout, &["写着月份、没有挪的", "6月份检查"]);
}

fn an_earlier_notice_that_is_missing_or_broken_is_said() {
    let project = hospital();
    assert_eq!(new(&project, &["隐患台账.csv"]).code, 0);
    let project =
        project.file("坏/notice.toml", b"[notice]\ntitle = 1\n").file("占用/a.txt", b"1").file("空/a.md", b"");
    for (arguments, message) in [
        (&["新", "--from", "空"][..], "空 里没有 notice.toml"),
        (&["新", "--from", "没有"][..], "没有 里没有 notice.toml"),
        (&["新", "--from", "坏"][..], "原来的通知不能使用，先改好它"),
        (&["占用", "--from", "templates/三季度"][..], "占用 里已有文件，不覆盖"),
        (&["新", "隐患台账.csv", "--from", "templates/三季度"][..], "--from"),
        (&["新", "--step", "quarter"][..], "--from"),
        (&["新", "--from", "templates/三季度", "--step", "week"][..], "week"),
    ] {
        let run = project.zicha(&[&["new"], arguments].concat());
        assert_eq!((run.code, run.stderr.contains(message)), (2, true), "{arguments:?}: {}", run.stderr);
        assert!(!project.path("新").exists() && !project.path("input/新").exists(), "{arguments:?}");
    }
}
