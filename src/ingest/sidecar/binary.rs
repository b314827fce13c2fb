//! Numbers in binary records.

/// The little-endian number of four bytes at `offset`.
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(offset..offset.checked_add(4)?)?.try_into().ok()?))
}

/// The little-endian number of two bytes at `offset`.
pub(super) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(offset..offset.checked_add(2)?)?.try_into().ok()?))
}

/// The little-endian float of eight bytes at `offset`.
pub(super) fn f64_at(bytes: &[u8], offset: usize) -> Option<f64> {
    Some(f64::from_le_bytes(bytes.get(offset..offset.checked_add(8)?)?.try_into().ok()?))
}

/// The RK number of four bytes at `offset` (MS-XLS 2.5.217, MS-XLSB 2.5.122).
pub(super) fn rk_at(bytes: &[u8], offset: usize) -> Option<f64> {
    let rk = u32_at(bytes, offset)?;
    let number = if rk & 2 == 0 { f64::from_bits(u64::from(rk & !3) << 32) } else { f64::from(rk.cast_signed() >> 2) };
    Some(if rk & 1 == 0 { number } else { number / 100.0 })
}

#[cfg(test)]
mod tests {
    use super::rk_at;

    #[test]
    fn short_numbers_are_floats_or_whole_and_may_be_hundredths() {
        let numbers =
            [0x0000_009a, 0x0000_0006, 0x0000_00f3, 0xffff_fffe, 0x3fe0_0000, 0x4059_0001].map(u32::to_le_bytes);
        assert_eq!(numbers.map(|rk| rk_at(&rk, 0)), [38.0, 1.0, 0.6, -1.0, 0.5, 1.0].map(Some));
    }
}
