// Speaks with the page around this one; boot.js fetches it inside frames only.
// The messages are described in examples/index.html. What comes in is not
// trusted: only the page around is heard, and it can load an address, run, stop
// and ask, which is what the reader's own hands can do.
(function () {
  "use strict";
  var hands = window.twoChefsHands;
  var page = window.twoChefs;
  var around = window.parent;
  var root = document.documentElement;
  if (!hands || around === window) return;

  var paceMillis = 200;
  var heightMillis = 100;
  var mostLetters = 4096;
  // Errors told in a second: a flood is not answered with a flood.
  var mostErrors = 50;

  // At once, and then at most once in a while with what came last.
  function paced(millis, action) {
    var timer = 0;
    var again = false;
    function act() {
      again = false;
      timer = setTimeout(function () {
        timer = 0;
        if (again) act();
      }, millis);
      action();
    }
    return function () {
      if (timer) again = true;
      else act();
    };
  }

  // To whoever it is: the page around has no name here before it speaks, and
  // nothing that is told is a secret.
  function post(message) { around.postMessage(message, "*"); }
  function say(type, more) {
    post(Object.assign({ source: "two-chefs", v: 1, type: type }, more));
  }
  var errors = 0;
  var errorsSince = 0;
  function fail(code, message, of) {
    if (Date.now() - errorsSince > 1000) {
      errorsSince = Date.now();
      errors = 0;
    }
    errors += 1;
    if (errors > mostErrors) return;
    var told = { code: code, message: message.split("\n")[0].slice(0, 300) };
    if (of) told.of = of;
    say("error", told);
  }

  // The height of what is shown, whatever the height of the frame. No style of
  // the page depends on that, so setting it changes nothing here.
  var sent = 0;
  var before = 0;
  var turns = 0;
  var isReady = false;
  function fit() {
    var height = Math.ceil(root.getBoundingClientRect().height);
    if (!isReady || !height || height === sent) return;
    // A taller frame may come out narrower, by a scroll bar of the page around,
    // and then two heights would take turns for ever: the larger one stays.
    if (height !== before) turns = 0;
    else if (height < sent) turns += 1;
    if (turns > 2) return;
    before = sent;
    sent = height;
    say("resize", { height: height });
    post({ subject: "lti.frameResize", height: height });
    post({ context: "h5p", action: "resize", height: height, scrollHeight: height, clientHeight: innerHeight });
  }
  var refit = paced(heightMillis, fit);
  function touched() { turns = 0; }
  addEventListener("pointerdown", touched, true);
  addEventListener("keydown", touched, true);
  new ResizeObserver(refit).observe(root);

  // Timers of a frame out of view are slowed down, as those of a hidden page:
  // what was timed meanwhile does not count.
  if (window.IntersectionObserver) new IntersectionObserver(function (entries) {
    var isSeen = entries[entries.length - 1].isIntersecting;
    if (isSeen === !root.dataset.unseen) return;
    if (isSeen) delete root.dataset.unseen;
    else root.dataset.unseen = "yes";
    document.dispatchEvent(new Event("visibilitychange"));
  }).observe(root);

  var fragment = "#/";
  function state() { say("state", { fragment: fragment }); }
  var changed = paced(heightMillis, state);
  var asked = paced(heightMillis, state);

  // What the program tells, by now and from now on.
  function tell(what, words) {
    if (what === "address") {
      fragment = words;
      touched();
      if (!isReady) {
        isReady = true;
        say("ready", { version: page.version, fragment: fragment });
        refit();
      }
      changed();
    } else if (what === "mode") {
      var able = page.capabilities();
      if (able) say("mode", { rung: able.rung, reason: able.reason });
    } else if (what === "result") {
      say("result", { evidence: page.evidence() });
    } else {
      var end = words.indexOf("\n");
      fail(words.slice(0, end), words.slice(end + 1));
    }
  }
  hands.tell = tell;
  hands.untold.splice(0).forEach(function (one) { tell(one[0], one[1]); });

  // Of several orders in a short time the last ones count, an address first.
  var address = "";
  var order = "";
  var obey = paced(paceMillis, function () {
    var orders = [address, order];
    address = order = "";
    orders.forEach(function (one) { if (one) hands.heard(one); });
  });
  addEventListener("message", function (event) {
    if (event.source !== around) return;
    var data = event.data;
    if (typeof data !== "object" || data === null || data.target !== "two-chefs") return;
    var type = typeof data.type === "string" ? data.type.slice(0, 40) : "";
    if (data.v !== 1) {
      fail("version", "Messages have v: 1.", type);
    } else if (!isReady) {
      fail("not-ready", "Wait for the message ready.", type);
    } else if (type === "load") {
      if (typeof data.fragment !== "string") {
        fail("bad-fragment", "fragment is a text such as #/lesson/waiting?tasks=8.", type);
      } else if (data.fragment.length > mostLetters) {
        fail("too-long", "fragment has at most " + mostLetters + " letters.", type);
      } else {
        address = data.fragment.charAt(0) === "#" ? data.fragment : "#" + data.fragment;
        obey();
      }
    } else if (type === "run" || type === "stop") {
      order = type;
      obey();
    } else if (type === "get-state") {
      asked();
    } else {
      fail("unknown-type", "Known are load, run, stop and get-state.", type);
    }
  });
})();
