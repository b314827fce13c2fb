//! The event log of a package: what was done to its reports, by whom and when. The caller gives the events; kinds that
//! it does not give are marked 未著录.

use jiff::civil::{Date, DateTime};

use super::xml::{self, Node};

/// A kind of event. The order is that in which they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// The report was generated from the ledgers.
    Built,
    /// It was made final.
    Finalised,
    /// The signed copy came back.
    Received,
    /// The package was sealed.
    Sealed,
    /// The package was verified before it was entered.
    Verified,
}

/// An event that the caller records: what a person did to the reports of the package. The log takes the first of each
/// kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What was done.
    pub kind: EventKind,
    /// The name of the person who did it.
    pub by: String,
    /// When: 2018-11-05 or 2018-11-05T09:30, local time.
    pub at: String,
}

/// Whether a text is a day such as 2018-11-05, or a time such as 2018-11-05T09:30.
pub fn is_moment(text: &str) -> bool {
    let day = text.len() == 10 && text.parse::<Date>().is_ok();
    day || text.len() > 10 && text.as_bytes()[10] == b'T' && text.parse::<DateTime>().is_ok()
}

impl EventKind {
    /// All kinds, in the order of the log.
    pub const ALL: [Self; 5] = [Self::Built, Self::Finalised, Self::Received, Self::Sealed, Self::Verified];

    /// Its Chinese name, which the log and the option `--event` use.
    pub fn label(self) -> &'static str {
        match self {
            Self::Built => "生成",
            Self::Finalised => "定稿",
            Self::Received => "收到签字件",
            Self::Sealed => "封装",
            Self::Verified => "校验",
        }
    }
}

/// The log as XML: an element for each kind, in order; the arrival of a signed copy only with `has_signed_copy`.
pub(super) fn log(events: &[Event], has_signed_copy: bool) -> String {
    let mut out = xml::opening("事件日志", &[]);
    for kind in EventKind::ALL.into_iter().filter(|kind| has_signed_copy || *kind != EventKind::Received) {
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

/// The event 封装 in the text of a log; `None` when there is none, or several.
pub(super) fn sealing(log: &str) -> Option<Event> {
    let root = Node::parse(log).ok()?;
    let mut events = root.all("事件").filter(|event| event.attribute("类型") == Some(EventKind::Sealed.label()));
    let (event, None) = (events.next()?, events.next()) else { return None };
    let (by, at) = (event.attribute("责任人")?.to_owned(), event.attribute("时间")?.to_owned());
    Some(Event { kind: EventKind::Sealed, by, at })
}
