"""Files: which are ours, which are shown, and what they have to do with each other."""

import pytest

from client import lints, spans

ROOT_USER = "FROM alpine:3\nCMD [\"x\"]\n"
FINE = "FROM alpine:3\nUSER 10001\nCMD [\"x\"]\n"
WATCHING = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
RELATED = {"textDocument": {"publishDiagnostics": {"relatedInformation": True}}}
CREATED, CHANGED, DELETED = 1, 2, 3


# Which files are shown


def test_files_of_a_folder_are_shown_without_being_open(client, project):
    uri = project.write("a b/é/Dockerfile", ROOT_USER)
    project.write("fine/Dockerfile", FINE)
    project.write("ignored/Dockerfile", ROOT_USER)
    project.write(".gitignore", "ignored/\n")
    client.initialize(folders=[project.root])
    client.settle()
    shown = {u for u in client.diagnostics if not u.startswith("untitled:")}
    assert shown == {uri}
    assert "/a%20b/%C3%A9/" in uri
    assert client.versions[uri] is None


@pytest.mark.parametrize("how", ["rootUri", "rootPath"])
def test_clients_that_know_one_root_only(client, project, how):
    uri = project.write("Dockerfile", ROOT_USER)
    client.initialize(**{how: project.root if how == "rootUri" else str(project.folder)})
    assert client.wait(uri)


def test_without_a_folder_only_open_files_are_shown(client, project):
    opened = project.write("Dockerfile", ROOT_USER)
    project.write("other.Dockerfile", ROOT_USER)
    project.write("below/Dockerfile", ROOT_USER)
    client.initialize()
    client.open(opened, ROOT_USER)
    client.settle()
    assert {u for u in client.diagnostics if not u.startswith("untitled:")} == {opened}


def test_the_spelling_of_the_client_is_kept(client, project):
    uri = project.write("a+b/Dockerfile", ROOT_USER)
    assert "a%2Bb" in uri or "a+b" in uri
    spelt = project.root + ("/a+b/Dockerfile" if "%2B" in uri else "/a%2bb/Dockerfile")
    client.initialize(folders=[project.root])
    client.settle()
    first = [u for u in client.diagnostics if u.endswith("Dockerfile")]
    client.open(spelt, ROOT_USER)
    client.settle()
    assert client.diagnostics[spelt]
    for old in first:
        assert old == spelt or client.diagnostics[old] == []


def test_folders_come_and_go(client, project, tmp_path):
    one = project.write("one/Dockerfile", ROOT_USER)
    two = project.write("two/Dockerfile", ROOT_USER)
    folder = lambda name: {"uri": project.uri(name), "name": name}
    client.initialize(folders=[project.uri("one")])
    assert client.wait(one)
    event = {"added": [folder("two")], "removed": [folder("one")]}
    client.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    client.settle()
    assert client.diagnostics[one] == [] and client.diagnostics[two]
    client.open(one, ROOT_USER)
    client.settle()
    assert client.diagnostics[one]
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder("two")]}})
    client.settle()
    assert client.diagnostics[one] and client.diagnostics[two] == []


# Closing


def test_closing_brings_back_what_is_on_disk(client, project):
    uri = project.write("Dockerfile", ROOT_USER)
    client.initialize(folders=[project.root])
    client.open(uri, FINE)
    client.wait(uri, lambda d: d == [])
    client.close(uri)
    assert client.settle()[uri]


def test_closing_clears_what_is_gone_or_never_was_on_disk(client, project):
    uri = project.write("Dockerfile", ROOT_USER)
    client.initialize(folders=[project.root])
    client.open(uri, ROOT_USER)
    client.open("untitled:Untitled-1", ROOT_USER)
    client.settle()
    assert client.diagnostics[uri] and client.diagnostics["untitled:Untitled-1"]
    project.remove("Dockerfile")
    client.close(uri)
    client.close("untitled:Untitled-1")
    client.settle()
    assert client.diagnostics[uri] == client.diagnostics["untitled:Untitled-1"] == []


def test_closing_clears_what_is_in_no_folder_or_not_ours_by_name(client, project):
    outside = project.write("Dockerfile", ROOT_USER)
    other = project.write("folder/recipe", ROOT_USER)
    client.initialize(folders=[project.uri("folder")])
    client.open(outside, ROOT_USER)
    client.open(other, ROOT_USER)
    client.settle()
    assert client.diagnostics[outside] and client.diagnostics[other]
    client.close(outside)
    client.close(other)
    client.settle()
    assert client.diagnostics[outside] == client.diagnostics[other] == []


# Changes on disk


def test_changes_on_disk_are_followed(client, project):
    project.write(".gitignore", "ignored/\n")
    client.initialize(folders=[project.root], capabilities=WATCHING)
    client.settle()
    uri = project.write("Dockerfile", ROOT_USER)
    ignored = project.write("ignored/Dockerfile", ROOT_USER)
    client.changed_on_disk((uri, CREATED), (ignored, CREATED))
    client.settle()
    assert client.diagnostics[uri] and ignored not in client.diagnostics
    project.write("Dockerfile", FINE)
    client.changed_on_disk((uri, CHANGED))
    assert client.settle()[uri] == []
    project.write("Dockerfile", ROOT_USER)
    client.changed_on_disk((uri, CHANGED))
    assert client.settle()[uri]
    project.remove("Dockerfile")
    client.changed_on_disk((uri, DELETED))
    assert client.settle()[uri] == []


def test_folders_that_come_and_go_as_a_whole(client, project):
    """As when another branch is checked out; VS Code tells of the folder alone."""
    stays = project.write("stays/Dockerfile", ROOT_USER)
    project.write(".gitignore", "ignored/\n")
    client.initialize(folders=[project.root], capabilities=WATCHING)
    client.settle()
    new = project.write("new/below/Dockerfile", ROOT_USER)
    ignored = project.write("ignored/Dockerfile", ROOT_USER)
    client.changed_on_disk((project.uri("new"), CREATED), (project.uri("ignored"), CREATED))
    client.settle()
    assert client.diagnostics[new] and ignored not in client.diagnostics
    project.remove("new/below/Dockerfile")
    client.changed_on_disk((project.uri("new"), DELETED))
    client.settle()
    assert client.diagnostics[new] == [] and client.diagnostics[stays]


def test_what_other_programs_keep_for_themselves_does_not_matter(client, project):
    client.initialize(folders=[project.root], capabilities=WATCHING)
    kept = project.write("node_modules/a/Dockerfile", ROOT_USER)
    client.changed_on_disk((project.uri("node_modules"), CREATED), (kept, CREATED), (project.write(".git/compose.yaml", "services: {}"), CREATED))
    client.settle()
    assert {u for u in client.diagnostics if not u.startswith("untitled:")} == set()


def test_an_open_text_stands_above_the_disk(client, project):
    uri = project.write("Dockerfile", FINE)
    client.initialize(folders=[project.root], capabilities=WATCHING)
    client.open(uri, ROOT_USER)
    for event in [CHANGED, DELETED, CREATED]:
        client.changed_on_disk((uri, event))
        assert client.settle()[uri]


def test_clients_that_cannot_watch_notice_on_save(client, project):
    saved = project.write("a/Dockerfile", ROOT_USER)
    changed = project.write("b/Dockerfile", ROOT_USER)
    gone = project.write("c/Dockerfile", ROOT_USER)
    client.initialize(folders=[project.root])
    client.open(saved, ROOT_USER)
    client.settle()
    assert client.diagnostics[changed] and client.diagnostics[gone]
    project.write("b/Dockerfile", FINE)
    project.remove("c/Dockerfile")
    new = project.write("d/Dockerfile", ROOT_USER)
    client.save(saved)
    client.settle()
    assert client.diagnostics[changed] == client.diagnostics[gone] == []
    assert client.diagnostics[new] and client.diagnostics[saved]


def test_files_beside_an_opened_one_are_read_again(client, project):
    """Nobody tells of changes outside all folders."""
    uri = project.write("Dockerfile", ROOT_USER)
    client.initialize()
    client.open(uri, ROOT_USER)
    client.settle()
    client.close(uri)
    assert client.settle()[uri] == []
    client.open(uri, FINE)
    assert client.settle()[uri] == []


# Which documents are ours


@pytest.mark.parametrize(
    ("name", "language", "text", "ours"),
    [
        ("Dockerfile", "plaintext", ROOT_USER, True),
        ("web.Dockerfile", "yaml", ROOT_USER, True),
        ("recipe", "dockerfile", ROOT_USER, True),
        ("recipe", "plaintext", ROOT_USER, False),
        ("Dockerfile.md", "dockerfile", ROOT_USER, False),
        ("compose.yaml", "dockerfile", "services: {}\n", True),
        ("stack.yml", "yaml", "services:\n  web:\n    image: nginx:1\n", True),
        ("stack.yml", "dockercompose", "a: 1\n", True),
        ("stack.yml", "yaml.docker-compose", "a: 1\n", True),
        ("pod.yml", "yaml", "kind: Pod\nspec:\n  services: [a]\n", False),
        ("values.yaml", "yaml", "services:\n  web:\n    replicas: 1\n", False),
        ("playbook.yml", "yaml", "- hosts: all\n  include: x.yml\n", False),
        (".gitlab-ci.yml", "yaml", "include:\n  - a.yml\n", False),
    ],
)
def test_name_then_content_then_language(client, project, name, language, text, ours):
    client.initialize(folders=[project.root])
    uri = project.uri(name)
    client.open(uri, text, language)
    client.settle()
    assert (uri in client.diagnostics) == ours
    # A Compose file read as a Dockerfile, or the other way round, would be full of errors.
    assert not [c for c in lints(client.diagnostics.get(uri, [])) if c.endswith("-syntax")]


def test_a_document_becomes_ours_and_stops_to_be(client):
    uri = "untitled:Untitled-1"
    client.initialize()
    client.open(uri, "services:\n", "yaml")
    client.settle()
    assert uri not in client.diagnostics
    client.change(uri, 2, "services:\n  web:\n    image: nginx:1\n")
    client.settle()
    assert client.versions[uri] == 2
    client.change(uri, 3, "kind: Pod\n")
    client.settle()
    assert client.diagnostics[uri] == []
    told = len(client.published)
    client.change(uri, 4, "kind: Pods\n")
    assert client.request("dockvet/nothing")["error"]
    assert len(client.published) == told


# Files together


def compose(*lines):
    return "services:\n  web:\n" + "".join(f"    {line}\n" for line in lines)


def test_an_edit_of_compose_changes_the_dockerfile(client, project):
    dockerfile = project.write("Dockerfile", ROOT_USER)
    yaml = project.write("compose.yaml", compose("build: .", 'user: "1000"'))
    client.initialize(folders=[project.root], capabilities=RELATED)
    client.open(dockerfile, ROOT_USER)
    client.open(yaml, compose("build: .", 'user: "1000"'), "dockercompose")
    client.settle()
    assert "root-user" not in lints(client.diagnostics[dockerfile])
    client.change(yaml, 2, compose("build: ."))
    [finding] = client.wait(dockerfile, lambda d: d)
    assert finding["code"] == "root-user" and "service web" in finding["message"]
    assert yaml in [r["location"]["uri"] for r in finding["relatedInformation"]]
    client.change(yaml, 3, compose("build: .", 'user: "1000"'))
    client.wait(dockerfile, lambda d: "root-user" not in lints(d))


def test_an_edit_of_the_dockerfile_changes_compose(client, project):
    """`user: root` is no finding once the image's entrypoint steps down."""
    project.write("Dockerfile", ROOT_USER)
    yaml = project.write("compose.yaml", compose("build: .", "user: root"))
    dockerfile = project.uri("Dockerfile")
    client.initialize(folders=[project.root])
    client.open(dockerfile, ROOT_USER)
    found = client.wait(yaml, lambda d: "root-user" in lints(d))
    assert (3, 10, 3, 14, "root-user") in spans(found)
    client.change(dockerfile, 2, 'FROM alpine:3\nENTRYPOINT ["su-exec", "app", "x"]\n')
    client.wait(yaml, lambda d: "root-user" not in lints(d))
    client.change(dockerfile, 3, ROOT_USER)
    client.wait(yaml, lambda d: "root-user" in lints(d))


def test_compose_beside_a_dockerfile_counts_without_a_folder(client, project):
    dockerfile = project.write("Dockerfile", ROOT_USER)
    project.write("compose.yaml", compose("build: .", 'user: "1000"'))
    client.initialize()
    client.open(dockerfile, ROOT_USER)
    client.settle()
    assert "root-user" not in lints(client.diagnostics[dockerfile])


def test_compose_above_a_dockerfile_counts_without_a_folder(client, project):
    """As for `dockvet check web/Dockerfile`: up to the root of the repository. It is read anew with every document that
    is opened, as nobody tells of its changes."""
    project.write(".git/HEAD", "")
    project.write("compose.yaml", compose("build: web", 'user: "1000"'))
    dockerfile = project.write("web/Dockerfile", ROOT_USER)
    client.initialize(capabilities=WATCHING)
    client.open(dockerfile, ROOT_USER)
    client.settle()
    assert "root-user" not in lints(client.diagnostics[dockerfile])
    assert project.uri("compose.yaml") not in client.diagnostics
    project.write("compose.yaml", compose("build: web"))
    client.save(dockerfile)
    client.settle()
    assert "root-user" in lints(client.diagnostics[dockerfile])
    client.close(dockerfile)
    project.write("compose.yaml", compose("build: web", 'user: "1000"'))
    client.open(dockerfile, ROOT_USER)
    client.settle()
    assert "root-user" not in lints(client.diagnostics[dockerfile])


def test_compose_written_by_another_program(client, project):
    dockerfile = project.write("web/Dockerfile", ROOT_USER)
    client.initialize(folders=[project.root], capabilities=WATCHING)
    assert client.wait(dockerfile)
    yaml = project.write("compose.yaml", compose("build: web", 'user: "1000"'))
    client.changed_on_disk((yaml, CREATED))
    client.wait(dockerfile, lambda d: "root-user" not in lints(d))
    project.remove("compose.yaml")
    client.changed_on_disk((yaml, DELETED))
    client.wait(dockerfile, lambda d: "root-user" in lints(d))


@pytest.mark.parametrize("language", ["yaml", "dockercompose", "docker-compose", "yaml.docker-compose", "dockerfile"])
def test_a_finding_in_a_compose_file(client, project, language):
    uri = project.uri("compose.yaml")
    client.initialize()
    client.open(uri, compose("image: nginx:1 # é𐐀", "privileged: true"), language)
    found = client.wait(uri, lambda d: "privileged" in lints(d))
    assert (3, 4, 3, 20, "privileged") in spans(found)
