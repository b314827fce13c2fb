//! Hashes of files, and the manifests that list them (RFC 8493, 2.1.3).

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256, Sha512};
use sm3::Sm3;

/// A way of hashing, as manifests name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
    /// SM3 (GB/T 32905).
    Sm3,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha512, Self::Sm3];

    /// Its name in the names of manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::Sm3 => "sm3",
        }
    }
}

/// The hashes of one file, and its size in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// In lower-case hexadecimal digits.
    pub digits: BTreeMap<Algorithm, String>,
    /// Its size.
    pub size: u64,
}

/// A hash under way.
enum Hasher {
    Sha256(Sha256),
    Sha512(Sha512),
    Sm3(Sm3),
}

/// Copies everything from `from` to `to`, and gives the hashes of what went by.
///
/// # Errors
/// When one of the two refuses.
pub fn copy(from: &mut dyn Read, to: &mut dyn Write, algorithms: &[Algorithm]) -> io::Result<Hashes> {
    let mut hashers: Vec<(Algorithm, Hasher)> =
        algorithms.iter().map(|algorithm| (*algorithm, hasher(*algorithm))).collect();
    let mut buffer = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let piece = &buffer[..read];
        to.write_all(piece)?;
        size += read as u64;
        for (_, hasher) in &mut hashers {
            match hasher {
                Hasher::Sha256(hasher) => hasher.update(piece),
                Hasher::Sha512(hasher) => hasher.update(piece),
                Hasher::Sm3(hasher) => hasher.update(piece),
            }
        }
    }
    let digits = hashers.into_iter().map(|(algorithm, hasher)| {
        let digits = match hasher {
            Hasher::Sha256(hasher) => hex(&hasher.finalize()),
            Hasher::Sha512(hasher) => hex(&hasher.finalize()),
            Hasher::Sm3(hasher) => hex(&hasher.finalize()),
        };
        (algorithm, digits)
    });
    Ok(Hashes { digits: digits.collect(), size })
}

fn hasher(algorithm: Algorithm) -> Hasher {
    match algorithm {
        Algorithm::Sha256 => Hasher::Sha256(Sha256::new()),
        Algorithm::Sha512 => Hasher::Sha512(Sha512::new()),
        Algorithm::Sm3 => Hasher::Sm3(Sm3::new()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A manifest's text: a line a file, in the order of their paths.
pub fn manifest(files: &BTreeMap<String, Hashes>, algorithm: Algorithm) -> String {
    let line = |(path, hashes): (&String, &Hashes)| {
        let digits = hashes.digits.get(&algorithm)?;
        Some(format!("{digits}  {}\n", encoded(path)))
    };
    files.iter().filter_map(line).collect()
}

/// The paths and digits that a manifest lists; a line that cannot be read is an error with its number.
pub fn parse(text: &str) -> Result<Vec<(String, String)>, usize> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let entry = |(at, line): (usize, &str)| {
        let (digits, path) = line.split_once([' ', '\t']).ok_or(at + 1)?;
        let path = path.trim_start_matches([' ', '\t']);
        // What md5sum and its kin write before the name of a binary file.
        let path = path.strip_prefix('*').unwrap_or(path);
        let proper = !path.is_empty() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if proper { Ok((path.to_owned(), digits.to_ascii_lowercase())) } else { Err(at + 1) }
    };
    lines.map(entry).collect()
}

/// A path as manifests write it.
fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D")
}

/// A path as it is.
pub fn decoded(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let sign = match rest.get(at + 1..at + 3).map(str::to_ascii_uppercase).as_deref() {
            Some("0A") => Some('\n'),
            Some("0D") => Some('\r'),
            Some("25") => Some('%'),
            _ => None,
        };
        out.push(sign.unwrap_or('%'));
        rest = &rest[at + if sign.is_some() { 3 } else { 1 }..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, copy, decoded, encoded, parse};

    #[test]
    fn hashes_are_the_standards_own_examples() {
        let hashes = copy(&mut &b"abc"[..], &mut std::io::sink(), &Algorithm::ALL).unwrap();
        assert_eq!(hashes.digits[&Algorithm::Sm3], "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((hashes.digits[&Algorithm::Sha256].as_str(), hashes.size), (sha256, 3));
        assert!(hashes.digits[&Algorithm::Sha512].starts_with("ddaf35a193617aba"));
    }

    #[test]
    fn lines_of_manifests_are_read_as_others_write_them() {
        let entry = |digits: &str, path: &str| (path.to_owned(), digits.to_owned());
        assert_eq!(parse("ab  data/甲 乙\nCD *data/b\n\n"), Ok(vec![entry("ab", "data/甲 乙"), entry("cd", "data/b")]));
        assert_eq!((parse("ab  data/a\nzz data/b"), parse("ab"), parse("ab  ")), (Err(2), Err(1), Err(1)));
        for path in ["100%.xlsx", "a\nb\rc", "%0A", "%250A"] {
            assert_eq!(decoded(&encoded(path)), path);
        }
    }
}
