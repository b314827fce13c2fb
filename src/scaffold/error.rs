//! Why no notice can be made of ledgers and an outline.

/// Why no notice can be made.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// No ledger was given.
    #[error("没有给台账：写上空白的或填好的台账文件，例如 隐患台账.xlsx")]
    NoLedgers,
    /// A file has no row that looks like a header.
    #[error("“{0}”里没有找到表头：应有一行写着各列的名称（至少两列，都是文字）；补上表头再试，不是台账的不要给")]
    NoHeader(String),
    /// The roster is the only ledger.
    #[error("只有名册《{0}》，没有要汇总的台账；把台账也给出，空白的就行")]
    OnlyRoster(String),
    /// Two ledgers cannot be distinguished by their headers.
    #[error("《{first}》和《{second}》的表头一样（{header}），程序分不清；同一种台账只给一份，不同的改一个表头再试")]
    SameHeaders {
        /// The name of one of them.
        first: String,
        /// The name of the other.
        second: String,
        /// Their headers, joined.
        header: String,
    },
    /// Two columns of a ledger cannot be distinguished by their headers.
    #[error("《{ledger}》有两列的表头都是“{header}”，程序分不清；改一个表头再试，例如在括号里写明单位")]
    SameColumns {
        /// The name of the ledger.
        ledger: String,
        /// The header that both have.
        header: String,
    },
    /// No column of a ledger names the branch of a row.
    #[error(
        "看不出《{ledger}》的哪一列写着这一行是谁的（表头有：{header}）；加一列“{word}”，或用 --answer '{key}=表头' 指明"
    )]
    NoBranchColumn {
        /// The name of the ledger.
        ledger: String,
        /// Its headers, joined.
        header: String,
        /// What a branch is called.
        word: String,
        /// The key of the answer that names the column.
        key: String,
    },
    /// No branch is named anywhere.
    #[error("台账里没有{0}的名称，不知道要写谁的报告；用 --branches 甲,乙 写明有哪些，或把名册一起给出")]
    NoBranches(String),
    /// An outline has no headings.
    #[error(
        "“{0}”里没有找到标题：Word 文档用“标题”样式，文字文件一行一个标题、不夹整句的话，或写成“一、……”“（一）……”“# ……”；标题可以用 --heading 一个一个写，也可以不给提纲"
    )]
    NoHeadings(String),
    /// A text that settings cannot hold.
    #[error("“{text}”里有{what}，不能写进设置；在台账、提纲或答案里改掉再试")]
    Impossible {
        /// The text, with invisible characters shown.
        text: String,
        /// What is in it.
        what: String,
    },
    /// An answer to a question that is not asked.
    #[error("没有“{key}”这个问题{hint}")]
    UnknownQuestion {
        /// The question's key.
        key: String,
        /// The keys that exist.
        hint: String,
    },
    /// An answer that a question does not take.
    #[error("“{key}”不能是“{answer}”：应是{expected}")]
    Answer {
        /// The question's key.
        key: String,
        /// The answer, as it was given.
        answer: String,
        /// What it may be.
        expected: String,
    },
}

impl ScaffoldError {
    /// Whether an answer, or the names of the branches, can help; otherwise the ledgers or the outline must be others.
    pub fn can_be_answered(&self) -> bool {
        matches!(self, Self::NoBranchColumn { .. } | Self::NoBranches(_))
    }
}
