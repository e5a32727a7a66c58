//! Telling operations by method and path.
//!
//! A service's templates form a tree whose edges are segments of the path. A path is compared with all branches
//! that it can take; each node is visited at most once, but for greedy labels in the middle, of which no
//! template has more than one, so the work is bounded by the tree's size and the path's length.

mod conditions;

use crate::Labels;
use crate::index::Service;
use crate::operation::Operation;
use crate::shape::Location;
use conditions::Conditions;
pub(crate) use conditions::Parameters;
use percent_encoding::percent_decode_str;

/// A service's operations by their templates.
pub(crate) struct Routes {
    root: Node,
}

#[derive(Default)]
struct Node {
    /// Sorted by segment.
    literals: Vec<(&'static str, Node)>,
    label: Option<Box<Node>>,
    /// What follows a label that takes any number of segments.
    greedy: Option<Box<Node>>,
    ends: Vec<Route>,
}

/// An operation whose template ends at a node.
struct Route {
    operation: Operation,
    method: &'static str,
    conditions: Conditions,
    ends_with_slash: bool,
    /// The members of its labels, in the order of the path.
    labels: Vec<&'static str>,
}

/// An operation that a request may call, and how well it fits.
#[derive(Clone, Debug)]
pub(crate) struct Match {
    pub(crate) operation: Operation,
    pub(crate) labels: Labels,
    pub(crate) rank: Rank,
}

impl Match {
    /// A match of a request that names its operation: no path had to be compared.
    pub(crate) fn of(operation: Operation) -> Match {
        Match { operation, labels: Vec::new(), rank: Rank::NAMED }
    }
}

/// How specific a match is; the greatest wins. Literal segments come before labels and those before greedy
/// labels, from the left; then counts what must be in the query, then what the model requires there or in
/// headers, then how the path ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// Two bits for each segment, the first segment's highest.
    segments: u64,
    fixed: usize,
    is_complete: bool,
    required: usize,
    /// Whether template and path both end with a slash, or neither: it tells services apart that share a
    /// signing name.
    ends_alike: bool,
}

impl Rank {
    /// The rank of what needed no comparison.
    const NAMED: Rank = Rank { segments: 0, fixed: 0, is_complete: true, required: 0, ends_alike: true };

    /// Whether all that the model requires outside of the body is there.
    pub(crate) fn is_complete(self) -> bool {
        self.is_complete
    }

    /// Whether the first segment of the path is a literal of the template.
    pub(crate) fn starts_with_literal(self) -> bool {
        self.segments >> 62 == LITERAL
    }
}

const LITERAL: u64 = 3;
const LABEL: u64 = 2;
const GREEDY: u64 = 1;

/// Operations that others have replaced under the same method and path.
const REPLACED: [(&str, &str); 4] = [
    ("s3", "GetBucketLifecycle"),
    ("s3", "GetBucketNotification"),
    ("s3", "PutBucketLifecycle"),
    ("s3", "PutBucketNotification"),
];

/// More segments than any template has.
const SEGMENTS_MAX: u32 = 32;

impl Routes {
    /// The routes of a service, made when they are first asked for.
    pub(crate) fn of(service: &'static Service) -> &'static Routes {
        service.table().routes.get_or_init(|| {
            let mut root = Node::default();
            for operation in service.operations() {
                if !REPLACED.contains(&(service.id(), operation.name())) {
                    root.add(operation);
                }
            }
            Routes { root }
        })
    }

    /// The operation that fits best. Of two that fit equally, the one whose name the query gives as `x-id`,
    /// else the one that comes first by name.
    pub(crate) fn find(&self, method: &str, path: &str, parameters: &Parameters<'_>) -> Option<Match> {
        let ends_with_slash = path.ends_with('/');
        let mut search = Search { method, parameters, ends_with_slash, best: None, labels: Vec::new() };
        search.walk(&self.root, path.strip_prefix('/').unwrap_or(path), 0, 0);
        search.best.map(|best| best.into_match())
    }
}

impl Node {
    fn add(&mut self, operation: Operation) {
        let (path, query) = operation.uri().split_once('?').unwrap_or((operation.uri(), ""));
        let mut node = self;
        let mut labels = Vec::new();
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                None => node = node.literal(segment),
                Some(label) => {
                    let (name, next) = match label.strip_suffix('+') {
                        Some(name) => (name, &mut node.greedy),
                        None => (label, &mut node.label),
                    };
                    labels.push(member_of(operation, name));
                    node = next.get_or_insert_default();
                }
            }
        }
        let conditions = Conditions::new(query, operation);
        let ends_with_slash = path.ends_with('/');
        node.ends.push(Route { operation, method: operation.method(), conditions, ends_with_slash, labels });
    }

    fn literal(&mut self, segment: &'static str) -> &mut Node {
        let place = match self.literals.binary_search_by(|(literal, _)| literal.cmp(&segment)) {
            Ok(place) => place,
            Err(place) => {
                self.literals.insert(place, (segment, Node::default()));
                place
            }
        };
        &mut self.literals[place].1
    }

    /// What follows a literal, which a request may have encoded.
    fn behind(&self, segment: &str) -> Option<&Node> {
        let segment = percent_decode_str(segment).decode_utf8_lossy();
        let place = self.literals.binary_search_by(|(literal, _)| (*literal).cmp(&*segment)).ok()?;
        Some(&self.literals[place].1)
    }
}

/// The input's member that a label stands for.
fn member_of(operation: Operation, label: &'static str) -> &'static str {
    let members = operation.input().into_iter().flat_map(|input| input.members());
    let mut in_path = members.filter(|member| member.location() == Location::Path);
    in_path.find(|member| member.wire_name() == label).map_or(label, |member| member.name())
}

/// A walk through the tree.
struct Search<'a> {
    method: &'a str,
    parameters: &'a Parameters<'a>,
    ends_with_slash: bool,
    best: Option<Best<'a>>,
    /// What the labels on the way here stand for, encoded.
    labels: Vec<&'a str>,
}

struct Best<'a> {
    route: &'a Route,
    labels: Vec<&'a str>,
    rank: Rank,
    is_named: bool,
}

impl<'a> Search<'a> {
    /// Goes on at `node` with the rest of the path, `depth` segments below the root.
    fn walk(&mut self, node: &'a Node, rest: &'a str, depth: u32, segments: u64) {
        if rest.is_empty() {
            self.arrive(node, segments);
            return;
        }
        if depth == SEGMENTS_MAX {
            return;
        }
        let with = |kind: u64| segments | kind << (62 - 2 * depth);
        let (segment, after) = rest.split_once('/').unwrap_or((rest, ""));
        if let Some(next) = node.behind(segment) {
            self.walk(next, after, depth + 1, with(LITERAL));
        }
        if let (Some(next), false) = (&node.label, segment.is_empty()) {
            self.labels.push(segment);
            self.walk(next, after, depth + 1, with(LABEL));
            self.labels.pop();
        }
        if let Some(next) = &node.greedy {
            self.labels.push(rest);
            self.arrive(next, with(GREEDY));
            self.labels.pop();
            self.walk_behind_greedy(next, rest, depth, with(GREEDY));
        }
    }

    /// A greedy label takes all but what the literals behind it need: templates have at most one of them there,
    /// and it is the path's last segment.
    fn walk_behind_greedy(&mut self, node: &'a Node, rest: &'a str, depth: u32, segments: u64) {
        let Some((taken, last)) = rest.trim_end_matches('/').rsplit_once('/') else { return };
        if let Some(next) = node.behind(last) {
            self.labels.push(taken);
            self.arrive(next, segments | LITERAL << 60_u32.saturating_sub(2 * depth));
            self.labels.pop();
        }
    }

    /// The path ends at `node`: looks at the operations there.
    fn arrive(&mut self, node: &'a Node, segments: u64) {
        for route in node.ends.iter().filter(|route| route.method == self.method) {
            let Some((fixed, is_complete, required)) = route.conditions.check(self.parameters) else {
                continue;
            };
            let ends_alike = route.ends_with_slash == self.ends_with_slash;
            let rank = Rank { segments, fixed, is_complete, required, ends_alike };
            let is_named = self.parameters.value("x-id") == Some(route.operation.name());
            let is_better =
                self.best.as_ref().is_none_or(|best| (rank, is_named) > (best.rank, best.is_named));
            if is_better {
                self.best = Some(Best { route, labels: self.labels.clone(), rank, is_named });
            }
        }
    }
}

impl Best<'_> {
    fn into_match(self) -> Match {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let labels = self.route.labels.iter().copied().zip(self.labels.into_iter().map(decoded)).collect();
        Match { operation: self.route.operation, labels, rank: self.rank }
    }
}

#[cfg(test)]
mod tests;
