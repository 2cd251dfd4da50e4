"""How long an edit takes until its findings are there: `python tests/lsp/bench.py [BINARY] [LINES]`.

The time is that of a client: from writing the change to having read the answer, Python's own part included.
"""

import pathlib
import statistics
import sys
import time

from client import Client

ROOT = pathlib.Path(__file__).resolve().parents[2]
URI = "untitled:Dockerfile"
ROUNDS = 300


def dockerfile(lines):
    """About as many findings as a careless author makes."""
    block = [
        "RUN apt-get update && apt-get install -y curl \\",
        "    ca-certificates é𐐀 \\",
        "    && rm -rf /var/lib/apt/lists/*",
        "ENV A=b \\",
        "    C=\"${A:-d} e\"",
        "COPY --from=0 [\"a b\", \"/c\"]",
        "COPY x y /app/",
        "# a comment",
        "EXPOSE 8080/tcp",
        "",
    ]
    body = (block * (lines // len(block) + 1))[: lines - 3]
    return "\n".join(["FROM debian:12 AS build", "USER app", *body, "CMD [\"x\"]"]) + "\n"


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "target/release/dockvet")
    lines = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    text = dockerfile(lines)
    started = time.perf_counter()
    client = Client([binary, "lsp"], ROOT / "tests")
    client.initialize()
    client.open(URI, text)
    first = len(client.wait(URI))
    begun = time.perf_counter() - started
    times = []
    for round in range(ROUNDS):
        version = round + 2
        line = 2 + round % (lines - 4)
        change = ((line, 0), (line, 0), "#") if round % 2 == 0 else ((line - 1, 0), (line - 1, 1), "")
        sent = time.perf_counter()
        client.change(URI, version, change)
        while client.versions.get(URI) != version:
            client.step()
        times.append((time.perf_counter() - sent) * 1000)
    assert client.end() == 0
    times.sort()
    print(f"{lines} lines, {len(text)} bytes, {first} findings; start and first findings {begun * 1000:.1f} ms")
    print(f"edit: median {statistics.median(times):.2f} ms, 95 % under {times[int(ROUNDS * 0.95)]:.2f} ms, longest {times[-1]:.2f} ms")


if __name__ == "__main__":
    main()
