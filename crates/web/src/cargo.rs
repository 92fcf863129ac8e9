//! Bytes that travel between workers beside a packed message, as buffers of the
//! browser's own: copied, given away or shared as the sender says.

use crate::{clock::PageClock, text_file::TextFile};
use js_sys::{Array, ArrayBuffer, Function, Reflect, SharedArrayBuffer, Uint8Array};
use model::Nanos;
use runner::Clock;
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::Blob;

/// A block of bytes outside the memory of this program. A clone is the same block.
#[derive(Clone, Debug)]
pub struct Chest(JsValue);

impl Chest {
    /// A block with a copy of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Uint8Array::from(bytes).buffer().into())
    }

    /// The same in memory that every thread can read.
    ///
    /// # Errors
    /// If this page may have none.
    pub fn shared(bytes: &[u8]) -> Result<Self, String> {
        let memory = Self::shared_of(bytes.len() as u32)?;
        memory.view().copy_from(bytes);
        Ok(memory)
    }

    /// So many bytes, each 1, so that the memory is really there.
    ///
    /// # Errors
    /// If there is not so much, or shared memory is asked for where there is none.
    pub fn filled(bytes: u32, is_shared: bool) -> Result<Self, String> {
        let chest = if is_shared {
            Self::shared_of(bytes)?
        } else {
            let name = JsValue::from_str("ArrayBuffer");
            Self(construct(&name, bytes)?)
        };
        chest.view().fill(1, 0, bytes);
        Ok(chest)
    }

    /// What the browser keeps of a file: no bytes, but a way to them.
    #[must_use]
    pub fn of_text(file: &TextFile) -> Self {
        Self(file.blob().into())
    }

    /// The file behind such a block.
    #[must_use]
    pub fn text(&self, id: u32) -> Option<TextFile> {
        let blob = self.0.dyn_ref::<Blob>()?;
        Some(TextFile::given(blob.clone(), id))
    }

    /// A whole buffer, without copying it.
    #[must_use]
    pub(crate) fn of_buffer(buffer: ArrayBuffer) -> Self {
        Self(buffer.into())
    }

    /// The same bytes in memory that every thread can read.
    ///
    /// # Errors
    /// If this page may have none.
    pub fn to_shared(&self) -> Result<Self, String> {
        let memory = Self::shared_of(self.len() as u32)?;
        memory.view().set(&self.view(), 0);
        Ok(memory)
    }

    fn shared_of(bytes: u32) -> Result<Self, String> {
        construct(&JsValue::from_str("SharedArrayBuffer"), bytes).map(Self)
    }

    fn view(&self) -> Uint8Array {
        Uint8Array::new(&self.0)
    }

    /// Its length in bytes; 0 once it was given away.
    #[must_use]
    pub fn len(&self) -> u64 {
        let shared = self.0.dyn_ref::<SharedArrayBuffer>();
        let plain = self.0.dyn_ref::<ArrayBuffer>();
        let shared = shared.map(SharedArrayBuffer::byte_length);
        let plain = plain.map(ArrayBuffer::byte_length);
        u64::from(shared.or(plain).unwrap_or(0))
    }

    /// Whether it is empty or was given away.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A copy in the memory of this program.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.view().to_vec()
    }

    /// A block of its own with the same bytes.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self(self.view().slice(0, self.len() as u32).buffer().into())
    }

    /// First and last byte, 0 where there is none.
    #[must_use]
    pub fn ends(&self) -> (u8, u8) {
        let (view, len) = (self.view(), self.len() as u32);
        if len == 0 {
            return (0, 0);
        }
        (view.get_index(0), view.get_index(len - 1))
    }

    fn is_shared(&self) -> bool {
        self.0.is_instance_of::<SharedArrayBuffer>()
    }
}

/// `new name(bytes)`, where there is such a thing and so much memory.
fn construct(name: &JsValue, bytes: u32) -> Result<JsValue, String> {
    let constructor = Reflect::get(&js_sys::global(), name).ok();
    let constructor = constructor.and_then(|found| found.dyn_into::<Function>().ok());
    let constructor = constructor.ok_or("there is no shared memory here")?;
    Reflect::construct(&constructor, &Array::of1(&bytes.into()))
        .map_err(|error| crate::worker::text_of(&error))
}

/// What came: a packed message and the blocks beside it.
#[derive(Debug)]
pub struct Cargo {
    /// The message.
    pub header: Vec<u8>,
    /// The blocks.
    pub chests: Vec<Chest>,
    /// When the message was heard of, on the shared clock.
    pub heard_nanos: Nanos,
    /// When it could be read: some browsers copy only now.
    pub open_nanos: Nanos,
}

impl Cargo {
    /// All bytes of it.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.header.len() as u64 + total(&self.chests)
    }
}

/// Bytes of all these blocks.
#[must_use]
pub fn total(chests: &[Chest]) -> u64 {
    chests.iter().map(Chest::len).sum()
}

/// A packed message of at most so many bytes is sooner copied than given away: the trip
/// of an empty message took 0.030 ms instead of 0.034 (Chromium 156).
const COPIED_BYTES: usize = 1 << 10;

/// The message as it is posted, and what is given away with it: the header if it is
/// long, the blocks if `gives`; shared ones cannot be.
#[must_use]
pub fn laden(header: &[u8], chests: &[Chest], gives: bool) -> (Array, Array) {
    let header = Uint8Array::from(header);
    let given = Array::new();
    if header.byte_length() as usize > COPIED_BYTES {
        given.push(&header.buffer());
    }
    let message = Array::of1(&header);
    for chest in chests {
        message.push(&chest.0);
        if gives && !chest.is_shared() {
            given.push(&chest.0);
        }
    }
    (message, given)
}

/// What a message event carries, if it is cargo.
#[must_use]
pub fn unladen(data: &JsValue, heard_nanos: Nanos) -> Option<Cargo> {
    let parts = data.dyn_ref::<Array>()?;
    let header = parts.get(0).dyn_into::<Uint8Array>().ok()?.to_vec();
    let chests = parts.iter().skip(1).map(Chest).collect();
    Some(Cargo {
        header,
        chests,
        heard_nanos,
        open_nanos: PageClock.now_nanos(),
    })
}
