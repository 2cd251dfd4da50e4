import assert from "node:assert/strict";
import { test } from "node:test";
import { findBinary, type World } from "./binary";

function world(files: string[], rest: Partial<World> = {}): World {
  return {
    setting: "",
    folder: "/project/a b",
    home: "/home/é",
    searchPath: "/usr/bin::.:/opt/x y",
    windows: false,
    isFile: (file) => files.includes(file),
    ...rest,
  };
}

test("the first on the search path", () => {
  assert.equal(findBinary(world(["/opt/x y/dockvet"])), "/opt/x y/dockvet");
  assert.equal(findBinary(world(["/opt/x y/dockvet", "/usr/bin/dockvet"])), "/usr/bin/dockvet");
  assert.equal(findBinary(world(["/project/a b/dockvet", "dockvet"])), undefined);
});

test("a setting stands above the search path", () => {
  const files = ["/usr/bin/dockvet", "/home/é/bin/dockvet", "/project/a b/tools/dockvet"];
  assert.equal(findBinary(world(files, { setting: " ~/bin/dockvet " })), "/home/é/bin/dockvet");
  assert.equal(findBinary(world(files, { setting: "tools/dockvet" })), "/project/a b/tools/dockvet");
  assert.equal(findBinary(world(files, { setting: "/usr/bin/dockvet" })), "/usr/bin/dockvet");
  assert.equal(findBinary(world(files, { setting: "/nowhere/dockvet" })), undefined, "a wrong setting is not passed over");
});

test("nothing of a folder that is not trusted", () => {
  const files = ["tools/dockvet", "/project/a b/tools/dockvet", "dockvet"];
  assert.equal(findBinary(world(files, { setting: "tools/dockvet", folder: undefined })), undefined);
});

test("programs of Windows", () => {
  const windows = { windows: true, folder: "C:\\w", home: "C:\\Users\\é", searchPath: "C:\\bin;D:\\x y" };
  assert.equal(findBinary(world(["D:\\x y\\dockvet.exe"], windows)), "D:\\x y\\dockvet.exe");
  assert.equal(findBinary(world(["C:\\Users\\é\\d.EXE"], { ...windows, setting: "~\\d.EXE" })), "C:\\Users\\é\\d.EXE");
  assert.equal(findBinary(world(["C:\\w\\t\\dockvet.exe"], { ...windows, setting: "t\\dockvet" })), "C:\\w\\t\\dockvet.exe");
});
