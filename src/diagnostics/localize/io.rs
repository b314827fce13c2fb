//! Errors of the operating system, by kind and by number.

use std::io::{Error, ErrorKind};
use std::process::ExitStatus;

use super::data::{library, translated};
use super::text::starts_chinese;
use crate::marker::without_markers;

/// Why an operation failed, in Chinese and without paths: the caller's sentence names the file.
pub fn io_error(error: &Error) -> String {
    if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return io_error(inner);
    }
    let inner = error.get_ref().map(ToString::to_string);
    if let Some(message) = inner.as_deref().and_then(own_or_library) {
        return message;
    }
    if let Some(message) = message_of_kind(error.kind()) {
        return message.to_owned();
    }
    let text = error.to_string();
    // Libraries that wrap an error drop its number; the text still has it: `… (os error 24)`.
    let number = error.raw_os_error().or_else(|| number_in(&text));
    match number {
        Some(number) => {
            message_of_number(number).map_or_else(|| format!("系统拒绝了这一操作（错误编号 {number}）"), str::to_owned)
        }
        None => library(&text),
    }
}

/// The message of an error that a program or a library made itself. Text with a number is the system's, which speaks
/// Chinese on some machines.
fn own_or_library(inner: &str) -> Option<String> {
    // tempfile appends the path of its temporary file, which means nothing to users.
    let (message, _) = inner.split_once(" at path \"").unwrap_or((inner, ""));
    let is_own = || starts_chinese(message) && number_in(message).is_none();
    translated(message).or_else(|| is_own().then(|| without_markers(message)))
}

/// The message of a kind of error; `None` for kinds too general to have one.
fn message_of_kind(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "文件或文件夹不存在",
        // Windows says so of a file that a program has open as well.
        ErrorKind::PermissionDenied if cfg!(windows) => "别的程序（如 Word）打开着它，或者没有权限",
        ErrorKind::PermissionDenied => "没有权限",
        ErrorKind::AlreadyExists => "已有同名的文件或文件夹",
        ErrorKind::StorageFull => "磁盘已满",
        ErrorKind::QuotaExceeded => "超出分配的磁盘空间",
        ErrorKind::ReadOnlyFilesystem => "磁盘或文件夹是只读的",
        ErrorKind::InvalidFilename => "文件名太长，或含有不能用的字符",
        ErrorKind::IsADirectory => "这里应是文件，却是一个文件夹",
        ErrorKind::NotADirectory => "路径中有一段不是文件夹",
        ErrorKind::DirectoryNotEmpty => "文件夹里还有内容",
        ErrorKind::FileTooLarge => "文件太大，磁盘格式不支持",
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy | ErrorKind::Deadlock => "被其他程序占用",
        ErrorKind::CrossesDevices => "不能在不同磁盘之间移动",
        ErrorKind::TooManyLinks => "链接太多",
        ErrorKind::StaleNetworkFileHandle => "网络文件夹已断开",
        ErrorKind::OutOfMemory => "内存不足",
        ErrorKind::ArgumentListTooLong => "参数太长",
        ErrorKind::UnexpectedEof => "内容不完整，提前结束",
        ErrorKind::WriteZero => "没有写完，磁盘可能已满",
        ErrorKind::TimedOut | ErrorKind::WouldBlock => "等待超时",
        ErrorKind::Interrupted => "操作被中断",
        ErrorKind::Unsupported => "系统不支持这一操作",
        ErrorKind::BrokenPipe => "接收输出的程序已经结束",
        ErrorKind::AddrInUse => "端口已被占用",
        ErrorKind::AddrNotAvailable => "地址不是本机的",
        ErrorKind::ConnectionRefused => "对方拒绝连接",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::NotConnected => "连接已断开",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => "网络不通",
        _ => return None,
    })
}

/// The message of a number of the system for which the standard library has no kind.
#[cfg(unix)]
fn message_of_number(number: i32) -> Option<&'static str> {
    Some(match number {
        5 => "磁盘读写出错",
        6 | 19 => "设备不存在",
        11 => "系统资源暂时不足",
        23 | 24 => "打开的文件太多",
        36 | 63 => "文件名太长",
        40 | 62 => "链接绕成了圈",
        _ => return None,
    })
}

/// The message of a number of the system for which the standard library has no kind.
#[cfg(windows)]
fn message_of_number(number: i32) -> Option<&'static str> {
    Some(match number {
        4 => "打开的文件太多",
        19 => "磁盘或文件夹是只读的",
        21 => "设备没有准备好",
        23 | 1117 => "磁盘读写出错",
        32 | 33 | 1224 => "别的程序（如 Word）打开着它",
        39 | 112 => "磁盘已满",
        53 | 64 | 67 => "网络文件夹已断开",
        123 | 206 => "文件名太长，或含有不能用的字符",
        _ => return None,
    })
}

/// The message of a number of the system for which the standard library has no kind.
#[cfg(not(any(unix, windows)))]
fn message_of_number(_: i32) -> Option<&'static str> {
    None
}

/// The number in `… (os error 24)`.
pub(super) fn number_in(text: &str) -> Option<i32> {
    let (_, after) = text.split_once("(os error ")?;
    after.split_once(')')?.0.parse().ok()
}

/// How a process ended.
pub fn exit_status(status: ExitStatus) -> String {
    status.code().map_or_else(|| "进程被系统结束".to_owned(), |code| format!("进程以 {code} 结束"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Error, ErrorKind};

    use super::super::text::is_chinese_message;
    use super::io_error;

    #[test]
    fn what_the_system_refuses_is_said_in_chinese() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a.txt");
        let below_a_file =
            if cfg!(windows) { "文件或文件夹不存在" } else { "路径中有一段不是文件夹" };
        // Wine takes names of any length.
        let unusable = if cfg!(windows) { "<".to_owned() } else { "长".repeat(300) };
        fs::write(&file, [0xff, 0xfe, 0x80]).unwrap();
        let refused = [
            (fs::read(root.path().join("none")).unwrap_err(), "文件或文件夹不存在"),
            (fs::read(root.path()).unwrap_err(), "这里应是文件，却是一个文件夹"),
            (fs::read(file.join("b")).unwrap_err(), below_a_file),
            (fs::read(root.path().join(unusable)).unwrap_err(), "文件名太长，或含有不能用的字符"),
            (fs::read_to_string(&file).unwrap_err(), "不是 UTF-8 文字"),
            (fs::create_dir(&file).unwrap_err(), "已有同名的文件或文件夹"),
            (fs::remove_dir(root.path().parent().unwrap()).unwrap_err(), "文件夹里还有内容"),
            (tempfile::NamedTempFile::new_in(root.path().join("none")).unwrap_err(), "文件或文件夹不存在"),
            (tempfile::NamedTempFile::new_in(&file).unwrap_err(), below_a_file),
            (
                walkdir::WalkDir::new(root.path().join("无")).into_iter().next().unwrap().unwrap_err().into(),
                "文件或文件夹不存在",
            ),
            (Error::other("它在输出文件夹之外"), "它在输出文件夹之外"),
            (Error::other(Error::from(ErrorKind::StorageFull)), "磁盘已满"),
        ];
        for (error, expected) in refused {
            if error.kind() == ErrorKind::PermissionDenied {
                continue; // the folder above the temporary one belongs to the system on some machines
            }
            assert_eq!(io_error(&error), expected, "{error}");
        }
    }

    #[test]
    fn a_system_that_speaks_chinese_is_not_quoted() {
        let error = Error::new(ErrorKind::StorageFull, "磁盘空间不足。 (os error 112) at path \"C:\\台账\\.zicha-x\"");
        assert_eq!(io_error(&error), "磁盘已满");
    }

    #[test]
    fn every_number_of_the_system_has_a_chinese_message() {
        for number in 0..200 {
            let said = io_error(&Error::from_raw_os_error(number));
            assert!(is_chinese_message(&said), "{number}: {said}");
            let wrapped = Error::new(
                Error::from_raw_os_error(number).kind(),
                format!("{} at path \"/tmp/.zicha-x\"", Error::from_raw_os_error(number)),
            );
            let said = io_error(&wrapped);
            assert!(is_chinese_message(&said) && !said.contains("zicha"), "{number}: {said}");
        }
    }
}
