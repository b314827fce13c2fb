//! `[archive]`: the parts of archive numbers (档号) and of report codes.

use super::super::archive::is_archive_number_part;
use super::super::error::NoticeError;
use super::super::settings::Notice;
use crate::report_code;

pub(super) fn check_archive(notice: &Notice, errors: &mut Vec<NoticeError>) {
    let Some(archive) = &notice.archive else { return };
    for (key, part) in [
        ("fonds", archive.fonds.as_ref()),
        ("category", Some(&archive.category)),
        ("department", archive.department.as_ref()),
    ] {
        if let Some(part) = part.filter(|part| !is_archive_number_part(part.get_ref())) {
            let message = format!("{key} 不能是“{}”：档号的各部分只用字母、数字和汉字，不超过 20 个字", part.get_ref());
            errors.push(notice.error_at(part, message));
        }
    }
    if archive.department.is_none() && !is_archive_number_part(&notice.facts.issuer) {
        let message = "issuer 不能作档号中的机构，请在 [archive] 写明 department（字母、数字或汉字）";
        errors.push(notice.error_at(&archive.category, message.to_owned()));
    }
    if let Some(year) = archive.year.as_ref().filter(|year| !(1900..=2999).contains(year.get_ref())) {
        errors.push(notice.error_at(year, format!("year 不能是 {}，应是四位年份", year.get_ref())));
    }
    if !(3..=8).contains(archive.digits.get_ref()) {
        let message = format!("digits 不能是 {}：件号应是 3 至 8 位", archive.digits.get_ref());
        errors.push(notice.error_at(&archive.digits, message));
    }
    if let Some(code) = archive.code.as_ref().filter(|code| !report_code::is_notice(code.get_ref())) {
        let message =
            format!("code 不能是“{}”：只用数字和大写字母（不用 I、L、O、U，容易看错），2 至 12 个", code.get_ref());
        errors.push(notice.error_at(code, message));
    }
}
