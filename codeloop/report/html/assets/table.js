// The table of trajectories: searched, filtered and sorted in memory, shown a page at a time.
const PAGE = 100;
const ENDINGS = ["solved", "exhausted", "stalled", "out_of_budget", "errored", "cancelled"];
const MARKS = { passes: "✓", syntax: "S", name: "N", type: "T", assertion: "A", exception: "E", "time-out": "O", lint: "L", other: "?" };
const list = { rows: [], found: [], shown: [], mode: "trajectories", page: 0, by: "task", down: false, transition: null, task: null };
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
  (!list.task || row.task === list.task) &&
  (!list.transition || row.path.some((name, i) => i && row.path[i - 1] === list.transition[0] && name === list.transition[1]));

const compare = (a, b) => {
  const key = MODES[list.mode].keys[list.by];
  const [x, y] = [key(a), key(b)];
  if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1; // the unknown last, whichever way
  const order = typeof x === "string" ? natural(x, y) : x - y;
  return list.down ? -order : order;
};

const refresh = (page = 0) => {
  list.found = list.rows.filter(matches);
  list.shown = MODES[list.mode].rows(list.found);
  if (list.by !== "task" || list.down) list.shown.sort(compare);
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
const NUMBERS = new Set(["draw", "n_attempts", "tokens", "cost_usd", "model_s", "check_s", "passing"]);

// The same by task: a mark for every draw, which leads to it.
const byTask = (rows) => {
  const tasks = new Map();
  for (const row of rows) {
    if (!tasks.has(row.task)) tasks.set(row.task, []);
    tasks.get(row.task).push(row);
  }
  return [...tasks].map(([task, mine]) => ({ task, rows: mine, language: mine[0].language, tags: mine[0].tags, scored: mine.filter((row) => row.passes !== null).length, passed: mine.filter((row) => row.passes).length }));
};

const sum = (key) => (task) => (task.rows.some((row) => row[key] === null) ? null : task.rows.reduce((all, row) => all + row[key], 0));
const rate = (task) => (task.scored ? task.passed / task.scored : null);
const results = (task) => el("span", { class: "path" }, task.rows.map((row) => {
  const [kind, said] = row.passes === null ? ["other", "?"] : row.passes ? ["passes", "✓"] : ["fails", "×"];
  const label = `${TERMS.draw[0]} ${row.draw}: ${TERMS[`hidden.${row.passes}`][0]}`;
  return el("a", { class: `mark c-${kind}`, href: address(row), title: label, "aria-label": label }, said);
}));

const TASK_KEYS = { task: (task) => task.task, language: (task) => task.language, passing: rate, results: rate, n_attempts: (task) => task.rows.reduce((all, row) => all + row.path.length, 0), tokens: sum("tokens"), cost_usd: sum("cost_usd"), model_s: sum("model_s"), check_s: sum("check_s"), tags: (task) => task.tags.join(" ") };
const TASK_CELLS = {
  task: (task) => el("button", { type: "button", class: "link", onclick: () => { list.task = task.task; setMode("trajectories"); showOnly(); byId("found").focus(); } }, task.task),
  language: (task) => task.language,
  passing: (task) => `${task.passed} of ${task.scored}`,
  results,
  n_attempts: (task) => number(TASK_KEYS.n_attempts(task)),
  tokens: (task) => number(TASK_KEYS.tokens(task)),
  cost_usd: (task) => dollars(TASK_KEYS.cost_usd(task)),
  model_s: (task) => number(TASK_KEYS.model_s(task), 1),
  check_s: (task) => number(TASK_KEYS.check_s(task), 1),
  tags: CELLS.tags,
};
const MODES = {
  trajectories: { cells: CELLS, keys: KEYS, rows: (rows) => rows },
  tasks: { cells: TASK_CELLS, keys: TASK_KEYS, rows: byTask },
};

const setMode = (mode) => {
  list.mode = mode;
  byId("filters").elements.row_per.value = mode;
  if (!MODES[mode].keys[list.by]) [list.by, list.down] = ["task", false];
  refresh();
};

const columns = () => Object.keys(MODES[list.mode].cells).filter((key) => {
  if (key === "tags") return list.rows.some((row) => row.tags.length);
  if (key === "language") return list.rows.some((row) => row.language !== list.rows[0].language);
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
  const rows = list.shown.slice(start, start + PAGE);
  const cells = MODES[list.mode].cells;
  byId("table").replaceChildren(
    el("caption", {}, `${list.mode}; the headers sort`),
    el("thead", {}, el("tr", {}, shownColumns.map(sortHead))),
    el("tbody", {}, rows.map((row) => el("tr", {}, shownColumns.map((key) =>
      el(key === "task" ? "th" : "td", { scope: key === "task" ? "row" : null, class: NUMBERS.has(key) ? "number" : null }, cells[key](row)))))),
  );
  const all = list.rows.length;
  const some = list.found.length === all ? `${number(all)} trajectories` : `${number(list.found.length)} of ${number(all)} trajectories`;
  const part = list.shown.length > PAGE ? `; shown: ${number(start + 1)} to ${number(start + rows.length)}` : "";
  byId("found").textContent = list.mode === "tasks" ? `${number(list.shown.length)} tasks with ${some}${part}` : some + part;
  const pages = Math.ceil(list.shown.length / PAGE);
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
    choice("row_per", Object.keys(MODES).map((mode) => [mode, TERMS[mode === "tasks" ? "task" : "trajectory"][0]]), list.mode, setMode),
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
  [list.transition, list.task] = [null, null];
  showOnly();
  refresh();
};

// What the table was narrowed to from elsewhere, and the way back.
const showOnly = () => {
  const part = (said, drop) => [term("only_with"), ` ${said} `, el("button", { type: "button", onclick: () => { drop(); showOnly(); refresh(); } }, "remove"), " "];
  const label = (name) => TERMS[`class.${name}`][0];
  byId("only").replaceChildren(...[
    ...(list.transition ? part(list.transition.map(label).join(" → "), () => { list.transition = null; }) : []),
    ...(list.task ? part(list.task, () => { list.task = null; }) : []),
  ]);
};

// From a cell of the transitions to the trajectories that have it.
const chooseTransition = (before, after) => {
  list.transition = [before, after];
  showOnly();
  setMode("trajectories");
  byId("trajectories").scrollIntoView();
  byId("found").focus({ preventScroll: true });
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
