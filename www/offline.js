// What the page does about its service worker, once it has started: isolation
// where the host sends no headers, copies for times without a network, and the
// offer of a newer build. `boot.js` imports it.
const folder = new URL("./", import.meta.url).href;
const build = import.meta.url.split("?")[1];
const limitMillis = 4000;
// Copies are fetched when nothing has run for this long: not beside a run.
const restMillis = 2000;
const lookAgainMillis = 3600000;

const after = (millis) => new Promise((done) => setTimeout(done, millis));
const reload = () => location.reload();

// `crossOriginIsolated` proves nothing: some engines share without it.
function shares() {
  try {
    const memory = new WebAssembly.Memory({ initial: 0, maximum: 1, shared: true });
    new MessageChannel().port1.postMessage(memory);
    return true;
  } catch {
    return false;
  }
}

// Frames of a tab share their storage: where this one is among them.
function place() {
  let path = "";
  for (let at = self; at !== at.parent; at = at.parent) {
    let index = 0;
    while (index < at.parent.length && at.parent[index] !== at) index += 1;
    path += ` ${index}`;
  }
  return path;
}

// One reload a tab. Where nothing can be stored, the browser knows whether this
// document is a reload.
function isFirstReload() {
  const mark = `two-chefs.reloaded ${folder}${place()}`;
  try {
    if (sessionStorage.getItem(mark)) return false;
    sessionStorage.setItem(mark, "yes");
    return true;
  } catch {
    return performance.getEntriesByType("navigation")[0]?.type !== "reload";
  }
}

// Whether a frame like this one could share memory if it came through the worker.
function probe() {
  return new Promise((done) => {
    const frame = document.createElement("iframe");
    const end = (answer) => {
      removeEventListener("message", heard);
      frame.remove();
      done(answer);
    };
    const heard = ({ source, data }) => {
      if (source === frame.contentWindow) end(data?.twoChefsProbe === true);
    };
    addEventListener("message", heard);
    setTimeout(end, limitMillis, false);
    frame.hidden = true;
    frame.src = `${folder}probe.html?${build}`;
    document.body.append(frame);
  });
}

function ask(worker, task) {
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data);
    worker.postMessage(task, [port2]);
  });
}

async function words(language) {
  const answer = await fetch(`${folder}words/${language}/offline.txt?${build}`);
  if (!answer.ok) throw new Error(String(answer.status));
  const lines = (await answer.text()).split("\n").map((line) => line.split(" = "));
  return Object.fromEntries(lines);
}

function button(text, testId, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "small";
  made.dataset.testid = testId;
  made.textContent = text;
  made.onclick = press;
  return made;
}

// A note with a way to follow it and a way to be rid of it, never beside a run.
async function offer(key, follow) {
  const say = await words(document.documentElement.lang).catch(() => words("en"));
  await window.twoChefs.idle();
  document.querySelector(".notice.offer")?.remove();
  const note = document.createElement("aside");
  note.className = "notice offer";
  note.dataset.testid = key;
  note.setAttribute("aria-label", say[`${key}.label`]);
  const text = document.createElement("p");
  text.textContent = say[`${key}.text`];
  const close = () => {
    note.remove();
    window.twoChefsHands.focus("h1");
  };
  note.append(text, button(say[`${key}.follow`], `${key}-follow`, follow), button(say["offer.close"], `${key}-close`, close));
  document.body.prepend(note);
  window.twoChefsHands.announce(text.textContent, false);
}

// True if the page is about to be loaded again, isolated.
async function isolate(workers, isOpen, leave) {
  const ready = await Promise.race([workers.ready, after(limitMillis)]);
  if (!ready || (parent !== self && !(await probe()))) return false;
  // What somebody has begun here is not taken away.
  if (navigator.userActivation?.hasBeenActive || !isOpen()) {
    offer("threads", reload).catch(() => {});
    return false;
  }
  if (!isFirstReload()) return false;
  leave();
  return true;
}

// Has the files of this build kept; false if the worker is that of another.
async function secure(worker) {
  if ((await ask(worker, "build")) !== build) return false;
  if ((await ask(worker, "keep")) === build) document.documentElement.dataset.offline = "ready";
  return true;
}

function follow(workers, registration) {
  let isFollowed = false;
  const take = (next) => {
    isFollowed = true;
    ask(next, "take-over");
  };
  const look = async () => {
    const next = registration.waiting;
    if (!next) return;
    if ((await ask(next, "build")) !== build) return offer("update", () => take(next));
    // A page that was just left may still count as open.
    for (let tries = 0; tries < 5 && registration.waiting === next; tries += 1) {
      ask(next, "take-over-alone");
      await after(restMillis);
    }
  };
  const coming = () => registration.installing?.addEventListener("statechange", () => look().catch(() => {}));
  registration.addEventListener("updatefound", coming);
  coming();
  look().catch(() => {});
  workers.addEventListener("controllerchange", async () => {
    if (isFollowed) return reload();
    // Another tab has taken a newer build, or this one's worker has come.
    if (!(await secure(workers.controller))) offer("update", reload).catch(() => {});
  });
  let lookedAt = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - lookedAt < lookAgainMillis) return;
    lookedAt = Date.now();
    registration.update().catch(() => {});
  });
}

// `settle` lets runs begin: after it the page is not loaded again by itself.
// `isOpen` says whether they still wait, `isIdle` whether nothing runs, and
// `leave` loads the page again.
export async function start({ isIdle, isOpen, leave, settle }) {
  // Even this throws in sandboxes and where storage is blocked.
  const workers = navigator.serviceWorker;
  if (!workers) return settle();
  const calm = async () => {
    do {
      await window.twoChefs.idle();
      await after(restMillis);
    } while (!isIdle());
  };
  // A page that came through the worker and cannot share gains nothing by more.
  const wantsIsolation = !workers.controller && !shares();
  if (!wantsIsolation) {
    settle();
    await calm();
  }
  const registration = await workers.register(`${folder}sw.js`);
  if (wantsIsolation) {
    if (await isolate(workers, isOpen, leave)) return;
    settle();
    await calm();
  }
  follow(workers, registration);
  await secure((await workers.ready).active);
}
