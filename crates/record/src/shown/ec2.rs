//! EC2's own ways. Its events come from an older description of its API than the model: lists are objects with
//! `items`, some have names of their own, and operations that are younger than that description are shown as
//! the XML that they would be.

use super::Shown;
use crate::decode::Members;
use crate::decode::xml::Element;
use crate::hide::HIDDEN;
use crate::observed::Observed;
use crate::own::lower_first;
use cairn_operations::{Kind, Member, Operation, Shape};
use serde_json::{Map, Value, json};

/// Names of lists that are not the wire's name with `Set` behind it.
const LISTS: [(&str, &str); 27] = [
    ("Add", "add"),
    ("AllocationId", "allocationIdsSet"),
    ("AttributeName", "accountAttributeNameSet"),
    ("BlockDeviceMapping", "blockDeviceMapping"),
    ("Groups", "groups"),
    ("GroupId", "securityGroupIdSet"),
    ("GroupName", "securityGroupSet"),
    ("ImageId", "imagesSet"),
    ("InstanceId", "instancesSet"),
    ("IpPermissions", "ipPermissions"),
    ("IpRanges", "ipRanges"),
    ("Ipv6Ranges", "ipv6Ranges"),
    ("KeyName", "keySet"),
    ("Owner", "ownersSet"),
    ("PrefixListIds", "prefixListIds"),
    ("PublicIp", "publicIpsSet"),
    ("RegionName", "regionSet"),
    ("Remove", "remove"),
    ("ResourceId", "resourcesSet"),
    ("RestorableBy", "sharedUsersSet"),
    ("SecurityGroupId", "groupSet"),
    ("SnapshotId", "snapshotSet"),
    ("SubnetId", "subnetSet"),
    ("VolumeId", "volumeSet"),
    ("VpcId", "vpcSet"),
    ("ZoneId", "availabilityZoneIdSet"),
    ("ZoneName", "availabilityZoneSet"),
];

/// Lists with names that end in `Id` and lose that.
const IDS: [&str; 5] =
    ["CustomerGatewayId", "DhcpOptionsId", "VpnConnectionId", "VpnGatewayId", "ReservedInstancesId"];

/// Lists that are shown even if they are empty or absent, as `{}`.
const ALWAYS_SHOWN: [&str; 5] = ["Groups", "IpPermissions", "IpRanges", "Ipv6Ranges", "PrefixListIds"];

/// Members of single operations that have names of their own: operation, member, name.
const SPECIAL: [(&str, &str, &str); 5] = [
    ("CreateVolume", "AvailabilityZone", "zone"),
    ("DescribePlacementGroups", "GroupIds", "placementGroupIdSet"),
    ("DescribePlacementGroups", "GroupNames", "placementGroupSet"),
    ("ModifyImageAttribute", "Attribute", "attributeType"),
    ("ModifySnapshotAttribute", "Attribute", "attributeType"),
];

/// Permissions whose being changed tells the attribute that is, whether it was named or not: the permission,
/// and what events call it.
const PERMISSIONS: [(&str, &str); 2] =
    [("launchPermission", "launchPermission"), ("createVolumePermission", "CREATE_VOLUME_PERMISSION")];

/// What RunInstances is asked to launch is told as a list of one.
const LAUNCHED: [&str; 4] = ["ImageId", "MinCount", "MaxCount", "KeyName"];

/// What EC2's events say in place of user data.
const USER_DATA: &str = "<sensitiveDataRemoved>";

/// `requestParameters` of a call of EC2.
pub(crate) fn request(shown: &mut Shown, members: Members) -> Map<String, Value> {
    let operation = shown.operation;
    if is_young(operation) {
        let whole: Map<String, Value> = members
            .into_iter()
            .filter_map(|(member, value)| {
                let value = shown.member_as_xml(member, value)?;
                Some((member.query_name().to_owned(), value))
            })
            .collect();
        let whole = if whole.is_empty() { Value::from("") } else { Value::Object(whole) };
        return Map::from_iter([(format!("{}Request", operation.name()), whole)]);
    }
    let mut object = shown.ec2_object(members);
    if operation.name() == "RunInstances" {
        gather_launched(&mut object);
    }
    if operation.name().starts_with("Modify") {
        let changed = PERMISSIONS.iter().find(|(permission, _)| object.contains_key(*permission));
        object.extend(changed.map(|(_, told)| ("attributeType".to_owned(), Value::from(*told))));
    }
    let is_describe = operation.name().starts_with("Describe");
    for member in operation.input().into_iter().flat_map(Shape::members) {
        let is_list = member.shape().kind() == Kind::List;
        if is_list && (is_describe || ALWAYS_SHOWN.contains(&member.query_name())) {
            object.entry(name_of(operation, member)).or_insert_with(|| json!({}));
        }
    }
    tell_size_as_text(operation, &mut object);
    object
}

/// `responseElements` of a call of EC2: the request's id first, the wire's names, `_return` for `return`.
pub(crate) fn response(shown: &mut Shown, observed: &Observed<'_>, members: Members) -> Map<String, Value> {
    let operation = shown.operation;
    let Ok(root) = Element::read(observed.answer.body().start) else { return Map::new() };
    if is_young(operation) {
        let whole = match operation.output() {
            Some(output) => shown.element(output, &root),
            None => shown.bare_element(&root),
        };
        return Map::from_iter([(format!("{}Response", operation.name()), whole)]);
    }
    let mut object = Map::new();
    object.extend(root.child("requestId").map(|id| ("requestId".to_owned(), Value::from(id.text.as_str()))));
    if root.child("return").is_some_and(|it| it.text.trim() == "true") {
        object.insert("_return".to_owned(), Value::Bool(true));
    }
    for (member, value) in members {
        if let Some(value) = shown.answered(member, value) {
            object.insert(answered_name(operation, member), value);
        }
    }
    tell_size_as_text(operation, &mut object);
    object
}

/// That of a new volume is the one number that is told as text, going in and coming out.
fn tell_size_as_text(operation: Operation, object: &mut Map<String, Value>) {
    if operation.name() == "CreateVolume"
        && let Some(size) = object.get_mut("size").filter(|size| size.is_number())
    {
        *size = Value::from(size.to_string());
    }
}

/// Whether an operation is younger than the description that events come from. In the model the members of
/// such have no names beside their own; of 984 real events 982 agree, and two were made up.
fn is_young(operation: Operation) -> bool {
    let dry_run = operation.input().and_then(|input| input.member("DryRun"));
    dry_run.is_none_or(|member| member.wire_name() == "DryRun")
}

fn name_of(operation: Operation, member: Member) -> String {
    let is_it = |(of, name, _): &&(&str, &str, &str)| *of == operation.name() && *name == member.name();
    match (SPECIAL.iter().find(is_it), member.shape().kind()) {
        (Some((_, _, special)), _) => (*special).to_owned(),
        (None, Kind::List) => list_name(member),
        (None, _) => lower_first(member.query_name()),
    }
}

fn list_name(member: Member) -> String {
    let name = member.query_name();
    match LISTS.iter().find(|(list, _)| *list == name) {
        Some((_, special)) => (*special).to_owned(),
        None if IDS.contains(&name) => format!("{}Set", lower_first(name.trim_end_matches("Id"))),
        None => format!("{}Set", lower_first(name)),
    }
}

fn answered_name(operation: Operation, member: Member) -> String {
    match (operation.name(), member.wire_name()) {
        (_, "return") => "_return".to_owned(),
        ("CreateVolume", "availabilityZone") => "zone".to_owned(),
        (_, name) => lower_first(name),
    }
}

fn gather_launched(object: &mut Map<String, Value>) {
    let mut launched = Map::new();
    for name in LAUNCHED.map(lower_first) {
        if let Some(value) = object.shift_remove(&name) {
            launched.insert(name, value);
        }
    }
    object.shift_insert(0, "instancesSet".to_owned(), items(vec![Value::Object(launched)]));
}

/// `{"items": [...]}`, or `{}` for none.
fn items(items: Vec<Value>) -> Value {
    if items.is_empty() { json!({}) } else { json!({ "items": items }) }
}

impl Shown {
    fn ec2_object(&mut self, members: Members) -> Map<String, Value> {
        let mut object = Map::new();
        for (member, value) in members {
            let is_plain_tags = member.query_name() == "Tag" && self.is_nested(member);
            // A tag specification's tags alone are a plain list.
            let name = if is_plain_tags { "tags".to_owned() } else { name_of(self.operation, member) };
            if let Some(value) = self.ec2_member(member, value) {
                let value = if name == "userData" && value == HIDDEN { USER_DATA.into() } else { value };
                object.insert(name, value);
            }
        }
        object
    }

    /// Whether a member is not one of the outermost structure.
    fn is_nested(&self, member: Member) -> bool {
        let same = |other: Member| other.name() == member.name() && other.shape() == member.shape();
        !self.operation.input().is_some_and(|input| input.members().any(same))
    }

    fn ec2_member(&mut self, member: Member, value: Value) -> Option<Value> {
        match (member.shape().kind(), value) {
            (Kind::Structure, Value::Object(members)) if self.shows(member) => {
                Some(Value::Object(self.ec2_structure(member.shape(), members)))
            }
            (Kind::List, Value::Array(elements)) if self.shows(member) => {
                let is_plain = member.query_name() == "Tag" && self.is_nested(member);
                let shown = self.ec2_elements(member, elements);
                Some(if is_plain { Value::Array(shown) } else { items(shown) })
            }
            (_, value) => self.member(member, value),
        }
    }

    fn shows(&self, member: Member) -> bool {
        crate::secret::treatment(self.operation, member) == crate::secret::Treatment::Show
    }

    fn ec2_structure(&mut self, shape: Shape, members: Map<String, Value>) -> Map<String, Value> {
        let known = |(name, value): (String, Value)| Some((shape.member_by_wire_name(&name)?, value));
        let members: Members = members.into_iter().filter_map(known).collect();
        let mut object = self.ec2_object(members);
        for member in shape.members().filter(|member| ALWAYS_SHOWN.contains(&member.query_name())) {
            if member.shape().kind() == Kind::List {
                object.entry(list_name(member)).or_insert_with(|| json!({}));
            }
        }
        object
    }

    /// Elements that are plain become objects, named by the element or by the list.
    fn ec2_elements(&mut self, list: Member, elements: Vec<Value>) -> Vec<Value> {
        let Some(element) = list.shape().element() else { return Vec::new() };
        let name = match element.wire_name() {
            "member" | "item" => list.query_name(),
            "SecurityGroupId" => "groupId",
            name => name,
        };
        let shown = |value: Value| {
            let value = self.ec2_member(element, value)?;
            Some(if value.is_object() { value } else { json!({ lower_first(name): value }) })
        };
        elements.into_iter().filter_map(shown).collect()
    }

    /// A member as XML becomes JSON: what repeats is a list, with the place of each element as its `tag`.
    fn member_as_xml(&mut self, member: Member, value: Value) -> Option<Value> {
        match (member.shape().kind(), value) {
            (Kind::Structure, Value::Object(members)) if self.shows(member) => {
                let shape = member.shape();
                let entry = |(name, value): (String, Value)| {
                    let member = shape.member_by_wire_name(&name)?;
                    Some((member.query_name().to_owned(), self.member_as_xml(member, value)?))
                };
                Some(Value::Object(members.into_iter().filter_map(entry).collect()))
            }
            (Kind::List, Value::Array(elements)) if self.shows(member) => {
                let element = member.shape().element()?;
                let mut shown = Vec::new();
                for (place, value) in elements.into_iter().enumerate() {
                    let tag = Value::from(place + 1);
                    match self.member_as_xml(element, value) {
                        Some(Value::Object(mut object)) => {
                            object.insert("tag".to_owned(), tag);
                            shown.push(Value::Object(object));
                        }
                        Some(plain) => shown.push(json!({ "tag": tag, "content": plain })),
                        None => {}
                    }
                }
                Some(if shown.len() == 1 { shown.remove(0) } else { Value::Array(shown) })
            }
            (_, value) => self.member(member, value),
        }
    }

    /// What an answer says of a member.
    fn answered(&mut self, member: Member, value: Value) -> Option<Value> {
        match (member.shape().kind(), value) {
            (Kind::Structure, Value::Object(members)) if self.shows(member) => {
                let shape = member.shape();
                let entry = |(name, value): (String, Value)| {
                    let member = shape.member_by_wire_name(&name)?;
                    Some((answered_name(self.operation, member), self.answered(member, value)?))
                };
                Some(Value::Object(members.into_iter().filter_map(entry).collect()))
            }
            (Kind::List, Value::Array(elements)) if self.shows(member) => {
                let element = member.shape().element()?;
                let shown: Vec<Value> =
                    elements.into_iter().filter_map(|value| self.answered(element, value)).collect();
                // This one list has the wire's name for its elements.
                let is_odd = member.wire_name() == "privateIpAddressesSet" && !shown.is_empty();
                Some(if is_odd { json!({ "item": shown }) } else { items(shown) })
            }
            (_, value) => self.member(member, value),
        }
    }
}
