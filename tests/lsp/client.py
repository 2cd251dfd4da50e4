"""A language client in a few lines: JSON-RPC frames over the pipes of a real server process."""

import json
import queue
import subprocess
import threading

TIMEOUT = 30


class Client:
    def __init__(self, command, cwd):
        self.process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.inbox = queue.Queue()
        self.log = []
        self.requests = []
        self.published = []
        self.diagnostics = {}
        self.versions = {}
        self.errors_without_id = []
        self.next_id = 0
        self.barriers = 0
        threading.Thread(target=self._read, daemon=True).start()
        # The pipe must not fill up.
        self.stderr = []
        threading.Thread(target=lambda: self.stderr.extend(self.process.stderr), daemon=True).start()

    def _read(self):
        out = self.process.stdout
        while True:
            header = out.readline()
            if not header:
                return self.inbox.put(None)
            name, _, value = header.partition(b":")
            assert name == b"Content-Length", f"not a frame on stdout: {header!r}"
            assert out.readline() == b"\r\n"
            self.inbox.put(json.loads(out.read(int(value))))

    def write(self, body):
        if isinstance(body, str):
            body = body.encode()
        self.raw(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def raw(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def notify(self, method, params=None):
        self.write(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}))

    def send_request(self, method, params=None):
        self.next_id += 1
        self.write(json.dumps({"jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params}))
        return self.next_id

    def request(self, method, params=None):
        """The whole answer: it has a `result` or an `error`."""
        id = self.send_request(method, params)
        while True:
            message = self.step()
            assert message is not None, f"the server ended: {b''.join(self.stderr).decode()}"
            if message.get("id") == id and "method" not in message:
                return message

    def step(self, timeout=TIMEOUT):
        """Takes one message in; `None` when the server has closed its output."""
        message = self.inbox.get(timeout=timeout)
        if message is None:
            return None
        method, params = message.get("method"), message.get("params")
        if method == "textDocument/publishDiagnostics":
            self.published.append(params)
            self.diagnostics[params["uri"]] = params["diagnostics"]
            self.versions[params["uri"]] = params.get("version")
        elif method == "window/logMessage":
            self.log.append(params)
        elif method is not None and "id" in message:
            self.requests.append(message)
            self.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": None}))
        elif "error" in message and message["id"] is None:
            self.errors_without_id.append(message["error"])
        return message

    def initialize(self, folders=None, capabilities=None, **params):
        params = {"processId": None, "rootUri": None, "capabilities": capabilities or {}, **params}
        if folders is not None:
            params["workspaceFolders"] = [{"uri": f, "name": f} for f in folders]
        answer = self.request("initialize", params)
        self.notify("initialized", {})
        return answer["result"]

    def open(self, uri, text, language="dockerfile", version=1):
        document = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri, version, *changes):
        """Each change is the new text, or ((line, character), (line, character), text)."""
        wire = [c if isinstance(c, dict) else {"text": c} if isinstance(c, str) else edit(*c) for c in changes]
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": wire})

    def close(self, uri):
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def save(self, uri):
        self.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

    def changed_on_disk(self, *events):
        self.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": u, "type": t} for u, t in events]})

    def wait(self, uri, accept=lambda diagnostics: True):
        """The diagnostics of `uri` as soon as they are acceptable."""
        while uri not in self.diagnostics or not accept(self.diagnostics[uri]):
            assert self.step() is not None, "the server ended"
        return self.diagnostics[uri]

    def settle(self):
        """Returns when the server has linted and published all that was sent before.

        A document opened now is linted with or after everything before it, and an answered request flushes what was
        published together with it.
        """
        self.barriers += 1
        uri = f"untitled:barrier-{self.barriers}"
        self.open(uri, "FROM scratch\n")
        self.wait(uri)
        assert self.request("dockvet/nothing")["error"]["code"] == -32601
        self.close(uri)
        return self.diagnostics

    def end(self):
        """`shutdown` and `exit`; the exit code."""
        assert self.request("shutdown")["result"] is None
        self.notify("exit")
        return self.process.wait(TIMEOUT)


def edit(start, end, text):
    position = lambda p: {"line": p[0], "character": p[1]}
    return {"range": {"start": position(start), "end": position(end)}, "text": text}


def spans(diagnostics):
    """What is underlined, as (line, character, line, character, lint)."""
    out = []
    for d in diagnostics:
        start, end = d["range"]["start"], d["range"]["end"]
        out.append((start["line"], start["character"], end["line"], end["character"], d["code"]))
    return out


def lints(diagnostics):
    return [d["code"] for d in diagnostics]
