//! `zicha new`: writes the settings of a new notice from ledgers and an outline, and asks about what it guessed.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::common::{Exit, HELP, print_error};
use super::machine::own_program;
use crate::pipeline::{
    EarlierPeriod, NewNoticeError, OutlineSource, OwnFolders, PreviousSource, RenewedNotice, SETTINGS_FILE,
    SourceLedger, SourceRequest, Targets, folder_name, read_sources, renew_notice, try_notice, write_notice,
};
use crate::scaffold::{Answers, Question, Scaffold, Step, scaffold};
use crate::serve::clock::today;

/// 从空白的或填好的台账和一份提纲，写出一份新的通知：设置、模板、核对、汇总，马上能生成报告
#[derive(Args)]
#[command(
    help_template = HELP,
    override_usage = "zicha new [选项] <文件夹> <台账>...\n      zicha new --from <原来的文件夹> <文件夹>",
    disable_help_flag = true,
    next_help_heading = "选项",
    after_help = "列的类型、选项、单位，哪一列是单位，哪一种台账是名册，都从表头、格式和内容猜；猜的写明理由，要紧的先问。\n例如：zicha new templates/2026-q3 隐患台账.xlsx 培训记录.xlsx --outline 通知.docx\n退出码：0 完成；2 用法不对、台账或提纲不能用，或读写失败，什么也没有写"
)]
pub(super) struct Arguments {
    /// 新通知的文件夹，要没有或是空的
    #[arg(value_name = "文件夹", help_heading = "参数")]
    folder: PathBuf,
    /// 台账文件，空白的或填好的，一种一个；有名册的也给出
    #[arg(value_name = "台账", help_heading = "参数")]
    ledgers: Vec<PathBuf>,
    /// 从原来的一份通知开始：它的文件夹。照抄设置和模板，日期、年份、季度往后挪，与它的报告比
    #[arg(long, value_name = "文件夹", conflicts_with_all = ["ledgers", "outline", "heading", "branches", "answer", "previous"])]
    from: Option<PathBuf>,
    /// 与 --from 同用：往后挪多久，year 一年（默认）、quarter 一季度、month 一个月
    #[arg(long, value_name = "多久", requires = "from", hide_possible_values = true)]
    step: Option<StepName>,
    /// 台账放到这个文件夹（默认 input/新通知的名称）；已经在里面的不动
    #[arg(long, value_name = "文件夹")]
    input: Option<PathBuf>,
    /// 提纲：.docx、.txt 或 .md，取其中的标题
    #[arg(long, value_name = "文件", conflicts_with = "heading")]
    outline: Option<PathBuf>,
    /// 提纲的一个标题，可重复使用
    #[arg(long, value_name = "标题")]
    heading: Vec<String>,
    /// 有哪些单位，用逗号隔开；台账里没有单位名称时要写
    #[arg(long, value_name = "名称", value_delimiter = ',')]
    branches: Vec<String>,
    /// 上一期的结果：那次的输出文件夹、里面的 run.json，或汇总表.xlsx；与它比，报告里写增加、减少多少
    #[arg(long, value_name = "路径")]
    previous: Option<PathBuf>,
    /// 答一个问题，写成 问题=答案，可重复使用
    #[arg(long, value_name = "问题=答案", value_parser = answer)]
    answer: Vec<Answer>,
    /// 什么也不问，照猜的写
    #[arg(long)]
    yes: bool,
    /// 显示帮助
    #[arg(short, long, action = clap::ArgAction::Help)]
    help: Option<bool>,
}

/// How far a notice is moved on.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum StepName {
    Year,
    Quarter,
    Month,
}

impl From<StepName> for Step {
    fn from(name: StepName) -> Self {
        match name {
            StepName::Year => Self::Year,
            StepName::Quarter => Self::Quarter,
            StepName::Month => Self::Month,
        }
    }
}

/// An answer given as an argument.
#[derive(Clone, Debug)]
struct Answer {
    key: String,
    value: String,
}

fn answer(text: &str) -> Result<Answer, String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("“{text}”应写成 问题=答案"))?;
    Ok(Answer { key: key.to_owned(), value: value.to_owned() })
}

impl Arguments {
    /// Where the ledgers go: where the notice finds them without an option.
    fn input_folder(&self) -> PathBuf {
        let name = folder_name(&self.folder.join(SETTINGS_FILE)).unwrap_or_default();
        self.input.clone().unwrap_or_else(|| OwnFolders::named(&name).input)
    }

    fn targets(&self) -> Targets {
        Targets { notice: self.folder.clone(), input: self.input_folder() }
    }

    fn print_next_command(&self) {
        let settings = self.folder.join(SETTINGS_FILE);
        match &self.input {
            Some(input) => println!("接着：zicha build --notice {} --input {}", settings.display(), input.display()),
            None => println!("接着：zicha build --notice {}", settings.display()),
        }
    }
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Exit {
    if let Some(from) = &arguments.from {
        return next(from, arguments);
    }
    match make(arguments) {
        Ok(made) => {
            print_made(&made, arguments);
            Exit::Done
        }
        Err(error) => print_error(&error),
    }
}

/// Makes the next notice from an earlier one.
fn next(from: &Path, arguments: &Arguments) -> Exit {
    let targets = arguments.targets();
    let step = arguments.step.map_or(Step::Year, Step::from);
    let output = OwnFolders::of(&from.join(SETTINGS_FILE)).output;
    let earlier = EarlierPeriod { notice: from, output: &output };
    let renewed = match renew_notice(earlier, &targets, step) {
        Ok(renewed) => renewed,
        Err(error) => return print_error(&error),
    };
    println!("写好 {}，台账放进 {}", targets.notice.display(), targets.input.display());
    if let Some(sentence) = renewed.sentence_about_ledgers(&targets.input) {
        println!("{sentence}");
    }
    let RenewedNotice { changed, doubtful, has_previous, .. } = renewed;
    println!("挪过的 {} 行：", changed.len());
    changed.iter().for_each(|note| println!("  {}", note.text()));
    if !doubtful.is_empty() {
        println!("写着月份、没有挪的 {} 行：", doubtful.len());
        doubtful.iter().for_each(|note| println!("  {}", note.text()));
    }
    if !has_previous {
        let output = output.display();
        println!("{output} 里没有原来那一期的报告，没有写上一期；要与它比，生成以后在 [notice] 里写 previous");
    }
    arguments.print_next_command();
    Exit::Done
}

fn make(arguments: &Arguments) -> Result<Scaffold, NewNoticeError> {
    let name = |path: &Path| path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let ledger = |path: &PathBuf| SourceLedger { path: path.clone(), name: name(path) };
    let outline = match &arguments.outline {
        Some(path) => Some(OutlineSource::File { path: path.clone(), name: name(path) }),
        None if arguments.heading.is_empty() => None,
        None => Some(OutlineSource::Lines(arguments.heading.join("\n"))),
    };
    let request = SourceRequest {
        targets: arguments.targets(),
        ledgers: arguments.ledgers.iter().map(ledger).collect(),
        outline,
        branches: arguments.branches.clone(),
        previous: arguments.previous.clone().map(PreviousSource::Kept),
        today: today(),
    };
    let sources = read_sources(request, &own_program())?;
    let mut answers = Answers::default();
    arguments.answer.iter().for_each(|Answer { key, value }| answers.insert(key, value));
    let mut made = scaffold(&sources.files, &sources.basis, &answers)?;
    try_notice(&sources, &made)?;
    if !arguments.yes && io::stdin().is_terminal() && io::stdout().is_terminal() {
        if made.questions.iter().any(Question::is_open) {
            println!("下面是猜的，要紧的先问；从哪一个起都照猜的，写“{ALL_GUESSES}”");
        }
        while let Some(question) =
            made.questions.iter().find(|question| question.is_open() && !answers.has(&question.key))
        {
            let answer = match ask(question) {
                Said::Guess => question.guess.clone(),
                Said::Answer(answer) => answer,
                Said::AllGuesses => break,
            };
            answers.insert(&question.key, &answer);
            match scaffold(&sources.files, &sources.basis, &answers) {
                Ok(next) => made = next,
                Err(error) => {
                    println!("{error}");
                    answers.remove(&question.key);
                }
            }
        }
    }
    write_notice(&sources, &made)?;
    Ok(made)
}

/// What a person says to a question on the terminal.
enum Said {
    /// Nothing: the guess is right.
    Guess,
    Answer(String),
    /// This guess is right, and so are all further ones.
    AllGuesses,
}

/// The answer by which nothing more is asked.
const ALL_GUESSES: &str = "都照猜";

/// Asks a question on the terminal.
fn ask(question: &Question) -> Said {
    println!("\n{}", question.text);
    for (at, option) in question.options.iter().enumerate() {
        println!("  {} {option}", at + 1);
    }
    print!("猜是“{}”（{}）。回车就用它，或写{}：", question.guess, question.reason, expected(question));
    let _ = io::stdout().flush();
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line).is_err() {
        return Said::Guess;
    }
    let line = line.trim();
    let numbered = line.parse::<usize>().ok().and_then(|number| question.options.get(number.checked_sub(1)?));
    match (line, numbered) {
        ("", _) => Said::Guess,
        (ALL_GUESSES, _) => Said::AllGuesses,
        (_, Some(option)) => Said::Answer(option.clone()),
        (text, None) => Said::Answer(text.to_owned()),
    }
}

fn expected(question: &Question) -> &'static str {
    if question.options.is_empty() { "别的" } else { "编号" }
}

/// What was made, and what to look at.
fn print_made(made: &Scaffold, arguments: &Arguments) {
    let counts = made.counts;
    let (folder, input) = (&arguments.folder, arguments.input_folder());
    println!(
        "写好 {}：台账 {} 种、列 {} 个、指标 {} 个、核对 {} 条、报告 {} 个方面；台账在 {}",
        folder.display(),
        counts.ledgers,
        counts.columns,
        counts.metrics,
        counts.checks,
        counts.sections,
        input.display()
    );
    if let Some(roster) = &made.roster {
        println!("台账里没有名册，按里面的名称造了一份 {}，请核对", input.join(&roster.name).display());
    }
    let open: Vec<&Question> = made.questions.iter().filter(|question| question.is_open()).collect();
    if !open.is_empty() {
        println!(
            "下面是猜的，要紧的在前；不对的改 notice.toml，或者另用一个文件夹，加上 --answer '问题=答案' 再来一次："
        );
        open.iter().for_each(|question| println!("  {} = {}（{}）", question.key, question.guess, question.reason));
    }
    arguments.print_next_command();
}
