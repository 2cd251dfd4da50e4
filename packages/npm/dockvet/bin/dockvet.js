#!/usr/bin/env node
"use strict";

// Finds the program in the package of this platform and becomes it, as far as Node can.

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const platform = `${process.platform}-${process.arch}`;
const name = `@dockvet/${platform}`;
const file = process.platform === "win32" ? "dockvet.exe" : "dockvet";

function find() {
  if (process.env.DOCKVET_BINARY) return process.env.DOCKVET_BINARY;
  try {
    return require.resolve(`${name}/${file}`);
  } catch {
    const known = Object.keys(require("../package.json").optionalDependencies);
    const why = known.includes(name)
      ? `the package ${name} is not installed; install again without --omit=optional or --no-optional`
      : `there is no package for ${platform}; build dockvet with cargo, and set DOCKVET_BINARY to it`;
    console.error(`dockvet: ${why}`);
    process.exit(2);
  }
}

const child = spawn(find(), process.argv.slice(2), { stdio: "inherit" });

// The child is asked to stop and says itself how it ended; a terminal sends Ctrl-C to both.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => signal !== "SIGINT" && child.kill(signal));
}
child.on("error", (error) => {
  console.error(`dockvet: the program does not start: ${error.message}`);
  process.exit(2);
});
child.on("exit", (code, signal) => process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : code));
