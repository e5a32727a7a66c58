//! Path templates: `/orders/{orderId}/lines/{line}.json`.

use super::decoded;

/// A path template, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template {
    text: String,
    segments: Vec<Segment>,
    labels: Vec<String>,
}

/// What stands between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// Letters only, decoded.
    Literal(String),
    /// A label only.
    Label,
    /// Labels and letters.
    Mixed(Vec<Piece>),
    /// `{name+}`, API Gateway's label for all that follows; the last one.
    Rest,
}

/// A part of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Letters.
    Letters(String),
    /// At least one letter.
    Label,
}

impl Template {
    /// Reads a template; the error says what is expected.
    pub(crate) fn parse(text: &str) -> Result<Template, &'static str> {
        let path = text.strip_prefix('/').ok_or("a path begins with a slash")?;
        if path.contains(['?', '#']) {
            return Err("a path has neither query nor fragment");
        }
        let mut template = Template { text: text.to_owned(), segments: Vec::new(), labels: Vec::new() };
        for segment in path.split('/') {
            if template.segments.last() == Some(&Segment::Rest) {
                return Err("nothing follows a label that takes the rest");
            }
            let segment = template.segment(segment)?;
            template.segments.push(segment);
        }
        Ok(template)
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The names of the labels, in their order.
    pub(crate) fn labels(&self) -> &[String] {
        &self.labels
    }

    fn segment(&mut self, text: &str) -> Result<Segment, &'static str> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((letters, label)) = rest.split_once('{') {
            let (label, behind) = label.split_once('}').ok_or("a brace is not closed")?;
            push_letters(&mut pieces, letters)?;
            if let Some(label) = label.strip_suffix('+')
                && label_is_alone(&pieces, behind)
            {
                self.labels.push(label.to_owned());
                return Ok(Segment::Rest);
            }
            if pieces.last() == Some(&Piece::Label) {
                return Err("two labels stand side by side");
            }
            self.label(label)?;
            pieces.push(Piece::Label);
            rest = behind;
        }
        push_letters(&mut pieces, rest)?;
        Ok(match pieces.as_slice() {
            [] => Segment::Literal(String::new()),
            [Piece::Letters(letters)] => Segment::Literal(letters.clone()),
            [Piece::Label] => Segment::Label,
            _ => Segment::Mixed(pieces),
        })
    }

    fn label(&mut self, name: &str) -> Result<(), &'static str> {
        if name.is_empty() || name.contains('{') {
            return Err("a label has a name");
        }
        if self.labels.iter().any(|known| known == name) {
            return Err("a label occurs once");
        }
        self.labels.push(name.to_owned());
        Ok(())
    }
}

fn label_is_alone(pieces: &[Piece], behind: &str) -> bool {
    pieces.is_empty() && behind.is_empty()
}

fn push_letters(pieces: &mut Vec<Piece>, letters: &str) -> Result<(), &'static str> {
    if letters.contains('}') {
        return Err("a brace is closed that was not opened");
    }
    if !letters.is_empty() {
        pieces.push(Piece::Letters(decoded(letters)));
    }
    Ok(())
}

/// How many letters a mixed segment has: the more, the more concrete.
pub(super) fn letters(pieces: &[Piece]) -> usize {
    let length = |piece: &Piece| match piece {
        Piece::Letters(letters) => letters.len(),
        Piece::Label => 0,
    };
    pieces.iter().map(length).sum()
}

/// Whether a segment has the form of the pieces; adds what the labels stand for. A label ends where the
/// letters behind it first occur, the last one where the segment ends: if any way of fitting exists, so does
/// this one, and each letter is looked at once.
pub(super) fn fits(pieces: &[Piece], segment: &str, labels: &mut Vec<String>) -> bool {
    let mut rest = segment;
    let mut pieces = pieces.iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Letters(letters) => match rest.strip_prefix(letters.as_str()) {
                Some(behind) => rest = behind,
                None => return false,
            },
            Piece::Label => {
                let Some(end) = label_end(rest, pieces.next_if(|next| **next != Piece::Label), pieces.len())
                else {
                    return false;
                };
                labels.push(rest[..end.label].to_owned());
                rest = &rest[end.letters..];
            }
        }
    }
    rest.is_empty()
}

/// Where a label ends, and the letters behind it.
struct End {
    label: usize,
    letters: usize,
}

fn label_end(text: &str, letters: Option<&Piece>, pieces_behind: usize) -> Option<End> {
    let first = text.chars().next()?.len_utf8();
    let Some(Piece::Letters(letters)) = letters else {
        return Some(End { label: text.len(), letters: text.len() });
    };
    if pieces_behind == 0 {
        let label = text.strip_suffix(letters.as_str())?.len();
        return (label >= first).then_some(End { label, letters: text.len() });
    }
    let label = first + text[first..].find(letters.as_str())?;
    Some(End { label, letters: label + letters.len() })
}
