// The site's service worker does two things.
//
// It gives every answer the headers that isolate a page, for hosts that cannot
// send them. Which ones is decided by the request alone: the browser ends this
// worker whenever it likes and starts it anew, so nothing may be remembered.
//
// And it keeps the files of one build, so that the page opens without a network.
// Two builds are never mixed: an address is answered from what is kept only if
// it is that of a file of this very build, and such addresses carry the build.
//
// `cargo xtask build` puts the build and its files into the next two lines; ""
// is the page itself.
const build = "dev";
const files = [""];

const folder = new URL("./", self.location).href;
// Other sites of this kind may live in other folders of the same host.
const ours = `two-chefs ${folder} `;
const store = ours + build;
const page = folder;
const kept = new Set(files.map((file) => folder + file));
// A network that hangs is as bad as none where there is a copy.
const documentLimitMillis = 5000;

const forFiles = {
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "cross-origin",
};
const forDocuments = {
  ...forFiles,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Document-Isolation-Policy": "isolate-and-require-corp",
};

// An answer that has the headers stays what it is: with its address it would
// lose what the browser has compiled for it.
function withHeaders(answer, wanted) {
  const names = Object.keys(wanted);
  // Redirects that the browser follows itself, and answers that show nothing.
  if (answer.status === 0) return answer;
  if (!answer.redirected && names.every((name) => answer.headers.get(name) === wanted[name])) return answer;
  const headers = new Headers(answer.headers);
  for (const name of names) headers.set(name, wanted[name]);
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

// The copy of an address, if it belongs to this build. Storage may fail.
async function copyOf(address) {
  if (!kept.has(address)) return undefined;
  try {
    return await caches.match(address, { cacheName: store, ignoreVary: true });
  } catch {
    return undefined;
  }
}

async function file(request, address) {
  return withHeaders((await copyOf(address)) ?? (await fetch(request)), forFiles);
}

// The network first: the newest page comes with the names of its own files.
async function documentAt(request, address) {
  const network = fetch(request);
  const limit = new Promise((done) => setTimeout(done, documentLimitMillis));
  const first = await Promise.race([network, limit]).catch(() => undefined);
  const name = address.split("?", 1)[0];
  const answer = first
    ?? (await copyOf(name === `${folder}index.html` ? page : name))
    ?? (await copyOf(address))
    // Without a copy the network's own error is the answer.
    ?? (await network);
  return withHeaders(answer, forDocuments);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.cache === "only-if-cached") return;
  if (new URL(request.url).origin !== self.location.origin) return;
  const address = request.url.split("#", 1)[0];
  event.respondWith(request.mode === "navigate" ? documentAt(request, address) : file(request, address));
});

async function fetched(address, cache) {
  const answer = await fetch(address, { cache });
  if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
  return answer;
}

// Fetches what is not there yet. The page itself comes last: while it is
// missing, nothing is opened from an incomplete copy.
async function keep() {
  const cache = await caches.open(store);
  const has = (address) => cache.match(address, { ignoreVary: true });
  if (await has(page)) return;
  const others = [...kept].filter((address) => address !== page);
  await Promise.all(others.map(async (address) => {
    if (!(await has(address))) await cache.put(address, await fetched(address, "default"));
  }));
  const html = await fetched(page, "no-cache");
  // The host may have got another build meanwhile.
  const now = await (await fetched(`${folder}build.json`, "no-store")).json();
  if (now.build !== build || !(await html.clone().text()).includes(build)) {
    await caches.delete(store);
    throw new Error(`the site is no longer build ${build}`);
  }
  await cache.put(page, html);
}

self.addEventListener("install", (event) => {
  // The first worker isolates the page as soon as it can, and keeps files when
  // the page is at rest. A later one has all of its files before it takes over.
  if (self.registration.active) event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const dropOthers = async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith(ours) && name !== store);
    await Promise.all(names.map((name) => caches.delete(name)));
  };
  // Blocked storage is no reason not to work.
  event.waitUntil(dropOthers().catch(() => {}).then(() => self.clients.claim()));
});

// What pages ask for, each answered on the port that comes with it.
const tasks = {
  build: async () => build,
  keep: async () => {
    await keep();
    return build;
  },
  "take-over": () => self.skipWaiting(),
  // For a page that already is of this build, if no other page is open.
  "take-over-alone": async () => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    if (pages.length < 2) await self.skipWaiting();
  },
};

self.addEventListener("message", (event) => {
  const task = Object.hasOwn(tasks, event.data) ? tasks[event.data] : undefined;
  const [port] = event.ports;
  if (!task || !port) return;
  const told = task().then((answer) => port.postMessage(answer), () => port.postMessage(null));
  event.waitUntil(told);
});
