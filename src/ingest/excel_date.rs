//! Day numbers of spreadsheet programs as dates.

use calamine::{ExcelDateTime, ExcelDateTimeType};
use jiff::civil::Date;

use super::raw_sheet::RawCell;

/// The date with a day number of the 1900 or 1904 epoch; a time of day without a date (below 1) stays a number.
pub(super) fn from_serial(number: f64, epoch_1904: bool) -> RawCell {
    from_datetime(&ExcelDateTime::new(number, ExcelDateTimeType::DateTime, epoch_1904))
}

/// The date of a cell that calamine takes for one; a length of time or a time of day stays a number.
pub(super) fn from_datetime(when: &ExcelDateTime) -> RawCell {
    let number = when.as_f64();
    if !when.is_datetime() || number < 1.0 {
        return RawCell::Number(number);
    }
    let (year, month, day, ..) = when.to_ymd_hms_milli();
    let date = i16::try_from(year).ok().and_then(|year| Date::new(year, month as i8, day as i8).ok());
    date.map_or(RawCell::Number(number), RawCell::Date)
}
