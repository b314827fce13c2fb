//! Why an annex cannot be printed, and what of it is not.

use serde::{Deserialize, Serialize};

/// What pages lose when they are written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum LeftOut {
    /// Stamps, comments and filled-in forms, which are drawn above the page.
    Annotations,
    /// Layers lose their switches: all are shown.
    Layers,
}

/// Why an annex cannot be bound in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub(crate) enum AnnexError {
    /// A password is needed to open it.
    #[error("加了密，要密码才能打开")]
    Encrypted,
    /// It begins as a PDF and cannot be read as one.
    #[error("打不开，文件损坏")]
    Damaged,
    /// It is something else.
    #[error("不是 PDF，也不是 JPEG、PNG、TIFF、WebP 图片")]
    NeitherPdfNorPicture,
    /// A picture cannot be printed: the reason, and the page of a TIFF.
    #[error("{0}")]
    Picture(String),
    /// It is a TIFF of more pages than the limit.
    #[error("有 {pages} 页，超过 {limit} 页")]
    TooManyPages {
        /// Its pages.
        pages: usize,
        /// The limit.
        limit: usize,
    },
    /// A page cannot be read.
    #[error("第 {0} 页读不出，文件损坏")]
    Page(usize),
    /// The process did not answer: the reason.
    #[error("打不开，{0}")]
    Process(String),
}

impl LeftOut {
    /// As users read it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Annotations => "盖的章、批注和填的表单不会印出来",
            Self::Layers => "可以开关的图层会全部印出来",
        }
    }
}
