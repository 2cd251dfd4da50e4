"""The server under test: `DOCKVET` names the binary, else it is the one of the debug build."""

import os
import pathlib

import pytest

from client import Client

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("DOCKVET", str(ROOT / "target/debug/dockvet"))


def pytest_configure():
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"no dockvet at {BINARY}; build it, or name it in DOCKVET", returncode=2)


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
