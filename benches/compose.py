#!/usr/bin/env python3
"""How long does one large Compose project take, beside other programs on the same file, in one run?

    benches/compose.py target/release/dockvet [--lines 2000] [--runs 15] [--compose-lint PROGRAM] [--dclint PROGRAM]

Writes a project of about so many lines (anchors, merge keys, `extends`, an override, an env file), checks it with one
thread and prints wall and processor time of the whole process (on a busy machine, the latter says more); `dockvet
--version` shows how much of it is the start. compose-lint (PyPI) and dclint (npm) join when they are found or named. `--smoke` runs everything once.
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


def run(command, cwd):
    """Seconds on the wall, seconds of the processor (user and system), exit status."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, process.returncode


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
            code = run(command, folder)[2]
            if code not in (0, 1):
                sys.exit(f"{name}: exit {code}")
        times = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                times[name].append(run(command, folder)[:2])
    median = lambda name, part: statistics.median(t[part] for t in times[name])
    print(f"{lines} lines\n{'program':20} {'wall ms: min':>13} {'median':>8} {'to dockvet':>11} {'cpu ms: median':>15} {'to dockvet':>11}")
    for name, measured in times.items():
        wall, cpu = median(name, 0), median(name, 1)
        least = min(t[0] for t in measured)
        ratios = wall / median("dockvet", 0), cpu / max(median("dockvet", 1), 1e-4)
        print(f"{name:20} {least*1e3:13.1f} {wall*1e3:8.1f} {ratios[0]:11.2f} {cpu*1e3:15.1f} {ratios[1]:11.2f}")


if __name__ == "__main__":
    main()
