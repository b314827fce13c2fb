//! A notice of another field than the shipped one: a hospital's quarterly safety check.

use super::{NOTICE, Project};

/// Settings with two kinds of branch, a ledger of hazards that every branch must hand in, and a summary.
const SETTINGS: &str = r#"
[notice]
title    = "关于开展安全自查的通知"
issuer   = "医务处"
deadline = 2019-07-05
cutoff   = 2019-06-30
[words]
branch     = "科室"
department = "医务处"
previous   = "上季度"
[roster]
ledger = "roster"
name   = "name"
kind   = "kind"
[letter]
title        = ["{{ branch.name }}", "安全自查报告"]
addressee    = "{{ notice.issuer }}"
opening      = "opening.md"
closing      = "closing.md"
signer       = "负责人"
organisation = "{{ branch.name }}"
date         = 2019-07-05
file_name    = "自查报告"
[ledger.roster]
title = "科室名册"
columns.name = { header = ["科室名称"], type = "text", required = true }
columns.kind = { header = ["类别"], type = "choice", values = ["临床", "医技"], required = true }
[ledger.hazard]
title        = "隐患台账"
every_branch = true
nil_report   = ["无"]
[ledger.hazard.columns]
branch  = { header = ["科室"], type = "branch" }
content = { header = ["隐患内容"], type = "text", required = true }
level   = { header = ["级别"], type = "choice", values = ["重大", "较大", "一般"] }
due     = { header = ["整改期限"], type = "date" }
cost    = { header = ["整改费用"], type = "decimal", unit = "元" }
done    = { header = ["是否整改"], type = "flag" }
[metric]
hazards  = { label = "隐患数", unit = "项", expr = 'hazard.len()' }
open     = { label = "未整改隐患数", unit = "项", expr = 'hazard.filter(|r| !r.done).len()' }
done_pct = { label = "整改率", show = "percent", decimals = 4, expr = 'ratio(hazards - open, hazards)' }
[[section]]
title = "隐患"
[[section.part]]
template = "hazard.md"
label    = "隐患（隐患台账中没有本科室的记录）"
ledgers  = ["hazard"]
nil      = "没有发现隐患。"
[summary]
name = "汇总"
[summary.letter]
title        = ["安全自查汇总"]
addressee    = "院长办公会"
opening      = "opening.md"
closing      = "closing.md"
signer       = "处长"
organisation = "{{ notice.issuer }}"
date         = 2019-07-05
file_name    = "汇总"
[summary.metric]
hazards_all = { label = "隐患总数", unit = "项", expr = 'sum(branches.map(|b| b.hazards))' }
[[summary.section]]
title = "隐患"
[[summary.section.part]]
template = "all.md"
label    = "隐患"
"#;

impl Project {
    /// The hospital's notice, in the shipped one's place, with more settings at its end; 内科, 外科 (both 临床) and
    /// 检验科 (医技) with the hazards of `rows`: branch, content, level, due, cost, done.
    pub(crate) fn hospital(more: &str, rows: &[[&str; 6]]) -> Self {
        let file = |name: &str| format!("{NOTICE}/{name}");
        let roster = [["内科", "临床"], ["外科", "临床"], ["检验科", "医技"]].map(|row| row.to_vec());
        let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.to_vec()).collect();
        Self::empty()
            .file(&file("notice.toml"), format!("{SETTINGS}{more}").as_bytes())
            .file(&file("opening.md"), "现报告如下。\n".as_bytes())
            .file(&file("closing.md"), "特此报告。\n".as_bytes())
            .file(&file("hazard.md"), "发现隐患{{ hazards }}项。\n".as_bytes())
            .file(&file("all.md"), "共{{ hazards_all }}项。\n".as_bytes())
            .ledger("科室名册", &["科室名称", "类别"], &roster)
            .ledger("隐患台账", &["科室", "隐患内容", "级别", "整改期限", "整改费用", "是否整改"], &rows)
    }

    /// Replaces a template of the notice.
    pub(crate) fn template(self, name: &str, text: &str) -> Self {
        self.file(&format!("{NOTICE}/{name}"), text.as_bytes())
    }

    /// The text of the hospital's summary.
    pub(crate) fn hospital_summary(&self) -> String {
        self.read("output/汇总/汇总-汇总.md")
    }
}
