//! Questions about what was guessed, and the answers of a person.
//!
//! A question has a key that people can type, the guess and its reason. An answer takes the guess's place. Questions
//! are in order of importance: first what every report depends on, last what a single column does.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::error::ScaffoldError;
use super::guess::{Confidence, Guess};
use crate::ingest::{impossible_day, parse_day};
use crate::notice::known_names;

/// Answers by the keys of their questions.
#[derive(Clone, Debug, Default)]
pub struct Answers(BTreeMap<String, String>);

impl Answers {
    /// Sets the answer to a question.
    pub fn insert(&mut self, key: &str, answer: &str) {
        self.0.insert(key.trim().to_owned(), answer.trim().to_owned());
    }

    /// Takes the answer to a question back.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// Whether a question has an answer.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}

/// How much depends on an answer; the first are asked first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Importance {
    /// All reports: which branches there are.
    Branches,
    /// All figures of a ledger: whose its rows are.
    BranchColumn,
    /// Whether cells that do not fit what a person said are faults.
    Misfit,
    /// What is overdue, and the dates in letters.
    Dates,
    /// Whether what is missing is 0: which ledgers every branch has to report in.
    Coverage,
    /// Rates: what counts as done.
    Done,
    /// Words in titles and letters.
    Words,
    /// The figures of one column.
    Column,
}

/// Something that was guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The name by which it is answered: 名册, 隐患.单位列; that of a ledger begins with its id.
    pub key: String,
    /// The question, as a person reads it.
    pub text: String,
    /// What was guessed, or answered.
    pub guess: String,
    /// Why that was guessed.
    pub reason: String,
    /// The possible answers; any text when there are none.
    pub options: Vec<String>,
    /// How sure the guess is.
    pub confidence: Confidence,
    /// How much depends on it.
    pub importance: Importance,
}

impl Question {
    /// Whether a person should look at it: the form or the cells do not say it.
    pub fn is_open(&self) -> bool {
        self.confidence < Confidence::Certain
    }
}

/// What a question is about.
pub(super) struct Subject {
    pub(super) importance: Importance,
    pub(super) key: String,
    pub(super) text: String,
}

/// The key of the question about the notice's title: an answer may name the period.
pub(super) const TITLE: &str = "标题";

/// Collects questions while a notice is designed.
pub(super) struct Questionnaire {
    answers: Answers,
    questions: Vec<Question>,
}

/// What a ledger is called in keys.
pub(super) struct LedgerKey<'a> {
    /// Its id in the settings, which keys begin with.
    pub(super) id: &'a str,
    /// Its title, which an answer may have instead.
    pub(super) title: &'a str,
}

impl Questionnaire {
    pub(super) fn new(answers: &Answers) -> Self {
        Self { answers: answers.clone(), questions: Vec::new() }
    }

    /// Takes answers whose keys begin with a ledger's title for those to the questions about that ledger.
    pub(super) fn name_ledgers(&mut self, ledgers: &[LedgerKey<'_>]) {
        let answers = std::mem::take(&mut self.answers.0);
        let is_id = |name: &str| ledgers.iter().any(|ledger| ledger.id == name);
        let (own, named): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|(key, _)| key.split_once('.').is_none_or(|(name, _)| is_id(name)));
        self.answers.0.extend(own);
        for (key, answer) in named {
            let of_title =
                |ledger: &&LedgerKey<'_>| key.strip_prefix(ledger.title).is_some_and(|rest| rest.starts_with('.'));
            let ledger = ledgers.iter().filter(of_title).max_by_key(|ledger| ledger.title.len());
            let key = ledger.map_or(key.clone(), |ledger| format!("{}{}", ledger.id, &key[ledger.title.len()..]));
            self.answers.0.entry(key).or_insert(answer);
        }
    }

    /// Whether a question is answered.
    pub(super) fn has(&self, key: &str) -> bool {
        self.answers.has(key)
    }

    /// What a question is answered with.
    pub(super) fn answer(&self, key: &str) -> Option<&String> {
        self.answers.0.get(key).filter(|answer| !answer.is_empty())
    }

    /// A text: the answer, else the guess.
    pub(super) fn text(&mut self, subject: Subject, guess: Guess<String>) -> Guess<String> {
        let settled = self.answer(&subject.key).map_or(guess, |answer| Guess::given(answer.clone()));
        self.add(subject, &settled, settled.value.clone(), Vec::new());
        settled
    }

    /// A day, in any way in which ledgers write one; a day without a year is in that of the guess.
    ///
    /// # Errors
    /// When the answer is none.
    pub(super) fn day(&mut self, subject: Subject, guess: Guess<Date>) -> Result<Guess<Date>, ScaffoldError> {
        let settled = match self.answers.0.get(&subject.key) {
            Some(answer) => {
                let year = guess.value.year();
                let expected = || match impossible_day(answer, year) {
                    Some(reason) => format!("有这一天的日期（{reason}）"),
                    None => "日期，如 2026-09-30、2026年9月30日".to_owned(),
                };
                let day = parse_day(answer, year).ok_or_else(|| refused(&subject.key, answer, &expected()))?;
                Guess::given(day)
            }
            None => guess,
        };
        self.add(subject, &settled, settled.value.to_string(), Vec::new());
        Ok(settled)
    }

    /// One of several options, by its index.
    ///
    /// # Errors
    /// When the answer is none of them.
    pub(super) fn one_of(
        &mut self,
        subject: Subject,
        options: Vec<String>,
        guess: Guess<usize>,
    ) -> Result<Guess<usize>, ScaffoldError> {
        let settled = match self.answers.0.get(&subject.key) {
            Some(answer) => {
                let expected = || refused(&subject.key, answer, &options.join("、"));
                Guess::given(options.iter().position(|option| option == answer).ok_or_else(expected)?)
            }
            None => guess,
        };
        let shown = options.get(settled.value).cloned().unwrap_or_default();
        self.add(subject, &settled, shown, options);
        Ok(settled)
    }

    /// Several of the options, by their indices, which an answer lists with 、 between them; 无 is none of them.
    ///
    /// # Errors
    /// When the answer has something else.
    pub(super) fn some_of(
        &mut self,
        subject: Subject,
        options: &[String],
        guess: Guess<Vec<usize>>,
    ) -> Result<Guess<Vec<usize>>, ScaffoldError> {
        let settled = match self.answers.0.get(&subject.key) {
            Some(answer) => {
                let places = chosen(answer, options);
                let expected = || {
                    refused(
                        &subject.key,
                        answer,
                        &format!("{}中的几个，用顿号隔开，一个也没有的写“无”", options.join("、")),
                    )
                };
                Guess::given(places.ok_or_else(expected)?)
            }
            None => guess,
        };
        let shown: Vec<&str> = settled.value.iter().filter_map(|at| Some(options.get(*at)?.as_str())).collect();
        self.add(subject, &settled, shown.join("、"), Vec::new());
        Ok(settled)
    }

    fn add<T>(&mut self, subject: Subject, settled: &Guess<T>, guess: String, options: Vec<String>) {
        let Subject { importance, key, text } = subject;
        let (reason, confidence) = (settled.reason.clone(), settled.confidence);
        self.questions.push(Question { key, text, guess, reason, options, confidence, importance });
    }

    /// The questions in order of importance.
    ///
    /// # Errors
    /// When an answer belongs to none of them.
    pub(super) fn finish(mut self) -> Result<Vec<Question>, ScaffoldError> {
        self.questions.sort_by_key(|question| question.importance);
        let keys = || self.questions.iter().map(|question| question.key.as_str());
        match self.answers.0.keys().find(|key| !keys().any(|known| known == key.as_str())) {
            Some(key) => {
                let hint = known_names(key, "可以答的有", keys());
                Err(ScaffoldError::UnknownQuestion { key: key.clone(), hint })
            }
            None => Ok(self.questions),
        }
    }
}

/// What is between the options of an answer.
const SEPARATORS: [char; 4] = ['、', ',', '，', ' '];
/// Answers that are none of the options.
const NONE: [&str; 3] = ["无", "没有", "都不算"];

/// The indices of the options that an answer lists; `None` when there is something else in it. An option may hold a
/// comma, and begin with another.
fn chosen(answer: &str, options: &[String]) -> Option<Vec<usize>> {
    let mut rest = answer.trim_start_matches(SEPARATORS);
    let mut found = Vec::new();
    while !rest.is_empty() {
        let begins = |option: &str| {
            let behind = rest.strip_prefix(option).filter(|_| !option.is_empty())?;
            (behind.is_empty() || behind.starts_with(SEPARATORS)).then_some(behind)
        };
        let listed = options.iter().enumerate().filter_map(|(at, option)| Some((at, begins(option)?)));
        match listed.min_by_key(|(_, behind)| behind.len()) {
            Some((at, behind)) => {
                found.push(at);
                rest = behind.trim_start_matches(SEPARATORS);
            }
            None => return (found.is_empty() && NONE.contains(&rest.trim())).then_some(found),
        }
    }
    Some(found)
}

/// The error for an answer that a question does not take.
pub(super) fn refused(key: &str, answer: &str, expected: &str) -> ScaffoldError {
    ScaffoldError::Answer { key: key.to_owned(), answer: answer.to_owned(), expected: expected.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Answers, LedgerKey, Questionnaire, chosen};

    #[test]
    fn a_ledger_is_named_by_its_id_or_its_title() {
        let mut answers = Answers::default();
        for key in ["隐患.都要报", "培训记录.主题.类型", "名册", "2026.1培训.量词", "别的.量词"]
        {
            answers.insert(key, key);
        }
        let mut asked = Questionnaire::new(&answers);
        let ledgers = [("隐患", "隐患台账"), ("培训", "培训记录"), ("培训2", "2026.1培训")];
        asked.name_ledgers(&ledgers.map(|(id, title)| LedgerKey { id, title }));
        let keys: Vec<&str> = asked.answers.0.keys().map(String::as_str).collect();
        assert_eq!(keys, ["别的.量词", "名册", "培训.主题.类型", "培训2.量词", "隐患.都要报"]);
    }

    #[test]
    fn options_with_commas_are_chosen_as_they_are_shown() {
        let options = ["已完成", "已完成，待验收", "未完成"].map(str::to_owned);
        assert_eq!(chosen("已完成，待验收", &options), Some(vec![1]));
        assert_eq!(chosen("已完成、已完成，待验收", &options), Some(vec![0, 1]));
        assert_eq!(chosen("已完成，未完成", &options), Some(vec![0, 2]));
        assert_eq!((chosen("无", &options), chosen("", &options)), (Some(vec![]), Some(vec![])));
        assert_eq!((chosen("完成", &options), chosen("已完成、别的", &options)), (None, None));
    }
}
