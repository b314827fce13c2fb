//! Hashes of files, and the manifests of a bag that list them (RFC 8493, 2.1.3): a line `<digits>  <path>` a file.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256, Sha512};
use sm3::Sm3;

/// A hash algorithm of manifests; SM3 is used when the settings ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Algorithm {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// SM3 (GB/T 32905).
    Sm3,
}

impl Algorithm {
    /// All algorithms, in the order in which their manifests are written.
    pub(super) const ALL: [Self; 3] = [Self::Sha256, Self::Sha512, Self::Sm3];

    /// Its name in file names of manifests.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::Sm3 => "sm3",
        }
    }
}

/// The hashes and the size of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileHashes {
    /// Each hash in lower-case hexadecimal digits.
    pub digits: BTreeMap<Algorithm, String>,
    /// Bytes.
    pub size: u64,
}

/// A hash that is being computed.
enum Hasher {
    Sha256(Sha256),
    Sha512(Sha512),
    Sm3(Sm3),
}

/// Copies everything from `from` to `to` and hashes it on the way, with each of the algorithms.
///
/// # Errors
/// When `from` cannot be read or `to` not written.
pub(super) fn copy_hashing(
    from: &mut dyn Read,
    to: &mut dyn Write,
    algorithms: &[Algorithm],
) -> io::Result<FileHashes> {
    let mut hashers: Vec<(Algorithm, Hasher)> =
        algorithms.iter().map(|algorithm| (*algorithm, Hasher::new(*algorithm))).collect();
    let mut buffer = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let chunk = &buffer[..read];
        to.write_all(chunk)?;
        size += read as u64;
        for (_, hasher) in &mut hashers {
            hasher.update(chunk);
        }
    }
    let digits = hashers.into_iter().map(|(algorithm, hasher)| (algorithm, hasher.digits()));
    Ok(FileHashes { digits: digits.collect(), size })
}

impl Hasher {
    fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
            Algorithm::Sha512 => Self::Sha512(Sha512::new()),
            Algorithm::Sm3 => Self::Sm3(Sm3::new()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
            Self::Sm3(hasher) => hasher.update(bytes),
        }
    }

    fn digits(self) -> String {
        match self {
            Self::Sha256(hasher) => hex(&hasher.finalize()),
            Self::Sha512(hasher) => hex(&hasher.finalize()),
            Self::Sm3(hasher) => hex(&hasher.finalize()),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A manifest's text, in the order of the paths.
pub(super) fn render(files: &BTreeMap<String, FileHashes>, algorithm: Algorithm) -> String {
    let mut text = String::new();
    for (path, hashes) in files {
        if let Some(digits) = hashes.digits.get(&algorithm) {
            text.push_str(&format!("{digits}  {}\n", encode_path(path)));
        }
    }
    text
}

/// The value of `Payload-Oxum` (RFC 8493, 2.2.2): all bytes and the number of files.
pub(super) fn payload_oxum<'h>(payload: impl Iterator<Item = &'h FileHashes>) -> String {
    let (mut bytes, mut files) = (0_u64, 0_u64);
    for hashes in payload {
        bytes += hashes.size;
        files += 1;
    }
    format!("{bytes}.{files}")
}

/// A line of a payload or tag manifest: the hash of one file of the bag, which is not yet compared with the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ManifestLine {
    /// The path as it is written, see [`decode_path`].
    pub path: String,
    /// The hash in lower-case hexadecimal digits.
    pub digits: String,
}

/// The lines of a manifest.
///
/// # Errors
/// With the number of the first line that is malformed, from 1.
pub(super) fn parse(text: &str) -> Result<Vec<ManifestLine>, usize> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| parse_line(line).ok_or(at + 1)).collect()
}

fn parse_line(line: &str) -> Option<ManifestLine> {
    let (digits, path) = line.split_once([' ', '\t'])?;
    let path = path.trim_start_matches([' ', '\t']);
    // md5sum and its relatives mark binary files with an asterisk.
    let path = path.strip_prefix('*').unwrap_or(path);
    let is_hexadecimal = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let line = ManifestLine { path: path.to_owned(), digits: digits.to_ascii_lowercase() };
    (is_hexadecimal && !path.is_empty()).then_some(line)
}

/// A path as manifests write it: with line breaks and per cent signs escaped.
fn encode_path(path: &str) -> String {
    path.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D")
}

/// The path that [`encode_path`] made this text of.
pub(super) fn decode_path(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let character = match rest.get(at + 1..at + 3).map(str::to_ascii_uppercase).as_deref() {
            Some("0A") => Some('\n'),
            Some("0D") => Some('\r'),
            Some("25") => Some('%'),
            _ => None,
        };
        out.push(character.unwrap_or('%'));
        rest = &rest[at + if character.is_some() { 3 } else { 1 }..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, ManifestLine, copy_hashing, decode_path, encode_path, parse};

    #[test]
    fn hashes_equal_the_examples_of_the_standards() {
        let hashes = copy_hashing(&mut &b"abc"[..], &mut std::io::sink(), &Algorithm::ALL).unwrap();
        assert_eq!(hashes.digits[&Algorithm::Sm3], "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((hashes.digits[&Algorithm::Sha256].as_str(), hashes.size), (sha256, 3));
        assert!(hashes.digits[&Algorithm::Sha512].starts_with("ddaf35a193617aba"));
    }

    #[test]
    fn lines_of_other_programs_manifests_are_parsed() {
        let line = |digits: &str, path: &str| ManifestLine { path: path.to_owned(), digits: digits.to_owned() };
        assert_eq!(parse("ab  data/甲 乙\nCD *data/b\n\n"), Ok(vec![line("ab", "data/甲 乙"), line("cd", "data/b")]));
        assert_eq!((parse("ab  data/a\nzz data/b"), parse("ab"), parse("ab  ")), (Err(2), Err(1), Err(1)));
        for path in ["100%.xlsx", "a\nb\rc", "%0A", "%250A"] {
            assert_eq!(decode_path(&encode_path(path)), path);
        }
    }
}
