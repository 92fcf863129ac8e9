// In a hidden frame that came through the service worker: can memory be shared
// with a worker here? Done, not looked up. The worker runs this same file.
if (self.document) {
  const tell = (shares) => parent.postMessage({ twoChefsProbe: shares }, location.origin);
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const word = new Int32Array(memory.buffer);
    const worker = new Worker(document.currentScript.src);
    worker.onmessage = () => tell(Atomics.load(word, 0) === 1);
    worker.onerror = () => tell(false);
    worker.postMessage(memory);
  } catch {
    tell(false);
  }
} else {
  self.onmessage = ({ data }) => {
    Atomics.add(new Int32Array(data.buffer), 0, 1);
    self.postMessage("added");
  };
}
