use super::*;

const SIGNED: &str = "3;chunk-signature=aa\r\nabc\r\nB;chunk-signature=bb\r\n0\r\n45\r\n789a\r\n0;chunk-signature=cc\r\n\
    x-amz-checksum-crc32:AAAAAA==\r\nx-amz-trailer-signature:dd\r\n\r\n";

/// Decodes a body that comes in pieces of this size.
fn decode(body: &str, piece: usize, undone: bool) -> Result<String, NotChunked> {
    let mut decoder = Decoder::new(undone);
    let mut output = VecDeque::new();
    for piece in body.as_bytes().chunks(piece) {
        decoder.decode(Bytes::copy_from_slice(piece), &mut output)?;
    }
    if !decoder.is_over() {
        return Err(NotChunked);
    }
    let whole: Vec<u8> = output.iter().flatten().copied().collect();
    Ok(String::from_utf8(whole).unwrap())
}

#[test]
fn pieces_of_any_size_come_to_the_same() {
    let unsigned = "3\r\nabc\r\nB\r\n0\r\n45\r\n789a\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
    for piece in 1..=SIGNED.len() {
        assert_eq!(decode(SIGNED, piece, true).unwrap(), "abc0\r\n45\r\n789a");
        assert_eq!(decode(SIGNED, piece, false).unwrap(), unsigned);
    }
}

#[test]
fn what_is_not_in_chunks_is_refused() {
    let endless = "1".repeat(LINE_BYTES_MAX + 1);
    for wrong in [
        "",
        "x\r\n",
        "-1\r\n",
        "3\r\nabcd\r\n",
        "3\nabc\r\n",
        "0\r\n",
        "0\r\n\r\nmore",
        "11111111111111111\r\n",
        &endless,
    ] {
        assert_eq!(decode(wrong, 64, true), Err(NotChunked), "{wrong:?}");
    }
}
