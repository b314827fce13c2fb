//! Generated ledgers of a department: any number of branches with 50 rows each. As in `input/`, 14 of them appear in
//! the report's four tables; it has three pages.

use std::ops::Range;

use rust_xlsxwriter::{Workbook, XlsxError};

/// The roster and the ledgers, a workbook each; a branch's rows are one in the roster and 50 in the others.
pub(crate) const DEPARTMENT: [Ledger; 9] = [
    Ledger::new("党组织名册", 1, &["党组织名称", "类别", "书记", "党员人数", "联系人", "电子邮箱"]),
    Ledger::new(
        "整改台账",
        5,
        &["党组织", "党支部", "问题类别", "问题表现", "整改措施", "责任人", "整改时限", "完成情况", "完成日期"],
    ),
    Ledger::new(
        "突破项目",
        1,
        &["党组织", "项目名称", "负责人", "年度目标", "进展情况", "完成率", "存在差距", "下步措施", "计划完成时间"],
    ),
    Ledger::new(
        "党建特色团队",
        4,
        &["党组织", "团队名称", "类型", "带头人", "成员数", "重点任务", "阶段性成果", "完成率", "建设成效"],
    ),
    Ledger::new("主题党日", 4, &["党组织", "活动日期", "活动主题", "应到人数", "实到人数", "是否上传", "上传日期"]),
    Ledger::new("干部在线学习", 28, &["党组织", "姓名", "职务", "规定学时", "已完成学时"]),
    Ledger::new("党员议事会", 1, &["党组织", "召开日期", "议题", "参会人数", "会议反响"]),
    Ledger::new("任务分解", 6, &["党组织", "任务名称", "责任人", "时间节点", "进度", "状态"]),
    Ledger::new("文字材料", 1, &["党组织", "栏目", "内容"]),
];

/// A ledger of the department.
#[derive(Clone, Copy)]
pub(crate) struct Ledger {
    /// Its name, also that of its file.
    pub name: &'static str,
    /// Rows of each branch.
    pub rows: usize,
    /// The heads of its columns.
    pub head: &'static [&'static str],
}

impl Ledger {
    const fn new(name: &'static str, rows: usize, head: &'static [&'static str]) -> Self {
        Self { name, rows, head }
    }

    /// The workbook (`.xlsx`) with the rows of some branches, by their numbers.
    ///
    /// # Errors
    /// When there are more rows than a sheet holds.
    pub(crate) fn workbook(&self, branches: Range<usize>) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (col, head) in (0..).zip(self.head) {
            sheet.write(0, col, *head)?;
        }
        for (row, at) in (1..).zip(branches.start * self.rows..branches.end * self.rows) {
            for (col, head) in (0..).zip(self.head) {
                match value(head, at, at / self.rows) {
                    Value::Text(text) => sheet.write(row, col, text)?,
                    Value::Number(number) => sheet.write(row, col, number)?,
                };
            }
        }
        book.save_to_buffer()
    }
}

enum Value {
    Text(String),
    Number(f64),
}

/// The value of column `head` in row number `at` of a ledger.
fn value(head: &str, at: usize, branch: usize) -> Value {
    let pick = |choices: &[&str]| choices[at % choices.len()].to_owned();
    let text = match head {
        "党组织" | "党组织名称" => format!("第{branch}学院党总支"),
        "类别" => "党总支".to_owned(),
        "书记" | "联系人" | "责任人" | "负责人" | "带头人" | "姓名" => person(at),
        "电子邮箱" => format!("b{branch}@example.edu.cn"),
        "党支部" => format!("第{}支部", at % 4 + 1),
        "问题类别" => pick(&["组织生活严肃性不高", "档案材料规范化程度低", "党员教育形式化"]),
        "问题表现" => format!("第{at}次检查时会议记录缺项，没有写明主持人和记录人"),
        "整改措施" => format!("补齐记录{at}"),
        "完成情况" | "状态" => pick(&["已完成", "推进中", "已完成", "未启动"]),
        "项目名称" => format!("品牌{at}"),
        "年度目标" => pick(&["案例1个", "制度3项", "帮扶20人"]),
        "进展情况" => pick(&["阶段完成", "已有初稿", "征求意见"]),
        "存在差距" => pick(&["经费不足", "人数偏少", "宣传不够"]),
        "下步措施" => pick(&["按月调度", "尽快完成", "专人负责"]),
        "团队名称" => format!("团队{at}"),
        "类型" => pick(&["科研攻关", "技术服务", "管理服务"]),
        "重点任务" => format!("优质课{at}"),
        "阶段性成果" => format!("论文{}篇", at % 4),
        "建设成效" => if at % 50 == 29 { "成效不明显" } else { ["成效突出", "正常推进"][at % 2] }.to_owned(),
        "活动主题" => pick(&["重温入党誓词", "学习教育大会精神", "志愿服务进社区", "参观校史馆"]),
        "是否上传" => if at % 10 == 9 { "否" } else { "是" }.to_owned(),
        "职务" => pick(&["系主任", "支部书记", "教研室主任", "辅导员"]),
        "议题" => format!("通报第{at}项工作计划"),
        "会议反响" => pick(&["一致赞成", "对活动经费提出建议"]),
        "任务名称" => format!("党支部书记第{at}期培训"),
        "栏目" => "下一步打算".to_owned(),
        "内容" => format!("坚持问题导向，对照检查反馈的第{at}条意见逐项抓好落实。"),
        "整改时限" => if at % 50 == 49 { "2018-09-30" } else { ["2018-10-31", "2018-11-30"][at % 2] }.to_owned(),
        "活动日期" => pick(&["2018-09-06", "2018-09-20", "2018-10-11", "2018-10-18"]),
        "召开日期" => format!("2018-{:02}-{:02}", at % 6 + 4, at % 28 + 1),
        "时间节点" => pick(&["2018-11-30", "2018-12-15", "2018-12-20", "2018-11-20"]),
        "计划完成时间" => pick(&["2018-11-30", "2018-12-20"]),
        "上传日期" | "完成日期" => "2018-10-22".to_owned(),
        "完成率" | "进度" => return Value::Number((60 + at % 41) as f64 / 100.0),
        "规定学时" => return Value::Number(40.0),
        "已完成学时" => return Value::Number((if at % 100 == 99 { 30 } else { 40 } + at % 20) as f64),
        "实到人数" => return Value::Number((20 + at % 20) as f64),
        _ => return Value::Number((30 + at % 20) as f64),
    };
    Value::Text(text)
}

fn person(at: usize) -> String {
    const FAMILY: [char; 11] = ['王', '李', '张', '刘', '陈', '杨', '赵', '黄', '周', '吴', '徐'];
    const GIVEN: [&str; 13] =
        ["建国", "明", "晓红", "志强", "兰", "文博", "静", "海涛", "雪梅", "勇", "子涵", "桐英", "磊"];
    format!("{}{}", FAMILY[at % FAMILY.len()], GIVEN[at % GIVEN.len()])
}
