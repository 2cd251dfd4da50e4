"""Places in a text and edits of it, counted in UTF-16 as the protocol does when nothing else is agreed."""


def place(text, needle, nth=0, inside=0):
    """The position `inside` characters after the start of the nth `needle`."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(needle, at + 1)
    return position(text, at + inside)


def position(text, at):
    before = text[:at]
    line = before.count("\n")
    start = before.rfind("\n") + 1
    return {"line": line, "character": len(before[start:].encode("utf-16-le")) // 2}


def offset(text, place):
    lines = text.split("\n")
    start = sum(len(l) + 1 for l in lines[: place["line"]])
    units = lines[place["line"]].encode("utf-16-le")[: 2 * place["character"]]
    return start + len(units.decode("utf-16-le"))


def slice_of(text, range):
    return text[offset(text, range["start"]) : offset(text, range["end"])]


def apply(text, edits):
    spans = sorted(((offset(text, e["range"]["start"]), offset(text, e["range"]["end"]), e["newText"]) for e in edits), reverse=True)
    for start, end, new in spans:
        text = text[:start] + new + text[end:]
    return text


def by_uri(workspace_edit):
    """The edits of a workspace edit by file."""
    if "documentChanges" in workspace_edit:
        return {c["textDocument"]["uri"]: c["edits"] for c in workspace_edit["documentChanges"]}
    return workspace_edit["changes"]


def whole(text):
    return {"start": {"line": 0, "character": 0}, "end": position(text, len(text))}


def ask(client, method, uri, at=None, **more):
    params = {"textDocument": {"uri": uri}, **({"position": at} if at else {}), **more}
    answer = client.request(f"textDocument/{method}", params)
    assert "error" not in answer, answer
    return answer["result"]
