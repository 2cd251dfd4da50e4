#!/usr/bin/env python3
"""Do the fixes keep their promises on real files?

    tests/fix-corpus.py target/release/dockvet [FOLDER] [--crlf] [--verbose]

Fixes a copy of the folder (examples/shop without one): with the safe fixes, with all, and with those of each lint
alone, so that a broken promise has a name. After each:

- nothing is found that the reference tools would refuse and that was not found before,
- a second run changes nothing,
- every comment is still there, unless the lint is about that comment,
- line ends are of the kind they were, and a missing one at the end of the file is still missing,
- the resolved Compose projects differ only below the keys that the fix is about.

Prints what was fixed, and ends with 1 when a promise was broken.
"""
import argparse, collections, json, os, pathlib, re, shutil, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
REFUSED = ("syntax", "schema")

# Lints whose fix takes comments away because they are what it is about.
ABOUT_COMMENTS = {"unused-suppression"}

# Below which keys of a service the fix of a lint may change the resolved project. Lints that are not named may change
# nothing there.
CHANGES = {
    "datastore-published": {"ports"},
    "debug-mode": {"environment"},
    "healthcheck-cannot-work": {"healthcheck"},
    "missing-cap-drop": {"cap_drop"},
    "missing-no-new-privileges": {"security_opt"},
    "port-on-all-interfaces": {"ports"},
    "privileged": {"privileged"},
    "root-user": {"user"},
    "unquoted-yaml-trap": {"*"},
    "writable-root-filesystem": {"read_only"},
}


class Program:
    """dockvet, run in one folder with every lint and no configuration of the machine."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder

    def run(self, *args):
        return subprocess.run([self.binary, *args], cwd=self.folder, capture_output=True, text=True, errors="replace")

    def check(self, *args):
        done = self.run("check", "--no-config", "--preset", "strict", "--format", "json", *args, ".")
        if done.returncode not in (0, 1):
            raise SystemExit(f"dockvet check {' '.join(args)}: exit code {done.returncode}\n{done.stderr}")
        return json.loads(done.stdout)["diagnostics"]

    def config(self, file):
        """The resolved project, or nothing when Compose would not take it."""
        done = self.run("config", "--show-secrets", "--format", "json", "-f", file)
        return json.loads(done.stdout) if done.returncode == 0 else None


def texts(folder):
    paths = (p for p in pathlib.Path(folder).rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): p.read_bytes() for p in paths}


def comments(text):
    """What follows each comment sign, roughly: a sign at the start of a line or behind a blank, outside of quotes."""
    found = collections.Counter()
    for line in text.decode(errors="replace").splitlines():
        bare = re.sub(r"'[^']*'|\"[^\"]*\"", lambda m: "q" * len(m.group()), line)
        sign = re.search(r"(?:^|\s)#", bare)
        if sign:
            found[line[sign.end():].strip()] += 1
    return found


def line_ends(text):
    crlf = text.count(b"\r\n")
    kinds = {"crlf"} if crlf else set()
    if text.count(b"\n") > crlf:
        kinds.add("lf")
    return kinds


def as_on_windows(folder):
    for file, text in texts(folder).items():
        if b"\0" not in text:
            pathlib.Path(folder, file).write_bytes(text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").rstrip(b"\r\n"))


def differences(before, after, path=()):
    """The paths at which two JSON values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from differences(before.get(key), after.get(key), (*path, key))
    elif before != after:
        yield path


def is_meant(path, lint):
    allowed = CHANGES.get(lint, set())
    return path[:1] == ("services",) and len(path) > 2 and (path[2] in allowed or "*" in allowed)


def identity(finding):
    return finding["file"], finding["lint"], finding["code"], finding["message"]


def refused(findings):
    return {identity(f) for f in findings if f["category"] in REFUSED and f["level"] == "error"}


class Corpus:
    def __init__(self, binary, folder):
        self.program, self.folder = Program(binary, folder), folder
        self.broken = []
        self.texts = texts(folder)
        self.configs = {file: self.program.config(file) for file in self.texts if file.endswith((".yml", ".yaml"))}
        self.findings = self.program.check()
        self.errors = refused(self.findings)

    def complain(self, how, file, what):
        self.broken.append(f"{how}: {file}: {what}")

    def fix(self, how, options, lint=None):
        """Fixes the folder, says how many files changed and what is still found, and puts everything back."""
        findings = self.program.check("--fix", *options)
        after = texts(self.folder)
        changed = [f for f in self.texts if self.texts[f] != after.get(f)]
        for file, _, _, message in sorted(refused(findings) - self.errors, key=str):
            self.complain(how, file, f"is refused now: {message}")
        for file in changed:
            self.compare_text(how, file, self.texts[file], after[file], lint)
            if file.endswith((".yml", ".yaml")):
                self.compare_config(how, file, self.program.config(file), lint)
        self.program.check("--fix", *options)
        again = texts(self.folder)
        for file in after:
            if after[file] != again.get(file):
                self.complain(how, file, "is changed once more by a second run")
        for file in changed:
            pathlib.Path(self.folder, file).write_bytes(self.texts[file])
        return len(changed), findings

    def compare_text(self, how, file, before, after, lint):
        lost = comments(before) - comments(after)
        # Together with other fixes a comment may end up silencing nothing, and go for that.
        if lost and lint is not None and lint not in ABOUT_COMMENTS:
            self.complain(how, file, f"loses the comment {sorted(lost)[0]!r}")
        if not line_ends(after) <= line_ends(before):
            self.complain(how, file, f"had line ends {line_ends(before)}, and has {line_ends(after)}")
        if before.endswith(b"\n") != after.endswith(b"\n"):
            self.complain(how, file, "has another end of its last line")

    def compare_config(self, how, file, after, lint):
        before = self.configs[file]
        if before is None:
            return
        if after is None:
            self.complain(how, file, "no longer resolves")
            return
        if lint is None:
            return
        for path in differences(before, after):
            if not is_meant(path, lint):
                self.complain(how, file, f"changes {'.'.join(path)} of the resolved project")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("folder", nargs="?", default=ROOT / "examples/shop")
    parser.add_argument("--crlf", action="store_true", help="try the files with CRLF and without their last line end")
    parser.add_argument("--verbose", action="store_true", help="say what each lint fixed")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temp:
        # A copy of its own: the program is never let near the original.
        folder = os.path.join(temp, "corpus")
        shutil.copytree(args.folder, folder)
        if args.crlf:
            as_on_windows(folder)
        corpus = Corpus(os.path.abspath(args.binary), folder)
        lints = sorted({f["lint"] for f in corpus.findings if f["fixes"]})
        for how, options in [("safe", []), ("unsafe", ["--unsafe-fixes"])]:
            changed, findings = corpus.fix(how, options)
            print(f"{how} fixes: {changed} of {len(corpus.texts)} files changed, {len(corpus.findings)} findings before, {len(findings)} after")
        for lint in lints:
            changed, findings = corpus.fix(lint, ["--unsafe-fixes", "--fix-only", lint], lint)
            if args.verbose:
                count = lambda found: sum(f["lint"] == lint for f in found)
                print(f"  {lint}: {count(corpus.findings)} findings before, {count(findings)} after, {changed} files changed")
    print(f"{len(lints)} lints fixed something; {len(corpus.broken)} promises broken")
    for line in corpus.broken:
        print(line)
    sys.exit(1 if corpus.broken else 0)


if __name__ == "__main__":
    main()
