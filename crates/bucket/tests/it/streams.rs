//! Bodies in chunks, each signed.

use super::*;
use aws_lc_rs::{digest, hmac};

/// A body of two chunks and perhaps a trailer, signed as SDKs sign it.
struct Chunked {
    has_trailer: bool,
    /// Instead of the second chunk's bytes, after it was signed.
    forged: Option<&'static str>,
    trailer: &'static str,
}

const CHUNKS: [&str; 3] = ["first, ", "second", ""];
const SHA1_OF_ALL: &str = "x-amz-checksum-sha1:nHdU0G3HE3BszH8utop48lD5Ucs=";

impl Chunked {
    fn request(&self) -> Request<Full<Bytes>> {
        let payload = match self.has_trailer {
            true => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            false => "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        };
        let length = CHUNKS.iter().map(|chunk| chunk.len()).sum::<usize>();
        let put = call(Method::PUT, "/bucket/k")
            .header("content-encoding", "aws-chunked")
            .header("x-amz-decoded-content-length", &length.to_string());
        let put = if self.has_trailer { put.header("x-amz-trailer", "x-amz-checksum-sha1") } else { put };
        // Its length is signed, and does not hang on the signatures.
        let length = self.body("20260101T000000Z", "").len();
        let mut request = Call { payload: Some(payload), ..put.body(vec![0; length]) }.signed();
        let text = |name| request.headers()[name].to_str().unwrap().to_owned();
        let (date, authorization) = (text("x-amz-date"), text("authorization"));
        let seed = authorization.rsplit_once("Signature=").unwrap().1;
        *request.body_mut() = Full::from(self.body(&date, seed));
        request
    }

    /// `seed` is the signature of the request.
    fn body(&self, date: &str, seed: &str) -> String {
        let scope = format!("{}/us-east-1/s3/aws4_request", &date[..8]);
        let signing_key = [&date[..8], "us-east-1", "s3", "aws4_request"]
            .into_iter()
            .fold(b"AWS4secret".to_vec(), |key, text| sign(&key, text));
        let (mut body, mut signature) = (String::new(), seed.to_owned());
        for (number, chunk) in CHUNKS.into_iter().enumerate() {
            let signed = format!(
                "AWS4-HMAC-SHA256-PAYLOAD\n{date}\n{scope}\n{signature}\n{}\n{}",
                sha256(""),
                sha256(chunk)
            );
            signature = hex::encode(sign(&signing_key, &signed));
            let sent = if number == 1 { self.forged.unwrap_or(chunk) } else { chunk };
            body += &format!("{:x};chunk-signature={signature}\r\n{sent}\r\n", chunk.len());
        }
        if self.has_trailer {
            body.truncate(body.len() - 2);
            let signed = format!(
                "AWS4-HMAC-SHA256-TRAILER\n{date}\n{scope}\n{signature}\n{}",
                sha256(&format!("{}\n", self.trailer))
            );
            let signature = hex::encode(sign(&signing_key, &signed));
            body += &format!("{}\r\nx-amz-trailer-signature:{signature}\r\n\r\n", self.trailer);
        }
        body
    }
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn sha256(text: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

#[tokio::test]
async fn signed_chunks_are_taken_and_forged_ones_refused() {
    let server = Server::with_bucket().await;
    for has_trailer in [false, true] {
        let chunked = Chunked { has_trailer, forged: None, trailer: SHA1_OF_ALL };
        let put = server.send_as_it_is(chunked.request()).await;
        assert_eq!(put.status, StatusCode::OK, "{}", put.body);
        assert_eq!(put.header("x-amz-checksum-sha1").is_empty(), !has_trailer);
        let got = server.send(call(Method::GET, "/bucket/k")).await;
        assert_eq!((got.body.as_str(), got.header("content-encoding")), ("first, second", ""));
        server.send(call(Method::DELETE, "/bucket/k")).await;
        let forged = Chunked { forged: Some("SECOND"), ..chunked };
        let refused = server.send_as_it_is(forged.request()).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (403, "SignatureDoesNotMatch"),
            "{}",
            refused.body
        );
        assert_eq!(server.send(call(Method::GET, "/bucket/k")).await.code(), "NoSuchKey");
    }
    let wrong = Chunked {
        has_trailer: true,
        forged: None,
        trailer: "x-amz-checksum-sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    };
    assert_eq!(server.send_as_it_is(wrong.request()).await.code(), "BadDigest");
}
