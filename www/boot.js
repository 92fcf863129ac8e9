// Runs before anything else and needs nothing else: the theme before first
// paint, the note about a slow start, the card for errors that would otherwise
// be silent, and `window.twoChefs`. It must keep working when the WebAssembly
// part is dead.
(function () {
  "use strict";
  var root = document.documentElement;
  var errors = [];
  var startLimitMillis = 10000;
  var fetchLimitMillis = 8000;
  var restLimitMillis = 20000;
  var isolationLimitMillis = 4000;
  // The build writes its id behind the names of files that have none.
  var build = document.currentScript.src.split("?")[1] || "";

  // Storage may be blocked; it is a convenience only.
  function stored(key) {
    try { return localStorage.getItem(key) || ""; } catch (_) { return ""; }
  }
  function store(key, value) {
    try { localStorage.setItem(key, value); } catch (_) { /* blocked */ }
  }
  var themeKey = "two-chefs.theme";
  function setTheme(name) {
    if (name === "light" || name === "dark" || name === "projector") root.dataset.theme = name;
    else delete root.dataset.theme;
  }
  var wanted = /[?&]theme=(auto|light|dark|projector)\b/.exec(location.hash);
  setTheme(wanted ? wanted[1] : stored(themeKey));
  if (/[?&]embed(=(on|1|true))?(&|$)/.test(location.hash)) root.dataset.embed = "on";

  function text(reason) {
    if (!reason) return "";
    return String(reason.stack && reason.message ? reason.message + "\n" + reason.stack : reason);
  }
  function show() {
    var card = document.getElementById("fatal");
    if (!card) return;
    card.hidden = false;
    document.getElementById("fatal-text").textContent = errors.join("\n\n");
    document.getElementById("fatal-reload").onclick = function () { location.reload(); };
    document.getElementById("fatal-close").onclick = function () { card.hidden = true; };
  }
  // A trap leaves the program unable to answer; anything else is only noted.
  function note(reason, fatal) {
    var message = text(reason);
    if (!message || /ResizeObserver loop/.test(message)) return;
    if (errors.length < 20) {
      errors.push(message);
      hands.tell("error", "page\n" + message);
    }
    var trapped = typeof WebAssembly === "object" && reason instanceof WebAssembly.RuntimeError;
    // Before the start the advice in the shell says more than the card.
    var tell = fatal || trapped ? show : help;
    if (document.readyState === "loading") addEventListener("DOMContentLoaded", tell);
    else tell();
  }
  addEventListener("error", function (event) { if (event.error) note(event.error, false); });
  addEventListener("unhandledrejection", function (event) { note(event.reason, false); });

  function help() {
    var slow = document.getElementById("slow");
    if (slow && !root.dataset.started) {
      slow.hidden = false;
      document.getElementById("loading").hidden = true;
    }
  }
  setTimeout(help, startLimitMillis);

  // What the program tells about itself. `ask(what)` gives JSON text or "".
  var ask = function () { return ""; };
  var isIdle = false;
  var waiting = [];
  function answer(what) {
    var json = "";
    try { json = ask(what); } catch (_) { /* dead: there is nothing to tell */ }
    return json ? JSON.parse(json) : null;
  }
  function settle() {
    if (!isIdle || !isSettled) return;
    var moving = document.getAnimations ? document.getAnimations() : [];
    var ends = moving.map(function (animation) { return animation.finished.catch(function () {}); });
    Promise.all(ends).then(function () {
      if (isIdle) waiting.splice(0).forEach(function (done) { done(); });
    });
  }
  // Until then the page may be loaded again by itself, to be isolated.
  var isSettled = false;
  window.twoChefs = {
    version: "",
    capabilities: function () { return answer("capabilities"); },
    evidence: function () { return answer("evidence"); },
    trace: function () { return answer("trace"); },
    idle: function () { return new Promise(function (done) { waiting.push(done); settle(); }); },
    errors: function () { return errors.slice(); }
  };

  function load(url) {
    var end = new AbortController();
    var timer = setTimeout(function () { end.abort(); }, fetchLimitMillis);
    return fetch(url, { signal: end.signal }).then(function (reply) {
      if (!reply.ok) throw new Error(String(reply.status));
      return reply.text();
    }).then(function (words) {
      // Some hosts answer every missing file with the page itself.
      if (/^\s*<!doctype/i.test(words)) throw new Error("not a text");
      return words;
    }).finally(function () { clearTimeout(timer); });
  }

  // The rest of the program takes its memory, table and functions from the
  // first part, whose exports are told when it has started.
  var rest = null;
  var firstPart = new Promise(function (done) {
    addEventListener("TrunkApplicationStarted", function (event) { done(event.detail.wasm); });
  });
  // Isolation and offline use are a script of their own, which costs the first
  // paint nothing. A page that is isolated fetches it at rest; for any other it
  // decides whether the page is loaded again, and what can run waits for that.
  var settled = firstPart.then(function () {
    return new Promise(function (done) {
      var isLeaving = false;
      function follow() {
        if (build) import("./offline.js?" + build).then(function (offline) {
          return offline.start({
            isIdle: function () { return isIdle; },
            isOpen: function () { return !isSettled; },
            leave: function () { isLeaving = true; location.reload(); },
            settle: done
          });
        }).catch(done);
        else done();
      }
      if (self.crossOriginIsolated) {
        done();
        window.twoChefs.idle().then(follow);
      } else {
        setTimeout(function () { if (!isLeaving) done(); }, isolationLimitMillis);
        follow();
      }
    });
  }).then(function () {
    isSettled = true;
    settle();
  });
  function fetchRest(build, words) {
    var end = new AbortController();
    var timer = setTimeout(function () { end.abort(); }, restLimitMillis);
    var url = "rest-" + build + ".wasm";
    function compiled(reply) {
      if (!reply.ok) throw new Error(String(reply.status));
      // Some hosts send a wrong media type, which streaming refuses.
      return /wasm/.test(reply.headers.get("content-type") || "") ? WebAssembly.compileStreaming(reply)
        : reply.arrayBuffer().then(WebAssembly.compile);
    }
    var texts = Promise.all(words.map(function (name) { return load("words/en/" + name + ".txt?" + build); }));
    return Promise.all([fetch(url, { signal: end.signal }).then(compiled), firstPart, texts, settled])
      .then(function (parts) {
        return WebAssembly.instantiate(parts[0], { first: parts[1] }).then(function () {
          return parts[2].join("\n");
        });
      })
      .finally(function () { clearTimeout(timer); });
  }

  function reveal(selector) {
    var target = document.querySelector(selector);
    if (target && !isAway()) target.scrollIntoView({ block: "start" });
  }

  // Asking for a width makes the browser lay the page out at once, 9 ms after
  // every change of the lab: asked once, then told.
  var widths = new WeakMap();
  var tellSize = function () {};
  // Drawings grow with the text around them: told in pixels of 16 a rem.
  function scaled(px) { return px * 16 / (parseFloat(getComputedStyle(root).fontSize) || 16); }
  var sizes = window.ResizeObserver && new ResizeObserver(function (entries) {
    var isNew = false;
    entries.forEach(function (entry) {
      var width = scaled(entry.target.clientWidth);
      isNew = isNew || widths.get(entry.target) !== width;
      widths.set(entry.target, width);
    });
    if (isNew) tellSize();
  });

  // One live region. Progress is told at most every two seconds, the rest at once.
  var pauseMillis = 2000;
  var saidAt = 0;
  var later = 0;
  function announce(words, isProgress) {
    clearTimeout(later);
    var left = saidAt + pauseMillis - Date.now();
    if (isProgress && left > 0) {
      later = setTimeout(announce, left, words, false);
      return;
    }
    saidAt = Date.now();
    document.getElementById("status").textContent = words;
  }

  // Inside another page a script of its own speaks with that page, and takes
  // over `tell`. The focus stays there until somebody comes in here.
  var isFramed = window.parent !== window;
  var untold = [];
  function isAway() { return isFramed && !document.hasFocus(); }

  // Hands of the program: small things that are shorter here than there.
  var hands = window.twoChefsHands = {
    is_framed: function () { return isFramed; },
    untold: untold,
    tell: function (what, words) { if (isFramed && untold.length < 50) untold.push([what, words]); },
    started: function (version, asked) {
      root.dataset.started = "yes";
      window.twoChefs.version = version;
      ask = asked;
    },
    idle: function (now) {
      isIdle = now;
      // One more turn: what follows from this change is still on its way.
      if (now) setTimeout(settle, 0);
    },
    panicked: function (message) { note(message, true); },
    theme: function () { return root.dataset.theme || "auto"; },
    set_theme: function (name, keep) { setTheme(name); if (keep) store(themeKey, name); },
    set_embed: function (on) { if (on) root.dataset.embed = "on"; else delete root.dataset.embed; },
    copy: function (words) {
      return navigator.clipboard ? navigator.clipboard.writeText(words) : Promise.reject(new Error("no clipboard"));
    },
    save: function (name, type, words) {
      var url = URL.createObjectURL(new Blob([words], { type: type }));
      var link = document.createElement("a");
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(function () { URL.revokeObjectURL(url); }, 10000);
    },
    // The bytes lie in shared memory, which a canvas does not take: copied.
    paint: function (width, height, bytes) {
      var canvas = document.querySelector("canvas");
      if (!canvas) return;
      canvas.width = width;
      canvas.height = height;
      canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(bytes), width, height), 0, 0);
      canvas.dataset.painted = "yes";
    },
    is_painted: function () {
      var canvas = document.querySelector("canvas");
      return !canvas || !!canvas.dataset.painted;
    },
    load: load,
    // The file is only there while the event is under way.
    photo: function (event) {
      var files = (event.dataTransfer || event.target).files;
      var file = files && files[0];
      return import("./photo.js?" + build).then(function (part) { return part.read(file); });
    },
    digits: String,
    site: function () { return location.href.split("#")[0]; },
    is_still: function () { return matchMedia("(prefers-reduced-motion: reduce)").matches; },
    focus: function (selector) {
      var target = document.querySelector(selector);
      if (target && !isAway()) target.focus({ preventScroll: true });
    },
    reveal: reveal,
    reveal_later: function (selector) { setTimeout(reveal, 60, selector); },
    width: function (selector) {
      var target = document.querySelector(selector);
      if (!target) return 0;
      if (!widths.has(target)) {
        widths.set(target, scaled(target.clientWidth));
        if (sizes) sizes.observe(target);
      }
      return widths.get(target);
    },
    announce: announce,
    set_title: function (title) { document.title = title; },
    set_language: function (tag) { root.lang = tag; },
    replace_address: function (fragment) {
      // Refused only in frames without an address of their own.
      try { history.replaceState(null, "", fragment); } catch (_) { /* refused */ }
    },
    rest: function (build, words) {
      // Only the newest try counts; an instance, once there, stays.
      rest = rest || fetchRest(build, words.split(" "));
      rest.catch(function () { rest = null; });
      return rest;
    },
    listen: function (heard) {
      hands.heard = heard;
      addEventListener("hashchange", function () { heard("address"); });
      addEventListener("resize", function () {
        if (!sizes) widths = new WeakMap();
        heard("size");
      });
      tellSize = function () { heard("size"); };
      // The composer's preview is this very site: nobody else is heard here.
      addEventListener("message", function (event) {
        var frame = document.querySelector("iframe.preview");
        var told = event.data;
        if (!frame || event.source !== frame.contentWindow || event.origin !== location.origin) return;
        if (told && told.source === "two-chefs" && told.type === "state") heard("preview:" + told.fragment);
      });
      var signs = ["pointerdown", "pointermove", "touchstart", "wheel", "keydown", "focusin", "click"];
      function awake() {
        signs.forEach(function (sign) { removeEventListener(sign, awake, true); });
        heard("awake");
      }
      signs.forEach(function (sign) { addEventListener(sign, awake, { capture: true, passive: true }); });
    }
  };
  if (isFramed) {
    var speaker = document.createElement("script");
    speaker.src = "frame.js?" + build;
    document.head.append(speaker);
  }
})();
