/** Finding the server. No editor in here, so that it can be tested without one. */

import * as path from "node:path";

/** What the search may look at. */
export interface World {
  /** `dockvet.path`, as the user wrote it. */
  setting: string;
  /** The folder that a relative setting starts at; undefined when nothing in it may be started. */
  folder: string | undefined;
  home: string;
  /** The variable `PATH`. */
  searchPath: string;
  windows: boolean;
  isFile(file: string): boolean;
}

/** The program to start, or undefined when there is none. */
export function findBinary(world: World): string | undefined {
  const setting = world.setting.trim();
  const candidates = setting === "" ? onSearchPath(world) : expand(setting, world);
  return candidates.flatMap((file) => spellings(file, world.windows)).find((file) => world.isFile(file));
}

function onSearchPath({ searchPath, windows }: World): string[] {
  const { delimiter, join, isAbsolute } = windows ? path.win32 : path.posix;
  return searchPath.split(delimiter).filter((folder) => isAbsolute(folder)).map((folder) => join(folder, "dockvet"));
}

function expand(setting: string, { folder, home, windows }: World): string[] {
  const { join, resolve, isAbsolute } = windows ? path.win32 : path.posix;
  if (/^~[/\\]/.test(setting)) {
    return [join(home, setting.slice(1))];
  }
  if (isAbsolute(setting)) {
    return [setting];
  }
  return folder === undefined ? [] : [resolve(folder, setting)];
}

function spellings(file: string, windows: boolean): string[] {
  return windows && !/\.exe$/i.test(file) ? [`${file}.exe`, file] : [file];
}
