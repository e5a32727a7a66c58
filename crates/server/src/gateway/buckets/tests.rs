use super::with_own;

fn check(list: &str, joined: Option<&str>) {
    assert_eq!(with_own(list, "<Bucket>own</Bucket>").as_deref(), joined);
}

#[test]
fn own_buckets_stand_before_the_upstreams() {
    check(
        "<L><Buckets><Bucket>a</Bucket></Buckets></L>",
        Some("<L><Buckets><Bucket>own</Bucket><Bucket>a</Bucket></Buckets></L>"),
    );
    check("<L><Buckets/></L>", Some("<L><Buckets><Bucket>own</Bucket></Buckets></L>"));
    check("<L><Buckets></Buckets></L>", Some("<L><Buckets><Bucket>own</Bucket></Buckets></L>"));
    check("no list", None);
}
