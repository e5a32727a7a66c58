//! Operations that may be called with a body that is not under the signature, as the models' `v4-unsigned-body` has it.
//! S3 leaves it to the client for all of its operations.

/// Service and name, sorted.
const UNSIGNED: [(&str, &str); 6] = [
    ("ebs", "PutSnapshotBlock"),
    ("lex-runtime", "PostContent"),
    ("lexv2-runtime", "RecognizeUtterance"),
    ("mediastore-data", "PutObject"),
    ("omics", "UploadReadSetPart"),
    ("s3", "WriteGetObjectResponse"),
];

pub(crate) fn may_be_unsigned(service: &str, operation: &str) -> bool {
    UNSIGNED.binary_search(&(service, operation)).is_ok()
}

#[cfg(test)]
mod tests;
