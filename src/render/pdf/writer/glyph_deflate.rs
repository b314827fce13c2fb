//! Compression of fonts for `FlateDecode` (RFC 1950 and 1951): each byte by itself, in a code that is always the same.
//!
//! Glyph programs hold few repetitions, and their bytes are about equally frequent in all fonts: small numbers and a
//! dozen operators. For the 322 kB of fonts of a report, looking for repetitions (level 2) saves a twentieth of the
//! size and takes 6 ms; a code made for each piece of 16 kB (zlib's `Z_HUFFMAN_ONLY`) saves half a hundredth and takes
//! 2.5 ms; this takes 0.8.

use zlib_rs::adler32::adler32;

/// The bits of each byte, and of the end: the optimal code for 8,000 glyphs of each of the four Fandol faces, that of
/// body text counted most. Complete: the powers of two of all, negated, add up to 1.
const LENGTHS: [u8; 257] = [
    12, 11, 11, 11, 11, 8, 9, 8, 6, 12, 12, 12, 12, 12, 9, 12, 12, 12, 12, 12, 12, 7, 12, 12, 5, 6, 10, 11, 12, 12, 7,
    8, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11,
    11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 10, 11, 10, 11, 10, 11, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    10, 10, 10, 9, 10, 9, 10, 9, 10, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7, 8, 7, 8, 7, 7, 7,
    7, 7, 7, 7, 6, 6, 6, 6, 6, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 8,
    8, 8, 8, 8, 8, 8, 8, 8, 9, 8, 9, 9, 9, 9, 9, 9, 9, 9, 10, 9, 10, 9, 10, 9, 10, 10, 10, 10, 10, 10, 10, 10, 11, 10,
    11, 10, 11, 10, 11, 10, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 12, 11, 12, 12, 12, 12, 12, 12, 12, 12,
    12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 6, 9, 10, 13, 6, 9, 12, 14, 15,
    15,
];
/// The symbol that ends a block.
const END: usize = 256;
/// Deflate with a window of 32 kB, compressed fast.
const ZLIB_HEADER: [u8; 2] = [0x78, 0x01];
/// The checksum of nothing.
const ADLER_START: u32 = 1;

/// Compresses a font.
pub(super) fn deflate(font: &[u8]) -> Vec<u8> {
    let mut bits = BitWriter { bytes: Vec::with_capacity(font.len()), pending: 0, count: 0 };
    bits.bytes.extend(ZLIB_HEADER);
    write_header(&mut bits);
    let codes = codes();
    for byte in font {
        bits.push(codes[usize::from(*byte)]);
    }
    bits.push(codes[END]);
    let mut bytes = bits.finish();
    bytes.extend(adler32(ADLER_START, font).to_be_bytes());
    bytes
}

/// A code of up to 15 bits, the first of them lowest.
#[derive(Clone, Copy, Default)]
struct Code {
    bits: u16,
    length: u8,
}

/// The codes of the symbols: those of the same length are consecutive, shorter ones are lower (RFC 1951, 3.2.2).
fn codes() -> [Code; 257] {
    let mut codes = [Code::default(); 257];
    let mut next = 0_u16;
    for length in 1..=15_u8 {
        for (code, _) in codes.iter_mut().zip(LENGTHS).filter(|(_, own)| *own == length) {
            *code = Code { bits: next.reverse_bits() >> (16 - length), length };
            next += 1;
        }
        next <<= 1;
    }
    codes
}

/// The head of the only block: 257 symbols and two distances, which no data use but readers expect (3.2.7). Each length
/// is written in 4 bits.
fn write_header(bits: &mut BitWriter) {
    let mut field = |value: u16, length: u8| bits.push(Code { bits: value, length });
    // The last block, with codes of its own.
    field(0b1_01, 3);
    // Of 257 symbols none more, of one distance one more, of four lengths of codes fifteen more.
    field(0, 5);
    field(1, 5);
    field(15, 4);
    // Lengths of 0 to 15 are symbols of 4 bits; those for repetitions, which come first, are not used.
    (0..19).for_each(|symbol| field(if symbol < 3 { 0 } else { 4 }, 3));
    for length in LENGTHS.into_iter().chain([1, 1]) {
        field(u16::from(length).reverse_bits() >> 12, 4);
    }
}

/// Writes bits, the first into the lowest bit of a byte.
struct BitWriter {
    bytes: Vec<u8>,
    pending: u64,
    /// How many bits are pending; fewer than 32 between calls.
    count: u8,
}

impl BitWriter {
    fn push(&mut self, code: Code) {
        self.pending |= u64::from(code.bits) << self.count;
        self.count += code.length;
        if self.count >= 32 {
            self.bytes.extend((self.pending as u32).to_le_bytes());
            self.pending >>= 32;
            self.count -= 32;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        let rest = usize::from(self.count.div_ceil(8));
        self.bytes.extend(self.pending.to_le_bytes().into_iter().take(rest));
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};
    use proptest::{collection, prop_assert_eq};
    use zlib_rs::{InflateConfig, ReturnCode, decompress_slice};

    use super::{LENGTHS, deflate};

    #[test]
    fn the_code_is_complete() {
        let total: u32 = LENGTHS.iter().map(|length| 1 << (15 - length)).sum();
        assert_eq!(total, 1 << 15);
    }

    proptest! {
        #[test]
        fn what_is_compressed_is_read_again(data in collection::vec(any::<u8>(), 0..20_000)) {
            let mut read = vec![0; data.len() + 1];
            let (read, code) = decompress_slice(&mut read, &deflate(&data), InflateConfig::default());
            prop_assert_eq!((code, &*read), (ReturnCode::Ok, &data[..]));
        }
    }
}
