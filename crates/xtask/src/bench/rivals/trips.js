// Round trips of a buffer between two workers by plain postMessage: what a message
// costs where nothing else is done. Arguments: bytes, trips in a row, batches, pause
// between batches in milliseconds. Returns the median trip of each batch, in
// milliseconds.
const [bytes, trips, batches, pause] = arguments;
const url = (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
const far = 'onmessage = (event) => postMessage(event.data, [event.data]);';
const near = `
const other = new Worker(${JSON.stringify(url(far))});
const middle = (list) => {
  list.sort((a, b) => a - b);
  const half = list.length >> 1;
  return list.length % 2 ? list[half] : (list[half - 1] + list[half]) / 2;
};
const trip = (buffer) => new Promise((done, broken) => {
  other.onerror = broken;
  other.onmessage = (event) => done([performance.now(), event.data]);
  other.postMessage(buffer, [buffer]);
});
onmessage = async (event) => {
  const [bytes, trips, batches, pause] = event.data;
  let buffer = new Uint8Array(bytes).fill(7).buffer;
  const found = [];
  for (let batch = 0; batch < batches; batch += 1) {
    await new Promise((done) => setTimeout(done, pause));
    const times = [];
    for (let turn = 0; turn < trips; turn += 1) {
      const sent = performance.now();
      const [came, back] = await trip(buffer);
      times.push(came - sent);
      buffer = back;
    }
    found.push(middle(times));
  }
  postMessage(found);
};`;
return new Promise((done, broken) => {
  const worker = new Worker(url(near));
  const stop = setTimeout(() => { worker.terminate(); broken(new Error('no answer')); }, 20000);
  worker.onerror = broken;
  worker.onmessage = (event) => {
    clearTimeout(stop);
    worker.terminate();
    done(event.data);
  };
  worker.postMessage([bytes, trips, batches, pause]);
});
