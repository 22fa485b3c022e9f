// One trajectory as a timeline: what was sent, what came back, the program, what was found, and why it stopped.
const opened = new Map();

const stepsOf = async (row) => {
  const id = `block-${row.block}`;
  if (!opened.has(id)) opened.set(id, unpack(id));
  const block = await opened.get(id);
  const text = (numbers) => numbers.map((n) => block.lines[n]).join("\n");
  return [block.trajectories[row.place], text];
};

const messages = (sent, text) => sent.map(([role, lines]) => el("div", { class: "message" }, el("p", { class: "role" }, role), el("pre", { tabindex: "0" }, text(lines))));

const folded = (key, more, ...children) => el("details", {}, el("summary", {}, el("span", { "data-term": key, title: TERMS[key][1] }, TERMS[key][0]), more ? el("span", { class: "muted" }, ` ${more}`) : null), children);

const facts = (attempt) => {
  const rows = [
    ["template", attempt.template],
    ["temperature", String(attempt.temperature)],
    ["seed", attempt.seed === null ? null : String(attempt.seed)],
    ["wording", attempt.wording ? `variant ${attempt.wording}` : null],
    ["answered_by", attempt.answered_by || null],
    ["image", attempt.image ? attempt.image.slice(0, 19) : null],
    ["tools", attempt.tools || null],
    ["finish_reason", attempt.finish_reason],
    ["tokens", `${number(attempt.prompt_tokens)} + ${number(attempt.completion_tokens)}`],
    ["cost_usd", attempt.cost_usd === null ? null : dollars(attempt.cost_usd)],
    ["model_s", attempt.is_cached ? "from store" : seconds(attempt.model_s)],
    ["handed_over", `attempt ${attempt.handed_over}`],
  ];
  return el("dl", { class: "facts" }, rows.filter(([, value]) => value !== null).map(([key, value]) => el("div", {}, el("dt", {}, term(key)), el("dd", {}, value))));
};

const changed = (attempt, text) => {
  if (!attempt.changed) return null;
  const [gone, same, fresh] = attempt.changed;
  return el("div", { class: "changed" },
    el("p", {}, term("changed"), ` ${gone} gone, ${same} still there, ${fresh} new`),
    attempt.n_broken ? el("p", { class: "broken" }, term("broken"), ` ${number(attempt.n_broken)} passed before: `, attempt.broken.map((lines, i) => [i ? ", " : "", el("code", {}, text(lines))])) : null);
};

const programPart = (attempt, all, row, text) => {
  if (!attempt.code.length) return el("p", { class: "notice" }, "The answer held no program.");
  const findings = placed(attempt, text);
  const place = el("div");
  const old = attempt.base === null ? null : all[attempt.base].code;
  const same = old && attempt.diff.length === 1 && attempt.diff[0][2] === old.length && old.length === attempt.code.length;
  const show = (withChanges) => place.replaceChildren(program(attempt, withChanges ? old : null, row.language, text, findings));
  show(Boolean(old));
  const box = el("input", { type: "checkbox", checked: true, onchange: () => show(box.checked) });
  return [
    el("p", { class: "options" }, term("program"), old ? [el("label", { class: "choice", title: TERMS.diff[1], "data-term": "diff" }, box, ` ${TERMS.diff[0]} against attempt ${attempt.base}`), same ? el("strong", {}, "the same program") : null] : null),
    place,
  ];
};

const attemptPart = (attempt, all, row, text) => {
  const kind = attempt.repairs === null ? (attempt.number ? "a fresh draw" : "the first answer") : [term("repair_of"), ` attempt ${attempt.repairs}`];
  const name = row.path[attempt.number];
  return el("li", { class: "attempt", id: `attempt-${attempt.number}` },
    el("h3", { tabindex: "-1" }, el("span", { class: `mark c-${name}`, "aria-hidden": "true" }, MARKS[name]), ` Attempt ${attempt.number} `, word("class", name, { class: `verdict ${name === "passes" ? "good" : "bad"}` })),
    el("p", { class: "kind" }, kind, attempt.notes.length ? [" · ", term("extraction"), " ", attempt.notes.map((note, i) => [i ? ", " : "", word("note", note)])] : null),
    attempt.mends.length ? [el("p", { class: "kind" }, term("mended"), ` at ${number(attempt.mends.length)} places`), el("ul", { class: "mends" }, attempt.mends.map((mend) => el("li", {}, mend)))] : null,
    facts(attempt),
    attempt.before.map((inquiry) => folded("inquiry", "", messages(inquiry.prompt, text), el("p", { class: "role" }, "answer"), el("pre", {}, text(inquiry.answer)))),
    folded("prompt", `${attempt.prompt.length} messages`, messages(attempt.prompt, text)),
    folded("answer", `${number(text(attempt.answer).length)} characters`, el("pre", { tabindex: "0" }, text(attempt.answer))),
    programPart(attempt, all, row, text),
    changed(attempt, text),
    checks(attempt.visible, text, "visible", true),
    el("details", { class: "hidden-checks" }, el("summary", {}, TERMS.hidden_checks[0], " ", attempt.hidden ? word("status", attempt.hidden.status, { class: `verdict ${attempt.hidden.status === "passed" ? "good" : "bad"}` }) : "not run"), checks(attempt.hidden, text, "hidden_checks", false)));
};

const jump = (n) => {
  const place = byId(`attempt-${n}`);
  place.scrollIntoView();
  place.querySelector("h3").focus({ preventScroll: true });
};

const beside = (row, by) => {
  const rows = list.found.includes(row) ? list.found : list.rows;
  return rows[rows.indexOf(row) + by];
};

const stepsHead = (row) => {
  const link = (other, label) => (other ? el("a", { href: address(other) }, label) : null);
  return el("header", { class: "steps-head" },
    el("nav", { "aria-label": "Trajectories" }, el("a", { href: "#trajectories" }, "← all trajectories"), link(beside(row, -1), "previous"), link(beside(row, 1), "next")),
    el("h1", { tabindex: "-1", id: "steps-heading" }, row.task, el("small", {}, ` ${TERMS.draw[0]} ${row.draw}`)),
    el("dl", { class: "facts" }, [["language", row.language], ["ending", ending(row.ending)], ["hidden", verdict(row.passes)], ["tokens", number(row.tokens)], ["model_s", seconds(row.model_s)], ["check_s", seconds(row.check_s)], ...(row.tags.length ? [["tags", CELLS.tags(row)]] : [])]
      .map(([key, value]) => el("div", {}, el("dt", {}, term(key)), el("dd", {}, value)))),
    el("nav", { class: "stepper", "aria-label": "Attempts" }, el("ol", {}, row.path.map((name, n) =>
      el("li", {}, el("button", { type: "button", onclick: () => jump(n) }, el("span", { class: `mark c-${name}`, "aria-hidden": "true" }, MARKS[name]), ` ${n} `, el("span", {}, TERMS[`class.${name}`][0])))))));
};

const showSteps = async (row) => {
  const [found, text] = await stepsOf(row);
  const all = found.attempts.map((attempt, number_) => ({ ...attempt, number: number_ }));
  byId("view-steps").replaceChildren(
    stepsHead(row),
    el("section", { class: "stop", "aria-label": TERMS.why_stopped[0] }, el("h2", {}, term("why_stopped")), found.stop.map((sentence) => el("p", {}, sentence))),
    el("ol", { class: "timeline" }, all.map((attempt) => attemptPart(attempt, all, row, text))));
};
