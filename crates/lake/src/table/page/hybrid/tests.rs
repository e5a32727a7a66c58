use super::Hybrid;
use bytes::Bytes;
use proptest::prelude::*;

/// Runs as a writer makes them: a number and how often it comes, or packed numbers, eight at a time.
#[derive(Clone, Debug)]
enum Run {
    Repeated(u32, u32),
    Packed(Vec<u32>),
}

fn any_runs(width: u32) -> impl Strategy<Value = Vec<Run>> {
    // Few different numbers, so that what is looked for stands side by side.
    let number = move || (0..4u32).prop_map(move |number| number.wrapping_mul(0x5555_5555) >> (32 - width));
    let packed = (1..20usize).prop_flat_map(move |eights| prop::collection::vec(number(), eights * 8));
    let run = prop_oneof![
        (number(), 1..100u32).prop_map(|(n, times)| Run::Repeated(n, times)),
        packed.prop_map(Run::Packed)
    ];
    prop::collection::vec(run, 0..5)
}

fn encode(runs: &[Run], width: u32) -> (Vec<u8>, Vec<u32>) {
    let (mut bytes, mut numbers) = (Vec::new(), Vec::new());
    for run in runs {
        match run {
            Run::Repeated(number, times) => {
                varint(*times << 1, &mut bytes);
                bytes.extend_from_slice(&number.to_le_bytes()[..width.div_ceil(8) as usize]);
                numbers.extend((0..*times).map(|_| *number));
            }
            Run::Packed(packed) => {
                varint((packed.len() as u32 / 8) << 1 | 1, &mut bytes);
                let bits = packed.iter().flat_map(|number| (0..width).map(move |bit| number >> bit & 1));
                let bits: Vec<u32> = bits.collect();
                bytes.extend(
                    bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |all, bit| all << 1 | *bit as u8)),
                );
                numbers.extend_from_slice(packed);
            }
        }
    }
    (bytes, numbers)
}

fn varint(mut number: u32, bytes: &mut Vec<u8>) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn places(numbers: &[u32], wanted: u32) -> Vec<u32> {
    (0..).zip(numbers).filter_map(|(place, number)| (*number == wanted).then_some(place)).collect()
}

proptest! {
    #[test]
    fn numbers_are_found_where_they_stand(
        (width, runs, cut) in (1..=32u32).prop_flat_map(|width| (Just(width), any_runs(width), 0..9usize))
    ) {
        let (bytes, mut numbers) = encode(&runs, width);
        let bytes = Bytes::from(bytes);
        let hybrid = Hybrid::read(&bytes, 0..bytes.len(), width).unwrap();
        numbers.truncate(numbers.len().saturating_sub(cut));
        prop_assert_eq!(&hybrid.decode(numbers.len()), &numbers);
        for (place, number) in numbers.iter().enumerate() {
            prop_assert_eq!(hybrid.get(place), Some(*number));
        }
        for number in (0..4u32).map(|number| number.wrapping_mul(0x5555_5555) >> (32 - width)) {
            prop_assert_eq!(hybrid.places_of(number, numbers.len()), places(&numbers, number));
        }
    }

    #[test]
    fn ones_are_counted_and_found_by_their_count(runs in any_runs(1), step in 1..5usize) {
        let (bytes, numbers) = encode(&runs, 1);
        let bytes = Bytes::from(bytes);
        let hybrid = Hybrid::read(&bytes, 0..bytes.len(), 1).unwrap();
        let ones = places(&numbers, 1);
        for (count, place) in ones.iter().enumerate() {
            prop_assert_eq!(hybrid.ones_below(*place as usize), count);
        }
        let wanted: Vec<u32> = (0..ones.len() as u32).step_by(step).collect();
        let expected: Vec<u32> = ones.into_iter().step_by(step).collect();
        prop_assert_eq!(hybrid.places_of_ones(&wanted), expected);
    }
}

#[test]
fn numbers_without_bits_are_zero() {
    let bytes = Bytes::from_static(&[2 << 1 | 1, 3 << 1]);
    let hybrid = Hybrid::read(&bytes, 0..2, 0).unwrap();
    assert_eq!((hybrid.decode(19), hybrid.places_of(0, 3)), (vec![0; 19], vec![0, 1, 2]));
}
