#!/usr/bin/env python3
"""How long does one large Compose project take, beside other programs on the same file, in one run?

    benches/compose.py target/release/dockvet [--lines 2000] [--runs 15] [--compose-lint PROGRAM] [--dclint PROGRAM]

Writes a project of about so many lines (anchors, merge keys, `extends`, an override, an env file), checks it with one
thread and prints minimum and median of the wall time, the whole process included; `dockvet --version` shows how much of
it is the start. compose-lint (PyPI) and dclint (npm) join when they are found or named. `--smoke` runs everything once.
"""
import argparse, os, pathlib, shutil, statistics, subprocess, sys, tempfile, time

HEAD = """\
name: bench
x-common: &common
  restart: unless-stopped
  logging: {driver: json-file, options: {max-size: 10m}}
services:
  base:
    image: example.com/base:1.0
    user: "10001"
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
"""

SERVICE = """\
  service{n}:
    <<: *common
    extends: base
    image: example.com/service{n}:${{TAG:-1.{n}}}
    command: ["serve", "--port", "{port}"]
    ports:
      - "127.0.0.1:{port}:80"
    environment:
      NAME: service{n}
      LEVEL: ${{LEVEL}}
      URL: http://service{before}:80/api
    volumes:
      - data:/var/lib/service{n}
      - ./config/{n}.yaml:/etc/service.yaml:ro
    depends_on:
      service{before}:
        condition: service_started
    healthcheck:
      test: ["CMD", "wget", "-qO-", "http://localhost:80/"]
      interval: 30s
    deploy:
      resources:
        limits:
          memory: 256m
          cpus: "0.5"
    networks: [front]
"""

TAIL = "networks:\n  front:\nvolumes:\n  data:\n"


def write(folder, lines):
    """The project, and how many lines its base has."""
    count = max(1, (lines - HEAD.count("\n") - TAIL.count("\n")) // SERVICE.count("\n"))
    services = [SERVICE.format(n=n, port=10000 + n, before=n - 1) for n in range(1, count)]
    first = "  service0:\n    extends: base\n    image: example.com/service0:1.0\n    networks: [front]\n"
    text = HEAD + first + "".join(services) + TAIL
    folder = pathlib.Path(folder)
    (folder / "compose.yaml").write_text(text)
    (folder / "compose.override.yaml").write_text("services:\n  service0:\n    environment: {LEVEL: debug}\n")
    (folder / ".env").write_text("LEVEL=info\n")
    return text.count("\n")


def wall(command, cwd):
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start, done.returncode


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--lines", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--compose-lint", default=shutil.which("compose-lint"))
    parser.add_argument("--dclint", default=shutil.which("dclint"))
    parser.add_argument("--smoke", action="store_true")
    args = parser.parse_args()
    binary = os.path.abspath(args.binary)
    runs = 1 if args.smoke else args.runs
    with tempfile.TemporaryDirectory() as folder:
        lines = write(folder, args.lines)
        commands = {
            "dockvet": [binary, "check", "--no-config", "--jobs", "1", "--format", "json", "."],
            "dockvet config": [binary, "config", "--format", "json"],
            "dockvet --version": [binary, "--version"],
        }
        for name, program in [("compose-lint", args.compose_lint), ("dclint", args.dclint)]:
            if program:
                commands[name] = [program, "compose.yaml"]
        for name, command in commands.items():
            code = wall(command, folder)[1]
            if code not in (0, 1):
                sys.exit(f"{name}: exit {code}")
        times = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                times[name].append(wall(command, folder)[0])
    own = statistics.median(times["dockvet"])
    print(f"{lines} lines\n{'program':20} {'min ms':>9} {'median ms':>10} {'to dockvet':>11}")
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"{name:20} {min(seconds)*1e3:9.1f} {middle*1e3:10.1f} {middle/own:11.2f}")


if __name__ == "__main__":
    main()
