"""How long an edit takes until its findings are there: `python tests/lsp/bench.py [BINARY] [LINES]`.

The time is that of a client: from writing the change to having read the answer from the pipe.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
URI = "untitled:Dockerfile"
ROUNDS = 400

CAREFUL = [
    "RUN apt-get update && apt-get install -y curl \\",
    "    ca-certificates é𐐀 \\",
    "    && rm -rf /var/lib/apt/lists/*",
    "ENV A=b \\",
    "    C=\"${A:-d} e\"",
    "COPY --chown=app [\"a b\", \"/c\"]",
    "COPY --chown=app x y /app/",
    "# a comment",
    "EXPOSE 8080/tcp",
    "",
]
# Three findings in each ten lines.
CARELESS = [line.replace(" --chown=app", "").replace("8080", "80800") for line in CAREFUL]


def dockerfile(block, lines):
    body = (block * (lines // len(block) + 1))[: lines - 3]
    return "\n".join(["FROM debian:12 AS build", "USER app", *body, "CMD [\"x\"]"]) + "\n"


class Pipe:
    """No threads and no parsing, which would take longer than what is measured."""

    def __init__(self, binary):
        self.process = subprocess.Popen([binary, "lsp"], cwd=ROOT / "tests", stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def read_until(self, *parts):
        while True:
            length = int(self.process.stdout.readline().split(b":")[1])
            self.process.stdout.readline()
            body = self.process.stdout.read(length)
            if all(part in body for part in parts):
                return body


def measure(binary, what, text, lines):
    pipe = Pipe(binary)
    started = time.perf_counter()
    pipe.send(id=1, method="initialize", params={"capabilities": {}})
    pipe.read_until(b'"id":1')
    pipe.send(method="initialized", params={})
    document = {"uri": URI, "languageId": "dockerfile", "version": 1, "text": text}
    pipe.send(method="textDocument/didOpen", params={"textDocument": document})
    first = json.loads(pipe.read_until(b"publishDiagnostics", b'"version":1'))
    begun = (time.perf_counter() - started) * 1000
    times = []
    # Numbers that are not the start of one another.
    for version in range(1000, 1000 + ROUNDS):
        line = 2 + (version // 2 * 7) % (lines - 4)
        typed = version % 2 == 0
        span = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 0 if typed else 1}}
        change = {"range": span, "text": "#" if typed else ""}
        sent = time.perf_counter()
        pipe.send(method="textDocument/didChange", params={"textDocument": {"uri": URI, "version": version}, "contentChanges": [change]})
        if first["params"]["diagnostics"]:
            pipe.read_until(b"publishDiagnostics", b'"version":%d' % version)
        times.append((time.perf_counter() - sent) * 1000)
    pipe.process.kill()
    times.sort()
    found = len(first["params"]["diagnostics"])
    print(f"{what}: {lines} lines, {len(text.encode())} bytes, {found} findings; start and first findings {begun:.1f} ms")
    print(f"  edit: median {statistics.median(times):.2f} ms, 95 % under {times[int(ROUNDS * 0.95)]:.2f} ms, fastest {times[0]:.2f} ms")


def main():
    binary = str(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/release/dockvet").resolve())
    lines = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    # One finding at least, so that there is something to wait for.
    careful = dockerfile(CAREFUL, lines).replace("EXPOSE 8080", "EXPOSE 80800", 1)
    measure(binary, "careful", careful, lines)
    measure(binary, "careless", dockerfile(CARELESS, lines), lines)


if __name__ == "__main__":
    main()
