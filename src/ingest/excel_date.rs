//! Day numbers of spreadsheet programs as dates.

use calamine::{ExcelDateTime, ExcelDateTimeType};
use jiff::civil::Date;

/// Day numbers from 1 to the last day of the year 9999 in the 1900 epoch; programs show others as #######.
const DAYS: std::ops::Range<f64> = 1.0..2_958_466.0;

/// The date with a day number of the 1900 or 1904 epoch; `None` for a number that no day has.
pub(super) fn from_serial(number: f64, epoch_1904: bool) -> Option<Date> {
    from_datetime(&ExcelDateTime::new(number, ExcelDateTimeType::DateTime, epoch_1904))
}

/// The date of a cell that calamine takes for one; `None` for a length of time, and for a number that no day has.
pub(super) fn from_datetime(when: &ExcelDateTime) -> Option<Date> {
    if !when.is_datetime() || !DAYS.contains(&when.as_f64()) {
        return None;
    }
    let (year, month, day, ..) = when.to_ymd_hms_milli();
    Date::new(i16::try_from(year).ok()?, month as i8, day as i8).ok()
}
