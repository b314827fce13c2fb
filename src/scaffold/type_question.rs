//! What a column holds, as a person answers it; where its cells do not fit the answer, whether they are to be faults.

use super::error::ScaffoldError;
use super::guess::column_type::{self, ColumnContent, Misfit, TypeGuess};
use super::guess::{Confidence, Guess};
use super::observe::ObservedColumn;
use super::questions::{Importance, Questionnaire, Subject};
use crate::notice::ColumnType;

/// Types by the words with which they are answered; `None` leaves the column out.
const TYPES: [(&str, Option<ColumnType>); 9] = [
    ("文字", Some(ColumnType::Text)),
    ("整数", Some(ColumnType::Integer)),
    ("数字", Some(ColumnType::Decimal)),
    ("百分比", Some(ColumnType::Percent)),
    ("日期", Some(ColumnType::Date)),
    ("选项", Some(ColumnType::Choice)),
    ("是否", Some(ColumnType::Flag)),
    ("序号", Some(ColumnType::Serial)),
    ("不要", None),
];

/// The most choices that an answer may make of the texts in a column.
const MAX_ANSWERED_CHOICES: usize = 40;
/// Texts of cells that a question quotes.
const MAX_QUOTED: usize = 5;

/// A column whose type is asked about.
pub(super) struct AskedColumn<'a> {
    /// The id of its ledger.
    pub(super) ledger: &'a str,
    /// The title of its ledger.
    pub(super) title: &'a str,
    /// Its own id.
    pub(super) id: &'a str,
    pub(super) column: &'a ObservedColumn,
    /// The year of days without one.
    pub(super) year: i16,
}

/// The type of a column that has no fixed part; `None` when it is to be left out.
///
/// # Errors
/// When an answer is impossible.
pub(super) fn asked_type(
    about: &AskedColumn<'_>,
    asked: &mut Questionnaire,
) -> Result<Option<TypeGuess>, ScaffoldError> {
    let AskedColumn { ledger, title, id, column, year } = about;
    let guess = of_answers(about, asked, column_type::guess(column, *year));
    let Some(at) = TYPES.iter().position(|(_, known)| *known == Some(guess.value.0)) else {
        return Ok(Some(guess));
    };
    let subject = Subject {
        importance: Importance::Column,
        key: format!("{ledger}.{id}.类型"),
        text: format!("《{title}》的“{}”填的是什么", column.name()),
    };
    let options = TYPES.iter().map(|(word, _)| (*word).to_owned()).collect();
    let mut chosen = asked.one_of(subject, options, Guess::new(at, guess.confidence, guess.reason.clone()))?;
    if chosen.value == at {
        return Ok(Some(Guess { reason: chosen.reason, confidence: chosen.confidence, ..guess }));
    }
    let (word, kind) = TYPES[chosen.value];
    let Some(kind) = kind else { return Ok(None) };
    let misfit = column_type::misfit(column, kind, *year);
    if misfit.cells > 0 {
        let question = MisfitQuestion { about, word, guessed: TYPES[at].0, misfit: &misfit };
        if !question.is_kept(asked)? {
            return Ok(Some(guess));
        }
        chosen.reason = format!("{}；{}", chosen.reason, question.reason());
    }
    let mut content = guess.value.1;
    content.values.clear();
    if kind == ColumnType::Choice {
        content.values = column.distinct_texts();
        content.values.truncate(MAX_ANSWERED_CHOICES);
    }
    // A choice needs choices; without any text to take them from the column stays a text.
    let is_empty_choice = kind == ColumnType::Choice && content.values.is_empty();
    let kind = if is_empty_choice { ColumnType::Text } else { kind };
    Ok(Some(Guess { value: (kind, content), reason: chosen.reason, confidence: chosen.confidence }))
}

/// The guess; choices where a person says which texts of the column mean the same, or are done.
fn of_answers(about: &AskedColumn<'_>, asked: &Questionnaire, guess: TypeGuess) -> TypeGuess {
    let AskedColumn { ledger, id, column, .. } = about;
    let is_answered = |about: &str| asked.has(&format!("{ledger}.{id}.{about}"));
    let values = column.distinct_texts();
    let are_choices = guess.value.0 == ColumnType::Text && (1..=MAX_ANSWERED_CHOICES).contains(&values.len());
    if !are_choices || !["同义", "完成"].into_iter().any(is_answered) {
        return guess;
    }
    let content = ColumnContent { values, ..ColumnContent::default() };
    Guess::new((ColumnType::Choice, content), Confidence::Certain, "照您说的，有几种写法")
}

/// A column whose cells do not fit the type that a person named.
struct MisfitQuestion<'a> {
    about: &'a AskedColumn<'a>,
    /// The word of the type.
    word: &'a str,
    /// The word of the type that was guessed.
    guessed: &'a str,
    misfit: &'a Misfit,
}

impl MisfitQuestion<'_> {
    /// What does not fit: 5 格里有 4 格不是日期：“已整改”“整改中”.
    fn reason(&self) -> String {
        let Misfit { cells, filled, texts } = self.misfit;
        let quoted: String = texts.iter().take(MAX_QUOTED).map(|text| format!("“{text}”")).collect();
        let more = if texts.len() > MAX_QUOTED { "等" } else { "" };
        format!("{filled} 格里有 {cells} 格不能按{}读：{quoted}{more}，会列为错误", self.word)
    }

    /// Asks whether the type is kept.
    fn is_kept(&self, asked: &mut Questionnaire) -> Result<bool, ScaffoldError> {
        let Self { about: AskedColumn { ledger, title, id, column, .. }, word, guessed, .. } = self;
        let subject = Subject {
            importance: Importance::Misfit,
            key: format!("{ledger}.{id}.不合"),
            text: format!("《{title}》的“{}”照您说的填{word}，还是改回{guessed}", column.name()),
        };
        let options = vec![format!("仍填{word}"), format!("改回{guessed}")];
        let answer = asked.one_of(subject, options, Guess::new(0, Confidence::Likely, self.reason()))?;
        Ok(answer.value == 0)
    }
}
