//! The current date and time in China (UTC+8), whatever the time zone of the machine.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz};

/// The current date and time.
pub(crate) fn china() -> DateTime {
    tz::offset(8).to_datetime(Timestamp::now())
}

/// Today's date.
pub(crate) fn today() -> Date {
    china().date()
}

/// The current time to the minute, as `2018-11-02T09:30`.
pub(crate) fn now() -> String {
    china().strftime("%Y-%m-%dT%H:%M").to_string()
}
