// Reads a picture that the reader gave: decoded by the browser, drawn small,
// made grey. Gives its brightness row by row, or a word that says why not.
// Nothing is sent anywhere. `boot.js` imports it.
const width = 480;
const fewestRows = 16;
const mostRows = 1440;
const mostBytes = 50e6;
const mostPixels = 40e6;
const limitMillis = 20000;

// The browser reads the size from the head of the file, long before it makes
// all the pixels of an enormous one.
function loaded(url) {
  return new Promise((done, fail) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = () => fail(new Error("no picture"));
    setTimeout(() => fail(new Error("too slow")), limitMillis);
    image.src = url;
  });
}

// A drawing in SVG is refused by the first way.
function small(file, image, rows) {
  const options = { resizeWidth: width, resizeHeight: rows, resizeQuality: "high" };
  return createImageBitmap(file, options).catch(() => image);
}

export async function read(file) {
  if (!file || !file.size) return "nothing";
  const isNamed = file.type.startsWith("image/");
  if (file.type && !isNamed) return "no-image";
  if (file.size > mostBytes) return "enormous";
  const url = URL.createObjectURL(file);
  try {
    const image = await loaded(url).catch(() => null);
    if (!image || !image.naturalWidth || !image.naturalHeight) return isNamed ? "broken" : "no-image";
    if (image.naturalWidth * image.naturalHeight > mostPixels) return "enormous";
    const high = Math.round(width * image.naturalHeight / image.naturalWidth);
    const rows = Math.min(mostRows, Math.max(fewestRows, high));
    const source = await small(file, image, rows);
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = rows;
    const brush = canvas.getContext("2d", { willReadFrequently: true });
    // What shines through is white paper.
    brush.fillStyle = "white";
    brush.fillRect(0, 0, width, rows);
    brush.drawImage(source, 0, 0, width, rows);
    if (source.close) source.close();
    const colours = brush.getImageData(0, 0, width, rows).data;
    const shades = new Uint8Array(width * rows);
    // Brightness after Rec. 601, in parts of 256.
    for (let at = 0, from = 0; at < shades.length; at += 1, from += 4) {
      shades[at] = (77 * colours[from] + 150 * colours[from + 1] + 29 * colours[from + 2]) >> 8;
    }
    return shades;
  } catch {
    return "broken";
  } finally {
    URL.revokeObjectURL(url);
  }
}
