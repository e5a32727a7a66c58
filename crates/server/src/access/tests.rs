use super::*;

#[test]
fn messages_show_no_more_of_a_resource_than_one_can_have() {
    let decision = Decision::NotAllowed(PolicyKind::Identity);
    let said = refusal("arn:u", "cloudtrail:GetTrail", "arn:aws:cloudtrail:::trail/main", &decision);
    assert_eq!(
        said,
        "User: arn:u is not authorized to perform: cloudtrail:GetTrail on resource: arn:aws:cloudtrail:::trail/main \
         because no identity-based policy allows the cloudtrail:GetTrail action"
    );
    assert!(refusal("arn:u", "cloudtrail:GetTrail", &"é".repeat(1 << 20), &decision).len() < 3000);
}
