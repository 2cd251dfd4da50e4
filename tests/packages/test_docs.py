"""What the pages in docs/ show is true: commands run, configuration is read, links lead somewhere."""

import os
import pathlib
import re
import shutil
import subprocess
import tomllib

import pytest
import yaml
from snippets import ROOT, blocks, pages

DOCKVET = os.environ.get("DOCKVET", str(ROOT / "target/debug/dockvet"))


def run(command, folder):
    """Runs a line of a page with `dockvet` in it, in bash, within `folder`."""
    path = f"{pathlib.Path(DOCKVET).resolve().parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "DOCKVET_LOG": "", "GITHUB_STEP_SUMMARY": ""}
    return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path):
    """A repository with a branch `main` and one commit on top of it, as the pages suppose."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "examples/shop", folder)
    # The folders that the pages name.
    shutil.copytree(folder / "api", folder / "deploy")
    (folder / "dockvet.toml").write_text('baseline = ".dockvet-baseline"\n')
    (folder / ".dockvet-baseline").write_text("")
    git = "git -c user.name=test -c user.email=test@example.com -c commit.gpgsign=false"
    script = f"git init -q -b main && git add -A && {git} commit -qm one && git checkout -q -b topic && {git} commit -qm two --allow-empty"
    subprocess.run(["bash", "-c", script], cwd=folder, check=True)
    return folder


def pages_with(language):
    return sorted({page for page, _, _ in blocks(language)})


@pytest.mark.parametrize("page", pages_with("sh"))
def test_commands(page, project):
    tried = 0
    for _, _, text in (b for b in blocks("sh") if b[0] == page):
        for line in text.splitlines():
            if re.match(r"dockvet\b", line):
                done = run(line, project)
                assert done.returncode in (0, 1), f"{line}: {done.stderr}"
                tried += 1
    assert tried


@pytest.mark.parametrize("page", pages_with("toml"))
def test_configuration(page, project):
    for _, number, text in (b for b in blocks("toml") if b[0] == page):
        tomllib.loads(text)
        name = "pyproject.toml" if "[tool.dockvet" in text else "dockvet.toml"
        (project / "base.toml").write_text("")
        (project / "dockvet.toml").unlink(missing_ok=True)
        (project / name).write_text(text)
        done = run("dockvet check", project)
        (project / name).unlink()
        assert done.returncode in (0, 1), f"block {number}: {done.stderr}"


def test_yaml():
    for page, number, text in blocks("yaml"):
        assert list(yaml.safe_load_all(text)), f"{page}, block {number}"


def test_links():
    wrong = []
    for page in pages():
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", re.sub(r"```.*?```", "", page.read_text(), flags=re.S)):
            if "://" not in target and not (page.parent / target).exists():
                wrong.append(f"{page.relative_to(ROOT)}: {target}")
    assert not wrong


def test_rules_of_other_linters():
    """Every row of the tables `| linter | dockvet |` is what `dockvet explain` says."""
    tables = [t for t in (ROOT / "docs/migrating.md").read_text().split("\n\n") if re.match(r"\| [\w-]+ \| dockvet \|", t)]
    assert len(tables) == 8
    rows = [row for table in tables for row in re.findall(r"^\| `([^`|]+)` \| `([a-z-]+)` \|", table, flags=re.M)]
    assert len(rows) > 60
    for rule, lint in rows:
        assert run(f"dockvet explain '{rule}'", ROOT).stdout.startswith(f"# {lint}\n"), f"{rule} is not {lint}"
