// Elements are made here and nowhere else. Text of the run becomes text nodes: there is no other way in.
const byId = (id) => document.getElementById(id);

// Labels and what they mean have one source: the glossary of this page.
const TERMS = Object.fromEntries([...document.querySelectorAll("#glossary [id^=g-]")].map((entry) => [entry.id.slice(2), [...entry.children].map((part) => part.textContent)]));

const el = (tag, attributes, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
};

// A label of a field: what it means opens beside it. Every one has an entry in the glossary.
const term = (key, label) => {
  const [name] = TERMS[key];
  return el("button", { type: "button", class: "term", "data-term": key, onclick: explain }, label || name);
};

// A value out of a fixed list: with its meaning, where the list has it; a word of another version stands as it is.
const word = (kind, value, attributes) => {
  const found = TERMS[`${kind}.${value}`];
  const extra = attributes || {};
  if (!found) return el("span", extra, String(value).replaceAll("_", " "));
  return el("span", { ...extra, title: found[1], "data-term": `${kind}.${value}` }, found[0]);
};

const explain = (event) => {
  const button = event.currentTarget;
  const [label, text] = TERMS[button.dataset.term];
  const tip = byId("tip");
  byId("tip-label").textContent = label;
  byId("tip-text").textContent = text;
  tip.showPopover();
  const place = button.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(place.left, innerWidth - tip.offsetWidth - 8))}px`;
  const below = place.bottom + 6;
  tip.style.top = `${below + tip.offsetHeight > innerHeight ? Math.max(8, place.top - tip.offsetHeight - 6) : below}px`;
};

const number = (value, digits = 0) =>
  value === null || value === undefined
    ? "unknown"
    : value.toLocaleString("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
// A half goes to the even digit, as in the texts beside it: 81.25 is 81.2 in both (of halves, only a quarter is a number and goes down).
const tenths = (value) => (value % 1 === 0.25 ? value - 0.01 : value).toFixed(1);
const percent = (value) => (value === null ? "–" : tenths(100 * value));
const dollars = (value) => (value === null ? "unknown" : value.toFixed(value && value < 0.1 ? 4 : 2));
const seconds = (value) => (value === 0 ? "0 s" : value >= 7200 ? `${number(value / 3600, 1)} h` : value >= 120 ? `${number(value / 60, value % 60 ? 1 : 0)} min` : `${number(value, 1)} s`);

// A table from plain cells: strings or elements; the first column heads its row where `heads` says so.
const tableOf = (caption, columns, rows, heads = true) =>
  el(
    "table",
    { class: "plain" },
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, columns.map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.map((row) =>
      el("tr", {}, row.map((cell, i) => (heads && i === 0 ? el("th", { scope: "row" }, cell) : el("td", {}, cell)))))),
  );

const scrolled = (label, child) => el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, child);

const choice = (key, options, value, onchange) => {
  const [label, text] = TERMS[key];
  const select = el("select", { name: key, onchange: () => onchange(select.value) },
    options.map(([name, said]) => el("option", { value: name, selected: name === value }, said)));
  return el("label", { class: "choice", title: text, "data-term": key }, label, " ", select);
};

// Blocks of the run: base64 of deflated JSON, opened when they are asked for.
const unpack = async (id) => {
  const bytes = Uint8Array.from(atob(byId(id).textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
};
