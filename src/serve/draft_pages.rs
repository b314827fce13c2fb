//! The pages of drafts that are kept in memory, and the turns of those who have others made: one report at a time.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use tokio::sync::OwnedMutexGuard;

use super::clients::ClientLocks;
use crate::store::Digest;

/// The most bytes of pages that are kept; the oldest are dropped for others.
const MAX_BYTES: usize = 64 << 20;

/// The pages of a server that are kept, and the turns of those who have others made.
#[derive(Default)]
pub(super) struct DraftPages {
    clients: ClientLocks,
    lane: Arc<tokio::sync::Mutex<()>>,
    kept: Mutex<VecDeque<(Digest, Bytes)>>,
}

/// Lets its holder have pages made.
pub(super) struct Turn {
    _client: OwnedMutexGuard<()>,
    _lane: OwnedMutexGuard<()>,
}

impl DraftPages {
    /// Waits for a client's turn: it waits for one report of each other client at most.
    pub(super) async fn turn(&self, client: IpAddr) -> Turn {
        let client = self.clients.turn(client).await;
        Turn { _client: client, _lane: Arc::clone(&self.lane).lock_owned().await }
    }

    /// The pages with that key.
    pub(super) fn find(&self, key: &Digest) -> Option<Bytes> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, _)| known == key).map(|(_, pages)| pages.clone())
    }

    /// Keeps pages, in place of the oldest when there are too many.
    pub(super) fn keep(&self, key: Digest, pages: Bytes) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut total = pages.len();
        kept.push_front((key, pages));
        let mut is_older = false;
        kept.retain(|(known, pages)| {
            let is_first = !std::mem::replace(&mut is_older, true);
            total += if is_first { 0 } else { pages.len() };
            is_first || *known != key && total <= MAX_BYTES
        });
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;

    use super::{DraftPages, MAX_BYTES};
    use crate::store::sha256;

    #[test]
    fn the_oldest_pages_are_dropped_beyond_the_bound() {
        let pages = DraftPages::default();
        let [one, two, three] = [b"1", b"2", b"3"].map(|name| sha256(name));
        pages.keep(one, Bytes::from_static(b"one"));
        pages.keep(two, Bytes::from(vec![0; MAX_BYTES / 2]));
        pages.keep(one, Bytes::from_static(b"again"));
        assert_eq!(pages.find(&one), Some(Bytes::from_static(b"again")));
        pages.keep(three, Bytes::from(vec![0; MAX_BYTES / 2]));
        assert!(pages.find(&three).is_some() && pages.find(&two).is_none());
        pages.keep(two, Bytes::from(vec![0; 2 * MAX_BYTES]));
        assert!(pages.find(&two).is_some() && pages.find(&three).is_none(), "the last is kept whatever its size");
    }
}
