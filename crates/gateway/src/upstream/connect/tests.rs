use super::*;

#[test]
fn the_first_connections_are_wide_and_so_are_those_that_take_their_place() {
    let connector =
        Connector::new(Uri::from_static("http://127.0.0.1:1/"), &UpstreamOptions::default()).unwrap();
    let mut wide: Vec<_> = (0..WIDE_MAX).map(|_| connector.next_http1().1).collect();
    assert!(wide.iter().all(Option::is_some));
    assert!(connector.next_http1().1.is_none());
    wide.pop();
    assert!(connector.next_http1().1.is_some());
}
