// What the pages do by themselves. Without this file they work too, but for being live.
"use strict";
(() => {
  const body = document.body;
  if (!("live" in body.dataset)) return;

  const BLIND_MS = 10_000, DEAF_MS = 6_000, AGAIN_MS = 3_000, SOUND_AGAIN_MS = 20_000, LATE_MS = 15_000;
  const blind = document.getElementById("blind"), say = document.getElementById("say");
  let size = body.dataset.size;
  let ahead = Number(body.dataset.now) - Date.now(); // the hub's clock counts, not this computer's
  let heard = performance.now();
  const now = () => Date.now() + ahead;

  // ---- the live stream: one for all tabs, since a browser opens no more than six connections to one host
  const channel = new BroadcastChannel("live");
  channel.onmessage = (event) => take(...event.data);
  let own = null, tried = 0;
  function listen() {
    if (own) own.close();
    tried = performance.now();
    const stream = own = new EventSource(`/live?size=${size}`);
    for (const kind of ["journal", "pulse", "signed-out"]) {
      stream.addEventListener(kind, (event) => {
        channel.postMessage([kind, event.data]);
        take(kind, event.data);
      });
    }
    stream.onerror = () => {
      // It connects again by itself, unless the answer was no stream at all.
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => stream === own && listen(), AGAIN_MS);
    };
  }
  // Whoever holds the lock listens for all. A tab that hears nothing takes it: the one that listened may be frozen.
  function lead(options) {
    tried = performance.now();
    if (!navigator.locks) return listen();
    navigator.locks.request("live", options, () => new Promise(listen)).catch(() => {
      if (own) own.close();
      own = null;
      lead({});
    });
  }
  addEventListener("pagehide", () => own && own.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());

  function take(kind, data) {
    if (kind === "signed-out") {
      location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
      return;
    }
    alive();
    if (kind === "pulse") {
      beats = JSON.parse(data);
      ahead = beats.now - Date.now();
      showBeats();
      if (String(beats.size) === size) return; // else this tab was not there yet when it was told
      data = String(beats.size);
    }
    size = data;
    htmx.trigger(body, "journal");
  }

  function alive() {
    heard = performance.now();
    if (!blind.hidden && !behind.size) {
      blind.hidden = true;
      body.classList.remove("is-blind");
    }
  }

  // ---- what ticks
  let beats = null;
  function showBeats() {
    if (!beats) return;
    for (const age of document.querySelectorAll("[data-node]")) {
      if (beats.nodes[age.dataset.node]) age.dataset.since = beats.nodes[age.dataset.node];
    }
    for (const age of document.querySelectorAll("[data-engine]")) if (beats.engine) age.dataset.since = beats.engine;
    tick();
  }

  function words(ms) {
    const s = Math.max(0, Math.floor(ms / 1000));
    const [unit, n] = s < 120 ? ["s", s] : s < 7200 ? ["min", Math.floor(s / 60)]
      : s < 172800 ? ["h", Math.floor(s / 3600)] : ["days", Math.floor(s / 86400)];
    return body.dataset[unit].replace("#", n);
  }

  const clock = document.getElementById("clock");
  const hours = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: clock.dataset.zone,
  });
  function tick() {
    for (const age of document.querySelectorAll("[data-since]")) {
      const ms = now() - Number(age.dataset.since), text = words(ms);
      if (age.textContent !== text) age.textContent = text;
      if (age.dataset.node || "engine" in age.dataset) age.classList.toggle("is-late", ms > LATE_MS);
    }
    for (const left of document.querySelectorAll("[data-until]")) left.textContent = words(Number(left.dataset.until) - now());
    clock.textContent = hours.format(now());
    const ms = performance.now();
    if (blind.hidden && Math.min(heard, ...behind.values()) < ms - BLIND_MS) {
      blind.hidden = false;
      body.classList.add("is-blind");
      ring(1);
    }
    // A hub that lost its power never said that the stream has ended.
    if (Math.max(heard, tried) < ms - DEAF_MS) own ? listen() : lead({ steal: true });
  }

  // ---- parts that could not be had are asked for again, and a page that shows old ones for long is blind, too
  const behind = new Map(); // part -> since when
  for (const kind of ["sendError", "timeout", "responseError"]) {
    body.addEventListener(`htmx:${kind}`, ({ detail }) => {
      if (kind === "responseError" && detail.xhr.status < 500) return;
      if (!behind.has(detail.target)) behind.set(detail.target, performance.now());
      setTimeout(() => htmx.trigger(body, "journal"), AGAIN_MS);
    });
  }
  body.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && behind.delete(detail.target));

  // ---- calls: new alarms are said once, and sounded until somebody has answered
  const button = document.getElementById("sound");
  let sound = null, rungAt = 0;
  const remembered = (key) => JSON.parse(sessionStorage.getItem(key) || "null");
  function calls() {
    const open = [...document.querySelectorAll(".call")];
    const known = remembered("calls"), fresh = open.filter((call) => !(known || []).includes(call.value));
    sessionStorage.setItem("calls", JSON.stringify(open.map((call) => call.value)));
    if (fresh.length) say.textContent = fresh.map((call) => call.textContent).join(". ");
    const urgent = Math.min(...open.map((call) => Number(call.dataset.priority)));
    if (open.length && (fresh.length || performance.now() - rungAt > SOUND_AGAIN_MS)) ring(urgent);
  }

  // Priorities differ by rhythm, not only by pitch: three short, two, one.
  function ring(priority) {
    rungAt = performance.now();
    if (!sound || sound.state !== "running") return;
    for (let n = 0; n < Math.max(1, 4 - priority); n++) {
      const at = sound.currentTime + n * 0.28, tone = sound.createOscillator(), loud = sound.createGain();
      tone.frequency.value = n % 2 ? 660 : 880;
      loud.gain.setValueAtTime(0, at);
      loud.gain.linearRampToValueAtTime(0.4, at + 0.02);
      loud.gain.linearRampToValueAtTime(0, at + 0.2);
      tone.connect(loud).connect(sound.destination);
      tone.start(at);
      tone.stop(at + 0.22);
    }
  }

  function showSound() {
    const on = Boolean(sound && sound.state === "running");
    button.setAttribute("aria-pressed", on);
    button.querySelector("span").textContent = on ? body.dataset.soundOn : body.dataset.soundOff;
  }
  async function start() {
    sound = new AudioContext();
    sound.onstatechange = showSound;
    await sound.resume();
    showSound();
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (sound && sound.state === "running") {
      sessionStorage.removeItem("sound");
      await sound.suspend();
    } else {
      sessionStorage.setItem("sound", "true");
      await start();
      ring(2); // so that whoever starts the shift hears that it works
    }
    showSound();
  });
  if (remembered("sound")) start(); // a browser that wants a click first leaves it suspended, and the button says so

  body.addEventListener("htmx:afterSettle", () => { showBeats(); calls(); tick(); });
  const part = (one) => one.localName === "details" ? "open" : one.type === "checkbox" ? "checked" : "value";
  // Links and buttons without an id, by what they lead to and which of these they are.
  const alike = (whole, one) => [...whole.querySelectorAll(one.localName)].filter((other) =>
    other.getAttribute("href") === one.getAttribute("href") && other.textContent === one.textContent);
  let focused = null;
  // What somebody is just pressing, or spelling with an input method, must not be taken away.
  let waits = false, spelling = false, typed = [];
  addEventListener("compositionstart", () => { spelling = true; });
  addEventListener("compositionend", () => {
    spelling = false;
    setTimeout(() => htmx.trigger(body, "journal"), 100);
  });
  body.addEventListener("htmx:beforeSwap", (event) => {
    const { requestConfig, target } = event.detail;
    if (requestConfig.verb !== "get") return;
    if (target.querySelector("a:active, button:active") || (spelling && target.contains(document.activeElement))) {
      event.detail.shouldSwap = false;
      waits = true;
      return;
    }
    const changed = (one) => one.localName === "details" ? one.open : one.localName === "select"
      ? [...one.options].some((option) => option.selected !== option.defaultSelected)
      : one.value !== one.defaultValue || (one.type === "checkbox" && one.checked !== one.defaultChecked);
    typed = [...target.querySelectorAll("input[id], select[id], textarea[id], details[id]")].filter(changed)
      .map((one) => [one.id, one.localName, one[part(one)]]);
    const at = document.activeElement;
    focused = !at.id && target.contains(at) && target !== at ? [at, alike(target, at).indexOf(at)] : null;
  });
  // What has been typed and not been sent yet stays, for as long as its field does.
  body.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (focused) alike(detail.target, focused[0])[focused[1]]?.focus({ preventScroll: true });
    focused = null;
    for (const [id, name, value] of typed) {
      const one = document.getElementById(id);
      if (one && one.localName === name && one.type !== "search") one[part(one)] = value;
    }
    typed = [];
  });
  for (const kind of ["pointerup", "keyup"]) {
    addEventListener(kind, () => {
      if (waits) setTimeout(() => htmx.trigger(body, "journal"), 100);
      waits = false;
    });
  }
  // Signed out, forbidden, or an error: the whole page shows it better than a part of it.
  body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status < 500) location.reload();
  });

  for (const one of document.querySelectorAll("[data-print]")) {
    one.hidden = false;
    one.addEventListener("click", () => print());
  }

  lead({});
  calls();
  tick();
  setInterval(tick, 1000);
  body.classList.add("is-live");
  setInterval(calls, 5000);
})();
