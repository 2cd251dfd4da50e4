"""The files for editors that cannot be run here are at least well formed and start the right program."""

import json
import pathlib
import re
import tomllib

EDITORS = pathlib.Path(__file__).resolve().parents[2] / "editors"


def read(name):
    return (EDITORS / name).read_text()


def test_helix():
    settings = tomllib.loads(read("helix/languages.toml"))
    server = settings["language-server"]["dockvet"]
    assert [server["command"], *server["args"]] == ["dockvet", "lsp"]
    languages = {language["name"]: language["language-servers"] for language in settings["language"]}
    assert set(languages) == {"dockerfile", "docker-compose", "yaml"}
    assert all("dockvet" in servers for servers in languages.values())


def test_sublime():
    settings = json.loads(re.sub(r"^\s*//.*$", "", read("sublime/LSP.sublime-settings"), flags=re.M))
    assert settings["clients"]["dockvet"]["command"] == ["dockvet", "lsp"]


def test_jetbrains():
    template = json.loads(read("jetbrains/template.json"))
    assert template["programArgs"]["default"] == "dockvet lsp"
    assert {m["languageId"] for m in template["fileTypeMappings"]} == {"dockerfile", "yaml"}
    json.loads(read("jetbrains/settings.json"))


def test_zed():
    extension = tomllib.loads(read("zed/extension.toml"))
    server = extension["language_servers"]["dockvet"]
    assert set(server["languages"]) == set(server["language_ids"])
    crate = tomllib.loads(read("zed/Cargo.toml"))
    assert crate["package"]["version"] == extension["version"]


def test_every_folder_is_in_the_table():
    table = read("README.md")
    for folder in EDITORS.iterdir():
        assert not folder.is_dir() or f"]({folder.name}/" in table, folder.name


def test_the_lock_file_names_no_hosts():
    lock = json.loads(read("vscode/package-lock.json"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
