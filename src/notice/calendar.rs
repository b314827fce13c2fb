//! `[calendar.…]`: series of fixed days; and how dates are read from TOML and written in reports.

use std::collections::HashSet;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A series of fixed days at equal intervals, with exceptions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The name of the days. Required.
    pub label: String,
    /// The first day. Required.
    #[serde(deserialize_with = "day")]
    pub first: Date,
    /// The number of days from one to the next, at least 1. Required.
    pub every_days: u16,
    /// Days that are left out, such as public holidays; none by default.
    #[serde(default, deserialize_with = "days")]
    pub except: Vec<Date>,
}

impl Calendar {
    /// The number of fixed days up to and including `last`, with those left out.
    pub(super) fn count_until(&self, last: Date) -> i64 {
        let days = i64::from((last - self.first).get_days());
        if days < 0 { 0 } else { days / i64::from(self.every_days.max(1)) + 1 }
    }

    /// The fixed days up to and including `last`.
    pub fn days_until(&self, last: Date) -> Vec<Date> {
        let left_out: HashSet<Date> = self.except.iter().copied().collect();
        let step = i64::from(self.every_days.max(1)).days();
        std::iter::successors(Some(self.first), |day| day.checked_add(step).ok())
            .take_while(|day| *day <= last)
            .filter(|day| !left_out.contains(day))
            .collect()
    }
}

/// A day as official documents write it: Arabic digits without leading zeros (GB/T 9704-2012, 7.3.5.4).
pub fn written_day(date: Date) -> String {
    let mut day = String::with_capacity("2018年10月25日".len());
    for (number, unit) in [(date.year(), "年"), (date.month().into(), "月"), (date.day().into(), "日")] {
        day.push_str(itoa::Buffer::new().format(number));
        day.push_str(unit);
    }
    day
}

/// Deserializes a TOML date; date-times and times are refused.
pub(super) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    day_of(toml::value::Datetime::deserialize(deserializer)?)
}

/// Deserializes a TOML date of an optional key.
pub(super) fn optional_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    day(deserializer).map(Some)
}

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Date>, D::Error> {
    Vec::<toml::value::Datetime>::deserialize(deserializer)?.into_iter().map(day_of).collect()
}

/// The day that a TOML value is.
///
/// # Errors
/// For a time, or a day with a time.
pub(super) fn day_of<E: Error>(value: toml::value::Datetime) -> Result<Date, E> {
    let whole_day = value.time.is_none() && value.offset.is_none();
    value
        .date
        .filter(|_| whole_day)
        .and_then(|d| Date::new(d.year.try_into().ok()?, d.month.try_into().ok()?, d.day.try_into().ok()?).ok())
        .ok_or_else(|| E::custom(format!("“{value}”不是日期，应写成 2018-10-25 这样")))
}

#[cfg(test)]
mod tests {
    use super::Calendar;
    use jiff::civil::date;

    #[test]
    fn fixed_days_leave_out_the_holiday() {
        let calendar =
            Calendar { label: String::new(), first: date(2018, 9, 6), every_days: 14, except: vec![date(2018, 10, 4)] };
        assert_eq!(calendar.days_until(date(2018, 10, 25)), [date(2018, 9, 6), date(2018, 9, 20), date(2018, 10, 18)]);
        assert_eq!(calendar.days_until(date(2018, 9, 5)), []);
    }
}
