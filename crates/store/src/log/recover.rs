//! Opening: check first, then cut what a crash left half written.
//!
//! Commit n+1 is written only after commit n was synced. So when bytes at X are not a record but
//! a frame of a later commit stands behind them, X had been acknowledged and is damaged; when
//! nothing, or only frames of the same commit stand there, X is the torn tail of a commit that
//! nobody was told of.
//!
//! A segment is named when all before it is synced. So only the newest can be torn, and the records of the
//! others need no verification for what a crash might have done: readers verify what they read.

use super::scan::{self, Scan, Survey};
use super::segment::{self, FORMAT_VERSION, Header, HeaderError, Segment};
use super::writer::Tail;
use super::{Cut, Damage, LogOptions, OpenError, Recovery, Verify};
use crate::disk::{Disk, DiskFile, read_up_to, write_all_at};
use crate::durable_file::is_aside;
use cairn_model::Position;
use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;

/// Bytes copied at a time when the last commit is written once more.
const COPY_BYTES: u64 = 1 << 20;

/// The log as it was found, ready to go on.
pub(super) struct Recovered {
    pub(super) segments: Vec<Arc<Segment>>,
    pub(super) tail: Option<Tail>,
    pub(super) recovery: Recovery,
}

/// A segment whose header has been read.
struct Opened {
    segment: Arc<Segment>,
    file: Arc<dyn DiskFile>,
    file_bytes: u64,
}

/// A segment of which it is known where its records end.
struct Checked {
    segment: Arc<Segment>,
    file: Arc<dyn DiskFile>,
    file_bytes: u64,
    scan: Scan,
}

/// Opens the log's folder. Errors other than `Io` leave it as it was.
pub(super) fn recover(disk: &dyn Disk, options: &LogOptions) -> Result<Recovered, OpenError> {
    let folder = &options.folder;
    make_folder(disk, folder).map_err(at(folder))?;
    let names = disk.list(folder).map_err(at(folder))?;
    let mut starts: Vec<_> = names.iter().filter_map(|n| segment::start_of(n)).collect();
    starts.sort_unstable();

    let mut found = Recovered::empty();
    for joint in starts.windows(2) {
        let opened = open_segment(disk, folder, joint[0])?;
        let checked = match opened.ends_at(joint[1]) && options.verify == Verify::Newest {
            true => opened.unverified(joint[1]),
            // A length that does not fit is damage, unless a crash came before the unused space was freed.
            false => opened.verified()?,
        };
        check_joint(&checked, joint[1])?;
        found.keep(&checked);
        free_unused(&checked);
    }
    let newest = starts.last().map(|start| open_segment(disk, folder, *start)).transpose()?;
    found.finish(newest.map(Opened::verified).transpose()?, options)?;
    remove_leftovers(disk, folder, &names).map_err(at(folder))?;
    Ok(found)
}

impl Recovered {
    fn empty() -> Recovered {
        Recovered {
            segments: Vec::new(),
            tail: None,
            recovery: Recovery { first: Position::ZERO, end: Position::ZERO, records: 0, cut: None },
        }
    }

    /// Takes a segment that was checked as the next.
    fn keep(&mut self, checked: &Checked) {
        if self.segments.is_empty() {
            self.recovery.first = checked.segment.start;
        }
        self.recovery.end = checked.scan.end;
        self.recovery.records += checked.scan.records;
        self.segments.push(Arc::clone(&checked.segment));
    }

    /// Takes the newest segment, if there is any, and repairs its tail.
    fn finish(&mut self, newest: Option<Checked>, options: &LogOptions) -> Result<(), OpenError> {
        let Some(newest) = newest else {
            return check_reached(self.recovery.end, options);
        };
        let path = &newest.segment.path;
        let end = newest.scan.end;
        let survey = scan::survey(&*newest.file, &newest.segment, end).map_err(at(path))?;
        check_tail(&newest, &survey, options.must_reach)?;
        check_reached(end, options)?;

        self.keep(&newest);
        self.recovery.cut = survey.content_end.map(|content_end| Cut {
            segment: path.clone(),
            at: end,
            bytes: content_end - newest.segment.offset_of(end),
        });
        let cut = self.recovery.cut.is_some();
        let room = make_durable(&newest, cut).map_err(at(path))?;
        self.tail = Some(Tail { segment: newest.segment, file: newest.file, room });
        Ok(())
    }
}

/// Makes the log's folder, durably.
fn make_folder(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    disk.create_folder(folder)?;
    match folder.parent() {
        Some(parent) if parent != Path::new("") => disk.sync_folder(parent),
        _ => Ok(()),
    }
}

/// Opens the segment and reads its header.
fn open_segment(disk: &dyn Disk, folder: &Path, start: Position) -> Result<Opened, OpenError> {
    let path = segment::path_of(folder, start);
    let file = disk.open(&path).map_err(at(&path))?;
    let file_bytes = file.len().map_err(at(&path))?;
    let header = match Header::read(&*file) {
        Ok(header) if header.start == start => header,
        Ok(_) | Err(HeaderError::Damaged) => {
            return Err(OpenError::Damaged { segment: path, from: start, to: start, what: Damage::Header });
        }
        Err(HeaderError::Newer(found)) => {
            return Err(OpenError::Newer { segment: path, found, known: FORMAT_VERSION });
        }
        Err(HeaderError::Io(source)) => return Err(OpenError::Io { path, source }),
    };
    let segment = Segment::new(start, path, header.salt, file_bytes);
    Ok(Opened { segment: Arc::new(segment), file, file_bytes })
}

impl Opened {
    /// Whether the file ends where the next segment starts, as that of a complete segment does.
    fn ends_at(&self, next_start: Position) -> bool {
        self.file_bytes == self.segment.offset_of(next_start)
    }

    /// Verifies its records.
    fn verified(self) -> Result<Checked, OpenError> {
        let scan = scan::scan(&*self.file, &self.segment).map_err(at(&self.segment.path))?;
        Ok(self.checked(scan))
    }

    /// Takes it that its records reach up to `end`.
    fn unverified(self, end: Position) -> Checked {
        self.checked(Scan { records: 0, end, last_commit_start: None })
    }

    fn checked(self, scan: Scan) -> Checked {
        Checked { segment: self.segment, file: self.file, file_bytes: self.file_bytes, scan }
    }
}

/// A segment is started when all before it is synced, so its records must reach the next start.
fn check_joint(checked: &Checked, next_start: Position) -> Result<(), OpenError> {
    let end = checked.scan.end;
    if end == next_start {
        return Ok(());
    }
    let path = &checked.segment.path;
    let survey = scan::survey(&*checked.file, &checked.segment, end).map_err(at(path))?;
    let what = match survey.content_end {
        _ if end > next_start => Damage::Overlap,
        Some(_) => Damage::Records,
        None => Damage::Missing,
    };
    Err(OpenError::Damaged {
        segment: path.clone(),
        from: end.min(next_start),
        to: survey.next_frame.unwrap_or(next_start).max(end.min(next_start)),
        what,
    })
}

/// Tells a torn tail from damage.
fn check_tail(newest: &Checked, survey: &Survey, must_reach: Position) -> Result<(), OpenError> {
    let end = newest.scan.end;
    // A reader has got further, so these bytes were acknowledged, last commit or not.
    let was_read = survey.content_end.is_some() && end < must_reach;
    if !survey.later_commit && !was_read {
        return Ok(());
    }
    Err(OpenError::Damaged {
        segment: newest.segment.path.clone(),
        from: end,
        to: survey.next_frame.unwrap_or(must_reach),
        what: Damage::Records,
    })
}

fn check_reached(end: Position, options: &LogOptions) -> Result<(), OpenError> {
    if end >= options.must_reach {
        return Ok(());
    }
    Err(OpenError::Behind { folder: options.folder.clone(), end, reached: options.must_reach })
}

/// Makes the newest segment end, durably, where its records end, and says how much still fits in.
///
/// The last commit is written once more: when the process before this one ended on a failed sync,
/// the system may show bytes that it has given up writing, and call them clean. A crash in here
/// leaves the same bytes, and the next start does it again.
fn make_durable(newest: &Checked, cut: bool) -> io::Result<u64> {
    let offset = newest.segment.offset_of(newest.scan.end);
    if let Some(commit_start) = newest.scan.last_commit_start {
        rewrite(&*newest.file, newest.segment.offset_of(commit_start), offset)?;
    }
    if cut {
        newest.file.set_len(offset)?;
        newest.segment.set_file_bytes(offset);
    }
    newest.file.sync_data()?;
    // The cut has given back the space that was allocated, so the next commit starts a segment.
    Ok(if cut { 0 } else { newest.file_bytes.saturating_sub(offset) })
}

fn rewrite(file: &dyn DiskFile, mut from: u64, to: u64) -> io::Result<()> {
    let mut buffer = vec![0; COPY_BYTES.min(to - from) as usize];
    while from < to {
        let part = COPY_BYTES.min(to - from) as usize;
        let bytes = &mut buffer[..part];
        if read_up_to(file, bytes, from)? < part {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        write_all_at(file, &mut [IoSlice::new(bytes)], from)?;
        from += part as u64;
    }
    Ok(())
}

/// Cuts the unused zeros of a complete segment, should a crash have come before that.
fn free_unused(checked: &Checked) {
    let len = checked.segment.offset_of(checked.scan.end);
    // Space only; the next start tries again.
    if checked.file_bytes > len && checked.file.set_len(len).is_ok() {
        checked.segment.set_file_bytes(len);
    }
}

/// Removes segments that were being made when a crash came.
fn remove_leftovers(disk: &dyn Disk, folder: &Path, names: &[String]) -> io::Result<()> {
    for name in names.iter().filter(|name| is_aside(name)) {
        disk.remove(&folder.join(name))?;
    }
    disk.sync_folder(folder)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> OpenError {
    let path = path.to_owned();
    move |source| OpenError::Io { path, source }
}
