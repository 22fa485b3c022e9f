// Programs: tokens of six languages by a few patterns, changes against another program, findings under their lines.
const WORDS = {
  python: "False None True and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield",
  java: "abstract assert boolean break byte case catch char class continue default do double else enum extends final finally float for if implements import instanceof int interface long native new null package private protected public record return short static strictfp super switch synchronized this throw throws transient true false try var void volatile while",
  cpp: "alignas auto bool break case catch char class const constexpr const_cast continue decltype default delete do double dynamic_cast else enum explicit extern false float for friend goto if inline int long mutable namespace new noexcept nullptr operator private protected public register reinterpret_cast return short signed sizeof static static_cast struct switch template this throw true try typedef typename union unsigned using virtual void volatile while",
  javascript: "async await break case catch class const continue debugger default delete do else export extends false finally for from function get if import in instanceof let new null of return set static super switch this throw true try typeof undefined var void while with yield",
  go: "bool break byte case chan const continue default defer else error fallthrough false float64 for func go goto if import int int64 interface map nil package range return rune select string struct switch true type var",
  rust: "as async await bool break char const continue crate dyn else enum extern f64 false fn for i32 i64 if impl in let loop match mod move mut pub ref return self Self static str struct super trait true type u8 u32 u64 unsafe use usize where while",
};
const STRING = String.raw`"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?`;
const PATTERNS = {
  python: String.raw`(#.*)|("""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|${STRING})`,
  rust: String.raw`(\/\/.*|\/\*[\s\S]*?(?:\*\/|$))|("(?:\\.|[^"\\])*"?|'(?:\\.[^']*|[^'\\\n])')`,
  javascript: "(\\/\\/.*|\\/\\*[\\s\\S]*?(?:\\*\\/|$))|(`(?:\\\\[\\s\\S]|[^`\\\\])*`?|" + STRING + ")",
  go: "(\\/\\/.*|\\/\\*[\\s\\S]*?(?:\\*\\/|$))|(`[^`]*`?|" + STRING + ")",
  c: String.raw`(\/\/.*|\/\*[\s\S]*?(?:\*\/|$))|("""[\s\S]*?(?:"""|$)|${STRING})`,
};
const REST = String.raw`|(\b\d[\w.]*)|([A-Za-z_]\w*)`;

// A program as lines of [kind, text].
const tokens = (text, language) => {
  const known = new Set((WORDS[language] || "").split(" "));
  const pattern = new RegExp((PATTERNS[language] || PATTERNS.c) + REST, "g");
  const lines = [[]];
  const add = (kind, part) => part.split("\n").forEach((piece, i) => {
    if (i) lines.push([]);
    if (piece) lines[lines.length - 1].push([kind, piece]);
  });
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    add("", text.slice(end, found.index));
    const kind = found[1] ? "comment" : found[2] ? "string" : found[3] ? "literal" : known.has(found[4]) ? "keyword" : "";
    add(kind, found[0]);
    end = found.index + found[0].length;
  }
  add("", text.slice(end));
  return lines;
};

// Columns count code points; a place without an end goes to the end of its word.
const ranges = (line, findings) => {
  const points = [...line];
  return findings.filter((item) => item.column).map((item) => {
    let end = item.end_column || item.column;
    if (end <= item.column) for (end = item.column; end - 1 < points.length && /\w/.test(points[end - 1]); end++);
    return [item.column - 1, Math.max(end - 1, item.column)];
  });
};

const codeLine = (parts, marked) => {
  let place = 0;
  return parts.flatMap(([kind, text]) => {
    const points = [...text];
    const cuts = [...new Set([0, points.length, ...marked.flat().map((at) => at - place).filter((at) => at > 0 && at < points.length)])].sort((a, b) => a - b);
    const made = cuts.slice(1).map((to, i) => {
      const from = cuts[i];
      const inside = marked.some(([start, end]) => place + from >= start && place + from < end);
      const piece = points.slice(from, to).join("");
      return kind || inside ? el("span", { class: [kind, inside ? "marked" : ""].join(" ").trim() }, piece) : piece;
    });
    place += points.length;
    return made;
  });
};

// What two programs share comes as runs of lines; the rest of the first is gone, the rest of the second new.
const merged = (before, after, runs) => {
  const rows = [];
  let [a, b] = [0, 0];
  for (const [startA, startB, size] of [...runs, [before.length, after.length, 0]]) {
    while (a < startA) rows.push(["gone", a++]);
    while (b < startB) rows.push(["new", b++]);
    for (let i = 0; i < size; i++, a++, b++) rows.push(["same", b]);
  }
  return rows;
};

const finding = (item, text) => {
  const rule = [item.tool, item.rule].filter(Boolean).join(" ");
  const values = [["expected", item.expected], ["actual", item.actual]].filter(([, lines]) => lines);
  return el("div", { class: `finding s-${item.severity}`, role: "note" },
    el("p", {}, word("severity", item.severity, { class: "severity" }), " ", item.category ? [word("category", item.category, { class: "tag" }), " "] : null, el("code", {}, rule), item.place ? ` line ${item.place}` : null, " ", el("span", { class: "said" }, text(item.message || []))),
    item.expression ? el("p", {}, el("code", {}, text(item.expression))) : null,
    values.map(([key, lines]) => el("p", {}, term(key), " ", el("code", {}, text(lines)))),
    item.help ? el("details", {}, el("summary", {}, "more of the tool"), el("pre", {}, text(item.help))) : null);
};

// The program with its changes and findings; `old` is the program compared with, or null.
const program = (attempt, old, language, text, findings) => {
  const shown = tokens(text(attempt.code), language);
  const gone = old ? tokens(text(old), language) : [];
  const rows = old && attempt.diff ? merged(old, attempt.code, attempt.diff) : attempt.code.map((_, i) => ["same", i]);
  const lines = attempt.code.map((_, i) => text([attempt.code[i]]));
  const made = rows.map(([kind, i]) => {
    const mine = kind === "gone" ? [] : findings.filter((item) => item.line === i + 1);
    const parts = (kind === "gone" ? gone : shown)[i] || [];
    const sign = kind === "gone" ? "−" : kind === "new" ? "+" : "";
    return [
      el("div", { class: `line ${kind}` }, el("span", { class: "n", "aria-hidden": "true" }, kind === "gone" ? "" : String(i + 1)), el("span", { class: "sign" }, sign),
        el("code", {}, mine.length ? codeLine(parts, ranges(lines[i], mine)) : codeLine(parts, []))),
      mine.map((item) => finding(item, text)),
    ];
  });
  return el("div", { class: "code", tabindex: "0", role: "region", "aria-label": `Program of attempt ${attempt.number}` }, made);
};
