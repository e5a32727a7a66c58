//! Bodies in JSON.

use serde_json::Value;

/// Containers within containers that the parser takes.
const DEPTH_MAX: usize = 100;

/// What the start of a document says, if not all of it is there: everything up to its last complete value.
/// `None` if it is no JSON, or too deep.
pub(super) fn read_start(bytes: &[u8]) -> Option<Value> {
    let mut open: Vec<u8> = Vec::new();
    let mut cut = Cut { end: 0, depth: 0 };
    let (mut in_text, mut is_escaped) = (false, false);
    for (place, byte) in bytes.iter().enumerate() {
        if in_text {
            in_text = is_escaped || *byte != b'"';
            is_escaped = !is_escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' if open.len() == DEPTH_MAX => return None,
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' => {
                open.pop()?;
            }
            _ => {}
        }
        match byte {
            b',' => cut = Cut { end: place, depth: open.len() },
            b'{' | b'[' | b'}' | b']' => cut = Cut { end: place + 1, depth: open.len() },
            _ => {}
        }
    }
    // What was open at the cut is open still: leaving a container is a cut of its own.
    let mut whole = bytes[..cut.end].to_vec();
    whole.extend(open[..cut.depth].iter().rev());
    serde_json::from_slice(&whole).ok()
}

/// The last place after a complete value, and how many containers are open there.
struct Cut {
    end: usize,
    depth: usize,
}
