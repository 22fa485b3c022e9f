// The table of trajectories: searched, filtered and sorted in memory, shown a page at a time.
const PAGE = 100;
const ENDINGS = ["solved", "exhausted", "stalled", "out_of_budget", "errored", "cancelled"];
const MARKS = { passes: "✓", syntax: "S", name: "N", type: "T", assertion: "A", exception: "E", "time-out": "O", lint: "L", other: "?" };
const list = { rows: [], found: [], page: 0, by: "task", down: false, transition: null };
const filters = { search: "", language: "", ending: "", hidden: "", error_class: "", n_attempts: "", tags: "" };

const address = (row) => `#t/${encodeURIComponent(row.task).replaceAll("%2F", "/")}/${row.draw}`;
const natural = new Intl.Collator("en", { numeric: true }).compare;
const KEYS = {
  task: (row) => row.task,
  draw: (row) => row.draw,
  language: (row) => row.language,
  ending: (row) => ENDINGS.indexOf(row.ending),
  hidden: (row) => (row.passes === null ? 2 : row.passes ? 0 : 1),
  path: (row) => row.path.join(" "),
  n_attempts: (row) => row.path.length,
  tokens: (row) => row.tokens,
  cost_usd: (row) => row.cost_usd,
  model_s: (row) => row.model_s,
  check_s: (row) => row.check_s,
  tags: (row) => row.tags.join(" "),
};

const matches = (row) =>
  (!filters.search || filters.search.toLowerCase().split(/\s+/).every((part) => row.text.includes(part))) &&
  (!filters.language || row.language === filters.language) &&
  (!filters.ending || row.ending === filters.ending) &&
  (!filters.hidden || String(row.passes) === filters.hidden) &&
  (!filters.error_class || row.path.includes(filters.error_class)) &&
  (!filters.n_attempts || String(row.path.length) === filters.n_attempts) &&
  (!filters.tags || row.tags.includes(filters.tags)) &&
  (!list.transition || row.path.some((name, i) => i && row.path[i - 1] === list.transition[0] && name === list.transition[1]));

const compare = (a, b) => {
  const [x, y] = [KEYS[list.by](a), KEYS[list.by](b)];
  if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1; // the unknown last, whichever way
  const order = typeof x === "string" ? natural(x, y) : x - y;
  return list.down ? -order : order;
};

const refresh = (page = 0) => {
  list.found = list.rows.filter(matches);
  if (list.by !== "task" || list.down) list.found.sort(compare);
  list.page = page;
  showPage();
};

const path = (row) =>
  el("span", { class: "path" }, row.path.map((name) => el("span", { class: `mark c-${name}`, title: TERMS[`class.${name}`][0], role: "img", "aria-label": `${TERMS[`class.${name}`][0]};` }, MARKS[name])));

const verdict = (passes) => word("hidden", String(passes), { class: `verdict ${passes === null ? "unknown" : passes ? "good" : "bad"}` });

const ending = (name) => word("ending", name, { class: `verdict e-${name}` });

const CELLS = {
  task: (row) => el("a", { href: address(row) }, row.task),
  draw: (row) => String(row.draw),
  language: (row) => row.language,
  ending: (row) => ending(row.ending),
  hidden: (row) => verdict(row.passes),
  path,
  n_attempts: (row) => String(row.path.length),
  tokens: (row) => number(row.tokens),
  cost_usd: (row) => dollars(row.cost_usd),
  model_s: (row) => number(row.model_s, 1),
  check_s: (row) => number(row.check_s, 1),
  tags: (row) => row.tags.map((tag) => el("span", { class: "tag" }, tag)),
};
const NUMBERS = new Set(["draw", "n_attempts", "tokens", "cost_usd", "model_s", "check_s"]);

const columns = () => Object.keys(CELLS).filter((key) => {
  if (key === "tags") return list.rows.some((row) => row.tags.length);
  if (key === "cost_usd") return list.rows.some((row) => row.cost_usd !== null);
  return true;
});

const sortHead = (key) => {
  const is = list.by === key;
  const button = el("button", { type: "button", class: "sort", "data-term": key, title: TERMS[key][1], onclick: () => sortBy(key) },
    TERMS[key][0], el("span", { class: "arrow", "aria-hidden": "true" }, is ? (list.down ? "▼" : "▲") : "↕"));
  return el("th", { scope: "col", class: NUMBERS.has(key) ? "number" : null, "aria-sort": is ? (list.down ? "descending" : "ascending") : null }, button);
};

const sortBy = (key) => {
  list.down = list.by === key && !list.down;
  list.by = key;
  refresh();
  byId("table").querySelector(`[data-term="${key}"]`).focus();
};

const showPage = () => {
  const shownColumns = columns();
  const start = list.page * PAGE;
  const rows = list.found.slice(start, start + PAGE);
  byId("table").replaceChildren(
    el("caption", {}, "Trajectories; the headers sort"),
    el("thead", {}, el("tr", {}, shownColumns.map(sortHead))),
    el("tbody", {}, rows.map((row) => el("tr", {}, shownColumns.map((key) =>
      el(key === "task" ? "th" : "td", { scope: key === "task" ? "row" : null, class: NUMBERS.has(key) ? "number" : null }, CELLS[key](row)))))),
  );
  const all = list.rows.length;
  const some = list.found.length === all ? `${number(all)} trajectories` : `${number(list.found.length)} of ${number(all)} trajectories`;
  byId("found").textContent = list.found.length > PAGE ? `${some}; shown: ${number(start + 1)} to ${number(start + rows.length)}` : some;
  const pages = Math.ceil(list.found.length / PAGE);
  const go = (label, page, off) => el("button", { type: "button", disabled: off, onclick: () => { showPage((list.page = page)); byId("trajectories").scrollIntoView(); } }, label);
  byId("pages").replaceChildren(...(pages > 1 ? [go("← previous page", list.page - 1, list.page === 0), el("span", {}, `page ${list.page + 1} of ${pages}`), go("next page →", list.page + 1, list.page === pages - 1)] : []));
};

const setFilter = (key, value) => {
  filters[key] = value;
  const control = byId("filters").elements[key];
  if (control) control.value = value;
  refresh();
};

const showFilters = () => {
  const values = (of) => [...new Set(list.rows.flatMap(of))].sort(natural);
  const pick = (key, options) => (options.length > 1 ? choice(key, [["", "any"], ...options], filters[key], (value) => setFilter(key, value)) : null);
  const plain = (names, kind) => names.map((name) => [String(name), kind && TERMS[`${kind}.${name}`] ? TERMS[`${kind}.${name}`][0] : String(name)]);
  const search = el("input", { type: "search", name: "search", autocomplete: "off", placeholder: "task, tag, error", oninput: () => setFilter("search", search.value) });
  const classes = Object.keys(MARKS).filter((name) => list.rows.some((row) => row.path.includes(name)));
  byId("filters").append(...[
    el("label", { class: "choice grow", title: TERMS.search[1], "data-term": "search" }, TERMS.search[0], " ", search),
    pick("language", plain(values((row) => row.language))),
    pick("ending", plain(ENDINGS.filter((name) => list.rows.some((row) => row.ending === name)), "ending")),
    pick("hidden", plain(values((row) => String(row.passes)), "hidden")),
    pick("error_class", plain(classes, "class")),
    pick("n_attempts", plain(values((row) => String(row.path.length)))),
    pick("tags", plain(values((row) => row.tags))),
    el("button", { type: "button", onclick: clearFilters }, "clear"),
    el("span", { id: "only" }),
  ].filter(Boolean));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
};

const clearFilters = () => {
  for (const key of Object.keys(filters)) {
    filters[key] = "";
    const control = byId("filters").elements[key];
    if (control) control.value = "";
  }
  chooseTransition(null);
};

// From a cell of the transitions to the trajectories that have it.
const chooseTransition = (before, after) => {
  list.transition = before ? [before, after] : null;
  byId("only").replaceChildren(...(before ? [term("transition_filter"), ` ${TERMS[`class.${before}`][0]} → ${TERMS[`class.${after}`][0]} `, el("button", { type: "button", onclick: () => chooseTransition(null) }, "remove")] : []));
  refresh();
  if (before) {
    byId("trajectories").scrollIntoView();
    byId("found").focus();
  }
};

const showEndings = () => {
  const counts = ENDINGS.map((name) => [name, list.rows.filter((row) => row.ending === name).length]).filter(([, n]) => n);
  const parts = counts.map(([name, n]) => {
    const part = el("span", { class: `part e-${name}` });
    part.style.width = `${(100 * n) / list.rows.length}%`;
    return part;
  });
  byId("endings").append(
    el("div", { class: "parts", "aria-hidden": "true" }, parts),
    el("p", { class: "legend" }, term("ending"), counts.map(([name, n]) => [el("span", { class: `key e-${name}` }), el("button", { type: "button", class: "quiet", onclick: () => setFilter("ending", filters.ending === name ? "" : name) }, word("ending", name), ` ${number(n)}`)])),
  );
};
