//! One record on disk: a header of 32 bytes, the payload, zeros up to a multiple of 8.
//!
//! The layout is in FORMAT.md, "Frame". The header carries the frame's own position, so that
//! stale or misplaced bytes are never taken for a record, and the position at which its group
//! commit began, which tells a torn tail from damage.

use cairn_model::Position;

/// Bytes before the payload.
pub(super) const HEADER_BYTES: usize = 32;

/// Frames begin at multiples of this, in the log and in the file.
pub(super) const ALIGNMENT: usize = 8;

/// The first four bytes of a frame.
pub(super) const MAGIC: [u8; 4] = *b"cfr1";

const LENGTH_AT: usize = 4;
const POSITION_AT: usize = 8;
const COMMIT_START_AT: usize = 16;
const PAYLOAD_CHECKSUM_AT: usize = 24;
const HEADER_CHECKSUM_AT: usize = 28;

/// A header whose checksum and position have been verified.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    /// Bytes of the payload.
    pub(super) payload_bytes: usize,
    /// The position of the first frame of the same group commit.
    pub(super) commit_start: Position,
    payload_checksum: u32,
}

impl Header {
    /// Reads the header that must be the one of a frame at `at`; `None` if it is not.
    pub(super) fn read(bytes: &[u8], at: Position, seed: u32) -> Option<Header> {
        let header = bytes.first_chunk::<HEADER_BYTES>()?;
        let valid = header[..LENGTH_AT] == MAGIC
            && u64_at(header, POSITION_AT) == at.get()
            && u32_at(header, HEADER_CHECKSUM_AT) == header_checksum(header, seed);
        valid.then(|| Header {
            payload_bytes: u32_at(header, LENGTH_AT) as usize,
            commit_start: Position::new(u64_at(header, COMMIT_START_AT)),
            payload_checksum: u32_at(header, PAYLOAD_CHECKSUM_AT),
        })
    }

    /// Bytes of the whole frame.
    pub(super) fn frame_bytes(&self) -> usize {
        HEADER_BYTES + self.payload_bytes.next_multiple_of(ALIGNMENT)
    }

    /// Whether these bytes, the whole frame, are the payload that was written.
    pub(super) fn matches(&self, frame: &[u8]) -> bool {
        crc32c::crc32c(&frame[HEADER_BYTES..]) == self.payload_checksum
    }
}

/// Finishes the frame that begins at `start` and goes to the end of `bytes`: pads it and fills in
/// the header but for what only the log knows ([`stamp`]). Runs on the caller's thread, because
/// the checksum is the one cost that grows with the payload.
pub(super) fn finish(bytes: &mut Vec<u8>, start: usize) {
    let payload_bytes = bytes.len() - start - HEADER_BYTES;
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
    let checksum = crc32c::crc32c(&bytes[start + HEADER_BYTES..]);
    // A payload that does not fit makes a batch above every limit of the queue: it is refused
    // there, so the value here does not matter.
    let length = u32::try_from(payload_bytes).unwrap_or(u32::MAX);
    let header = &mut bytes[start..start + HEADER_BYTES];
    header[..LENGTH_AT].copy_from_slice(&MAGIC);
    put(header, LENGTH_AT, &length.to_le_bytes());
    put(header, PAYLOAD_CHECKSUM_AT, &checksum.to_le_bytes());
}

/// Gives the finished frames in `bytes` their positions, from `first` on.
pub(super) fn stamp(bytes: &mut [u8], first: Position, commit_start: Position, seed: u32) {
    let mut start = 0;
    while start < bytes.len() {
        let header = &mut bytes[start..start + HEADER_BYTES];
        put(header, POSITION_AT, &(first.get() + start as u64).to_le_bytes());
        put(header, COMMIT_START_AT, &commit_start.get().to_le_bytes());
        let checksum = header_checksum(header, seed);
        put(header, HEADER_CHECKSUM_AT, &checksum.to_le_bytes());
        start += HEADER_BYTES + (u32_at(header, LENGTH_AT) as usize).next_multiple_of(ALIGNMENT);
    }
}

/// How far [`walk`] came.
#[derive(Debug)]
pub(super) struct Walk {
    /// Bytes of whole, verified frames from the start.
    pub(super) verified: usize,
    /// Records in them.
    pub(super) records: u64,
    /// Where the group commit of the last of them began.
    pub(super) last_commit_start: Option<Position>,
    /// What comes after them.
    pub(super) rest: Rest,
}

/// What stands behind the verified frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// A frame that does not end in these bytes; it needs this many from its start.
    Needs(usize),
    /// No frame.
    Invalid,
}

/// Verifies frames from the start of `bytes`, the first of which must stand at `at`.
pub(super) fn walk(bytes: &[u8], at: Position, seed: u32) -> Walk {
    let mut walk = Walk { verified: 0, records: 0, last_commit_start: None, rest: Rest::Invalid };
    loop {
        let position = Position::new(at.get() + walk.verified as u64);
        match verify(&bytes[walk.verified..], position, seed) {
            Ok(header) => {
                walk.verified += header.frame_bytes();
                walk.records += 1;
                walk.last_commit_start = Some(header.commit_start);
            }
            Err(rest) => {
                walk.rest = rest;
                return walk;
            }
        }
    }
}

/// Verifies the frame at the start of `bytes`, or says what stands there instead.
fn verify(bytes: &[u8], at: Position, seed: u32) -> Result<Header, Rest> {
    if bytes.len() < HEADER_BYTES {
        return Err(Rest::Needs(HEADER_BYTES));
    }
    let header = Header::read(bytes, at, seed).ok_or(Rest::Invalid)?;
    let frame = bytes.get(..header.frame_bytes()).ok_or(Rest::Needs(header.frame_bytes()))?;
    if header.matches(frame) { Ok(header) } else { Err(Rest::Invalid) }
}

/// How many of the first `bytes_max` bytes are whole frames, but at least one. `None` if `frames`, which were stamped
/// and not damaged since, do not begin with the one at `at`.
pub(super) fn whole_bytes(frames: &[u8], at: Position, bytes_max: usize) -> Option<usize> {
    let is_there = frames.starts_with(&MAGIC) && u64_at(frames, POSITION_AT) == at.get();
    let mut whole = 0;
    while is_there && whole < frames.len() {
        let frame_bytes = HEADER_BYTES + payload_bytes(&frames[whole..]).next_multiple_of(ALIGNMENT);
        if whole > 0 && whole + frame_bytes > bytes_max {
            break;
        }
        whole += frame_bytes;
    }
    is_there.then_some(whole)
}

/// The payload length of a frame that has been verified.
pub(super) fn payload_bytes(frame: &[u8]) -> usize {
    u32_at(frame, LENGTH_AT) as usize
}

/// What the header checksums of a segment start from: its salt. Without it a payload could carry
/// bytes that look like a frame, since positions can be guessed.
pub(super) fn seed(salt: u64) -> u32 {
    crc32c::crc32c(&salt.to_le_bytes())
}

fn header_checksum(header: &[u8], seed: u32) -> u32 {
    crc32c::crc32c_append(seed, &header[..HEADER_CHECKSUM_AT])
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// The little-endian number at this offset of `bytes`, which must reach that far.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let (number, _) = bytes[at..].split_first_chunk().expect("the caller checked the length");
    u32::from_le_bytes(*number)
}

/// The little-endian number at this offset of `bytes`, which must reach that far.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let (number, _) = bytes[at..].split_first_chunk().expect("the caller checked the length");
    u64::from_le_bytes(*number)
}
