//! The memory that the reports under way may take together.
//!
//! A filled report waits until what it will take while it is rendered fits beside the others; one alone always goes on,
//! however large it is. Reports are rendered on threads that do not wait for each other otherwise, so that none waits
//! for ever.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::marker;
use crate::picture::Pictures;
use crate::render::Format;
use crate::template::FilledTemplates;

/// Bytes that a report takes while it is rendered, for each byte of its filled text.
const OF_TEXT: u64 = 24;
/// Those that it takes for its PDF beside: measured on 1 MB of line breaks, which is a line for each two bytes.
const OF_PDF_TEXT: u64 = 600;
/// The same for each byte of its pictures, which HTML and DOCX hold as well.
const OF_PICTURES: u64 = 4;

/// The budget of the reports under way.
#[derive(Debug)]
pub(super) struct RenderBudget {
    bytes: u64,
    taken: Mutex<u64>,
    given_back: Condvar,
}

/// The share of one report, given back when this is dropped.
#[derive(Debug)]
pub(super) struct Share<'b> {
    budget: &'b RenderBudget,
    size: u64,
}

impl RenderBudget {
    /// Allows so many bytes.
    pub(super) fn new(bytes: u64) -> Self {
        Self { bytes, taken: Mutex::new(0), given_back: Condvar::new() }
    }

    /// Waits until a report of that size fits.
    pub(super) fn take(&self, size: u64) -> Share<'_> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken > 0 && taken.saturating_add(size) > self.bytes {
            taken = self.given_back.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken = taken.saturating_add(size);
        Share { budget: self, size }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut taken = self.budget.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = taken.saturating_sub(self.size);
        self.budget.given_back.notify_all();
    }
}

/// Bytes that a report takes while it is rendered in these formats.
pub(super) fn size_of(filled: &FilledTemplates, pictures: &Pictures, formats: &[Format]) -> u64 {
    let of_text = OF_TEXT + if formats.contains(&Format::Pdf) { OF_PDF_TEXT } else { 0 };
    let bodies = std::iter::once(&filled.body).chain(filled.annexes.iter().map(|annex| &annex.body));
    let (text, of_pictures) = bodies.fold((0, 0), |(text, of_pictures), body| {
        (text + body.markdown.len(), of_pictures + picture_bytes(&body.markdown, pictures))
    });
    (text as u64).saturating_mul(of_text).saturating_add((of_pictures as u64).saturating_mul(OF_PICTURES))
}

/// Bytes that the PDF of a report with that text takes while it is rendered, its pictures left out.
pub(super) fn size_of_pdf(text: &str) -> u64 {
    (text.len() as u64).saturating_mul(OF_TEXT + OF_PDF_TEXT)
}

/// Bytes of the pictures that a text prints.
fn picture_bytes(text: &str, pictures: &Pictures) -> usize {
    let hashes = text.split(marker::PICTURE_OPEN).skip(1).filter_map(|rest| rest.split(marker::PICTURE_CLOSE).next());
    hashes.filter_map(|hash| pictures.size(&hash.parse().ok()?)).sum()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::RenderBudget;

    /// Threads enter in any order; whatever it is, their sizes fit, or one is alone.
    #[test]
    fn reports_at_once_fit_or_one_is_alone() {
        let budget = RenderBudget::new(100);
        let inside: Mutex<Vec<u64>> = Mutex::new(Vec::new());
        let enter = |size: u64| {
            for _ in 0..200 {
                let share = budget.take(size);
                let mut sizes = inside.lock().unwrap();
                sizes.push(size);
                assert!(sizes.len() == 1 || sizes.iter().sum::<u64>() <= 100, "{sizes:?}");
                drop(sizes);
                std::thread::yield_now();
                let mut sizes = inside.lock().unwrap();
                let own = sizes.iter().position(|other| *other == size).unwrap();
                sizes.swap_remove(own);
                drop(sizes);
                drop(share);
            }
        };
        let sizes = [1, 10, 33, 50, 99, 100, 101, u64::MAX];
        std::thread::scope(|scope| sizes.iter().for_each(|size| drop(scope.spawn(move || enter(*size)))));
        assert_eq!(*budget.taken.lock().unwrap(), 0);
    }
}
