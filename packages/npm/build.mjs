#!/usr/bin/env node
// Lays out npm packages, ready for `npm pack` or `npm publish`.
//   node packages/npm/build.mjs OUT main               the package `dockvet`
//   node packages/npm/build.mjs OUT linux-x64 BINARY   the package `@dockvet/linux-x64` around a program
// The version is that of Cargo.toml. REPOSITORY, where set, becomes the field `repository`, which provenance wants.

import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const version = /^version = "(.+)"/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];
const main = JSON.parse(readFileSync(join(here, "dockvet/package.json"), "utf8"));
const repository = process.env.REPOSITORY ? { repository: { type: "git", url: `git+${process.env.REPOSITORY}.git` } } : {};

function write(folder, manifest) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ ...manifest, ...repository }, null, 2)}\n`);
  for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, licence), join(folder, licence));
  console.log(folder);
}

function mainPackage(out) {
  const folder = join(out, "dockvet");
  cpSync(join(here, "dockvet"), folder, { recursive: true });
  const optionalDependencies = Object.fromEntries(Object.keys(main.optionalDependencies).map((name) => [name, version]));
  write(folder, { ...main, version, optionalDependencies });
}

function platformPackage(out, platform, binary) {
  const name = `@dockvet/${platform}`;
  if (!(name in main.optionalDependencies)) throw new Error(`dockvet/package.json does not name ${name}`);
  const [os, cpu] = platform.split("-");
  const file = os === "win32" ? "dockvet.exe" : "dockvet";
  const folder = join(out, platform);
  mkdirSync(folder, { recursive: true });
  copyFileSync(binary, join(folder, file));
  chmodSync(join(folder, file), 0o755);
  const { license, homepage } = main;
  write(folder, { name, version, description: `The program dockvet for ${platform}`, license, homepage, os: [os], cpu: [cpu], preferUnplugged: true, files: [file, "LICENSE-MIT", "LICENSE-APACHE"] });
}

const [out, what, binary] = process.argv.slice(2);
if (what === "main") mainPackage(out);
else if (what && binary) platformPackage(out, what, binary);
else {
  console.error("usage: build.mjs OUT main | build.mjs OUT PLATFORM BINARY");
  process.exit(2);
}
