//! What was done to a report, by whom and when. The caller says it; what nobody says stays 未著录.

use jiff::civil::{Date, DateTime};

use super::xml;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// The report was made of the ledgers.
    Built,
    /// It was made final.
    Finalised,
    /// The signed copy came back.
    Received,
    /// The package was sealed.
    SealOutcome,
    /// The package was verified before it took its place.
    Verified,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// By whom.
    pub by: String,
    /// When, as the caller writes it: 2018-11-05 or 2018-11-05T09:30.
    pub at: String,
}

/// Whether a text says when something was done: a day as 2018-11-05, or with the time as 2018-11-05T09:30.
pub fn is_moment(text: &str) -> bool {
    let day = text.len() == 10 && text.parse::<Date>().is_ok();
    day || text.len() > 10 && text.as_bytes()[10] == b'T' && text.parse::<DateTime>().is_ok()
}

impl EventKind {
    /// In the order in which they happen.
    pub const ALL: [Self; 5] = [Self::Built, Self::Finalised, Self::Received, Self::SealOutcome, Self::Verified];

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Built => "生成",
            Self::Finalised => "定稿",
            Self::Received => "收到签字件",
            Self::SealOutcome => "封装",
            Self::Verified => "校验",
        }
    }
}

/// The log: every kind in order; `signed` when a signed copy came.
pub fn log(events: &[Event], signed: bool) -> String {
    let mut out = xml::opening("事件日志", &[]);
    for kind in EventKind::ALL.into_iter().filter(|kind| signed || *kind != EventKind::Received) {
        match events.iter().find(|event| event.kind == kind) {
            Some(event) => {
                let attributes = [("类型", kind.label()), ("责任人", &event.by), ("时间", &event.at)];
                xml::empty(&mut out, 1, "事件", &attributes);
            }
            None => xml::empty(&mut out, 1, "事件", &[("类型", kind.label()), ("著录", xml::NOT_GIVEN)]),
        }
    }
    out + "</事件日志>\n"
}
