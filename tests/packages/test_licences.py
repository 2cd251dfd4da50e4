"""The reader of licence expressions says no where it must."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "packages"))
import licences  # noqa: E402

OURS = {"MIT", "Apache-2.0", "Unicode-3.0"}


@pytest.mark.parametrize(
    ("expression", "good"),
    [
        ("MIT", True),
        ("Unlicense/MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", True),
        ("Apache-2.0 WITH LLVM-exception OR MIT", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR Apache-2.0) AND GPL-3.0-only", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("none", False),
    ],
)
def test_expressions(expression, good):
    assert licences.allowed(expression, OURS) is good


def test_the_libraries():
    found = licences.packages()
    assert {"clap", "regex", "serde"} <= {p["name"] for p in found}
    assert "proptest" not in {p["name"] for p in found}
    assert licences.check(found) == []
