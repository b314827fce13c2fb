//! Day numbers of spreadsheet programs as dates.

use calamine::{ExcelDateTime, ExcelDateTimeType};
use jiff::civil::{Date, DateTime, date};

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

/// The day number of a day and time in ISO 8601, 2018-10-05T09:30:00. `None` with a time zone, and for a day before
/// 1905, where day numbers differ between programs.
pub(super) fn serial_of_iso(text: &str, epoch_1904: bool) -> Option<f64> {
    let when: DateTime = text.parse().ok()?;
    let zero = if epoch_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
    let days = zero.until(when.date()).ok()?.get_days();
    let time = when.time();
    let seconds = i32::from(time.hour()) * 3_600 + i32::from(time.minute()) * 60 + i32::from(time.second());
    (when.year() >= 1905).then(|| f64::from(days) + f64::from(seconds) / 86_400.0)
}

#[cfg(test)]
mod tests {
    use super::serial_of_iso;

    #[test]
    fn days_in_iso_8601_have_day_numbers_in_either_epoch() {
        assert_eq!(serial_of_iso("2018-10-05T00:00:00", false), Some(43378.0));
        assert_eq!(serial_of_iso("2018-10-05", true), Some(41916.0));
        assert_eq!(serial_of_iso("2018-10-05T12:00:00.000", false), Some(43378.5));
        for text in ["2018-10-05T16:00:00.000Z", "12:00:00", "1900-01-01", "2018-02-30", "", "待定"] {
            assert_eq!(serial_of_iso(text, false), None, "{text}");
        }
    }
}
