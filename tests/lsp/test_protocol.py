"""How a session starts, goes wrong and ends."""

import json
import subprocess

import pytest

from conftest import BINARY

DOCKERFILE = "FROM alpine:3\nCMD [\"x\"]\n"
URI = "untitled:Dockerfile"


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["utf-16", "utf-8"], "utf-8"),
        (["utf-32", "utf-16"], "utf-32"),
        (["utf-16"], "utf-16"),
        (["utf-7"], "utf-16"),
        (None, "utf-16"),
        ("nonsense", "utf-16"),
    ],
)
def test_the_best_encoding_that_is_offered_is_chosen(client, offered, chosen):
    result = client.initialize(capabilities={"general": {"positionEncodings": offered}})
    assert result["capabilities"]["positionEncoding"] == chosen
    assert result["serverInfo"]["name"] == "dockvet"


def test_what_the_server_says_it_can_do(client):
    capabilities = client.initialize()["capabilities"]
    sync = capabilities["textDocumentSync"]
    assert (sync["openClose"], sync["change"], sync["save"]) == (True, 2, True)
    assert capabilities["codeActionProvider"]["codeActionKinds"] == ["quickfix", "source.fixAll.dockvet"]
    assert capabilities["renameProvider"] == {"prepareProvider": True}
    for feature in ["hover", "definition", "references", "documentHighlight", "documentSymbol", "foldingRange", "selectionRange", "inlayHint"]:
        assert capabilities[f"{feature}Provider"] is True
    # Only for clients that can make something of it.
    assert "executeCommandProvider" not in capabilities and "diagnosticProvider" not in capabilities
    assert capabilities["workspace"]["workspaceFolders"] == {"supported": True, "changeNotifications": True}


def test_a_finding_in_full(client):
    client.initialize()
    client.open(URI, DOCKERFILE)
    [finding] = client.wait(URI)
    assert finding["range"] == {"start": {"line": 0, "character": 5}, "end": {"line": 0, "character": 13}}
    assert (finding["severity"], finding["source"], finding["code"]) == (2, "dockvet", "root-user")
    assert finding["codeDescription"]["href"].endswith("/root-user")
    message, help = finding["message"].split("\n", 1)
    assert "alpine" in message and help.startswith("help: ") and "USER" in help
    assert client.versions[URI] == 1


def test_related_places_only_for_clients_that_show_them(start):
    text = "FROM alpine:3\nUSER app\nCOPY a /b\n"
    for able in [True, False]:
        client = start()
        client.initialize(capabilities={"textDocument": {"publishDiagnostics": {"relatedInformation": able}}})
        client.open(URI, text)
        [finding] = client.wait(URI)
        assert finding["code"] == "copy-without-chown"
        if able:
            [related] = finding["relatedInformation"]
            assert related["location"]["uri"] == URI
            assert related["location"]["range"]["start"] == {"line": 1, "character": 5}
            assert "USER" in related["message"]
        else:
            assert "relatedInformation" not in finding


def test_shutdown_and_exit_end_well(client):
    client.initialize()
    assert client.end() == 0


@pytest.mark.parametrize("initialized", [True, False])
def test_exit_alone_is_an_error(client, initialized):
    if initialized:
        client.initialize()
    client.notify("exit")
    assert client.process.wait(30) == 1


def test_a_client_that_is_gone_ends_the_server(client):
    client.initialize()
    client.process.stdin.close()
    assert client.process.wait(30) == 1


def test_a_client_that_reads_no_more_does_not_keep_the_server(project):
    words = " ".join(f"x{i}" for i in range(20000))
    process = subprocess.Popen([BINARY, "lsp"], cwd=project.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    document = {"uri": URI, "languageId": "dockerfile", "version": 1, "text": f"FROM a\nEXPOSE {words}\n"}
    for message in [
        {"id": 1, "method": "initialize", "params": {"capabilities": {}}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": document}},
        {"id": 2, "method": "shutdown"},
    ]:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    process.stdin.flush()
    # Larger than any pipe, so the server is stuck in the middle of it.
    header = process.stdout.readline()
    while b"Content-Length" in header and int(header.split(b":")[1]) < 1 << 20:
        process.stdout.read(int(header.split(b":")[1]) + 2)
        header = process.stdout.readline()
    body = b'{"jsonrpc":"2.0","method":"exit"}'
    process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    process.stdin.flush()
    assert process.wait(30) == 0


def test_requests_in_the_wrong_order(client):
    assert client.request("textDocument/hover", {})["error"]["code"] == -32002
    client.initialize()
    assert client.request("initialize", {"capabilities": {}})["error"]["code"] == -32600
    assert client.request("shutdown")["result"] is None
    assert client.request("textDocument/hover", {})["error"]["code"] == -32600


def test_unknown_methods(client):
    client.initialize()
    assert client.request("dockvet/unheardOf")["error"]["code"] == -32601
    client.notify("$/unheardOf", {"a": 1})
    client.notify("$/cancelRequest", {"id": 1})
    assert client.end() == 0


@pytest.mark.parametrize("params", [None, [], ["x"], "x", 3])
def test_initialize_needs_an_object(client, params):
    client.write(json.dumps({"jsonrpc": "2.0", "id": "one", "method": "initialize", "params": params}))
    answer = client.step()
    assert (answer["id"], answer["error"]["code"]) == ("one", -32602)
    client.initialize()
    assert client.end() == 0


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("textDocument/didOpen", {}),
        ("textDocument/didOpen", {"textDocument": {"uri": 3}}),
        ("textDocument/didChange", {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"range": {}, "text": "x"}]}),
        ("textDocument/didChange", {"textDocument": {"uri": URI, "version": "x"}, "contentChanges": []}),
        ("textDocument/didClose", []),
        ("workspace/didChangeWatchedFiles", {"changes": [{}]}),
    ],
)
def test_broken_parameters_are_told_and_change_nothing(client, method, params):
    client.initialize()
    client.open(URI, DOCKERFILE)
    before = client.wait(URI)
    client.notify(method, params)
    assert client.settle()[URI] == before
    assert any(method in entry["message"] and entry["type"] == 1 for entry in client.log)
    assert client.end() == 0


def test_broken_frames_are_answered_and_the_next_one_is_read(client):
    client.initialize()
    client.write("{")
    client.write("[]")
    client.write(b"\xff")
    client.write('{"jsonrpc":"2.0","id":77,"method":[]}')
    client.raw(b"Nonsense\r\nContent-Length: x\r\n\r\n")
    client.open(URI, DOCKERFILE)
    assert client.wait(URI)
    assert [e["code"] for e in client.errors_without_id] == [-32700, -32600, -32700]
    assert client.end() == 0


def test_changes_of_documents_that_are_not_open(client):
    client.initialize()
    client.change(URI, 2, "FROM alpine:3\n")
    client.close(URI)
    client.save(URI)
    client.settle()
    assert URI not in client.diagnostics


def test_watching_is_asked_for_when_the_client_can(start):
    client = start()
    client.initialize(capabilities={"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}})
    client.settle()
    [request] = client.requests
    assert request["method"] == "client/registerCapability"
    [registration] = request["params"]["registrations"]
    assert registration["method"] == "workspace/didChangeWatchedFiles"
    globs = {w["globPattern"]: w["kind"] for w in registration["registerOptions"]["watchers"]}
    assert globs.pop("**/*") == 1 | 4
    for wanted in ["ockerfile", "yaml", ".dockerignore", ".env"]:
        assert any(wanted in glob for glob in globs), wanted
    assert set(globs.values()) == {2}
    unable = start()
    unable.initialize()
    unable.settle()
    assert unable.requests == []


def test_half_typed_files_never_end_the_server(client):
    client.initialize()
    text = (
        "# syntax=docker/dockerfile:1\nFROM --platform=$X alpine:3 AS \"a\nARG é=${x:-\nRUN --mount=type=cache,target=/x <<E 𐐀\n"
        "echo \\\n # c\nE\nCOPY --from=a [\"x\", \"y\nHEALTHCHECK --interval=3 CMD [\nONBUILD ONBUILD RUN 'é\nENV a='b\\"
    )
    client.open(URI, "")
    for length in range(len(text)):
        client.change(URI, length + 2, text[:length])
    compose = "services: {web: &a [*a, !x \"é\n  ports: [\n- <<: *b\n"
    client.open("file:///tmp/nowhere/compose.yaml", "", "yaml")
    for length in range(len(compose)):
        client.change("file:///tmp/nowhere/compose.yaml", length + 2, compose[:length])
    client.settle()
    assert [e for e in client.log if "internal" in e["message"]] == []
    assert client.versions[URI] == len(text) + 1
    assert client.end() == 0
