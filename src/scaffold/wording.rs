//! The words of a notice: its title, who issues it, who signs a report.

use super::design::{Basis, ColumnDesign, LedgerDesign};
use super::guess::{Confidence, Guess};
use super::questions::{Importance, Questionnaire, Subject, TITLE};
use crate::notice::subject;

/// Ends of the titles of documents that are no notices.
const OTHER_TITLES: [&str; 5] = ["提纲", "报告", "模板", "样式", "格式"];

/// The title of the notice and its issuer.
pub(super) struct Names {
    pub(super) title: Guess<String>,
    pub(super) issuer: Guess<String>,
}

/// Guesses title and issuer, and asks about them; `period` is what the notice's is called.
pub(super) fn names(ledgers: &[LedgerDesign], basis: &Basis, period: Option<&str>, asked: &mut Questionnaire) -> Names {
    let about =
        |key: &str, text: &str| Subject { importance: Importance::Words, key: key.to_owned(), text: text.to_owned() };
    let title = asked.text(about(TITLE, "通知的标题"), title_guess(ledgers, basis, period));
    let issuer = asked.text(about("发文部门", "发通知的部门"), issuer_guess(basis));
    Names { title, issuer }
}

fn title_guess(ledgers: &[LedgerDesign], basis: &Basis, period: Option<&str>) -> Guess<String> {
    let written = basis.outline.as_ref().and_then(|outline| outline.notice.title.as_ref());
    match written {
        Some(title) if OTHER_TITLES.iter().any(|end| title.ends_with(end)) => {
            let guess = format!("关于开展{}的通知", subject(title));
            Guess::new(guess, Confidence::Assumed, format!("照提纲的标题“{title}”"))
        }
        Some(title) => Guess::new(title.clone(), Confidence::Likely, "提纲的标题"),
        None if !basis.folder.is_ascii() => {
            Guess::new(format!("关于报送{}情况的通知", basis.folder), Confidence::Assumed, "文件夹的名称")
        }
        None => {
            // The first ledger is the roster.
            let nouns: Vec<&str> = ledgers.iter().skip(1).map(|ledger| ledger.noun.as_str()).collect();
            if let Some(period) = period.filter(|_| nouns.len() > 1) {
                let guess = format!("关于开展{period}自查工作的通知");
                return Guess::new(guess, Confidence::Assumed, "台账不止一种，用这一期的名称");
            }
            let (first, others) = (nouns.first().copied().unwrap_or_default(), if nouns.len() > 1 { "等" } else { "" });
            Guess::new(format!("关于开展{first}{others}自查的通知"), Confidence::Assumed, "第一种台账的名称")
        }
    }
}

fn issuer_guess(basis: &Basis) -> Guess<String> {
    let written = basis.outline.as_ref().and_then(|outline| outline.notice.issuer.clone());
    match written {
        Some(issuer) => Guess::new(issuer, Confidence::Likely, "通知的落款，没有落款的看标题"),
        None => Guess::new("主管部门".to_owned(), Confidence::Assumed, "台账里没有，请改成发通知的部门"),
    }
}

/// Who signs a report: the office that the roster has a column for, else whoever is responsible.
pub(super) fn signer(ledgers: &[LedgerDesign], word: &str, asked: &mut Questionnaire) -> Guess<String> {
    const OFFICES: [&str; 12] =
        ["主任", "书记", "院长", "校长", "馆长", "园长", "所长", "处长", "科长", "站长", "店长", "负责人"];
    let is_office = |column: &&ColumnDesign| OFFICES.iter().any(|office| column.label.ends_with(office));
    let guess = match ledgers.first().and_then(|roster| roster.columns.iter().find(is_office)) {
        Some(column) => Guess::new(column.label.clone(), Confidence::Likely, "名册里有这一列"),
        None => Guess::new(format!("{word}负责人"), Confidence::Assumed, "台账里没有线索"),
    };
    let text = "报告由谁签字（写职务）".to_owned();
    asked.text(Subject { importance: Importance::Words, key: "签字人".to_owned(), text }, guess)
}
