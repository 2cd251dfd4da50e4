#!/usr/bin/env python3
"""The licences of what is built into dockvet.

    packages/licences.py            checks them against deny.toml, and that no library is there twice
    packages/licences.py --texts    prints all of them with their texts, to go along with a binary

Needs no network once cargo has fetched the libraries. The expressions that occur are plain enough (`A OR B`,
`(A OR B) AND C`, `A/B`, `A WITH B`) to be read here.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEXTS = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "COPYRIGHT")


def packages():
    """All that a default build links in, build scripts and macros included; not what only tests need."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", str(ROOT / "Cargo.toml")]
    meta = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    by_id = {p["id"]: p for p in meta["packages"]}
    nodes = {n["id"]: n for n in meta["resolve"]["nodes"]}
    root = meta["resolve"]["root"]
    seen, todo = {root}, [root]
    while todo:
        for dep in nodes[todo.pop()]["deps"]:
            if dep["pkg"] not in seen and any(kind["kind"] != "dev" for kind in dep["dep_kinds"]):
                seen.add(dep["pkg"])
                todo.append(dep["pkg"])
    return sorted((by_id[i] for i in seen - {root}), key=lambda p: (p["name"], p["version"]))


def allowed(expression, licences):
    """Whether the SPDX expression can be met with these licences."""
    tokens = re.findall(r"[()]|[\w.\-+]+", re.sub(r"\s+WITH\s+", "-WITH-", expression.replace("/", " OR ")))

    def any_of():
        met = all_of()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            met = all_of() or met
        return met

    def all_of():
        met = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            met = one() and met
        return met

    def one():
        token = tokens.pop(0)
        if token != "(":
            return token in licences
        met = any_of()
        tokens.pop(0)
        return met

    return any_of()


def check(all_packages):
    licences = set(tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]["allow"])
    wrong = [f"{p['name']} {p['version']}: {p['license'] or 'no licence'}" for p in all_packages if not allowed(p["license"] or "none", licences)]
    names = [p["name"] for p in all_packages]
    wrong += [f"{name} is there {names.count(name)} times" for name in sorted(set(names)) if names.count(name) > 1]
    return wrong


def texts(all_packages):
    yield "dockvet is made with these libraries. Where a licence gives a choice, it is used under MIT or Apache-2.0.\n"
    first = {}
    for package in all_packages:
        folder = pathlib.Path(package["manifest_path"]).parent
        name = f"{package['name']} {package['version']}"
        yield f"\n{'=' * 100}\n{name}: {package['license']}\n{package['repository'] or ''}\n"
        for file in sorted(folder.iterdir()):
            if file.is_file() and file.name.upper().startswith(TEXTS):
                text = file.read_text(errors="replace").strip()
                # Most say the same; once is enough.
                said = first.setdefault(" ".join(text.split()), f"{file.name} of {name}")
                yield f"\n--- {file.name}\n\n{text}\n" if said == f"{file.name} of {name}" else f"--- {file.name}: as {said}\n"


def main():
    parser = argparse.ArgumentParser(description="The licences of what is built into dockvet.")
    parser.add_argument("--texts", action="store_true", help="print them with their texts")
    arguments = parser.parse_args()
    found = packages()
    if arguments.texts:
        sys.stdout.writelines(texts(found))
        return 0
    wrong = check(found)
    print("\n".join(wrong) or f"{len(found)} libraries, all under licences that deny.toml allows, none twice")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
