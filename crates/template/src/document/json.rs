//! JSON to the tree: what a scanner of the whole text has let pass is walked value by value.

use super::{DEPTH_MAX, Member, Node, Tree, add, plain};
use crate::fault::{Fault, Mark, Problem};
use cairn_model::json::{JsonError, Scanner, check, elements, members, string};

pub(super) fn load(text: &str) -> Result<Node, Fault> {
    let line_starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
    let walk = Walk { text, line_starts: std::iter::once(0).chain(line_starts).collect() };
    match check(&mut Scanner::default(), text) {
        Ok(()) => walk.node(text.trim(), 0),
        // The walk finds the place of the second key.
        Err(JsonError::DuplicateKey { at, key }) => Err(walk
            .node(text.trim(), 0)
            .err()
            .unwrap_or_else(|| walk.fault_at(at, Problem::DuplicateKey(key)))),
        Err(JsonError::Syntax { at, expected }) => {
            Err(walk.fault_at(at, Problem::Syntax(format!("not JSON: {expected} expected"))))
        }
        Err(JsonError::TooDeep { at }) => Err(walk.fault_at(at, Problem::TooDeep)),
        Err(error @ JsonError::NotUtf8) => Err(walk.fault_at(0, Problem::Syntax(error.to_string()))),
    }
}

struct Walk<'t> {
    text: &'t str,
    /// Byte offsets, rising.
    line_starts: Vec<usize>,
}

impl Walk<'_> {
    /// The value of `raw`, which is a part of the text.
    fn node(&self, raw: &str, depth: usize) -> Result<Node, Fault> {
        let mark = self.mark(self.offset(raw));
        if depth > DEPTH_MAX {
            return Err(mark.fault(Problem::TooDeep));
        }
        let tree = match raw.as_bytes().first() {
            Some(b'{') => Tree::Map(self.map(raw, depth)?),
            Some(b'[') => {
                let nodes = elements(raw).map(|element| self.node(element, depth + 1));
                Tree::List(nodes.collect::<Result<_, _>>()?)
            }
            _ => string(raw).map_or_else(|| plain(raw), |text| Tree::Text(text.into_owned())),
        };
        Ok(Node::new(mark, tree))
    }

    fn map(&self, raw: &str, depth: usize) -> Result<Vec<Member>, Fault> {
        let mut all = Vec::new();
        for (key, value) in members(raw) {
            let mark = self.mark(self.offset(key));
            let key = string(key).unwrap_or_default().into_owned();
            add(&mut all, Member { mark, key, value: self.node(value, depth + 1)? })?;
        }
        Ok(all)
    }

    fn offset(&self, part: &str) -> usize {
        part.as_ptr().addr() - self.text.as_ptr().addr()
    }

    fn fault_at(&self, offset: usize, problem: Problem) -> Fault {
        self.mark(offset).fault(problem)
    }

    fn mark(&self, offset: usize) -> Mark {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        let before = self.text.get(start..offset).unwrap_or_default();
        Mark { line, column: before.chars().count() + 1 }
    }
}
