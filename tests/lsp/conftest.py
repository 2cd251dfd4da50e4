"""The server under test: `DOCKVET` names the binary, else it is the one of the debug build."""

import os
import pathlib
import subprocess

import pytest

from client import Client

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("DOCKVET", str(ROOT / "target/debug/dockvet"))


def knows(lint):
    listed = subprocess.run([BINARY, "lints"], capture_output=True, text=True, timeout=30)
    return lint in listed.stdout


def pytest_configure(config):
    config.addinivalue_line("markers", "compose: needs the model of Compose files")
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"no dockvet at {BINARY}; build it, or name it in DOCKVET", returncode=2)


def pytest_collection_modifyitems(items):
    if any(item.get_closest_marker("compose") for item in items) and not knows("privileged"):
        for item in items:
            if item.get_closest_marker("compose"):
                item.add_marker(pytest.mark.skip(reason="this build reads no Compose files"))


@pytest.fixture
def start(tmp_path):
    """Starts servers, which end with the test."""
    clients = []

    def start(cwd=tmp_path):
        client = Client([BINARY, "lsp", "--stdio"], cwd)
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.process.kill()
        client.process.wait()


@pytest.fixture
def client(start):
    return start()


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")


class Project:
    """A folder of files."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.root = folder.as_uri()

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path.as_uri()

    def uri(self, name):
        return (self.folder / name).as_uri()

    def remove(self, name):
        (self.folder / name).unlink()
