//! Where the records of a body stand, whatever they come in: one on a line, in arrays, in objects that wrap a
//! list, or one value behind the other with any white space between.
//!
//! Wrapped lists are those of CloudTrail's files (`Records`), of `aws cloudtrail lookup-events` (`Events`)
//! and of CloudWatch Logs (`logEvents`, `events`). They may be nested and stand one behind the other.

mod extent;
mod lead;

use cairn_model::event::TEXT_BYTES_MAX;
use extent::{Extent, space, value_end};
use lead::{Lead, NoMember, lead, member};
use serde::de::IgnoredAny;
use std::ops::Range;

/// What comes next in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A record's bytes, to be judged by the door. Lines, or elements, count from 1.
    Record(u64, Range<usize>),
    /// A place where no record can be told: one without end, or a list that breaks off.
    Refused(u64, &'static str),
    /// The window ends before the record does.
    More,
    /// Nothing.
    End,
}

/// How a body is divided into records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// As the body shows.
    #[default]
    Any,
    /// One record a line.
    Lines,
}

/// Walks a body through a window that moves over it. Holds no bytes of it.
#[derive(Debug)]
pub(crate) struct Split {
    shape: Shape,
    state: State,
    /// What the walk is inside of.
    nests: Vec<Nest>,
    /// Whether what stands in no list is one record a line; `None` before the first such record.
    lines: Option<bool>,
    /// A list ended in this line, so the line itself is none.
    behind_list: bool,
    count: u64,
    /// The record that begins where the window does, as far as it was scanned.
    extent: Extent,
    scanned: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the first byte.
    Begin,
    /// Where a value may begin; in a list, whether none was seen yet.
    Value {
        is_fresh: bool,
    },
    /// Behind an element of a list.
    Behind,
    /// In an object, behind its list.
    Members,
    /// In a record that was refused already.
    LongRecord,
    /// In a line that was refused already.
    LongLine,
    /// In the value of a member that is no list.
    OtherMember,
    /// Where neither a comma nor a bracket stands and one of them must.
    Broken,
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nest {
    Array,
    /// An object around a list.
    Object,
}

/// A record may have white space around it.
const ITEM_BYTES_MAX: usize = TEXT_BYTES_MAX + 4096;
/// Lists in lists beyond this are not looked into.
const NESTS_MAX: usize = 16;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

const TOO_LONG: &str = "longer than 1048576 bytes";
const BREAKS_OFF: &str = "the list breaks off here";
const UTF_16: &str = "the text is UTF-16; convert it to UTF-8";
const SECOND_LIST: &str = "a second list of records in the same object";

/// The walk goes on, or tells something.
type Step = Option<Next>;

impl Split {
    pub(crate) fn new(shape: Shape) -> Split {
        Split {
            shape,
            state: State::Begin,
            nests: Vec::new(),
            lines: (shape == Shape::Lines).then_some(true),
            behind_list: false,
            count: 0,
            extent: Extent::default(),
            scanned: 0,
        }
    }

    /// Looks at `window[*at..]` and moves `at` over what it tells. `last` says that nothing follows the
    /// window. After [`Next::More`] the window must have grown; what is before `at` is not needed any more.
    pub(crate) fn next(&mut self, window: &[u8], at: &mut usize, last: bool) -> Next {
        loop {
            let step = match self.state {
                State::Begin => self.begin(window, at, last),
                State::Value { .. } if self.nests.is_empty() => self.outermost(window, at, last),
                State::Value { is_fresh } => self.element(window, at, last, is_fresh),
                State::Behind => self.behind(window, at, last),
                State::Members => self.members(window, at, last),
                State::LongRecord => match self.pass(window, at, State::Behind) {
                    Some(Next::More) if last => Some(Next::End),
                    step => step,
                },
                State::OtherMember => match self.pass(window, at, State::Members) {
                    Some(Next::More) if last => Some(self.refuse(BREAKS_OFF)),
                    step => step,
                },
                State::LongLine => self.pass_line(window, at, last),
                State::Broken => Some(self.refuse(BREAKS_OFF)),
                State::Done => Some(Next::End),
            };
            if let Some(next) = step {
                return next;
            }
        }
    }

    /// The number of the record that begins in a list at `at`, or behind white space and a comma there; `at`
    /// moves to it. Who finds its end otherwise need not have it measured, and says so by [`Split::took`].
    /// `None` if anything else comes next, or cannot be told yet.
    pub(crate) fn begins_record(&mut self, window: &[u8], at: &mut usize) -> Option<u64> {
        if self.nests.is_empty() || self.scanned > 0 {
            return None;
        }
        let mut start = *at + space(&window[*at..]);
        match self.state {
            State::Value { .. } => {}
            State::Behind if window.get(start) == Some(&b',') => {
                start += 1 + space(&window[start + 1..]);
            }
            _ => return None,
        }
        let is_record = window.get(start) == Some(&b'{') && lead(&window[start..]) == Lead::Record;
        if !is_record {
            return None;
        }
        (*at, self.state) = (start, State::Value { is_fresh: false });
        Some(self.count + 1)
    }

    /// Passes the record that begins at `at` and has this length.
    pub(crate) fn took(&mut self, at: &mut usize, length: usize) {
        *at += length;
        self.state = State::Behind;
        self.count += 1;
    }

    /// Whether the record told last was a line, not an element of a list or one of several values: then it
    /// ended where its line did, whatever was in it.
    pub(crate) fn is_in_lines(&self) -> bool {
        self.nests.is_empty() && self.lines == Some(true)
    }

    fn begin(&mut self, window: &[u8], at: &mut usize, last: bool) -> Step {
        if !last && window.len() < BYTE_ORDER_MARK.len() {
            return Some(Next::More);
        }
        if is_utf_16(window) {
            return Some(self.refuse(UTF_16));
        }
        if window.starts_with(BYTE_ORDER_MARK) {
            *at = BYTE_ORDER_MARK.len();
        }
        self.state = State::Value { is_fresh: true };
        None
    }

    /// In no list.
    fn outermost(&mut self, window: &[u8], at: &mut usize, last: bool) -> Step {
        if self.scanned > 0 {
            return self.record(window, at, last);
        }
        if self.lines == Some(true) {
            return self.line(window, at, last);
        }
        let start = *at + space(&window[*at..]);
        if start == window.len() {
            if last || start - *at > ITEM_BYTES_MAX {
                *at = start;
            }
            return Some(if last { Next::End } else { Next::More });
        }
        if let Some(step) = self.enter_list(window, at, start, last) {
            return step;
        }
        if self.lines.is_none() {
            self.lines = one_a_line(&window[start..], last);
        }
        match self.lines {
            None => Some(Next::More),
            Some(true) => self.line(window, at, last),
            Some(false) => {
                *at = start;
                self.record(window, at, last)
            }
        }
    }

    /// Goes into a list that begins at `start`. `None` if none does.
    fn enter_list(&mut self, window: &[u8], at: &mut usize, start: usize, last: bool) -> Option<Step> {
        if self.shape == Shape::Lines || self.nests.len() >= NESTS_MAX {
            return None;
        }
        match window[start] {
            b'[' => {
                self.nests.push(Nest::Array);
                *at = start + 1;
            }
            b'{' => match lead(&window[start..]) {
                Lead::List(first) => {
                    self.nests.extend([Nest::Object, Nest::Array]);
                    *at = start + first;
                }
                Lead::Unknown if !last && window.len() - start <= ITEM_BYTES_MAX => {
                    return Some(Some(Next::More));
                }
                Lead::Unknown | Lead::Record => return None,
            },
            _ => return None,
        }
        self.state = State::Value { is_fresh: true };
        Some(None)
    }

    /// The next line that is not empty. Empty ones count.
    fn line(&mut self, window: &[u8], at: &mut usize, last: bool) -> Step {
        loop {
            let rest = &window[*at..];
            let ended = memchr::memchr(b'\n', rest);
            let line = *at..*at + ended.unwrap_or(rest.len());
            let blank = space(&window[line.clone()]);
            if ended.is_none() && !last && blank == line.len() && line.len() <= ITEM_BYTES_MAX {
                return Some(Next::More);
            }
            if blank < line.len()
                && let Some(step) = self.enter_list(&window[..line.end], at, line.start + blank, true)
            {
                return step;
            }
            if ended.is_none() && !last {
                return Some(self.unfinished_line(window, at));
            }
            self.count += u64::from(!self.behind_list || blank < line.len());
            self.behind_list = false;
            *at = line.end + usize::from(ended.is_some());
            if blank < line.len() {
                return Some(Next::Record(self.count, line));
            }
            if ended.is_none() {
                return Some(Next::End);
            }
        }
    }

    /// A line that is longer than any record may be is refused before its end is seen, and need not be kept.
    fn unfinished_line(&mut self, window: &[u8], at: &mut usize) -> Next {
        if window.len() - *at <= ITEM_BYTES_MAX {
            return Next::More;
        }
        *at = window.len();
        self.state = State::LongLine;
        self.count += 1;
        Next::Refused(self.count, TOO_LONG)
    }

    fn pass_line(&mut self, window: &[u8], at: &mut usize, last: bool) -> Step {
        match memchr::memchr(b'\n', &window[*at..]) {
            Some(length) => {
                *at += length + 1;
                self.state = State::Value { is_fresh: false };
                None
            }
            None => {
                *at = window.len();
                Some(if last { Next::End } else { Next::More })
            }
        }
    }

    /// Where an element of a list may begin.
    fn element(&mut self, window: &[u8], at: &mut usize, last: bool, is_fresh: bool) -> Step {
        if self.scanned > 0 {
            return self.record(window, at, last);
        }
        *at += space(&window[*at..]);
        match window.get(*at) {
            None if last => Some(self.refuse(BREAKS_OFF)),
            None => Some(Next::More),
            Some(b']') if is_fresh => {
                *at += 1;
                self.leave_array();
                None
            }
            Some(_) => match self.enter_list(window, at, *at, last) {
                Some(step) => step,
                None => self.record(window, at, last),
            },
        }
    }

    /// The record that begins at `at`, which is not white space.
    fn record(&mut self, window: &[u8], at: &mut usize, last: bool) -> Step {
        let rest = &window[*at..];
        let end = match self.extent.advance(&rest[self.scanned..]) {
            Some(length) => self.scanned + length,
            None if last && self.extent.may_end_here() => rest.len(),
            None if last => return Some(self.refuse(BREAKS_OFF)),
            None if rest.len() > ITEM_BYTES_MAX => {
                (*at, self.scanned, self.state) = (window.len(), 0, State::LongRecord);
                self.count += 1;
                return Some(Next::Refused(self.count, TOO_LONG));
            }
            None => {
                self.scanned = rest.len();
                return Some(Next::More);
            }
        };
        (self.extent, self.scanned) = (Extent::default(), 0);
        if end == 0 {
            return Some(self.refuse(BREAKS_OFF));
        }
        let record = *at..*at + end;
        *at = record.end;
        self.state = State::Behind;
        self.count += 1;
        Some(Next::Record(self.count, record))
    }

    /// Passes the rest of a value that nobody needs.
    fn pass(&mut self, window: &[u8], at: &mut usize, then: State) -> Step {
        match self.extent.advance(&window[*at..]) {
            Some(length) => {
                *at += length;
                self.extent = Extent::default();
                self.state = then;
                None
            }
            None => {
                *at = window.len();
                Some(Next::More)
            }
        }
    }

    fn behind(&mut self, window: &[u8], at: &mut usize, last: bool) -> Step {
        if self.nests.is_empty() {
            self.state = State::Value { is_fresh: false };
            return None;
        }
        *at += space(&window[*at..]);
        self.state = match window.get(*at) {
            None if last => return Some(self.refuse(BREAKS_OFF)),
            None => return Some(Next::More),
            Some(b',') => State::Value { is_fresh: false },
            Some(b']') => {
                self.leave_array();
                self.state
            }
            Some(_) => State::Broken,
        };
        *at += 1;
        None
    }

    fn leave_array(&mut self) {
        self.nests.pop();
        match self.nests.last() {
            Some(Nest::Object) => self.state = State::Members,
            _ => self.leave_value(),
        }
    }

    fn leave_value(&mut self) {
        self.state = State::Behind;
        self.behind_list = true;
    }

    /// Behind an object's list: members that hold no records are passed, until the object ends.
    fn members(&mut self, window: &[u8], at: &mut usize, last: bool) -> Step {
        *at += space(&window[*at..]);
        match window.get(*at) {
            None if last => return Some(self.refuse(BREAKS_OFF)),
            None => return Some(Next::More),
            Some(b'}') => {
                *at += 1;
                self.nests.pop();
                self.leave_value();
                return None;
            }
            Some(b',') => {}
            Some(_) => return Some(self.refuse(BREAKS_OFF)),
        }
        let key = *at + 1 + space(&window[*at + 1..]);
        match member(window, key) {
            Ok(Some(member)) if member.names_list() && window[member.value] == b'[' => {
                Some(self.refuse(SECOND_LIST))
            }
            Ok(Some(member)) => {
                *at = member.value;
                self.state = State::OtherMember;
                None
            }
            Ok(None) if !last && window.len() - *at <= ITEM_BYTES_MAX => Some(Next::More),
            Ok(None) | Err(NoMember) => Some(self.refuse(BREAKS_OFF)),
        }
    }

    /// Nothing behind this place can be told.
    fn refuse(&mut self, why: &'static str) -> Next {
        self.state = State::Done;
        self.count += 1;
        Next::Refused(self.count, why)
    }
}

/// Whether a body that begins with this value, which is in no list, has one record a line. If it spans lines,
/// or another value follows in the same line, it has not, unless it is no JSON: then a line was damaged, and
/// must not hide the next. `None` if more has to be seen.
fn one_a_line(body: &[u8], last: bool) -> Option<bool> {
    if body.first() != Some(&b'{') {
        return Some(true);
    }
    let line_end = memchr::memchr(b'\n', body);
    let line = &body[..line_end.unwrap_or(body.len())];
    let can_wait = !last && body.len() <= ITEM_BYTES_MAX;
    let Some(end) = value_end(body) else {
        return if can_wait { None } else { Some(line.trim_ascii() != b"{") };
    };
    if end > line.len() {
        return Some(!is_json(&body[..end]));
    }
    match line[end..].trim_ascii_start().first() {
        None if line_end.is_none() && can_wait => None,
        Some(b'{' | b'[') => Some(!is_json(&body[..end])),
        _ => Some(true),
    }
}

/// Whether a text is UTF-16, with or without its mark: what begins JSON has a zero beside it.
pub(crate) fn is_utf_16(text: &[u8]) -> bool {
    matches!(text, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, b'{' | b'[', ..] | [b'{' | b'[', 0, ..])
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests;
