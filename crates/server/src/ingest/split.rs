//! Where the records of a posted body stand: NDJSON, a JSON array, or `{"Records": [...]}`.

use cairn_model::event::TEXT_BYTES_MAX;
use cairn_model::json::value_end;
use std::ops::Range;

/// What comes next in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A record's bytes, to be judged by the door. Lines, or elements, count from 1.
    Record(u64, Range<usize>),
    /// A place where no record can be told: a line without end, or a list that breaks off.
    Refused(u64, &'static str),
    /// The window ends before the record does.
    More,
    /// Nothing.
    End,
}

/// Walks a body through a window that moves over it.
#[derive(Debug)]
pub(crate) struct Split {
    form: Form,
    count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Unknown,
    Lines,
    /// In the midst of a line that was refused already.
    LongLine,
    /// In a list; whether it is the member of an object, and whether no element was seen yet.
    Array {
        in_object: bool,
        is_fresh: bool,
    },
    /// Behind a list's closing bracket.
    Behind {
        in_object: bool,
    },
    /// Behind an element that neither a comma nor a bracket follows.
    Broken,
    Done,
}

impl Split {
    pub(crate) fn new() -> Split {
        Split { form: Form::Unknown, count: 0 }
    }

    /// Looks at `window[*at..]` and moves `at` over what it tells. `last` says that nothing follows the
    /// window. After [`Next::More`] the window must have grown; what is before `at` is not needed any more.
    pub(crate) fn next(&mut self, window: &[u8], at: &mut usize, last: bool) -> Next {
        loop {
            match self.form {
                Form::Unknown => {
                    if !last && window.len() < FORM_BYTES {
                        return Next::More;
                    }
                    self.tell_form(window, at);
                }
                Form::Lines => return self.next_line(window, at, last),
                Form::LongLine => match memchr::memchr(b'\n', &window[*at..]) {
                    Some(length) => {
                        *at += length + 1;
                        self.form = Form::Lines;
                    }
                    None => {
                        *at = window.len();
                        return if last { Next::End } else { Next::More };
                    }
                },
                Form::Array { in_object, is_fresh } => {
                    if let Some(next) = self.next_element(window, at, last, in_object, is_fresh) {
                        return next;
                    }
                }
                Form::Behind { in_object } => {
                    if let Some(next) = self.behind_list(window, at, last, in_object) {
                        return next;
                    }
                }
                Form::Broken => {
                    self.form = Form::Done;
                    self.count += 1;
                    return Next::Refused(self.count, "the list breaks off here");
                }
                Form::Done => return Next::End,
            }
        }
    }

    /// Tells the three forms apart by how the body begins.
    fn tell_form(&mut self, window: &[u8], at: &mut usize) {
        match list_start(window, *at) {
            Some((form, start)) => (self.form, *at) = (form, start),
            None => self.form = Form::Lines,
        }
    }

    /// Behind a list the body ends, or another list follows: files of CloudTrail are often sent one behind
    /// the other.
    fn behind_list(&mut self, window: &[u8], at: &mut usize, last: bool, in_object: bool) -> Option<Next> {
        if !last && window.len() - *at < FORM_BYTES {
            return Some(Next::More);
        }
        let mut place = space_end(window, *at);
        let closed = !in_object || window.get(place) == Some(&b'}');
        place = space_end(window, place + usize::from(in_object));
        match list_start(window, place).filter(|_| closed) {
            Some((form, start)) => {
                (self.form, *at) = (form, start);
                None
            }
            None => {
                let ends = closed && last && place >= window.len();
                self.form = Form::Done;
                self.count += 1;
                Some(if ends {
                    Next::End
                } else {
                    Next::Refused(self.count, "something else stands behind the list")
                })
            }
        }
    }

    fn next_line(&mut self, window: &[u8], at: &mut usize, last: bool) -> Next {
        while *at < window.len() {
            let start = *at;
            let length = memchr::memchr(b'\n', &window[start..]);
            if length.is_none() && !last {
                return self.unfinished_line(window, at);
            }
            let end = length.map_or(window.len(), |length| start + length);
            *at = window.len().min(end + 1);
            self.count += 1;
            if !window[start..end].trim_ascii().is_empty() {
                return Next::Record(self.count, start..end);
            }
        }
        if last { Next::End } else { Next::More }
    }

    /// A line that is longer than any record may be is refused before its end is seen, and need not be kept.
    fn unfinished_line(&mut self, window: &[u8], at: &mut usize) -> Next {
        if window.len() - *at <= LINE_BYTES_MAX {
            return Next::More;
        }
        *at = window.len();
        self.form = Form::LongLine;
        self.count += 1;
        Next::Refused(self.count, "longer than 1048576 bytes")
    }

    /// The next element; nothing at the list's end.
    fn next_element(
        &mut self,
        window: &[u8],
        at: &mut usize,
        last: bool,
        in_object: bool,
        is_fresh: bool,
    ) -> Option<Next> {
        let start = space_end(window, *at);
        if is_fresh && window.get(start) == Some(&b']') {
            *at = start + 1;
            self.form = Form::Behind { in_object };
            return None;
        }
        let end = value_end(window, start).filter(|end| *end > start);
        let after = end.map(|end| space_end(window, end));
        // Until the comma or bracket behind it is seen, the window may end in the midst of the element.
        if !last && after.is_none_or(|after| after == window.len()) {
            return Some(Next::More);
        }
        self.count += 1;
        let (Some(end), Some(after)) = (end, after) else {
            self.form = Form::Done;
            return Some(Next::Refused(self.count, "the list breaks off here"));
        };
        *at = window.len().min(after + 1);
        self.form = match window.get(after) {
            Some(b',') => Form::Array { in_object, is_fresh: false },
            Some(b']') => Form::Behind { in_object },
            // The element itself may be whole: it is judged first, the break is told next.
            _ => Form::Broken,
        };
        Some(Next::Record(self.count, start..end))
    }
}

/// How much of a body is looked at to tell its form.
const FORM_BYTES: usize = 4096;

/// A line may have white space around its record.
const LINE_BYTES_MAX: usize = TEXT_BYTES_MAX + 4096;

fn space_end(body: &[u8], start: usize) -> usize {
    let rest = body.get(start..).unwrap_or(&[]);
    let length = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    start + length.unwrap_or(rest.len())
}

/// The form of a list that starts here, and where its first element may stand.
fn list_start(body: &[u8], start: usize) -> Option<(Form, usize)> {
    let start = space_end(body, start);
    if body.get(start) == Some(&b'[') {
        return Some((Form::Array { in_object: false, is_fresh: true }, start + 1));
    }
    records_start(body, start).map(|at| (Form::Array { in_object: true, is_fresh: true }, at))
}

/// The place behind the `[` of `{"Records": [`.
fn records_start(body: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    for part in [&b"{"[..], b"\"Records\"", b":", b"["] {
        at = space_end(body, at);
        if !body.get(at..)?.starts_with(part) {
            return None;
        }
        at += part.len();
    }
    Some(at)
}

#[cfg(test)]
mod tests;
