use super::*;

#[test]
fn the_endpoint_file_names_an_address() {
    let address = SocketAddr::from(([127, 0, 0, 1], 4580));
    assert_eq!(parse_endpoint("http://127.0.0.1:4580\n"), Some(address));
    assert_eq!(parse_endpoint("http://127.0.0.1\n"), None);
    assert_eq!(parse_endpoint(""), None);
}
