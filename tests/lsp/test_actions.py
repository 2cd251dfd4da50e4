"""Code actions, and the requests that wait for findings."""

import pytest

from client import lints
from edits import apply, ask, by_uri, whole

URI = "untitled:Dockerfile"
VERSIONED = {"workspace": {"workspaceEdit": {"documentChanges": True}}}


def actions(client, uri, range, only=None):
    context = {"diagnostics": [], **({"only": only} if only else {})}
    return ask(client, "codeAction", uri, range=range, context=context)


def titled(actions, word):
    [found] = [a for a in actions if word in a["title"]]
    return found


def test_a_safe_fix_is_preferred_and_an_unsafe_one_says_so(client):
    text = "FROM alpine:3.22\nMAINTAINER me\nUSER 10001\nENV a 1\nCMD [\"x\"]\n"
    client.initialize(capabilities=VERSIONED)
    client.open(URI, text, version=7)
    found = actions(client, URI, whole(text), ["quickfix"])
    fixes = [a for a in found if "isPreferred" in a]
    safe = [a for a in fixes if a["isPreferred"]]
    assert safe and all("unsafe" not in a["title"] for a in safe)
    assert all("unsafe" in a["title"] for a in fixes if not a["isPreferred"])
    legacy = next(a for a in safe if a["diagnostics"][0]["code"] == "legacy-key-value")
    [change] = legacy["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": URI, "version": 7}
    assert "ENV a=1" in apply(text, change["edits"])


def test_fix_all_mends_what_is_safe_and_only_that(client):
    text = "FROM alpine:3.22\nUSER 10001\nENV a 1\nENV b 2\nCMD [\"x\"]\n"
    client.initialize()
    client.open(URI, text)
    [action] = actions(client, URI, whole("x"), ["source.fixAll"])
    assert action["kind"] == "source.fixAll.dockvet"
    mended = apply(text, by_uri(action["edit"])[URI])
    assert "ENV a=1\nENV b=2\n" in mended
    client.change(URI, 2, mended)
    assert "legacy-key-value" not in lints(client.wait(URI, lambda d: "legacy-key-value" not in lints(d)))
    assert actions(client, URI, whole(mended), ["source.organizeImports"]) == []


def test_fix_all_of_one_lint(client):
    text = "FROM alpine:3.22\nUSER 10001\nENV a 1\nENV b 2\nCMD [\"x\"]\n"
    client.initialize()
    client.open(URI, text)
    line = {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 0}}
    action = titled(actions(client, URI, line), "fix all legacy-key-value")
    assert len(action["diagnostics"]) == 2
    assert "ENV a=1\nENV b=2\n" in apply(text, by_uri(action["edit"])[URI])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("name", "language", "text", "lint", "above"),
    [
        ("Dockerfile", "dockerfile", "# syntax=docker/dockerfile:1\nFROM alpine:3.22\n  ENV é=1 \\\n  b 2\nUSER app\nENV a 1\n", "legacy-key-value", "ENV a 1"),
        ("compose.yaml", "yaml", "services:\n  web:\n    image: nginx:1.29\n    privileged: true\n", "privileged", "    privileged"),
        ("compose.yaml", "yaml", "services:\n  w: {image: nginx:1.29, privileged: true}\n", "privileged", "  w:"),
        ("compose.yaml", "yaml", "services:\n  w:\n    image: a:1\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n", "docker-socket-mount", "      - "),
    ],
)
def test_silencing_a_finding_here_and_in_the_file(client, project, name, language, text, lint, above, end):
    text = text.replace("\n", end)
    uri = project.write(name, text)
    client.initialize(folders=[project.root])
    client.open(uri, text, language)
    [finding] = [d for d in client.wait(uri) if d["code"] == lint]
    for word, place in [("ignore", "here"), ("ignore-file", "in this file")]:
        action = titled(actions(client, uri, finding["range"]), f"ignore {lint} {place}")
        changed = apply(text, by_uri(action["edit"])[uri])
        comment = f"# dockvet: {word}[{lint}] reason{end}"
        assert comment in changed
        if word == "ignore":
            indent = " " * (len(above) - len(above.lstrip()))
            assert f"{indent}{comment}{above}" in changed
        client.change(uri, client.versions[uri] + 1, changed)
        client.wait(uri, lambda d: lint not in lints(d))
        assert "unused-suppression" not in lints(client.diagnostics[uri])
        client.change(uri, client.versions[uri] + 1, text)
        client.wait(uri, lambda d: lint in lints(d))


def test_actions_wait_for_the_findings_of_the_newest_text(client):
    client.initialize()
    client.open(URI, "FROM alpine:3.22\nUSER 10001\n")
    client.settle()
    # The same line twice: an answer from the text before would break the file.
    text = "# é𐐀\nFROM alpine:3.22\nUSER 10001\nENV a 1\n"
    client.change(URI, 2, text)
    [action] = actions(client, URI, whole(text), ["source.fixAll.dockvet"])
    assert apply(text, by_uri(action["edit"])[URI]).endswith("ENV a=1\n")


def test_the_page_of_a_lint(client):
    client.initialize(capabilities={"window": {"showDocument": {"support": True}}})
    text = "FROM alpine:3\nCMD [\"x\"]\n"
    client.open(URI, text)
    command = titled(actions(client, URI, whole(text)), "explain root-user")["command"]
    assert client.request("workspace/executeCommand", command)["result"] is None
    client.settle()
    [shown] = [r for r in client.requests if r["method"] == "window/showDocument"]
    assert shown["params"]["uri"].endswith("/root-user") and shown["params"]["external"]
    assert client.request("workspace/executeCommand", {"command": "dockvet.explain", "arguments": ["x"]})["error"]["code"] == -32602


# Pulling findings


def test_findings_can_be_asked_for(client):
    result = client.initialize(capabilities={"textDocument": {"diagnostic": {}}})
    assert result["capabilities"]["diagnosticProvider"]["interFileDependencies"]
    client.open(URI, "FROM alpine:3\nCMD [\"x\"]\n")
    answer = ask(client, "diagnostic", URI)
    assert (answer["kind"], lints(answer["items"])) == ("full", ["root-user"])
    client.change(URI, 2, "FROM alpine:3\nUSER 10001\nCMD [\"x\"]\n")
    assert ask(client, "diagnostic", URI)["items"] == []


def test_a_client_that_asks_is_told_when_to_ask_again(client, project):
    project.write("compose.yaml", "services:\n  a:\n    build: .\n    user: \"1\"\n")
    text = "FROM alpine:3\nCMD [\"x\"]\n"
    client.initialize(folders=[project.root], capabilities={"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": True}}})
    client.open(project.uri("Dockerfile"), text)
    assert "root-user" not in lints(ask(client, "diagnostic", project.uri("Dockerfile"))["items"])
    client.open(project.uri("compose.yaml"), "services:\n  a:\n    build: .\n", "yaml")
    while "root-user" not in lints(ask(client, "diagnostic", project.uri("Dockerfile"))["items"]):
        told = len(client.requests)
        while len(client.requests) == told:
            assert client.step() is not None
    assert {r["method"] for r in client.requests} == {"workspace/diagnostic/refresh"}
    assert client.published == []


def test_a_client_that_is_told_is_not_asked_to_ask(client):
    result = client.initialize(capabilities={"textDocument": {"diagnostic": {}, "publishDiagnostics": {}}})
    assert "diagnosticProvider" not in result["capabilities"]


def test_a_document_that_is_not_ours_has_no_findings(client):
    client.initialize()
    client.open("untitled:x.py", "print()", "python")
    assert ask(client, "diagnostic", "untitled:x.py")["items"] == []
    assert ask(client, "codeAction", "untitled:x.py", range=whole("x"), context={"diagnostics": []}) is None


def test_a_request_that_is_cancelled_before_its_turn(client):
    client.initialize()
    client.open(URI, "FROM alpine:3\n" + "RUN echo $A\n" * 3000)
    params = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 6}}
    sent = [client.send_request("textDocument/semanticTokens/full", params) for _ in range(40)]
    for id in sent[1:]:
        client.notify("$/cancelRequest", {"id": id})
    answers = {}
    while len(answers) < len(sent):
        message = client.step()
        if message.get("id") in sent and "method" not in message:
            answers[message["id"]] = message.get("error", {}).get("code")
    assert -32800 in answers.values()
    assert set(answers.values()) <= {None, -32800}


def test_a_request_that_waits_can_be_cancelled(client):
    client.initialize()
    answered = []
    for version in range(1, 30):
        text = "FROM alpine:3\n" + "RUN apk add curl\n" * 200 + f"# {version}\n"
        client.open(URI, text) if version == 1 else client.change(URI, version, text)
        id = client.send_request("textDocument/diagnostic", {"textDocument": {"uri": URI}})
        client.notify("$/cancelRequest", {"id": id})
        answered.append(id)
    seen = {}
    while len(seen) < len(answered):
        message = client.step()
        if message.get("id") in answered and "method" not in message:
            assert message["id"] not in seen
            seen[message["id"]] = message
    assert any(m.get("error", {}).get("code") == -32800 for m in seen.values())
    assert all("result" in m or m["error"]["code"] == -32800 for m in seen.values())
