//! Joins an error with its causes.

use std::error::Error;

use super::data::{library, translated};
use super::io::{io_error, number_in};
use super::text::{is_chinese, starts_chinese};
use crate::marker::without_markers;

/// An error of this program with its causes, joined by `：`.
///
/// The walk ends at the first error that is not the program's own: libraries repeat their causes in their own text.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut parts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(system) = error.downcast_ref::<std::io::Error>() {
            parts.push(io_error(system));
            break;
        }
        let text = error.to_string();
        if !is_own(&text) {
            parts.push(system_cause(error).map_or_else(|| library(&text), io_error));
            break;
        }
        parts.push(without_markers(&text));
        next = error.source();
    }
    parts.join("：")
}

/// Whether a message is the program's own. That of a library has Chinese in it where it repeats a system that speaks
/// Chinese.
fn is_own(text: &str) -> bool {
    let repeats_system = number_in(text).is_some() && !starts_chinese(text);
    is_chinese(text) && !repeats_system && translated(text).is_none()
}

/// The I/O error that a library's error wraps.
fn system_cause<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e std::io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(system) = error.downcast_ref() {
            return Some(system);
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::super::text::last_resort;
    use super::chain;
    use crate::marker;
    use crate::marker::without_markers;

    #[derive(Debug, thiserror::Error)]
    #[error("写不进 报告.md")]
    struct Unwritten(#[source] io::Error);

    #[test]
    fn causes_are_joined_and_the_systems_own_words_are_translated() {
        let error = Unwritten(io::Error::from(io::ErrorKind::ReadOnlyFilesystem));
        assert_eq!(chain(&error), "写不进 报告.md：磁盘或文件夹是只读的");
        let wrapped = io::Error::new(io::ErrorKind::NotFound, "No such file (os error 2) at path \"/tmp/.zicha-e1wr\"");
        assert_eq!(chain(&Unwritten(wrapped)), "写不进 报告.md：文件或文件夹不存在");
        assert_eq!(chain(&zip::result::ZipError::FileNotFound), "压缩包里缺少需要的文件");
        let nested = zip::result::ZipError::Io(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(chain(&nested), "磁盘已满");
    }

    #[test]
    fn a_library_that_repeats_a_system_that_speaks_chinese_is_not_quoted() {
        #[derive(Debug, thiserror::Error)]
        #[error("i/o error: {0}")]
        struct Library(#[source] io::Error);
        let error = Library(io::Error::new(io::ErrorKind::StorageFull, "磁盘空间不足。 (os error 112)"));
        assert_eq!(chain(&error), "磁盘已满");
    }

    #[test]
    fn markers_do_not_reach_messages() {
        let mut text = String::from("不是数字：");
        marker::push_with_provenance(&mut text, 17, |text| text.push_str("12人"));
        assert_eq!(without_markers(&text), "不是数字：12人");
        assert_eq!(last_resort(&marker::gap("学时")), "学时");
    }
}
