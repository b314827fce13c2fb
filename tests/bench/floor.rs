//! The lower bound: work that any program making these reports needs. It walks every cell with
//! calamine, deflates the contents of the DOCX files and writes the same files; everything else is precomputed.

use std::collections::HashSet;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use rayon::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::{Outcome, walk};

/// The files that zicha wrote, to be written again.
pub(crate) struct Floor {
    folders: Vec<Folder>,
}

/// A folder of the output.
#[derive(Default)]
struct Folder {
    name: PathBuf,
    files: Vec<(PathBuf, Vec<u8>)>,
    /// The parts of its DOCX files, as they were before they were deflated. Parts that are the same in many reports
    /// are in the first folder alone.
    parts: Vec<Vec<u8>>,
}

impl Floor {
    /// Loads the output of zicha in `made`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn new(made: &Path) -> Outcome<Self> {
        let mut met = HashSet::new();
        let mut folders = Vec::new();
        for path in std::iter::once(made.to_path_buf()).chain(entries(made, Path::is_dir)?) {
            let mut folder = Folder { name: path.strip_prefix(made)?.to_path_buf(), ..Folder::default() };
            for file in entries(&path, Path::is_file)? {
                let bytes = fs::read(&file)?;
                if file.extension().is_some_and(|extension| extension == "docx") {
                    folder.parts.extend(parts(&bytes)?.into_iter().filter(|part| met.insert(part.clone())));
                }
                folder.files.push((file.strip_prefix(made)?.to_path_buf(), bytes));
            }
            folders.push(folder);
        }
        Ok(Self { folders })
    }

    /// Reads the workbooks of `folder`'s input and writes into `output`. Returns the seconds taken.
    ///
    /// # Errors
    /// When something cannot be read or written.
    pub(crate) fn run(&self, folder: &Path, output: &Path) -> Outcome<f64> {
        let started = Instant::now();
        let workbooks = entries(&folder.join("input"), Path::is_file)?;
        let cells: usize = workbooks
            .par_iter()
            .with_max_len(1)
            .map(|path| fs::read(path).map(|bytes| walk::cells(&bytes)))
            .sum::<std::io::Result<usize>>()?;
        self.folders.par_iter().try_for_each(|folder| folder.write(output))?;
        let seconds = started.elapsed().as_secs_f64();
        assert!(cells > 0, "no cells");
        assert_eq!(size(output)?, self.size(), "files and bytes");
        Ok(seconds)
    }

    /// How many files it writes, and how many bytes.
    pub(crate) fn size(&self) -> (usize, usize) {
        let files = self.folders.iter().flat_map(|folder| &folder.files);
        files.fold((0, 0), |(files, bytes), (_, content)| (files + 1, bytes + content.len()))
    }
}

impl Folder {
    fn write(&self, output: &Path) -> Outcome<()> {
        fs::create_dir_all(output.join(&self.name))?;
        let mut package = ZipWriter::new(Cursor::new(Vec::new()));
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(2));
        for (at, part) in self.parts.iter().enumerate() {
            package.start_file(at.to_string(), options)?;
            package.write_all(part)?;
        }
        std::hint::black_box(package.finish()?);
        self.files.iter().try_for_each(|(name, bytes)| Ok(fs::write(output.join(name), bytes)?))
    }
}

/// The parts of a package, inflated.
fn parts(package: &[u8]) -> Outcome<Vec<Vec<u8>>> {
    let mut package = ZipArchive::new(Cursor::new(package))?;
    let count = package.len();
    let part = |at| -> Outcome<Vec<u8>> {
        let mut bytes = Vec::new();
        package.by_index(at)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    (0..count).map(part).collect()
}

/// The files or the folders in a folder, in order.
fn entries(folder: &Path, is: fn(&Path) -> bool) -> Outcome<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| is(path));
    paths.sort();
    Ok(paths)
}

/// How many files a folder of folders holds, and how many bytes.
fn size(output: &Path) -> Outcome<(usize, usize)> {
    let mut size = (0, 0);
    for folder in std::iter::once(output.to_path_buf()).chain(entries(output, Path::is_dir)?) {
        for file in entries(&folder, Path::is_file)? {
            size = (size.0 + 1, size.1 + fs::metadata(file)?.len() as usize);
        }
    }
    Ok(size)
}
