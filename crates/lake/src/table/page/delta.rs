//! Parquet's DELTA_BINARY_PACKED ("Encodings", Delta Encoding).

use super::hybrid::varint;
use super::malformed;
use crate::error::LakeError;

/// More values than any page of ours has.
const VALUES_MAX: u64 = 1 << 24;

/// The values that start at `at`, which is behind them then. Of those of 32 bits only the low 32 bits count, as
/// their differences have no more.
pub(super) fn decode(bytes: &[u8], at: &mut usize) -> Result<Vec<i64>, LakeError> {
    decode_or_none(bytes, at).ok_or_else(malformed)
}

fn decode_or_none(bytes: &[u8], at: &mut usize) -> Option<Vec<i64>> {
    let block = varint(bytes, at)?;
    let minis = varint(bytes, at)?;
    let count = varint(bytes, at).filter(|count| *count <= VALUES_MAX)? as usize;
    let mut value = zigzag(varint(bytes, at)?);
    let mini_values = usize::try_from(block.checked_div(minis)?).ok().filter(|values| *values > 0)?;
    let mut values = Vec::with_capacity(count);
    values.extend((count > 0).then_some(value));
    while values.len() < count {
        let smallest = zigzag(varint(bytes, at)?);
        let widths = bytes.get(*at..at.checked_add(minis as usize)?)?;
        *at += widths.len();
        for width in widths {
            if values.len() == count {
                break;
            }
            let wanted = mini_values.min(count - values.len());
            // Columns of which nearly all values are the same.
            if *width == 0 && smallest == 0 {
                values.resize(values.len() + wanted, value);
                continue;
            }
            let packed = bytes.get(*at..)?;
            for index in 0..wanted {
                let delta = unpack(packed, index * usize::from(*width), u32::from(*width))?;
                value = value.wrapping_add(smallest).wrapping_add(delta as i64);
                values.push(value);
            }
            *at = at.checked_add(mini_values.checked_mul(usize::from(*width))? / 8)?;
        }
    }
    Some(values)
}

fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

fn unpack(bytes: &[u8], bit: usize, width: u32) -> Option<u64> {
    let (at, shift) = (bit / 8, bit % 8);
    if width <= 56
        && let Some(word) = bytes.get(at..at + 8)
    {
        let word = u64::from_le_bytes(word.try_into().expect("eight bytes"));
        return Some(word >> shift & ((1 << width) - 1));
    }
    let mut sixteen = [0; 16];
    let rest = bytes.get(at..).filter(|_| width <= 64)?;
    let length = rest.len().min(16);
    sixteen[..length].copy_from_slice(&rest[..length]);
    let word = u128::from_le_bytes(sixteen) >> shift;
    Some((word & ((1 << width) - 1)) as u64)
}
