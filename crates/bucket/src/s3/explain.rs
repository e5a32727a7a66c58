//! Errors as s3s writes them: read back for the record, and given the messages that s3s leaves out.

use super::front::S3Failure;
use http::{Response, StatusCode};
use s3s::S3Error;

/// An error as a response.
pub(super) fn answer(error: S3Error) -> Response<s3s::Body> {
    error.to_http_response().unwrap_or_else(|_| {
        let mut response = Response::new(s3s::Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// Reads the error out of a response, and gives it a message if it came without one.
pub(super) fn explain(response: Response<s3s::Body>) -> (Response<s3s::Body>, Option<S3Failure>) {
    let status = response.status();
    if status == StatusCode::NOT_MODIFIED {
        return (response.map(|_| s3s::Body::empty()), None);
    }
    let is_error = status.is_client_error() || status.is_server_error();
    let Some(xml) = response.body().bytes().filter(|_| is_error) else { return (response, None) };
    let xml = String::from_utf8_lossy(&xml).into_owned();
    let code = element(&xml, "Code").unwrap_or_else(|| "InternalError".to_owned());
    match element(&xml, "Message") {
        Some(message) => (response, Some(S3Failure { code, message })),
        None => {
            let message = usual_message(&code).to_owned();
            let xml = xml.replace("</Error>", &format!("<Message>{message}</Message></Error>"));
            (response.map(|_| s3s::Body::from(xml)), Some(S3Failure { code, message }))
        }
    }
}

/// The text of the first element of this name; s3s writes errors flat and without attributes.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let unescaped = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Some(unescaped.into_iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain)))
}

/// What S3 says with the errors that s3s gives no message.
fn usual_message(code: &str) -> &'static str {
    match code {
        "SignatureDoesNotMatch" => {
            "The request signature we calculated does not match the signature you provided. Check your key and signing method."
        }
        "InvalidBucketName" => "The specified bucket is not valid.",
        "KeyTooLongError" => "Your key is too long",
        "InvalidURI" => "Couldn't parse the specified URI.",
        "InvalidRange" => "The requested range is not satisfiable",
        "MethodNotAllowed" => "The specified method is not allowed against this resource.",
        "MissingContentLength" => "You must provide the Content-Length HTTP header.",
        "MalformedXML" => {
            "The XML you provided was not well-formed or did not validate against our published schema"
        }
        "MaxMessageLengthExceeded" => "Your request was too big.",
        "IncompleteBody" => {
            "You did not provide the number of bytes specified by the Content-Length HTTP header."
        }
        _ => "We encountered an internal error. Please try again.",
    }
}
