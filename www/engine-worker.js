// Starts the engine inside a worker, or for the role "gpu" the program that speaks
// with the graphics processor. The page (or a host worker) sends one
// message {role, script, module, origin, coarse}; from then on the engine listens.
const later = [];
self.onmessage = async ({ data }) => {
  self.boot = data;
  // Messages that come while the engine starts are handed on to it.
  self.onmessage = (event) => later.push(event.data);
  try {
    const engine = await import(data.role === "gpu" ? "./gpu.js" : "./engine.js");
    await start(engine, data.module);
    engine.serve(data.role, data.origin, data.coarse);
    for (const message of later) self.dispatchEvent(new MessageEvent("message", { data: message }));
  } catch (error) {
    self.postMessage(`${error?.name ?? "Error"}: ${error?.message ?? error}`);
  }
};

// Devices with little memory refuse a large shared maximum: try smaller ones.
// 64 KiB pages: as declared (1 GiB), then 512, 256 and 128 MiB.
async function start(engine, module) {
  try {
    return await engine.default({ module_or_path: module });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    let last = error;
    for (const maximum of [8192, 4096, 2048]) {
      try {
        const memory = new WebAssembly.Memory({ initial: 128, maximum, shared: true });
        return await engine.default({ module_or_path: module, memory });
      } catch (next) {
        if (!(next instanceof RangeError)) throw next;
        last = next;
      }
    }
    throw last;
  }
}
