//! Where the events of a body stand. The body is walked by its brackets and quotes; only an event's own text is
//! parsed, so that a malformed one does not take the others with it.

use crate::{ORIGINAL_BYTES_MAX, Refusal};
use cairn_model::json::{self, Scanner, value_end};
use std::ops::ControlFlow;

/// What stands at a place where an event should.
#[derive(Debug, PartialEq)]
pub(crate) enum Found<'a> {
    /// JSON that was checked.
    Event(&'a str),
    /// No event can be read here.
    Refused(Refusal),
}

/// An object around a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around<'a> {
    /// The member whose array the list is.
    pub(crate) list: &'static str,
    /// The text from the object's start on.
    pub(crate) text: &'a str,
}

/// Is told what is found, in its order, and the objects around it, the outermost first, until it breaks.
pub(crate) type Visitor<'v, 'a> = dyn FnMut(Found<'a>, &[Around<'a>]) -> ControlFlow<()> + 'v;

/// Lists in lists beyond this are not looked into.
const NESTS_MAX: usize = 16;

/// A walk through a body.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    lists: &'static [&'static str],
    /// What is in no list is one a line.
    lines_only: bool,
    /// Where the line ends that the walk is in. A line may hold many values, and its end is looked for once.
    line_end: usize,
    scanner: Scanner,
    around: Vec<Around<'a>>,
}

/// Why a walk ended.
#[derive(Debug, PartialEq)]
enum Halt {
    /// The visitor has seen enough.
    Asked,
    /// The text breaks off, or has something else where a bracket, comma or colon must stand.
    Broken,
}

impl<'a> Walk<'a> {
    /// `lists` are the members whose arrays hold events.
    pub(crate) fn new(lists: &'static [&'static str]) -> Walk<'a> {
        Walk { lists, lines_only: false, line_end: 0, scanner: Scanner::default(), around: Vec::new() }
    }

    /// Finds the events of a body.
    pub(crate) fn walk(mut self, text: &'a str, visit: &mut Visitor<'_, 'a>) {
        let mut cursor = Cursor { text, at: 0 };
        while cursor.space().is_some() {
            match self.outermost(&mut cursor, visit) {
                Ok(()) => {}
                Err(Halt::Asked) => return,
                Err(Halt::Broken) => {
                    let _ = self.tell(visit, Found::Refused(Refusal::BrokenOff));
                    return;
                }
            }
        }
    }

    /// A value that stands in no list. A line that is one value is taken by itself, so that a damaged one hides
    /// none behind it. A value that reaches over lines is tried for as long as that works out: once it does
    /// not, lines are lines, or a body of brackets would be read once for each of its lines.
    fn outermost(&mut self, cursor: &mut Cursor<'a>, visit: &mut Visitor<'_, 'a>) -> Result<(), Halt> {
        if cursor.at >= self.line_end {
            self.line_end = cursor.line_end();
        }
        let line_end = self.line_end;
        let mut line = Cursor { text: &cursor.text[..line_end], at: cursor.at };
        if line.is_whole() {
            cursor.at = line_end;
            return match self.value(&mut line, visit, 0) {
                Err(Halt::Broken) => self.tell(visit, Found::Refused(Refusal::BrokenOff)),
                walked => walked,
            };
        }
        if !self.lines_only && self.enters(cursor) {
            return self.value(cursor, visit, 0);
        }
        let mut ahead = *cursor;
        let value = if self.lines_only { Err(Halt::Broken) } else { ahead.value() };
        match value.map(|value| (value, check(&mut self.scanner, value))) {
            Ok((value, Ok(()))) => {
                cursor.at = ahead.at;
                self.tell(visit, Found::Event(value))
            }
            refused => {
                self.lines_only = true;
                cursor.at = line_end;
                let refusal = refused.ok().and_then(|(_, checked)| checked.err());
                self.tell(visit, Found::Refused(refusal.unwrap_or(Refusal::BrokenOff)))
            }
        }
    }

    /// Whether a list begins here, bare or wrapped.
    fn enters(&self, cursor: &Cursor<'_>) -> bool {
        cursor.peek() == Some(b'[') || self.list_at(cursor).is_some()
    }

    fn value(
        &mut self,
        cursor: &mut Cursor<'a>,
        visit: &mut Visitor<'_, 'a>,
        nests: usize,
    ) -> Result<(), Halt> {
        if nests < NESTS_MAX && cursor.peek() == Some(b'[') {
            return cursor.array(&mut |cursor| self.value(cursor, visit, nests + 1));
        }
        if nests < NESTS_MAX
            && let Some((list, at)) = self.list_at(cursor)
        {
            self.around.push(Around { list, text: &cursor.text[cursor.at..] });
            let walked = cursor.object(&mut |key, cursor| match cursor.at == at {
                true => self.value(cursor, visit, nests + 1),
                // Two lists in one object: whose events are they?
                false if self.lists.contains(&key) && cursor.peek() == Some(b'[') => Err(Halt::Broken),
                false => cursor.value().map(drop),
            });
            self.around.pop();
            return walked;
        }
        let value = cursor.value()?;
        match check(&mut self.scanner, value) {
            Ok(()) => self.tell(visit, Found::Event(value)),
            Err(refusal) => self.tell(visit, Found::Refused(refusal)),
        }
    }

    /// The list that the object here wraps, if it wraps one, and where it begins.
    fn list_at(&self, cursor: &Cursor<'_>) -> Option<(&'static str, usize)> {
        if self.lists.is_empty() || cursor.peek() != Some(b'{') {
            return None;
        }
        let mut found = None;
        let mut cursor = *cursor;
        let _ = cursor.object(&mut |key, cursor| {
            let list = self.lists.iter().find(|list| **list == key);
            if let Some(list) = list.filter(|_| cursor.peek() == Some(b'[')) {
                found = Some((*list, cursor.at));
                return Err(Halt::Asked);
            }
            cursor.value().map(drop)
        });
        found
    }

    fn tell(&self, visit: &mut Visitor<'_, 'a>, found: Found<'a>) -> Result<(), Halt> {
        match visit(found, &self.around) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Halt::Asked),
        }
    }
}

/// Whether `text` is JSON that everybody reads alike, and no longer than an event may be.
fn check(scanner: &mut Scanner, text: &str) -> Result<(), Refusal> {
    if text.len() > ORIGINAL_BYTES_MAX {
        return Err(Refusal::TooLong);
    }
    json::check(scanner, text).map_err(Refusal::Json)
}

/// The first member of this name of the object that `raw` begins with. Not checked.
pub(crate) fn member<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    let mut found = None;
    let mut cursor = Cursor { text: raw, at: 0 };
    let _ = cursor.object(&mut |key, cursor| {
        let value = cursor.value()?;
        if key == name {
            found = Some(value);
            return Err(Halt::Asked);
        }
        Ok(())
    });
    found
}

/// [`check`] for a single text.
pub(crate) fn checked(text: &str) -> Result<&str, Refusal> {
    check(&mut Scanner::default(), text)?;
    Ok(text)
}

/// A place in a text that was not checked.
#[derive(Clone, Copy, Debug)]
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// What is done at the start of each member or element; it must move over the value.
type Each<'e, 'a> = dyn FnMut(&mut Cursor<'a>) -> Result<(), Halt> + 'e;
type EachMember<'e, 'a> = dyn FnMut(&'a str, &mut Cursor<'a>) -> Result<(), Halt> + 'e;

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Moves over white space; the byte behind it.
    fn space(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    /// Where the line ends.
    fn line_end(&self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        self.at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
    }

    /// Whether one value is all that is left.
    fn is_whole(mut self) -> bool {
        self.value().is_ok() && self.space().is_none()
    }

    /// Moves over one value.
    fn value(&mut self) -> Result<&'a str, Halt> {
        let end = value_end(self.text.as_bytes(), self.at).ok_or(Halt::Broken)?;
        let value = self.text.get(self.at..end).filter(|value| !value.is_empty()).ok_or(Halt::Broken)?;
        self.at = end;
        Ok(value)
    }

    fn eat(&mut self, byte: u8) -> Result<(), Halt> {
        if self.space() != Some(byte) {
            return Err(Halt::Broken);
        }
        self.at += 1;
        Ok(())
    }

    fn array(&mut self, each: &mut Each<'_, 'a>) -> Result<(), Halt> {
        self.nested(b'[', b']', each)
    }

    /// Keys that are written with escapes are found by nobody.
    fn object(&mut self, each: &mut EachMember<'_, 'a>) -> Result<(), Halt> {
        self.nested(b'{', b'}', &mut |cursor| {
            let key = cursor.value()?;
            let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).ok_or(Halt::Broken)?;
            cursor.eat(b':')?;
            cursor.space();
            each(key, cursor)
        })
    }

    fn nested(&mut self, open: u8, close: u8, each: &mut Each<'_, 'a>) -> Result<(), Halt> {
        self.eat(open)?;
        if self.space() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            each(self)?;
            if self.space() == Some(close) {
                self.at += 1;
                return Ok(());
            }
            self.eat(b',')?;
        }
    }
}

#[cfg(test)]
mod tests;
