// Checks: the stages that ran, what they found beside the program's lines, and the tests case by case.
const CASES = ["passed", "failed", "raised", "not_run"];

// Findings that have a line of the program, tests that raised at one included.
const placed = (attempt, text) => [attempt.visible, attempt.hidden].flatMap((found, side) => (found ? found.stages : []).flatMap((stage) => [
  ...(side === 0 ? stage.findings.filter((item) => item.line) : []),
  ...(side === 0 ? stage.cases.filter((row) => row[0] === 2 && row[5]).map((row) => ({ severity: "error", tool: "test", rule: "raised", message: row[4], expression: row[1], line: row[5] })) : []),
]));

// The part in which two values differ is marked in both.
const differing = (mine, other) => {
  const [a, b] = [[...mine], [...other]];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const middle = a.slice(start, a.length - end).join("");
  return [a.slice(0, start).join(""), middle ? el("mark", {}, middle) : null, a.slice(a.length - end).join("")];
};

const caseRow = (row, text) => {
  const [status, expression, expected, actual, exception, , vacuous, opaque] = row;
  const [want, got, raised] = [text(expected || []), text(actual || []), text(exception || [])];
  const name = CASES[status];
  const differs = name === "failed" && want && got;
  return [
    el("span", {}, word("case", name, { class: `verdict ${name === "passed" ? "good" : name === "not_run" ? "unknown" : "bad"}` }), vacuous ? [" ", term("vacuous")] : null, opaque ? [" ", term("opaque")] : null),
    el("code", {}, text(expression)),
    el("code", {}, differs ? differing(want, got) : want),
    el("code", {}, raised || (differs ? differing(got, want) : got)),
  ];
};

const caseTable = (rows, text, caption) =>
  tableOf(caption, ["status", "case", "expected", "actual"].map((key) => term(key)), rows.map((row) => caseRow(row, text)), false);

const cases = (stage, text, caption) => {
  const [passed, rest] = [stage.cases.filter((row) => row[0] === 0), stage.cases.filter((row) => row[0] !== 0)];
  const left = stage.n_cases - stage.cases.length;
  return [
    rest.length ? scrolled(caption, caseTable(rest, text, `${caption}: not passed`)) : null,
    passed.length ? el("details", { open: !rest.length && passed.length <= 6 }, el("summary", {}, `${number(passed.length)} cases passed`), scrolled(caption, caseTable(passed, text, `${caption}: passed`))) : null,
    left > 0 ? el("p", { class: "muted" }, `${number(left)} more cases are in the store.`) : null,
  ];
};

const stageLine = (stage) => {
  const n = stage.n_cases ? `, ${number(stage.n_passed)} of ${number(stage.n_cases)} cases pass` : "";
  const share = stage.agreement === undefined ? "" : `, agrees on ${number(100 * stage.agreement, 1)} % of the given inputs`;
  const limit = stage.limit_s ? ` of ${number(stage.limit_s, 1)} s allowed` : "";
  return el("li", { class: `stage ${stage.status}` }, word("stage", stage.stage, { class: "name" }), " ",
    word("status", stage.status, { class: `verdict ${stage.status === "passed" ? "good" : "bad"}` }), " ",
    word("outcome", stage.outcome), n, share, el("span", { class: "muted" }, `, ${number(stage.check_s, 2)} s${limit}`));
};

const checks = (found, text, key, withFindings) => {
  if (!found) return el("section", { class: "checks" }, el("h4", {}, term(key)), el("p", {}, "not run"));
  const label = TERMS[key][0];
  const loose = withFindings ? found.stages.flatMap((stage) => stage.findings.filter((item) => !item.line)) : [];
  const left = withFindings ? found.stages.reduce((sum, stage) => sum + stage.n_findings - stage.findings.length, 0) : 0;
  return el("section", { class: "checks" },
    el("h4", {}, term(key)),
    el("ol", { class: "stages" }, found.stages.map(stageLine)),
    found.compared ? el("p", {}, term("compared"), `: ${found.compared}`) : null,
    loose.length ? [el("p", {}, term("findings"), " without a line"), loose.map((item) => finding(item, text))] : null,
    left > 0 ? el("p", { class: "muted" }, `${number(left)} more findings are in the store.`) : null,
    found.stages.filter((stage) => stage.cases.length).map((stage) => cases(stage, text, label)),
    found.stages.filter((stage) => stage.output).map((stage) => el("details", {}, el("summary", {}, `${TERMS.output[0]} (${stage.stage})`), el("pre", { tabindex: "0" }, text(stage.output)))));
};
