// The picture of the lab as anybody would write it in plain JavaScript: one
// thread, one pixel after another, the same operations on the same numbers in the
// same order. It counts and writes nothing else, so it has less to do than the
// lab's kernel, which also shades each pixel. Body of a function; its arguments
// are rows of the picture, the seed as text, runs, and whether to prove the work.
const [rows, seedText, runs, proves] = arguments;
const WIDTH = 480, LEFT = -2.2, RIGHT = 0.8, TOP = -1.2, BOTTOM = 0;
const MOST = 1500, ESCAPED = 256;

const MASK = (1n << 64n) - 1n;
function mix(value) {
  let z = (value + 0x9e3779b97f4a7c15n) & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

const dx = (RIGHT - LEFT) / WIDTH, dy = (BOTTOM - TOP) / Math.max(rows, 1);
const shift = Number(mix(BigInt(seedText)) >> 40n) / 16777216;
const left = LEFT + dx * shift, top_ = TOP + dy * shift;
const counts = new Uint16Array(WIDTH * rows);

function paint() {
  let at = 0;
  for (let row = 0; row < rows; row += 1) {
    const im = top_ + dy * row;
    for (let column = 0; column < WIDTH; column += 1) {
      const re = left + dx * column;
      let x = 0, y = 0, count = 0;
      for (;;) {
        const xx = x * x, yy = y * y;
        if (xx + yy > ESCAPED || count === MOST) break;
        y = 2 * x * y + im;
        x = xx - yy + re;
        count += 1;
      }
      counts[at] = count;
      at += 1;
    }
  }
}

const millis = [];
for (let run = 0; run < runs; run += 1) {
  counts.fill(0);
  const begin = performance.now();
  paint();
  millis.push(performance.now() - begin);
}
let checksum = null;
if (proves) {
  // The lab's checksum of every pixel, all added up.
  let sum = 0n;
  const ofCount = new Map();
  for (let place = 0; place < counts.length; place += 1) {
    const count = counts[place];
    if (!ofCount.has(count)) ofCount.set(count, mix(BigInt(count)));
    sum += mix(((BigInt(place) * 0xd6e8feb86659fd93n) & MASK) ^ ofCount.get(count));
  }
  checksum = (sum & MASK).toString(16).padStart(16, "0");
}
let total = 0;
for (const count of counts) total += count;
return JSON.stringify({ millis, checksum, total });
