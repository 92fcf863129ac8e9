//! WebGPU, as far as it is used here.
//!
//! Bound by hand: `web-sys` has it only for builds in which every crate is compiled
//! with `web_sys_unstable_apis`, which changes the types of others too, and `wgpu`
//! would be several times as large as all the rest of this program.
//! Names and meanings: <https://www.w3.org/TR/webgpu/>.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

/// `GPUBufferUsage` and `GPUMapMode`.
pub(crate) const MAP_READ: u32 = 0x1;
pub(crate) const COPY_SRC: u32 = 0x4;
pub(crate) const COPY_DST: u32 = 0x8;
pub(crate) const STORAGE: u32 = 0x80;

#[wasm_bindgen]
extern "C" {
    pub(crate) type Gpu;
    #[wasm_bindgen(method, js_name = requestAdapter)]
    pub(crate) fn request_adapter(this: &Gpu, options: &Object) -> Promise;

    pub(crate) type Adapter;
    #[wasm_bindgen(method, js_name = requestDevice)]
    pub(crate) fn request_device(this: &Adapter) -> Promise;

    #[derive(Clone)]
    pub(crate) type Device;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn queue(this: &Device) -> Queue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn limits(this: &Device) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn lost(this: &Device) -> Promise;
    #[wasm_bindgen(method)]
    pub(crate) fn destroy(this: &Device);
    #[wasm_bindgen(method, catch, js_name = createBuffer)]
    pub(crate) fn create_buffer(this: &Device, descriptor: &Object) -> Result<Buffer, JsValue>;
    #[wasm_bindgen(method, js_name = createShaderModule)]
    pub(crate) fn create_shader_module(this: &Device, descriptor: &Object) -> JsValue;
    #[wasm_bindgen(method, js_name = createComputePipelineAsync)]
    pub(crate) fn create_compute_pipeline_async(this: &Device, descriptor: &Object) -> Promise;
    #[wasm_bindgen(method, js_name = createBindGroup)]
    pub(crate) fn create_bind_group(this: &Device, descriptor: &Object) -> JsValue;
    #[wasm_bindgen(method, js_name = createCommandEncoder)]
    pub(crate) fn create_command_encoder(this: &Device) -> Encoder;
    #[wasm_bindgen(method, js_name = pushErrorScope)]
    pub(crate) fn push_error_scope(this: &Device, filter: &str);
    #[wasm_bindgen(method, catch, js_name = popErrorScope)]
    pub(crate) fn pop_error_scope(this: &Device) -> Result<Promise, JsValue>;

    pub(crate) type Queue;
    #[wasm_bindgen(method, catch, js_name = writeBuffer)]
    pub(crate) fn write_buffer(
        this: &Queue,
        buffer: &Buffer,
        offset: u32,
        data: &Uint8Array,
    ) -> Result<(), JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn submit(this: &Queue, commands: &Array);
    #[wasm_bindgen(method, js_name = onSubmittedWorkDone)]
    pub(crate) fn on_submitted_work_done(this: &Queue) -> Promise;

    #[derive(Clone)]
    pub(crate) type Buffer;
    #[wasm_bindgen(method, js_name = mapAsync)]
    pub(crate) fn map_async(this: &Buffer, mode: u32) -> Promise;
    #[wasm_bindgen(method, catch, js_name = getMappedRange)]
    pub(crate) fn get_mapped_range(this: &Buffer) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn unmap(this: &Buffer);
    #[wasm_bindgen(method)]
    pub(crate) fn destroy(this: &Buffer);

    pub(crate) type Pipeline;
    #[wasm_bindgen(method, js_name = getBindGroupLayout)]
    pub(crate) fn get_bind_group_layout(this: &Pipeline, index: u32) -> JsValue;

    pub(crate) type Encoder;
    #[wasm_bindgen(method, js_name = beginComputePass)]
    pub(crate) fn begin_compute_pass(this: &Encoder) -> Pass;
    #[wasm_bindgen(method, js_name = copyBufferToBuffer)]
    pub(crate) fn copy_buffer_to_buffer(
        this: &Encoder,
        from: &Buffer,
        from_offset: u32,
        to: &Buffer,
        to_offset: u32,
        size: u32,
    );
    #[wasm_bindgen(method)]
    pub(crate) fn finish(this: &Encoder) -> JsValue;

    pub(crate) type Pass;
    #[wasm_bindgen(method, js_name = setPipeline)]
    pub(crate) fn set_pipeline(this: &Pass, pipeline: &Pipeline);
    #[wasm_bindgen(method, js_name = setBindGroup)]
    pub(crate) fn set_bind_group(this: &Pass, index: u32, group: &JsValue);
    #[wasm_bindgen(method, js_name = dispatchWorkgroups)]
    pub(crate) fn dispatch_workgroups(this: &Pass, x: u32, y: u32);
    #[wasm_bindgen(method)]
    pub(crate) fn end(this: &Pass);
}

/// What a browser takes descriptions as.
pub(crate) fn object<const N: usize>(entries: [(&str, JsValue); N]) -> Object {
    let object = Object::new();
    for (key, value) in entries {
        // Fails only for what is no object.
        let _ = Reflect::set(&object, &key.into(), &value);
    }
    object
}

/// A number of an object, or 0.
pub(crate) fn number(object: &JsValue, key: &str) -> f64 {
    let value = Reflect::get(object, &key.into()).ok();
    value.and_then(|value| value.as_f64()).unwrap_or(0.0)
}
