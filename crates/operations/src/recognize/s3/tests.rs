use super::*;

#[test]
fn buckets_stand_before_s3_or_a_name_of_this_machine() {
    let bases = ["cairn.example".to_owned(), "cairn.s3.example".to_owned()];
    let check = |host: &str, bucket: Option<&str>| assert_eq!(bucket_of(host, &bases), bucket, "{host}");
    check("photos.s3.amazonaws.com", Some("photos"));
    check("photos.s3.eu-west-1.amazonaws.com:443", Some("photos"));
    check("photos.s3-eu-west-1.amazonaws.com", Some("photos"));
    check("a.s3.b.s3.dualstack.us-west-2.amazonaws.com", Some("a.s3.b"));
    check("photos.s3-accelerate.amazonaws.com", Some("photos"));
    check("base--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", Some("base--use1-az4--x-s3"));
    check("photos.cairn.example:4580", Some("photos"));
    check("photos.localhost:4580", Some("photos"));
    check("s3.amazonaws.com", None);
    check("s3.localhost:4580", None);
    check("111122223333.s3-control.us-east-1.amazonaws.com", None);
    check("cairn.example", None);
    check("cairn.s3.example", None);
    check("photos.cairn.s3.example", Some("photos"));
    check("127.0.0.1:4580", None);
    check("[::1]:4580", None);
    check("", None);
    check(".localhost", None);
}
