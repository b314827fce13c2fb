//! Pages that answered a form, kept so that browsers fetch them by GET; [`answers`](super::answers) says why.

use axum::body::Bytes;
use axum::http::StatusCode;

use super::keyed::Keyed;

/// Pages kept; the oldest is dropped for another.
const CAPACITY: usize = 16;

/// A page with its status.
#[derive(Clone)]
pub(super) struct HeldAnswer {
    pub status: StatusCode,
    pub page: Bytes,
}

/// The pages of a server that are kept.
pub(super) type HeldAnswers = Keyed<HeldAnswer, CAPACITY>;
