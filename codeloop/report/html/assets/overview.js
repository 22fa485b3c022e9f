// The overview: warnings, tiles, charts, funnel, transitions, and what is known of the run.
const showWarnings = (data) => {
  byId("warnings").append(...data.warnings.map(([key, text, kind]) => el("p", { class: `notice ${key} ${kind || ""}` }, term(key), " ", text)));
};

const showTiles = (data) => {
  const total = data.curves[data.curves.length - 1].rows.filter((row) => row.k === 1);
  const [first, last] = [total[0], total[total.length - 1]];
  const estimate = (row) => (row && row.headline[0] !== null ? `${percent(row.headline[0])} %` : "–");
  const interval = (row) => (row && row.headline[1] !== null ? `${percent(row.headline[1])} to ${percent(row.headline[2])}` : "");
  const t = data.totals;
  const tokens = t.prompt_tokens === null || t.completion_tokens === null ? null : t.prompt_tokens + t.completion_tokens;
  const tiles = [
    ...(total.length ? [["first_answer", estimate(first), interval(first)], ["last_answer", estimate(last), interval(last)]] : []),
    ["tasks", number(t.tasks), `${number(t.draws)} trajectories`],
    ["solved_visible", number(t.solved), `of ${number(t.draws)}, visible tests`],
    ["attempts", number(t.attempts), t.draws ? `${number(t.attempts / t.draws, 1)} a trajectory` : ""],
    ["errored", number(t.errored), t.unscored ? `and ${number(t.unscored)} unscored` : ""],
    ["tokens", number(tokens), t.attempts && tokens !== null ? `${number(tokens / t.attempts)} an attempt` : ""],
    ["cost_usd", dollars(t.cost_usd), ""],
    ["model_s", seconds(t.model_s), t.attempts ? `${number(t.model_s / t.attempts, 1)} s an attempt` : ""],
    ["check_s", seconds(data.spending.reduce((all, row) => all + row.check_s, 0)), ""],
  ];
  byId("tiles").append(...tiles.map(([key, value, more]) =>
    el("div", { class: "tile", "data-tile": key }, el("dt", {}, term(key)), el("dd", {}, el("strong", {}, value), more ? el("small", {}, more) : null))));
};

const panel = (title, key, ...children) =>
  el("section", { class: "panel" }, el("h2", {}, title), " ", key ? term(key, "what is this?") : null, children);

const asTable = (label, table) => el("details", {}, el("summary", {}, `${label} as a table`), scrolled(label, table));

const passPanel = (data) => {
  const languages = data.curves.map((curve) => curve.language);
  const ks = [...new Set(data.curves[0].rows.map((row) => row.k))];
  const chosen = { language: languages[languages.length - 1], k: ks[0] };
  const place = el("div", { class: "chart" });
  const table = el("div");
  const show = () => {
    const rows = data.curves.find((curve) => curve.language === chosen.language).rows.filter((row) => row.k === chosen.k);
    const extra = [["oracle", "oracle@t", "--muted", [6, 5]], ["hidden_only", "hidden-only", "--second", [2, 3]]];
    if (data.errata.length) extra.push(["without_errata", "without errata", "--third", [10, 4]]);
    const cell = ([value, low, high]) => (low === null ? percent(value) : `${percent(value)} [${percent(low)}, ${percent(high)}]`);
    const last = rows[rows.length - 1];
    const label = last ? `pass@${chosen.k} of ${chosen.language}: ${percent(rows[0].headline[0])} % at iteration 0, ${percent(last.headline[0])} % at iteration ${last.iteration}` : "no figures";
    chart(place, label, passChart(rows, extra));
    table.replaceChildren(tableOf(`pass@${chosen.k}, ${chosen.language}, % [95 % interval]`,
      ["iteration", "headline", "without_errata", "hidden_only", "oracle", "n_tasks"].map((key) => term(key)),
      rows.map((row) => [String(row.iteration), cell(row.headline), cell(row.without_errata), cell(row.hidden_only), cell(row.oracle), String(row.headline[3])])));
  };
  const options = [
    languages.length > 2 ? choice("language", languages.map((name) => [name, name]), chosen.language, (value) => { chosen.language = value; show(); }) : null,
    ks.length > 1 ? choice("k", ks.map((k) => [String(k), String(k)]), String(chosen.k), (value) => { chosen.k = Number(value); show(); }) : null,
  ];
  const found = panel("pass@k by iteration", "pass_at_k", el("p", { class: "options" }, options, term("interval", "band: 95 % interval")), place, asTable("pass@k by iteration", table));
  return [found, show];
};

const spendingPanel = (data) => {
  const rows = data.spending;
  const measures = {
    time: ["Time", ["model_s", "model time"], ["check_s", "check time"], seconds, [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 72000, 180000]],
    tokens: ["Tokens", ["prompt_tokens", "prompt tokens"], ["completion_tokens", "answer tokens"], (value) => number(value)],
    cost: ["Cost", ["cost_usd", "cost, $"], null, dollars],
  };
  const place = el("div", { class: "chart" });
  const show = (name) => {
    const [title, lower, upper, format, steps] = measures[name];
    chart(place, `${title} by iteration: ${rows.map((row) => `${row.iteration}: ${format(row[lower[0]])}`).join("; ")}`, stackChart(rows, lower, upper, format, steps));
  };
  const columns = ["iteration", "attempts", "prompt_tokens", "completion_tokens", "cost_usd", "model_s", "check_s", "from_store"];
  const table = tableOf("Cost and time by iteration", columns.map((key) => term(key)), rows.map((row) => [
    String(row.iteration), number(row.attempts), number(row.prompt_tokens), number(row.completion_tokens), dollars(row.cost_usd), seconds(row.model_s), seconds(row.check_s), number(row.from_store)]));
  const found = panel("Cost and time by iteration", "model_s",
    el("p", { class: "options" }, choice("measure", Object.entries(measures).map(([key, [title]]) => [key, title]), "time", show)), place, asTable("Cost and time", table));
  return [found, () => show("time")];
};

const bar = (part, among, of) => {
  const outer = el("span", { class: "bar", "aria-hidden": "true" }, el("span", { class: "reached" }), el("span", { class: "passed" }));
  outer.children[0].style.width = `${of ? (100 * among) / of : 0}%`;
  outer.children[1].style.width = `${of ? (100 * part) / of : 0}%`;
  return outer;
};

const funnelPanel = (data) => {
  const ran = data.funnel.length ? data.funnel[0].stages.map(([stage], i) => [stage, i]).filter(([, i]) => data.funnel.some((row) => row.stages[i][1])) : [];
  const cell = (part, among, of) => [el("span", { class: "figure" }, el("b", {}, number(part)), ` of ${number(among)}`), bar(part, among, of)];
  const rows = [
    [term("attempts"), ...data.funnel.map((row) => [el("span", { class: "figure" }, el("b", {}, number(row.attempts))), bar(row.attempts, row.attempts, row.attempts)])],
    [term("code"), ...data.funnel.map((row) => cell(row.code, row.attempts, row.attempts))],
    ...ran.map(([stage, i]) => [word("stage", stage), ...data.funnel.map((row) => cell(row.stages[i][2], row.stages[i][1], row.attempts))]),
  ];
  const table = tableOf("passed of reached, by iteration", [term("iteration"), ...data.funnel.map((row) => String(row.iteration))], rows);
  table.classList.add("funnel");
  return panel("Funnel of stages", "funnel", el("p", { class: "legend" }, el("span", { class: "key passed" }), term("passed"), el("span", { class: "key reached" }), term("reached")), scrolled("Funnel of stages", table));
};

const transitionPanel = (data, choose) => {
  const place = el("div");
  const steps = [...new Set(data.transitions.map(([iteration]) => iteration))];
  const show = (step) => {
    const counts = new Map();
    for (const [iteration, before, after, n] of data.transitions) {
      if (step !== "all" && Number(step) !== iteration) continue;
      const key = `${before}\n${after}`;
      counts.set(key, (counts.get(key) || 0) + n);
    }
    const classes = Object.keys(TERMS).filter((key) => key.startsWith("class.")).map((key) => key.slice(6));
    const order = [...classes.filter((name) => name !== "passes"), "passes"];
    const sides = [0, 1].map((side) => order.filter((name) => [...counts.keys()].some((key) => key.split("\n")[side] === name)));
    const most = Math.max(1, ...counts.values());
    const cell = (before, after) => {
      const n = counts.get(`${before}\n${after}`) || 0;
      if (!n) return el("span", { class: "muted" }, "0");
      const found = el("button", { type: "button", class: `heat ${after === "passes" ? "good" : before === after ? "same" : ""}`, title: `show the trajectories with ${before} → ${after}`, onclick: () => choose(before, after) }, number(n));
      found.style.setProperty("--heat", `${Math.round(12 + (30 * n) / most)}`);
      return found;
    };
    const total = (before) => sides[1].reduce((sum, after) => sum + (counts.get(`${before}\n${after}`) || 0), 0);
    const table = tableOf("rows: an attempt; columns: the next one", ["", ...sides[1].map((name) => word("class", name)), "all"],
      sides[0].map((before) => [word("class", before), ...sides[1].map((after) => cell(before, after)), number(total(before))]));
    table.classList.add("matrix");
    place.replaceChildren(sides[0].length ? scrolled("Transitions", table) : el("p", {}, "No trajectory has a second attempt."));
  };
  show("all");
  const options = [["all", "all"], ...steps.map((step) => [String(step), `${step} → ${step + 1}`])];
  return panel("Transitions between error classes", "transition", el("p", { class: "options" }, choice("step", options, "all", show), term("before"), "→", term("after")), place);
};

const showAbout = (data) => {
  byId("about").append(el("div", {}, el("dt", {}, term("run_id")), el("dd", {}, data.run_id)), ...data.about.map(([key, texts]) =>
    el("div", {}, el("dt", {}, term(key)), texts.map((text) => el("dd", {}, text)))));
  const errata = data.errata.length
    ? [el("h3", {}, term("errata"), ` ${data.errata.length}`), scrolled("Errata", tableOf("tasks whose own data is wrong", [term("task"), term("reason")], data.errata))]
    : [el("p", {}, term("errata"), " none among these tasks.")];
  byId("errata").append(...errata);
  byId("more").append(...data.tables.map((table) => el("details", {}, el("summary", {}, table.title), scrolled(table.title, tableOf(table.title, table.columns, table.rows)))));
};
