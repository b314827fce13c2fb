//! `[archive]`: the parts of archive numbers (档号) and of report codes.

use std::ops::RangeInclusive;

use super::super::archive::{MAX_ARCHIVE_NUMBER_PART, is_archive_number_part};
use super::super::error::NoticeError;
use super::super::settings::Notice;
use crate::report_code;

/// Years of archive numbers.
const YEARS: RangeInclusive<i16> = 1900..=2999;
/// Digits of their sequence numbers.
const DIGITS: RangeInclusive<usize> = 3..=8;

pub(super) fn check_archive(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let Some(archive) = &notice.archive else { return };
    for (key, part) in [
        ("fonds", archive.fonds.as_ref()),
        ("category", Some(&archive.category)),
        ("department", archive.department.as_ref()),
    ] {
        if let Some(part) = part.filter(|part| !is_archive_number_part(part.get_ref())) {
            let message = format!(
                "{key} 不能是“{}”：档号的各部分只用字母、数字和汉字，不超过 {MAX_ARCHIVE_NUMBER_PART} 个字",
                part.get_ref()
            );
            errors.push(notice.error_at(part, message));
        }
    }
    if archive.department.is_none() && !is_archive_number_part(&notice.facts.issuer) {
        let message = "issuer 不能作档号中的机构，请在 [archive] 写明 department（字母、数字或汉字）";
        errors.push(notice.error_at(&archive.category, message.to_owned()));
    }
    if let Some(year) = archive.year.as_ref().filter(|year| !YEARS.contains(year.get_ref())) {
        errors.push(notice.error_at(
            year,
            format!("year 不能是 {}，应是四位年份（{} 至 {}）", year.get_ref(), YEARS.start(), YEARS.end()),
        ));
    }
    if !DIGITS.contains(archive.digits.get_ref()) {
        let (digits, least, most) = (archive.digits.get_ref(), DIGITS.start(), DIGITS.end());
        let message = format!("digits 不能是 {digits}：件号应是 {least} 至 {most} 位");
        errors.push(notice.error_at(&archive.digits, message));
    }
    if let Some(code) = archive.code.as_ref().filter(|code| !report_code::is_notice(code.get_ref())) {
        let (least, most) = (report_code::NOTICE_LENGTH.start(), report_code::NOTICE_LENGTH.end());
        let message = format!(
            "code 不能是“{}”：只用数字和大写字母（不用 I、L、O、U，容易看错），{least} 至 {most} 个",
            code.get_ref()
        );
        errors.push(notice.error_at(code, message));
    }
}
