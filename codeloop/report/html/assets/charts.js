// Charts by uPlot. Each is drawn again when the theme or the width changes, and has a table beside it.
const drawn = new Map();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const chart = (place, label, options) => {
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", label);
  drawn.set(place, options);
  draw(place);
};

const draw = (place) => {
  const { data, ...options } = drawn.get(place)();
  place.replaceChildren();
  if (!place.clientWidth) return;
  const rest = (made) => data[0].length && made.setLegend({ idx: data[0].length - 1 }); // the last iteration, where the pointer is at none
  const made = new uPlot({ width: place.clientWidth, height: 230, hooks: { ready: [rest] }, ...options }, data, place);
  made.over.addEventListener("mouseleave", () => setTimeout(() => rest(made)));
};

const redraw = () => {
  for (const place of drawn.keys()) if (place.isConnected) draw(place);
};

let width = document.documentElement.clientWidth;
new ResizeObserver(() => {
  const now = document.documentElement.clientWidth;
  if (now !== width) requestAnimationFrame(redraw);
  width = now;
}).observe(document.documentElement);

const axis = (more) => ({
  stroke: colour("--muted"),
  font: "12px system-ui, sans-serif",
  labelFont: "12px system-ui, sans-serif",
  grid: { stroke: colour("--grid"), width: 1 },
  ticks: { show: false },
  ...more,
});

const whole = (u, splits) => splits.map((value) => (Number.isInteger(value) ? String(value) : ""));
const iterationAxis = () => axis({ label: "iteration", size: 30, labelSize: 18, labelGap: 0, values: whole, incrs: [1, 2, 5, 10], grid: { show: false } });

// pass@k by iteration: the figure with its interval as a band, and lines that bound or check it.
const passChart = (rows, extra) => () => {
  const column = (name, i) => rows.map((row) => (row[name][i] === null ? null : 100 * row[name][i]));
  const main = colour("--accent");
  const line = (label, stroke, more) => ({ label, stroke, width: 2, points: { show: true, size: 6 }, value: (u, v) => (v === null ? "–" : `${tenths(v)} %`), ...more });
  const edge = (label) => line(label, "transparent", { width: 0, points: { show: false } });
  const series = [{ label: "iteration", value: (u, v) => (v === null ? "–" : String(v)) }, edge("high"), edge("low")];
  const data = [rows.map((row) => row.iteration), column("headline", 2), column("headline", 1)];
  for (const [name, label, stroke, dash] of extra) {
    series.push(line(label, colour(stroke), { dash }));
    data.push(column(name, 0));
  }
  series.push(line("all tasks", main, { width: 3, points: { show: true, size: 8, fill: main } })); // last, on top of the others
  data.push(column("headline", 0));
  const most = Math.max(...rows.map((row) => row.iteration), 1);
  return {
    data,
    series,
    bands: [{ series: [1, 2], fill: colour("--band") }],
    scales: { x: { time: false, range: [-0.15, most + 0.15] }, y: { range: [0, 100] } },
    axes: [iterationAxis(), axis({ size: 52, values: (u, splits) => splits.map((v) => `${v} %`) })],
    cursor: { y: false, drag: { x: false, y: false } },
  };
};

// Two sums on top of each other, by iteration.
const stackChart = (rows, lower, upper, show, incrs) => () => {
  const known = (row, [name]) => row[name] || 0;
  const bar = ([, label], fill, value) => ({ label, fill: colour(fill), stroke: colour(fill), width: 0, paths: uPlot.paths.bars({ size: [0.55, 70] }), points: { show: false }, value });
  const said = (part) => (u, v, s, i) => (i === null || i === undefined ? "–" : show(rows[i][part[0]]));
  const parts = upper ? [bar(upper, "--second", said(upper))] : [];
  const data = [rows.map((row) => row.iteration)];
  if (upper) data.push(rows.map((row) => known(row, lower) + known(row, upper)));
  data.push(rows.map((row) => known(row, lower)));
  const most = Math.max(...rows.map((row) => row.iteration), 1);
  return {
    data,
    series: [{ label: "iteration", value: (u, v) => (v === null ? "–" : String(v)) }, ...parts, bar(lower, "--accent", said(lower))],
    scales: { x: { time: false, range: [-0.6, most + 0.6] }, y: { range: (u, low, high) => [0, high > 0 ? high * 1.08 : 1] } },
    axes: [iterationAxis(), axis({ size: 72, incrs, values: (u, splits) => splits.map(show) })],
    cursor: { y: false, drag: { x: false, y: false } },
  };
};
