//! The bound of walks through folders that people name. A link, or `/proc` named by mistake, can lead through every
//! file of the computer many times.

use std::io;

/// The most files and folders of a walk; an input folder has hundreds.
pub const MAX_ENTRIES: usize = 100_000;

/// The error of a walk through a folder that has more.
pub fn too_many_entries() -> io::Error {
    io::Error::other(format!("里面的文件和文件夹多于 {MAX_ENTRIES} 个，链接通向的也算"))
}
