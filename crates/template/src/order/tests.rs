#![allow(clippy::unwrap_used, reason = "tests")]

use super::order;
use crate::fault::Problem;
use crate::template::Template;

fn ordered(resources: &str) -> Result<String, Problem> {
    let template = Template::parse(&format!("Resources:\n{resources}")).unwrap();
    let order = order(&template, |resource| resource.logical_id != "Off").map_err(|fault| fault.problem)?;
    let names: Vec<&str> = order.iter().map(|at| template.resources[*at].logical_id.as_str()).collect();
    Ok(names.join(" "))
}

const TYPE: &str = "Type: 'AWS::CloudTrail::Channel'";

fn resource(name: &str, rest: &str) -> String {
    format!("  {name}: {{{TYPE}, {rest}}}\n")
}

#[test]
fn what_is_referred_to_comes_first_and_else_the_order_stays() {
    let all = [
        resource("A", "Properties: {Name: !Ref D}"),
        resource("B", "Properties: {Destinations: [{Location: !GetAtt C.ChannelArn}]}"),
        resource("C", "Properties: {Name: !Sub 'x${D.ChannelArn}'}"),
        resource("D", "DependsOn: E"),
        resource("E", "DependsOn: []"),
    ];
    assert_eq!(ordered(&all.concat()).unwrap(), "E D A C B");
    let plain = ["A", "B", "C"].map(|name| resource(name, "DependsOn: []")).concat();
    assert_eq!(ordered(&plain).unwrap(), "A B C");
}

#[test]
fn variables_of_a_text_and_resources_that_are_not_made_are_no_needs() {
    let all = [
        resource("A", "Properties: {Name: !Sub ['${B}', {B: x}]}"),
        resource("B", "Properties: {Name: !If [c, !Ref Off, !Ref AWS::Region]}"),
        resource("Off", "DependsOn: A"),
    ];
    assert_eq!(ordered(&all.concat()).unwrap(), "A B");
}

#[test]
fn circles_name_those_in_them() {
    let all = [
        resource("A", "DependsOn: B"),
        resource("B", "Properties: {Name: !Ref C}"),
        resource("C", "Properties: {Name: !Ref B}"),
    ];
    assert_eq!(ordered(&all.concat()), Err(Problem::Cycle("B, C".to_owned())));
    assert_eq!(ordered(&resource("A", "DependsOn: A")), Err(Problem::Cycle("A".to_owned())));
}

#[test]
fn depending_on_nothing_that_is_there_is_refused() {
    assert_eq!(ordered(&resource("A", "DependsOn: X")), Err(Problem::UnknownReference("X".to_owned())));
}
