//! Signs that act where a text is written to: each format has others, and what stands there instead.

/// Adds `text` with what `instead` has for some of its ASCII characters.
pub fn replace_into(out: &mut String, text: &str, instead: impl Fn(u8) -> Option<&'static str>) {
    // Most texts hold none of them, and without a way out of the loop many bytes are looked at at once.
    if !text.bytes().fold(false, |found, byte| found | instead(byte).is_some()) {
        return out.push_str(text);
    }
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let Some(instead) = instead(byte) else { continue };
        out.push_str(&text[plain..at]);
        out.push_str(instead);
        plain = at + 1;
    }
    out.push_str(&text[plain..]);
}
