//! A text that the reader gave: looked at, and read in splits, never as a whole.

use crate::{cargo::Chest, event_loop::within};
use js_sys::{ArrayBuffer, Uint8Array};
use runner::splits::{Looks, MOST_FILE_BYTES, Splits, UNREADABLE};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// A part that does not come within this time, from a disk, never does.
const READ_MILLIS: u32 = 20_000;

/// A text of the reader's own. Cheap to clone: the bytes stay where they are.
#[derive(Clone)]
pub struct TextFile {
    /// Tells it from others; never 0.
    pub id: u32,
    /// Its length in bytes.
    pub bytes: u64,
    /// What its beginning looks like; never [`Looks::Binary`].
    pub looks: Looks,
    blob: Blob,
}

/// Why a file is not taken, or what became of one that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// Nothing is in it.
    Empty,
    /// More than [`MOST_FILE_BYTES`].
    Enormous,
    /// It is no text.
    Binary,
    /// The browser could not read it: it was changed, moved or taken away.
    Unreadable,
    /// A run is under way, which goes on with what it has.
    Busy,
}

impl FileFault {
    /// The last part of the key of its sentence.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Enormous => "enormous",
            Self::Binary => "binary",
            Self::Unreadable => "unreadable",
            Self::Busy => "busy",
        }
    }
}

impl TextFile {
    /// Looks at a file's length and its beginning. `id` is any number but 0 that
    /// no other file of this page has.
    ///
    /// # Errors
    /// Why it is not taken.
    pub async fn open(blob: Blob, id: u32) -> Result<Self, FileFault> {
        let bytes = blob.size();
        if bytes <= 0.0 {
            return Err(FileFault::Empty);
        }
        if bytes > MOST_FILE_BYTES as f64 {
            return Err(FileFault::Enormous);
        }
        let mut file = Self {
            id,
            bytes: bytes as u64,
            looks: Looks::Text,
            blob,
        };
        let head = file.read(0..Looks::BYTES.min(file.bytes)).await?;
        file.looks = Looks::of(&Uint8Array::new(&head).to_vec());
        if file.looks == Looks::Binary {
            return Err(FileFault::Binary);
        }
        Ok(file)
    }

    /// As a host was given it.
    #[must_use]
    pub fn given(blob: Blob, id: u32) -> Self {
        Self {
            id,
            bytes: blob.size() as u64,
            looks: Looks::Text,
            blob,
        }
    }

    /// The browser's handle, to be posted to a worker.
    #[must_use]
    pub const fn blob(&self) -> &Blob {
        &self.blob
    }

    /// These bytes, outside this program's own memory.
    async fn read(&self, range: Range<u64>) -> Result<ArrayBuffer, FileFault> {
        let wanted = range.end.saturating_sub(range.start);
        if wanted == 0 {
            return Ok(ArrayBuffer::new(0));
        }
        let (start, end) = (range.start as f64, range.end as f64);
        let part = self.blob.slice_with_f64_and_f64(start, end);
        let coming = part.map_err(|_| FileFault::Unreadable)?.array_buffer();
        let read = within(READ_MILLIS, JsFuture::from(coming)).await;
        let Some(Ok(buffer)) = read else {
            return Err(FileFault::Unreadable);
        };
        let buffer: ArrayBuffer = buffer.unchecked_into();
        if u64::from(buffer.byte_length()) == wanted {
            Ok(buffer)
        } else {
            Err(FileFault::Unreadable)
        }
    }
}

/// A text being read in splits, in any order and as often as wanted.
pub struct SplitReader {
    file: TextFile,
    splits: Splits,
    /// Borders that were found.
    borders: RefCell<BTreeMap<u32, u64>>,
}

impl SplitReader {
    /// Reads nothing yet.
    #[must_use]
    pub fn new(file: TextFile, kibibytes: u32) -> Self {
        let splits = Splits::new(file.bytes, kibibytes);
        Self {
            file,
            splits,
            borders: RefCell::default(),
        }
    }

    /// The bytes of a split, in a buffer of their own, outside this program's
    /// memory: they can be given away.
    ///
    /// # Errors
    /// [`UNREADABLE`].
    pub async fn split(&self, at: u32) -> Result<Chest, String> {
        let bytes = async {
            let start = self.border(at).await?;
            let end = self.border(at + 1).await?;
            self.file.read(start..end).await
        };
        let said = |_| UNREADABLE.to_string();
        bytes.await.map(Chest::of_buffer).map_err(said)
    }

    /// Where a split begins that was read before, in bytes.
    #[must_use]
    pub fn offset(&self, at: u32) -> Option<u64> {
        self.borders.borrow().get(&at).copied()
    }

    async fn border(&self, at: u32) -> Result<u64, FileFault> {
        let known = self.borders.borrow().get(&at).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let seen = self.file.read(self.splits.look(at)).await?;
        let border = self.splits.border(at, &Uint8Array::new(&seen).to_vec());
        self.borders.borrow_mut().insert(at, border);
        Ok(border)
    }
}
