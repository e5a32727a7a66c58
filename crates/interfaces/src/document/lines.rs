//! Where in a text the thing stands that a JSON pointer points to. Read again only when something is wrong.

use super::node::push_key;
use super::yaml::advance;
use saphyr_parser::{Event, Parser, StrInput};
use std::ops::Range;

/// The line, from 1, of what a JSON pointer points to, or of the nearest place around it that is there.
pub(super) fn line_of(text: &str, pointer: &str) -> Option<usize> {
    let mut finder = Finder { parser: Parser::new_from_str(text), wanted: pointer, line: None };
    finder.find();
    finder.line
}

/// Follows a pointer through the events of a text.
struct Finder<'t> {
    parser: Parser<'t, StrInput<'t>>,
    wanted: &'t str,
    line: Option<usize>,
}

impl<'t> Finder<'t> {
    fn find(&mut self) -> Option<()> {
        let mut event = self.next()?.0;
        while !matches!(event, Event::MappingStart(..) | Event::SequenceStart(..)) {
            event = self.next()?.0;
        }
        let mut done = 0;
        while done < self.wanted.len() {
            let end = self.wanted[done + 1..].find('/').map_or(self.wanted.len(), |at| done + 1 + at);
            event = match event {
                Event::MappingStart(..) => self.member(done..end)?,
                Event::SequenceStart(..) => self.element(done..end)?,
                _ => return None,
            };
            done = end;
        }
        Some(())
    }

    /// The event that begins the member of that key; its line is the key's.
    fn member(&mut self, wanted: Range<usize>) -> Option<Event<'t>> {
        let wanted = &self.wanted[wanted];
        loop {
            let (Event::Scalar(key, ..), line) = self.next()? else { return None };
            let mut pointer = String::new();
            push_key(&mut pointer, &key);
            if pointer == wanted {
                self.line = Some(line);
                return Some(self.next()?.0);
            }
            self.skip()?;
        }
    }

    fn element(&mut self, wanted: Range<usize>) -> Option<Event<'t>> {
        let index: usize = self.wanted[wanted].get(1..)?.parse().ok()?;
        (0..index).try_for_each(|_| self.skip())?;
        let (event, line) = self.next()?;
        self.line = Some(line);
        Some(event)
    }

    /// Passes over one value.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.next()?.0 {
                Event::MappingStart(..) | Event::SequenceStart(..) => depth += 1,
                Event::MappingEnd | Event::SequenceEnd => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn next(&mut self) -> Option<(Event<'t>, usize)> {
        let (event, span) = advance(&mut self.parser).ok()?;
        if event == Event::StreamEnd { None } else { Some((event, span.start.line())) }
    }
}
