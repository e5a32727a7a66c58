use super::Hosts;

#[test]
fn a_bucket_is_named_by_a_host_below_a_domain() {
    let hosts = Hosts::new(Some("S3.example.com."));
    let cases = [
        ("logs.s3.localhost", Some("logs")),
        ("logs.s3.localhost:4580", Some("logs")),
        ("LOGS.localhost:4580", Some("logs")),
        ("my.logs.s3.example.com", Some("my.logs")),
        ("s3.localhost", None),
        ("localhost:4580", None),
        ("s3.example.com", None),
        ("example.com", None),
        ("logs.example.com", None),
        ("127.0.0.1:4580", None),
        ("[::1]:4580", None),
        ("no_bucket.localhost", None),
        (".localhost", None),
        ("notlocalhost", None),
    ];
    for (host, bucket) in cases {
        assert_eq!(hosts.bucket(host).as_deref(), bucket, "{host}");
    }
}
