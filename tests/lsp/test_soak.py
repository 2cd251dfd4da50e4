"""Typing whole files in, character by character: what is found at the end is what the command line finds."""

import json
import subprocess

import pytest

from conftest import BINARY
from edits import slice_of

STAGE = """\
FROM node:22-alpine AS s{n}
ARG TOKEN_{n}=x
ENV A{n} é𐐀
WORKDIR app
RUN apk add curl && \\
    # a comment
    cd /tmp && \\
    sudo ls "$A{n}"
RUN <<EOF
echo 'half "quoted' ${{A{n}:-b}}
EOF
COPY --from=s{before} /a /b
HEALTHCHECK --interval=1s CMD curl http://localhost/
EXPOSE 22
CMD npm start
"""

SERVICE = """\
  s{n}: &s{n}
    image: "nginx:latest"
    privileged: true
    ports: ["80{n}:80", '22:22']
    environment:
      - PASSWORD=hunter2hunter2
      KEY: ${{KEY:?é𐐀}}
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
    depends_on: {{s{n}: {{condition: service_healthy}}}}
    command: |
      a: "b
"""

DOCKERFILE = "".join(STAGE.format(n=n, before=max(n - 1, 0)) for n in range(20))
COMPOSE = "services:\n" + "".join(SERVICE.format(n=n) for n in range(10))


def command_line(folder, name, text):
    """Each finding of `dockvet check`: the lint and the text that it is about."""
    answer = subprocess.run([BINARY, "check", "--format", "json", name], cwd=folder, capture_output=True, check=False)
    encoded = text.encode()
    about = lambda span: encoded[span["start"]["offset"] : span["end"]["offset"]].decode()
    return [(d["lint"], about(d["span"])) for d in json.loads(answer.stdout)["diagnostics"] if d["file"] == name]


@pytest.mark.parametrize(("name", "language", "text"), [("Dockerfile", "dockerfile", DOCKERFILE), ("compose.yaml", "yaml", COMPOSE)])
def test_typing_a_file(client, project, name, language, text):
    assert name != "Dockerfile" or text.count("\n") == 300
    uri = project.uri(name)
    client.initialize()
    client.open(uri, "", language)
    line = column = 0
    requests = 0
    for version, char in enumerate(text, 2):
        at = (line, column)
        client.change(uri, version, (at, at, char))
        if char == "\n":
            line, column = line + 1, 0
        else:
            column += len(char.encode("utf-16-le")) // 2
        if version % 97 == 0:
            caret = {"line": line, "character": column}
            method = ["hover", "completion", "definition", "documentSymbol", "inlayHint", "foldingRange"][requests % 6]
            answer = client.request(f"textDocument/{method}", {"textDocument": {"uri": uri}, "position": caret, "range": {"start": caret, "end": caret}})
            assert "result" in answer, answer
            requests += 1
    while client.versions.get(uri) != version:
        assert client.step() is not None, "the server ended"
    project.write(name, text)
    findings = command_line(project.folder, name, text)
    assert len(findings) > 20
    assert sorted(findings) == sorted((d["code"], slice_of(text, d["range"])) for d in client.diagnostics[uri])
    assert client.end() == 0
