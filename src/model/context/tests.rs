use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::model::dockerfile::Dockerfile;
use crate::source::DEFAULT_MAX_SIZE;

/// A folder of files, and the build of the Dockerfile among them with that folder as its context.
struct Project {
    dir: TempDir,
    sources: Sources,
    build: Build,
}

fn project(files: &[(&str, &str)]) -> Project {
    project_in(files, |dir| Some(dir.to_path_buf()))
}

fn project_in(files: &[(&str, &str)], context: impl Fn(&Path) -> Option<PathBuf>) -> Project {
    let dir = tempfile::tempdir().unwrap();
    let all = [("Dockerfile", "FROM scratch\nCOPY . .\n")].into_iter().chain(files.iter().copied());
    for (name, text) in all {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let sources = Sources::new(dir.path(), DEFAULT_MAX_SIZE);
    let source = sources.load(Path::new("Dockerfile"), FileKind::Dockerfile).unwrap();
    let dockerfile = Dockerfile::of(&source);
    let build = Build::new(dockerfile, 0, context(dir.path()), None, &sources);
    Project { dir, sources, build }
}

impl Project {
    fn context(&self) -> Context<'_> {
        self.build.context(&self.sources)
    }

    fn contains(&self, source: &str) -> Presence {
        self.context().contains(source)
    }

    /// The text of the pattern that leaves the source out.
    fn ignored_by(&self, source: &str) -> Option<String> {
        match self.contains(source) {
            Presence::Ignored(span) => Some(self.sources.get(span.file).slice(span).to_string()),
            _ => None,
        }
    }

    fn files(&self, source: &str) -> Vec<String> {
        let files = self.context().files(source);
        assert!(files.complete);
        files.paths
    }
}

#[test]
fn what_is_there_and_what_is_not() {
    let p = project(&[("package.json", ""), ("src/main.js", "")]);
    for there in
        ["package.json", "/package.json", "./src/", "src/main.js", ".", "/", "../package.json", "a/../src", "pack*.json", "*/main.js"]
    {
        assert_eq!(p.contains(there), Presence::Present, "{there}");
    }
    for absent in ["pacakge.json", "src/main.ts", "main.js", "*.ts", "src/*/x", "lib/*", "package.json/x"] {
        assert_eq!(p.contains(absent), Presence::Absent, "{absent}");
    }
}

#[test]
fn what_the_ignore_file_leaves_out_and_which_pattern_does() {
    let p = project(&[
        (".dockerignore", "# logs\n*.log\ndist\n!dist/keep/x\nlib\n"),
        ("a.log", ""),
        ("b.log", ""),
        ("lib/x", ""),
        ("c.txt", ""),
    ]);
    assert_eq!(p.ignored_by("a.log").as_deref(), Some("*.log"));
    assert_eq!(p.ignored_by("*.log").as_deref(), Some("*.log"));
    assert_eq!(p.ignored_by("lib").as_deref(), Some("lib"));
    assert_eq!(p.ignored_by("lib/").as_deref(), Some("lib"));
    assert_eq!(p.contains("?.*"), Presence::Present, "c.txt");
    assert_eq!(p.contains("."), Presence::Present);
    // Not there, and left out if it were.
    assert_eq!(p.ignored_by("later.log").as_deref(), Some("*.log"));
    assert_eq!(p.ignored_by("dist/app").as_deref(), Some("dist"));
    // An exception may bring back a part of it.
    assert_eq!(p.contains("dist"), Presence::Unknown);
    assert_eq!(p.contains("dist/keep"), Presence::Unknown);
    assert_eq!(p.contains("dist/keep/x"), Presence::Absent);
}

#[test]
fn exceptions_bring_a_folder_back() {
    let p = project(&[
        (".dockerignore", "*\n!src\nsrc/*\n!src/app\n!go.*\n"),
        ("src/app/main.go", ""),
        ("src/x", ""),
        ("go.mod", ""),
        ("y", ""),
    ]);
    assert_eq!(p.contains("."), Presence::Present);
    assert_eq!(p.contains("src"), Presence::Present);
    assert_eq!(p.files("."), ["go.mod", "src/app/main.go"]);
    assert_eq!(p.ignored_by("src/x").as_deref(), Some("src/*"));
    assert_eq!(p.ignored_by("y").as_deref(), Some("*"));
}

#[test]
fn a_folder_of_which_nothing_is_left() {
    let p = project(&[(".dockerignore", "src/*\n"), ("src/x", "")]);
    assert_eq!(p.ignored_by("src").as_deref(), Some("src/*"));
    let p = project(&[(".dockerignore", "**\n"), ("src/x", "")]);
    assert_eq!(p.ignored_by(".").as_deref(), Some("**"));
    // What is there now is left out, what is built before may not be.
    let p = project(&[(".dockerignore", "src/*.c\nDockerfile\n.dockerignore\n"), ("src/x.c", "")]);
    assert_eq!(p.contains("src"), Presence::Present);
    assert_eq!(p.contains("."), Presence::Present);
}

#[test]
fn the_file_named_like_the_dockerfile_goes_first() {
    let p = project(&[(".dockerignore", "a\n"), ("Dockerfile.dockerignore", "b\n"), ("a", ""), ("b", "")]);
    assert_eq!(p.contains("a"), Presence::Present);
    assert_eq!(p.ignored_by("b").as_deref(), Some("b"));
    assert_eq!(p.context().ignore_file().unwrap().source.name, "Dockerfile.dockerignore");
    assert_eq!(p.context().shadowed().unwrap().name, ".dockerignore");
    let p = project(&[(".dockerignore", "a\n")]);
    assert_eq!(p.context().ignore_file().unwrap().source.name, ".dockerignore");
    assert!(p.context().shadowed().is_none());
}

#[test]
fn a_context_elsewhere_has_its_own_ignore_file() {
    let files = [(".dockerignore", "*\n"), ("app/.dockerignore", "x\n"), ("app/x", ""), ("app/y", "")];
    let p = project_in(&files, |dir| Some(dir.join("app")));
    assert_eq!(p.contains("y"), Presence::Present);
    assert_eq!(p.ignored_by("x").as_deref(), Some("x"));
    assert_eq!(p.files("*"), [".dockerignore", "y"]);
}

#[test]
fn what_cannot_be_known() {
    let nowhere = project_in(&[], |_| None);
    let outside = project_in(&[], |dir| dir.parent().map(Path::to_path_buf));
    let missing = project_in(&[], |dir| Some(dir.join("missing")));
    let broken = project(&[(".dockerignore", "a\n[\n")]);
    let binary = project(&[(".dockerignore", "a\0")]);
    let latin = project(&[]);
    std::fs::write(latin.dir.path().join(".dockerignore"), b"caf\xe9\n").unwrap();
    for p in [&latin, &nowhere, &outside, &missing, &broken, &binary] {
        assert_eq!(p.contains("a"), Presence::Unknown);
        assert_eq!(p.context().files("."), Files::default());
    }
    let p = project(&[]);
    for source in ["https://example.com/x.tar", "git@example.com:a/b", "src\\app", "[", &"a/".repeat(200)] {
        assert_eq!(p.contains(source), Presence::Unknown, "{source}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let p = project(&[("a/x", "")]);
    std::os::unix::fs::symlink(p.dir.path().parent().unwrap(), p.dir.path().join("up")).unwrap();
    std::os::unix::fs::symlink("a", p.dir.path().join("b")).unwrap();
    assert_eq!(p.contains("b/x"), Presence::Unknown);
    assert_eq!(p.contains("up"), Presence::Unknown);
    assert_eq!(p.contains("*/x"), Presence::Unknown);
    assert_eq!(p.files("."), ["Dockerfile", "a/x"]);
}

#[test]
fn the_files_of_a_source() {
    let p = project(&[
        (".dockerignore", "**/*.log\nnode_modules\n"),
        ("a/x", ""),
        ("a/y.log", ""),
        ("a/b/c", ""),
        ("node_modules/m/i.js", ""),
        (".env", ""),
    ]);
    assert_eq!(p.files("."), [".dockerignore", ".env", "Dockerfile", "a/b/c", "a/x"]);
    assert_eq!(p.files("a"), ["a/b/c", "a/x"]);
    assert_eq!(p.files("a/*"), ["a/b/c", "a/x"]);
    assert_eq!(p.files("a/y.log"), Vec::<String>::new());
    assert_eq!(p.files("*/b"), ["a/b/c"]);
    assert_eq!(p.files("nothing"), Vec::<String>::new());
}

#[test]
fn too_many_files_are_told_as_incomplete() {
    let p = project(&[]);
    let many = p.dir.path().join("many");
    std::fs::create_dir(&many).unwrap();
    let most = p.context().ignores.budget;
    for n in 0..=most {
        std::fs::write(many.join(n.to_string()), "").unwrap();
    }
    let files = p.context().files(".");
    assert!(!files.complete);
    assert_eq!(files.paths, ["Dockerfile"]);
    assert_eq!(p.contains("many/7"), Presence::Present);
    assert_eq!(p.contains("many/*"), Presence::Unknown);
}

#[test]
fn a_long_ignore_file_is_worth_fewer_files() {
    let p = project(&[(".dockerignore", &"x\n".repeat(100_000))]);
    assert_eq!(p.context().ignores.budget, 100);
    assert_eq!(project(&[]).context().ignores.budget, MOST_NAMES);
}

#[test]
fn the_nearest_name() {
    let p = project(&[
        (".dockerignore", "package-look.json\n"),
        ("package.json", ""),
        ("package-lock.json", ""),
        ("package-look.json", ""),
        ("src/server/main.js", ""),
    ]);
    let near = |source: &str| p.context().nearest(source);
    assert_eq!(near("pacakge.json").as_deref(), Some("package.json"));
    assert_eq!(near("./package-lok.json").as_deref(), Some("package-lock.json"));
    assert_eq!(near("scr/servr/main.js").as_deref(), Some("src/server/main.js"));
    assert_eq!(near("Src").as_deref(), Some("src"));
    assert_eq!(near("src/client/main.js"), None);
    assert_eq!(near("yarn.lock"), None);
    assert_eq!(near("package.json"), None);
    assert_eq!(near("pack*"), None);
}
