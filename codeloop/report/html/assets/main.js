// The start, the address bar and the theme. #t/TASK/DRAW is a trajectory; everything else is a place in the run.
let wanted = 0;

const rowAt = (hash) => {
  const found = /^#t\/(.+)\/(\d+)$/.exec(hash);
  if (!found) return null;
  let task = found[1];
  try {
    task = decodeURIComponent(task);
  } catch {
    // as it stands
  }
  return list.rows.find((row) => row.task === task && row.draw === Number(found[2])) || null;
};

const route = async () => {
  const asked = ++wanted;
  const row = rowAt(location.hash);
  const from = byId("view-steps").hidden ? null : byId("view-steps").dataset.address;
  if (row) {
    await showSteps(row);
    if (asked !== wanted) return;
    byId("view-steps").dataset.address = address(row);
  }
  byId("view-run").hidden = Boolean(row);
  byId("view-steps").hidden = !row;
  document.title = `${row ? `${row.task} ${TERMS.draw[0]} ${row.draw}` : byId("run-name").textContent} · codeloop`;
  if (row) {
    scrollTo(0, 0);
    byId("steps-heading").focus({ preventScroll: true });
    return;
  }
  redraw();
  const missing = location.hash.startsWith("#t/");
  byId("state").hidden = !missing;
  byId("state").textContent = missing ? "This run has no such trajectory." : "";
  const back = from && [...byId("table").querySelectorAll("a")].find((link) => link.getAttribute("href") === from);
  const place = /^#[\w-]+$/.test(location.hash) ? byId(location.hash.slice(1)) : null;
  if (back) {
    back.focus({ preventScroll: true });
    back.scrollIntoView({ block: "center" });
  } else if (place) place.scrollIntoView();
};

const THEMES = ["automatic", "light", "dark"];
const setTheme = (name) => {
  document.documentElement.dataset.theme = name;
  byId("theme").textContent = `Theme: ${name}`;
  redraw();
};

const remembered = (name) => {
  try {
    if (name) localStorage.setItem("codeloop-theme", name);
    return localStorage.getItem("codeloop-theme");
  } catch {
    return null; // a browser may forbid a file to remember
  }
};

const start = async () => {
  const theme = remembered();
  setTheme(THEMES.includes(theme) ? theme : "automatic");
  byId("theme").addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
    remembered(next);
    setTheme(next);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  const data = await unpack("data");
  byId("run-name").textContent = data.run_id;
  byId("heading").textContent = `Run ${data.run_id}`;
  list.rows = data.rows
    .map((row) => ({ ...row, text: [row.task, row.language, ...row.tags, row.error].join(" ").toLowerCase() }))
    .sort((a, b) => natural(a.task, b.task) || a.draw - b.draw);
  showWarnings(data);
  showTiles(data);
  const [passes, showPasses] = passPanel(data);
  const [spent, showSpent] = spendingPanel(data);
  byId("charts").append(passes, spent, funnelPanel(data), transitionPanel(data, chooseTransition));
  showEndings();
  showFilters();
  refresh();
  showAbout(data);
  byId("state").hidden = true;
  byId("view-run").hidden = false;
  showPasses();
  showSpent();
  addEventListener("hashchange", route);
  await route();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
};

start().catch((error) => {
  byId("state").hidden = false;
  byId("state").textContent = `This report cannot be shown: ${error.message}. A browser of 2023 or later is needed.`;
});
