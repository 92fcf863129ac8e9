// <two-chefs lesson="two-chefs" workers="4"></two-chefs>: a frame with the page
// of that address, which follows the attributes and grows with its content.
// Attributes are the keys of the page's address, and src, title, height, fixed.
(function () {
  "use strict";
  if (!window.customElements || customElements.get("two-chefs")) return;

  var keys = ["workload", "strategies", "workers", "tasks", "size", "wait", "seed", "rounds",
    "level", "predict", "lock", "hide", "theme", "lang", "autorun", "embed"];
  var usualHeight = 480;
  var leastHeight = 100;
  var mostHeight = 10000;
  var answerMillis = 30000;

  // As a module it does not know its own tag.
  var tag = document.currentScript || document.querySelector('script[src*="embed.js"]');
  var home = tag ? tag.src : document.baseURI;

  // Never throws, whatever the text is made of.
  function written(values) {
    return String(new URLSearchParams(values)).replace(/\+/g, "%20").replace(/%2C/g, ",");
  }
  function within(number, least, most) { return Math.min(most, Math.max(least, number)); }

  class TwoChefs extends HTMLElement {
    static get observedAttributes() { return keys.concat("lesson", "src", "title", "height", "fixed"); }

    constructor() {
      super();
      // The last evidence record, and the address of what is shown.
      this.evidence = null;
      this.fragment = "";
      this._changed = new Set();
      this._ready = false;
      this._timer = 0;
      this._told = 0;
      this._site = "";
      this._origin = "";
      this._late = {};
      this._hear = this._hear.bind(this);
      this._frame = document.createElement("iframe");
      this._frame.loading = "lazy";
      this._frame.allow = "cross-origin-isolated; fullscreen; clipboard-write";
      this._frame.style.cssText = "display:block;width:100%;border:0";
      this._frame.addEventListener("load", () => {
        clearTimeout(this._timer);
        if (!this._ready) this._timer = setTimeout(() => this._silent(), answerMillis);
      });
      var shadow = this.attachShadow({ mode: "open" });
      // Unlike a style tag, this is allowed under every content security policy.
      if (shadow.adoptedStyleSheets) {
        var sheet = new CSSStyleSheet();
        sheet.replaceSync(":host{display:block}:host([hidden]){display:none}");
        shadow.adoptedStyleSheets = [sheet];
      }
      shadow.append(this._frame);
    }

    connectedCallback() {
      addEventListener("message", this._hear);
      this._site = "";
      this._open();
    }

    // A frame that was moved starts again, at the address it had.
    disconnectedCallback() {
      removeEventListener("message", this._hear);
      clearTimeout(this._timer);
      this._ready = false;
    }

    // Where a page moves it without a new start, nothing is to be done.
    connectedMoveCallback() {}

    attributeChangedCallback(name, before, now) {
      if (before === now) return;
      if (name === "title" || name === "height" || name === "fixed") return this._dress();
      var isFirst = this._changed.size === 0;
      this._changed.add(name);
      // One message for all that changes at once.
      if (isFirst) Promise.resolve().then(() => this._follow());
    }

    run() { this._say({ type: "run" }); }
    stop() { this._say({ type: "stop" }); }
    load(fragment) { this._say({ type: "load", fragment: String(fragment) }); }

    _dress() {
      var lesson = this.getAttribute("lesson");
      this._frame.title = this.getAttribute("title") || "Two Chefs" + (lesson ? ": " + lesson : "");
      var height = (!this.hasAttribute("fixed") && this._told) || parseFloat(this.getAttribute("height")) || usualHeight;
      this._frame.style.height = within(height, leastHeight, mostHeight) + "px";
    }

    // The address of the attributes, or with those that changed, of what is shown.
    _wanted() {
      var changed = this._changed;
      var isNew = !this.fragment || changed.has("lesson") || changed.has("src");
      var parts = isNew ? [] : this.fragment.split("?");
      var values = new URLSearchParams(parts[1] || "");
      keys.forEach((key) => {
        if (!isNew && !changed.has(key)) return;
        var value = key === "embed" ? this.getAttribute(key) || "on" : this.getAttribute(key);
        if (value === null) values.delete(key);
        else values.set(key, value);
      });
      changed.clear();
      var lesson = this.getAttribute("lesson") || "";
      var view = lesson && lesson !== "lab" ? "lesson/" + written({ "": lesson }).slice(1) : lesson;
      var query = written(values);
      return (isNew ? "#/" + view : parts[0]) + (query ? "?" + query : "");
    }

    _open() {
      var site = null;
      try { site = new URL(this.getAttribute("src") || ".", home); } catch (_) { /* told below */ }
      // Anything else would run in the page it is in.
      if (!site || !/^https?:$/.test(site.protocol)) {
        this._changed.clear();
        return this._raise("error", { code: "bad-src", message: "src is not the address of a web page." });
      }
      site.hash = "";
      if (site.href !== this._site) {
        this._ready = false;
        this._site = site.href;
        this._origin = site.origin;
        site.hash = this._wanted();
        this._frame.src = site.href;
      } else if (this._ready) {
        this.load(this._wanted());
      }
      this._dress();
    }

    _follow() {
      if (this.isConnected && this._changed.size) this._open();
    }

    // Before the page answers, its last orders wait: an address, a run or stop.
    _say(order) {
      var target = this._frame.contentWindow;
      if (this._ready && target) target.postMessage(Object.assign({ target: "two-chefs", v: 1 }, order), this._origin);
      else this._late[order.type === "load" ? "address" : "order"] = order;
    }

    _raise(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail: detail })); }

    _silent() {
      this._raise("error", { code: "no-answer", message: "The page in the frame does not answer." });
    }

    _hear(event) {
      if (!event.source || event.source !== this._frame.contentWindow || event.origin !== this._origin) return;
      var data = event.data;
      if (typeof data !== "object" || data === null || data.source !== "two-chefs" || data.v !== 1) return;
      if (data.type === "ready") {
        clearTimeout(this._timer);
        this._ready = true;
      }
      if (typeof data.fragment === "string") this.fragment = data.fragment;
      if (data.type === "ready") {
        this._follow();
        var late = this._late;
        this._late = {};
        if (late.address) this._say(late.address);
        if (late.order) this._say(late.order);
      }
      if (data.type === "result") this.evidence = data.evidence;
      if (data.type === "resize" && Number.isFinite(data.height)) {
        this._told = data.height;
        this._dress();
      }
      if (["ready", "mode", "state", "result", "error"].includes(data.type)) this._raise(data.type, data);
    }
  }
  customElements.define("two-chefs", TwoChefs);
})();
