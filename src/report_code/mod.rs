//! 核对码, the report code: the short code on a final report that identifies the notice, the branch and the content.
//! The same content has the same code, any change another; a mistyped code is detected by its last character.
//!
//! `20181102-07-7K3M9QXTR`: the notice, the branch's position in the roster, eight characters (40 bits) of the
//! content's SHA-256 hash, a check character. All are of Crockford's alphabet of 32 characters, without I, L, O and U,
//! which are misread on paper. The check character is that of the hybrid systems of ISO 7064 (as MOD 11,10 and MOD
//! 37,36), here over 32 characters: it detects every single wrong character and nearly every exchange of neighbours.

mod qr;

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use qr::Matrix;

/// The characters of codes, by their values.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of the content's hash.
const HASH_LENGTH: usize = 8;
/// How many characters the notice's part may have.
pub const NOTICE_LENGTH: std::ops::RangeInclusive<usize> = 2..=12;
/// How many digits the branch's position may have.
const POSITION_DIGITS: std::ops::RangeInclusive<usize> = 2..=6;

/// The code as a final report shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedCode {
    /// The code that is printed in text.
    pub code: ReportCode,
    /// The code as a picture, when the settings ask for it.
    pub qr: Option<Matrix>,
}

/// A report code; its check character is right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReportCode(String);

impl ReportCode {
    /// The code of a report with that content; `position` is that of the branch in the roster, from 1, or 0 for the
    /// department.
    pub fn for_content(notice: &str, position: usize, content: &[u8]) -> Self {
        let hash = Sha256::digest(content);
        let head = hash.iter().take(5).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let digits = (0..HASH_LENGTH).rev().map(|at| char::from(ALPHABET[(head >> (5 * at)) as usize & 31]));
        let body = format!("{notice}-{position:02}-{}", digits.collect::<String>());
        Self(format!("{body}{}", check_character(&body).unwrap_or('0')))
    }

    /// The notice's part of the code: what stands before the first hyphen.
    pub fn notice(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// The branch's position in the roster when the report was made, from 1; 0 for the department.
    pub fn position(&self) -> usize {
        self.0.split('-').nth(1).and_then(|position| position.parse().ok()).unwrap_or_default()
    }

    /// The part that depends on the content alone.
    pub fn content(&self) -> &str {
        let hash = self.0.rsplit('-').next().unwrap_or_default();
        hash.get(..HASH_LENGTH).unwrap_or_default()
    }

    /// Whether both are of the same content under the same notice. The position is not compared: it changes with the
    /// roster.
    pub fn has_same_content(&self, other: &Self) -> bool {
        self.notice() == other.notice() && self.content() == other.content()
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses a text that is a code and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        match &find(text)[..] {
            [Ok(code)] if code.0 == text => Some(code.clone()),
            _ => None,
        }
    }
}

impl fmt::Display for ReportCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ReportCode> for String {
    fn from(code: ReportCode) -> Self {
        code.0
    }
}

impl TryFrom<String> for ReportCode {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("核对码不对")
    }
}

/// Whether a text can be the notice's part of codes.
pub fn is_notice(text: &str) -> bool {
    NOTICE_LENGTH.contains(&text.len()) && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

/// The codes in a text such as a file's name, in upper or lower case, in the order of the text. What has the form of a
/// code and a wrong check character is `Err`.
pub fn find(text: &str) -> Vec<Result<ReportCode, String>> {
    let text: String = text.chars().map(to_ascii).collect::<String>().to_ascii_uppercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
    let parts: Vec<Vec<&str>> = words.iter().map(|word| word.split('-').collect()).collect();
    let candidates = parts.iter().flat_map(|parts| parts.windows(3));
    let well_formed = candidates.filter(|parts| {
        NOTICE_LENGTH.contains(&parts[0].len())
            && POSITION_DIGITS.contains(&parts[1].len())
            && parts[1].bytes().all(|byte| byte.is_ascii_digit())
            && parts[2].len() == HASH_LENGTH + 1
    });
    let verify = |parts: &[&str]| {
        let code = parts.join("-");
        let (body, last) = code.split_at(code.len() - 1);
        if check_character(body).is_some_and(|right| last.starts_with(right)) {
            Ok(ReportCode(code))
        } else {
            Err(code)
        }
    };
    well_formed.map(verify).collect()
}

/// Converts full-width letters, digits and dashes, which people type in Chinese names, to ASCII.
fn to_ascii(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '–' | '—' => '-',
        _ => c,
    }
}

/// The check character of a code's body; `None` when a character is not in the alphabet.
fn check_character(body: &str) -> Option<char> {
    let size = ALPHABET.len();
    let mut state = size;
    for byte in body.bytes().filter(|byte| *byte != b'-') {
        let value = ALPHABET.iter().position(|known| *known == byte)?;
        let sum = (state + value) % size;
        state = (if sum == 0 { size } else { sum }) * 2 % (size + 1);
    }
    Some(char::from(ALPHABET[(size + 1 - state) % size]))
}

#[cfg(test)]
mod tests {
    use super::{ALPHABET, ReportCode, find};

    #[test]
    fn the_same_content_has_the_same_code_and_any_change_another() {
        let code = ReportCode::for_content("20181102", 7, b"text");
        assert_eq!(code, ReportCode::for_content("20181102", 7, b"text"));
        assert_eq!(ReportCode::parse(code.as_str()), Some(code.clone()));
        assert!(code.as_str().starts_with("20181102-07-") && code.as_str().len() == 21);
        assert!(code.has_same_content(&ReportCode::for_content("20181102", 8, b"text")));
        assert!(!code.has_same_content(&ReportCode::for_content("20181102", 7, b"texT")));
        assert!(!code.has_same_content(&ReportCode::for_content("20181103", 7, b"text")));
    }

    #[test]
    fn every_wrong_character_is_detected_and_nearly_every_exchange() {
        let (mut exchanges, mut missed) = (0, 0);
        for at in 0..200_usize {
            let code = ReportCode::for_content("ZJ18", at, &at.to_le_bytes()).to_string();
            for place in (0..code.len()).filter(|place| code.as_bytes()[*place] != b'-') {
                for other in ALPHABET.iter().filter(|other| **other != code.as_bytes()[place]) {
                    let mut wrong = code.clone().into_bytes();
                    wrong[place] = *other;
                    assert_eq!(ReportCode::parse(&String::from_utf8(wrong).unwrap()), None, "{code} {place}");
                }
                let mut wrong = code.clone().into_bytes();
                if place + 1 < wrong.len() && wrong[place + 1] != b'-' && wrong[place] != wrong[place + 1] {
                    wrong.swap(place, place + 1);
                    exchanges += 1;
                    missed += usize::from(ReportCode::parse(&String::from_utf8(wrong).unwrap()).is_some());
                }
            }
        }
        assert!(exchanges > 1000 && missed * 50 < exchanges, "{missed} of {exchanges}");
    }

    #[test]
    fn codes_are_found_in_file_names_as_people_type_them() {
        let code = ReportCode::for_content("20181102", 7, b"text");
        let typed = code.as_str().to_lowercase();
        for name in [format!("签字 {typed}.pdf"), format!("教务处（{code}）2.png"), code.as_str().replace('-', "－")]
        {
            assert_eq!(find(&name), [Ok(code.clone())], "{name}");
        }
        let wrong = format!("{}{}", &code.as_str()[..20], if code.as_str().ends_with('0') { '1' } else { '0' });
        assert_eq!(find(&wrong), [Err(wrong.clone())]);
        assert_eq!(find("2018-11-02 扫描.pdf"), []);
    }
}
