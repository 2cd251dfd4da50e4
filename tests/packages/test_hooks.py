"""The hooks take the files that a walk of a folder takes, and no others."""

import itertools
import json
import os
import pathlib
import re
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCKVET = os.environ.get("DOCKVET", str(ROOT / "target/debug/dockvet"))
MANIFESTS = [ROOT / ".pre-commit-hooks.yaml", ROOT / "packages/pre-commit/.pre-commit-hooks.yaml"]


def extensions():
    """Those that the table in discover.rs knows."""
    table = (ROOT / "src/source/discover.rs").read_text()
    lists = re.findall(r"_EXTENSIONS: &\[&str\] =\s*&\[(.*?)\];", table, flags=re.S)
    assert len(lists) == 2
    return re.findall(r'"(\w+)"', " ".join(lists))


def names():
    stems = ["Dockerfile", "dockerfile", "Containerfile", "compose", "Compose", "docker-compose", "docker_compose"]
    rests = ["", ".dev", "-alpine", "_test", ".", "-", ".a.b", "s", "~", ".dev~", ".v2-x", ".compose", ".docker-compose", ".dockerfile"]
    ends = ["", ".yaml", ".yml", ".YML", ".json", ".dockerignore", ".Dockerfile", ".containerfile", ".md", ".j2"]
    yield from (a + b + c for a, b, c in itertools.product(stems, rests, ends))
    for name, extension in itertools.product(["Dockerfile", "Containerfile", "Dockerfile.a", "dockerfile-a", "compose", "x"], extensions()):
        yield f"{name}.{extension}"
        yield f"{name}_{extension}"
    yield from ["x.Dockerfile", "x.dockerfile", ".dockerfile", "mydockerfile", "Dockerfiles", "my-Dockerfile", "web.compose.yml"]
    yield from ["web.docker-compose.yaml", "mycompose.yml", ".compose.yaml", "composer.json", "stack.yml", "docker-composer.yml"]
    yield from [".dockerignore", ".containerignore", "x.containerignore", "a.dockerignore", "daemon.json", "my-daemon.json", "Daemon.JSON"]


def count(folder, names):
    """How many files of these names a walk takes."""
    folder.mkdir()
    for name in names:
        (folder / name).write_text("\n")
    run = subprocess.run(
        [DOCKVET, "check", "--no-config", "--format", "json", str(folder)], capture_output=True, text=True, check=False
    )
    return json.loads(run.stdout)["files"]


def hooks(manifest):
    return yaml.safe_load(manifest.read_text())


def hook_takes(hook, path):
    return bool(re.search(hook["files"], path)) and not re.search(hook["exclude"], path)


def test_every_name(tmp_path):
    hook = hooks(MANIFESTS[0])[0]
    taken = {name: hook_takes(hook, name) for name in names()}
    assert all(hook_takes(hook, f"a/b.d/{name}") == takes for name, takes in taken.items())
    ours = [name for name in taken if taken[name]]
    others = [name for name in taken if not taken[name]]
    assert len(ours) > 100 and len(others) > 100
    # All at once, and one by one only to say which.
    if count(tmp_path / "ours", ours) != len(ours):
        assert [n for i, n in enumerate(ours) if count(tmp_path / f"o{i}", [n]) == 0] == []
    if count(tmp_path / "others", others) != 0:
        assert [n for i, n in enumerate(others) if count(tmp_path / f"x{i}", [n]) == 1] == []


@pytest.mark.parametrize("manifest", MANIFESTS, ids=["root", "mirror"])
def test_all_hooks_are_alike(manifest):
    first = hooks(MANIFESTS[0])[0]
    for hook in hooks(manifest):
        assert {k: hook[k] for k in ("files", "exclude", "types", "entry", "args")} == {
            k: first[k] for k in ("files", "exclude", "types", "entry", "args")
        }
        assert hook["require_serial"]


def test_ids():
    assert {h["id"]: h["language"] for h in hooks(MANIFESTS[0])} == {
        "dockvet": "python",
        "dockvet-rust": "rust",
        "dockvet-system": "system",
    }
