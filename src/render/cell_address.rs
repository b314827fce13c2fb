//! Names in addresses.

/// A name in an address: whatever might mean something there is written as bytes.
pub fn in_address(name: &str) -> String {
    let digit = |digit: u8| char::from(b"0123456789ABCDEF"[usize::from(digit)]);
    let mut out = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.extend(['%', digit(byte >> 4), digit(byte & 15)]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::in_address;

    #[test]
    fn nothing_in_a_name_means_anything_in_an_address() {
        assert_eq!(in_address("甲/& a-1_2.b~"), "%E7%94%B2%2F%26%20a-1_2.b~");
    }
}
