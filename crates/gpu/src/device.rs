//! A device and what was made for it.

use crate::programs::Program;
use crate::webgpu::{
    Adapter, Buffer, COPY_DST, COPY_SRC, Device as JsDevice, Encoder, MAP_READ, Pipeline, Queue,
    STORAGE, number, object,
};
use crate::{Fault, now_millis};
use js_sys::{Array, Promise, Reflect, Uint8Array, WebAssembly::Memory};
use model::{Adapter as AdapterInfo, GpuFault};
use std::collections::BTreeMap;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web::{event_loop::within, gpu, worker::text_of};
use workloads::single::Whole;

/// A graphics processor answers within this time, or is given up. Programs that run
/// for longer are ended by browsers themselves, after about ten seconds.
const ANSWER_MILLIS: u32 = 20_000;
/// A device that is lost says so within this time.
const LOST_MILLIS: u32 = 500;

/// A device.
pub(crate) struct Device {
    device: JsDevice,
    queue: Queue,
    /// What it belongs to.
    pub(crate) adapter: AdapterInfo,
    /// How long it took to get both.
    pub(crate) adapter_millis: f64,
    programs: BTreeMap<&'static str, Compiled>,
}

struct Compiled {
    pipeline: Pipeline,
    millis: f64,
}

impl Drop for Device {
    fn drop(&mut self) {
        self.device.destroy();
    }
}

/// Buffers for work of one shape. Dropping them gives the memory back.
pub(crate) struct Room {
    settings: Buffer,
    inputs: Vec<Buffer>,
    output: Buffer,
    /// Where the answer is read from.
    back: Buffer,
    group: JsValue,
    bytes_out: u32,
}

impl Drop for Room {
    fn drop(&mut self) {
        let others = [&self.settings, &self.output, &self.back];
        for buffer in self.inputs.iter().chain(others) {
            buffer.destroy();
        }
    }
}

impl Device {
    /// Asks for an adapter and a device.
    pub(crate) async fn ask() -> Result<Self, Fault> {
        let begin = now_millis();
        let (adapter, info) = gpu::adapter().await?;
        let adapter: Adapter = adapter.unchecked_into();
        let device = within(ANSWER_MILLIS, JsFuture::from(adapter.request_device()));
        let device = device.await.ok_or(GpuFault::Silent)?;
        let device: JsDevice = device.map_err(|_| GpuFault::Refused)?.unchecked_into();
        Ok(Self {
            queue: device.queue(),
            device,
            adapter: info,
            adapter_millis: now_millis() - begin,
            programs: BTreeMap::new(),
        })
    }

    /// Waits for the browser.
    async fn wait(&self, promise: impl Into<JsFuture>) -> Result<JsValue, Fault> {
        match within(ANSWER_MILLIS, promise.into()).await {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => Err(self.blame(&error).await),
            None => Err(GpuFault::Silent.into()),
        }
    }

    /// Whether what went wrong is that the device is gone.
    async fn blame(&self, error: &JsValue) -> Fault {
        match within(LOST_MILLIS, JsFuture::from(self.device.lost())).await {
            Some(_) => GpuFault::Lost.into(),
            None => Fault::Told(text_of(error)),
        }
    }

    /// Waits until all that was handed over is done.
    pub(crate) async fn settle(&self) -> Result<(), Fault> {
        self.wait(self.queue.on_submitted_work_done())
            .await
            .map(drop)
    }

    /// Errors of what is done until [`Device::complain`] are kept.
    fn listen(&self) {
        self.device.push_error_scope("validation");
        self.device.push_error_scope("out-of-memory");
    }

    /// The first error since [`Device::listen`].
    async fn complain(&self) -> Result<(), Fault> {
        // Of a device that is gone some browsers refuse to tell.
        let scopes = [self.device.pop_error_scope(), self.device.pop_error_scope()];
        let [memory, validation] = scopes
            .map(|scope| JsFuture::from(scope.unwrap_or_else(|error| Promise::reject(&error))));
        // Both are heard, whatever the first says: an answer that nobody hears would
        // be an error of the whole worker.
        let (memory, validation) = (self.wait(memory).await, self.wait(validation).await);
        if !memory?.is_null() {
            return Err(GpuFault::NoMemory.into());
        }
        let error = validation?;
        if error.is_null() {
            return Ok(());
        }
        let text = Reflect::get(&error, &"message".into());
        Err(Fault::Told(
            text.ok()
                .and_then(|text| text.as_string())
                .unwrap_or_default(),
        ))
    }

    /// Compiles a program unless that is done; how long it took.
    pub(crate) async fn compile(&mut self, program: &Program) -> Result<f64, Fault> {
        if let Some(compiled) = self.programs.get(program.id) {
            return Ok(compiled.millis);
        }
        let begin = now_millis();
        let text = object([("code", program.text.into())]);
        let module = self.device.create_shader_module(&text);
        let compute = object([("module", module), ("entryPoint", "main".into())]);
        let wanted = object([("layout", "auto".into()), ("compute", compute.into())]);
        let promise = self.device.create_compute_pipeline_async(&wanted);
        let pipeline: Pipeline = self.wait(promise).await?.unchecked_into();
        let millis = now_millis() - begin;
        self.programs
            .insert(program.id, Compiled { pipeline, millis });
        Ok(millis)
    }

    fn buffer(&self, bytes: u32, usage: u32) -> Result<Buffer, Fault> {
        let wanted = object([("size", bytes.into()), ("usage", usage.into())]);
        // It throws where the browser itself has no room.
        self.device
            .create_buffer(&wanted)
            .map_err(|_| GpuFault::NoMemory.into())
    }

    /// Makes room for a work whose program is compiled.
    pub(crate) async fn room(&self, program: &Program, whole: &Whole) -> Result<Room, Fault> {
        let limits = self.device.limits();
        let most_bytes = number(&limits, "maxStorageBufferBindingSize");
        let most_groups = number(&limits, "maxComputeWorkgroupsPerDimension");
        let numbers = whole.inputs.iter().map(Vec::len);
        let largest = numbers.chain([whole.outputs]).max().unwrap_or(0);
        let groups = groups(program, whole);
        if 4.0 * largest as f64 > most_bytes
            || groups.iter().any(|groups| f64::from(*groups) > most_groups)
        {
            return Err(GpuFault::TooLarge.into());
        }
        let Some(Compiled { pipeline, .. }) = self.programs.get(program.id) else {
            return Err(Fault::Told("a program is missing".into()));
        };
        self.listen();
        let room = self.buffers(pipeline, whole);
        self.complain().await?;
        room
    }

    fn buffers(&self, pipeline: &Pipeline, whole: &Whole) -> Result<Room, Fault> {
        let bytes = |numbers: usize| (4 * numbers.max(1)) as u32;
        let settings = self.buffer(16, STORAGE | COPY_DST)?;
        let mut inputs = Vec::with_capacity(whole.inputs.len());
        for list in &whole.inputs {
            inputs.push(self.buffer(bytes(list.len()), STORAGE | COPY_DST)?);
        }
        let bytes_out = bytes(whole.outputs);
        let output = self.buffer(bytes_out, STORAGE | COPY_SRC)?;
        let back = self.buffer(bytes_out, MAP_READ | COPY_DST)?;
        let entries = Array::new();
        let all = std::iter::once(&settings).chain(&inputs).chain([&output]);
        for (binding, buffer) in (0_u32..).zip(all) {
            let resource = object([("buffer", buffer.into())]);
            entries.push(&object([
                ("binding", binding.into()),
                ("resource", resource.into()),
            ]));
        }
        let layout = pipeline.get_bind_group_layout(0);
        let wanted = object([("layout", layout), ("entries", entries.into())]);
        Ok(Room {
            group: self.device.create_bind_group(&wanted),
            settings,
            inputs,
            output,
            back,
            bytes_out,
        })
    }

    /// Hands the numbers of a work over; they are copied at once.
    pub(crate) fn upload(&self, room: &Room, whole: &Whole) -> Result<(), Fault> {
        let settings = whole.settings.map(f32::from_bits);
        self.write(&room.settings, &settings)?;
        for (buffer, list) in room.inputs.iter().zip(&whole.inputs) {
            self.write(buffer, list)?;
        }
        Ok(())
    }

    fn write(&self, buffer: &Buffer, list: &[f32]) -> Result<(), Fault> {
        if list.is_empty() {
            return Ok(());
        }
        // A view, so that what is timed is one copy: the browser's own.
        let memory: Memory = wasm_bindgen::memory().unchecked_into();
        let (from, len) = (list.as_ptr() as usize, 4 * list.len());
        let bytes =
            Uint8Array::new_with_byte_offset_and_length(&memory.buffer(), from as u32, len as u32);
        self.queue
            .write_buffer(buffer, 0, &bytes)
            .map_err(|error| Fault::Told(text_of(&error)))
    }

    /// The commands that do a work.
    pub(crate) fn dispatch(&self, program: &Program, room: &Room, whole: &Whole) -> Encoder {
        let encoder = self.device.create_command_encoder();
        if let Some(Compiled { pipeline, .. }) = self.programs.get(program.id) {
            let [x, y] = groups(program, whole);
            let pass = encoder.begin_compute_pass();
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, &room.group);
            pass.dispatch_workgroups(x, y);
            pass.end();
        }
        encoder
    }

    /// Hands commands over.
    pub(crate) fn submit(&self, encoder: &Encoder) {
        self.queue.submit(&Array::of1(&encoder.finish()));
    }

    /// Commands of their own.
    pub(crate) fn encoder(&self) -> Encoder {
        self.device.create_command_encoder()
    }

    /// Waits until the answer can be read.
    pub(crate) async fn map(&self, room: &Room) -> Result<(), Fault> {
        self.wait(room.back.map_async(MAP_READ)).await.map(drop)
    }

    /// Reads the answer that was mapped.
    pub(crate) fn read(&self, room: &Room, numbers: &mut Vec<f32>) -> Result<(), Fault> {
        let range = room.back.get_mapped_range();
        let range = range.map_err(|error| Fault::Told(text_of(&error)))?;
        let list = js_sys::Float32Array::new(&range);
        numbers.resize(list.length() as usize, 0.0);
        list.copy_to(numbers);
        room.back.unmap();
        Ok(())
    }

    /// Runs something of this device whose errors are then known.
    pub(crate) async fn heard<T>(
        &self,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        self.listen();
        let value = work.await;
        self.complain().await?;
        value
    }
}

impl Room {
    /// Adds the copy of the answer to the commands.
    pub(crate) fn read_back(&self, encoder: &Encoder) {
        encoder.copy_buffer_to_buffer(&self.output, 0, &self.back, 0, self.bytes_out);
    }
}

/// Workgroups across and down.
fn groups(program: &Program, whole: &Whole) -> [u32; 2] {
    let [x, y] = whole.grid;
    let [across, down] = program.group;
    [x.div_ceil(across), y.div_ceil(down)]
}
