use std::path::Path;

use super::*;
use crate::source::{FileKind, Sources};
use crate::syntax::shell::{Script, parse};

fn script(source: &str) -> Script {
    let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
    parse(&Text::verbatim(id, 0, source))
}

/// `verb: name operator version (source)` of every run of a package manager.
fn packages(source: &str) -> Vec<String> {
    let script = script(source);
    let show = |p: &Package| {
        let mut out = format!("{}", p.name);
        if let Some(version) = &p.version {
            out += &format!(" {}{version}", p.operator.as_ref().map_or("", |o| o.as_str()));
        }
        if p.source != PackageSource::Registry {
            out += &format!(" ({:?})", p.source);
        }
        out + if p.dynamic { " (dynamic)" } else { "" }
    };
    let runs = package_commands(&script.flow());
    runs.iter()
        .map(|run| {
            format!("{:?} {:?} {}: {}", run.manager, run.action, run.verb, run.packages.iter().map(show).collect::<Vec<_>>().join(", "))
        })
        .collect()
}

#[test]
fn packages_of_distributions() {
    assert_eq!(
        packages("apt-get -qq update && apt-get install -y --no-install-recommends -t sid curl=7.88.1-10 \"nginx/stable\" ./x.deb"),
        ["AptGet Refresh update: ", "AptGet Install install: curl =7.88.1-10, nginx /stable, ./x.deb (Path)",]
    );
    assert_eq!(packages("apt install $PKGS php${V}-fpm=${V}.*"), ["Apt Install install: $PKGS (dynamic), php${V}-fpm =${V}.* (dynamic)"]);
    assert_eq!(
        packages("apk add --no-cache -t .deps gcc 'curl~=8.5' a>b c@edge; apk del .deps"),
        ["Apk Install add: gcc, curl ~=8.5, a, c @edge", "Apk Remove del: .deps",]
    );
    assert_eq!(
        packages("yum -y install nginx-1.20.1-9.el7 java-11-openjdk gcc-7 @dev https://x/y.rpm && dnf clean all; dnf group install z"),
        [
            "Yum Install install: nginx -1.20.1-9.el7, java-11-openjdk, gcc -7, @dev (Group), https://x/y.rpm (Url)",
            "Dnf Clean clean: ",
            "Dnf Install install: z",
        ]
    );
    assert_eq!(
        packages("microdnf update; zypper -n in 'a>=1.2' b=3 && zypper cc -a; tdnf makecache"),
        ["Microdnf Upgrade update: ", "Zypper Install in: a >=1.2, b =3", "Zypper Clean cc: ", "Tdnf Refresh makecache: ",]
    );
    assert_eq!(packages("pacman -Syu --noconfirm git; pacman -Scc"), ["Pacman Install S: git", "Pacman Clean S: "]);
    // In words, not run.
    assert_eq!(packages("echo apt-get install x; command -v apt-get"), [""; 0]);
}

#[test]
fn packages_of_python() {
    assert_eq!(
        packages("pip3.11 install --no-cache-dir -U 'django>=4,<5' requests[socks]==2.31 six -r r.txt -e . './x[dev]'"),
        ["Pip Install install: django >=4,<5, requests ==2.31, six, ./x[dev] (Path)"]
    );
    assert_eq!(
        packages("python -m pip install 'a == 1 ; python_version < \"3\"' git+https://g.example/x/y.git@abc123 b.whl"),
        ["Pip Install install: a ==1, git+https://g.example/x/y.git @abc123 (Git), b.whl (Path)"]
    );
    assert_eq!(
        packages("uv pip install --system a==1; uv tool install ruff@0.1.2; uv add 'b>2'; uv sync; uv cache clean"),
        ["Uv Install install: a ==1", "Uv Install install: ruff @0.1.2", "Uv Install add: b >2", "Uv Other sync: ", "Uv Clean clean: ",]
    );
    assert_eq!(
        packages("pipx install -i https://x/simple poetry==1.8 && pip cache purge"),
        ["Pipx Install install: poetry ==1.8", "Pip Clean purge: "]
    );
}

#[test]
fn packages_of_node() {
    assert_eq!(
        packages("npm install -g --registry https://r npm@10 @scope/a @scope/b@^1.2 user/repo#v1 ./c"),
        ["Npm Install install: npm @10, @scope/a, @scope/b @^1.2, user/repo #v1 (Git), ./c (Path)"]
    );
    assert_eq!(
        packages("npm ci --omit dev && npm run build && npm cache clean --force"),
        ["Npm Install ci: ", "Npm Other run: ", "Npm Clean clean: ",]
    );
    assert_eq!(
        packages("yarn; yarn install x; yarn global add a@1; yarn add b; yarn --version"),
        ["Yarn Install yarn: ", "Yarn Install install: ", "Yarn Install add: a @1", "Yarn Install add: b",]
    );
    assert_eq!(
        packages("pnpm add -g a@latest && pnpm i && bun add b && pnpm store prune"),
        ["Pnpm Install add: a @latest", "Pnpm Install i: ", "Bun Install add: b", "Pnpm Clean prune: ",]
    );
}

#[test]
fn packages_of_other_languages() {
    assert_eq!(
        packages("gem install rails -v 7.0 -N && gem install bundler:2.4 x"),
        ["Gem Install install: rails 7.0", "Gem Install install: bundler :2.4, x"]
    );
    assert_eq!(
        packages("go install -ldflags '-s' golang.org/x/y/cmd/z@v0.1.0 && go install ./... && go build"),
        ["Go Install install: golang.org/x/y/cmd/z @v0.1.0", "Go Install install: ./... (Path)", "Go Other build: ",]
    );
    assert_eq!(
        packages("cargo install --locked ripgrep@14 && cargo install --version 1.2 a && cargo install --git https://g/x --rev abc"),
        ["Cargo Install install: ripgrep @14", "Cargo Install install: a 1.2", "Cargo Install install: https://g/x abc (Git)",]
    );
    assert_eq!(
        packages("composer require a/b:1.0 c/d '^2' e/f && composer install --no-dev && composer create-project g/h dir 3.0"),
        ["Composer Install require: a/b :1.0, c/d ^2, e/f", "Composer Install install: ", "Composer Install create-project: g/h 3.0",]
    );
    assert_eq!(
        packages("dotnet tool install -g x --version 1.2 && dotnet add app.csproj package y -v 3 && dotnet restore"),
        ["Dotnet Install install: x 1.2", "Dotnet Install package: y 3", "Dotnet Other restore: ",]
    );
    assert_eq!(packages("pecl install xdebug-3.1.6 redis"), ["Pecl Install install: xdebug -3.1.6, redis"]);
}

#[test]
fn the_bytes_of_a_package() {
    let source = "sudo apt-get install \"curl=7.88\" && npm i -g a@${V:-1}";
    let script = script(source);
    let installs = package_installs(&script.flow());
    let curl = &installs[0].packages[0];
    assert_eq!((&source[curl.text.span().range()], &source[curl.name.span().range()]), ("curl=7.88", "curl"));
    assert_eq!(&source[curl.version.as_ref().unwrap().span().range()], "7.88");
    assert_eq!(&source[installs[1].packages[0].version.as_ref().unwrap().span().range()], "${V:-1}");
    assert_eq!(installs.iter().map(|i| i.command).collect::<Vec<_>>(), [0, 1]);
}

/// `url -> output | readers`.
fn fetched(source: &str) -> Vec<String> {
    let script = script(source);
    let flow = script.flow();
    let name = |i: &usize| flow.commands[*i].program().to_owned();
    let show = |d: &Download<'_>| {
        let output = match &d.output {
            Output::Stdout => "stdout".to_owned(),
            Output::File(file) => file.to_string(),
            Output::Unknown => "?".to_owned(),
        };
        let readers = d.piped_into.iter().map(|i| format!(" {}", name(i)));
        let into = d.substituted_into.iter().map(|i| format!(" in {}", name(i)));
        format!("{} -> {output}{}", d.url, readers.chain(into).collect::<String>()).trim_end().to_owned()
    };
    downloads(&flow).iter().map(show).collect()
}

#[test]
fn downloads_and_where_they_go() {
    assert_eq!(fetched("curl -fsSL https://a/x.sh | bash -s -- -y"), ["https://a/x.sh -> stdout bash"]);
    assert_eq!(
        fetched("curl -sSLo /tmp/x \"https://a/$V\" -O https://a/b.tgz?c=1 https://a/d >e"),
        ["https://a/$V -> /tmp/x", "https://a/b.tgz?c=1 -> b.tgz", "https://a/d -> e",]
    );
    assert_eq!(fetched("curl --url https://a -H 'X: https://no' --output - | tar xz"), ["https://a -> stdout tar"]);
    assert_eq!(
        fetched("wget -q https://a/b.tgz && wget -O- https://c | sh; wget --output-document=d https://e/ https://f/"),
        ["https://a/b.tgz -> b.tgz", "https://c -> stdout sh", "https://e/ -> d", "https://f/ -> d",]
    );
    assert_eq!(fetched("wget https://a/"), ["https://a/ -> ?"]);
    assert_eq!(
        fetched("sh -c \"$(curl -fsSL https://a)\"; bash <(wget -qO- https://b); X=$(curl c)"),
        ["https://a -> stdout in sh", "https://b -> stdout in bash", "c -> stdout in",]
    );
    assert_eq!(fetched("sudo busybox wget -O - u | sudo tee f | sh"), ["u -> stdout tee"]);
    assert_eq!(fetched("echo curl https://a; apt-get install curl"), [""; 0]);
}

fn written(source: &str) -> Vec<String> {
    let script = script(source);
    writes(&script.flow()).iter().map(|w| format!("{:?} {}", w.kind, w.path)).collect()
}

#[test]
fn files_that_are_written() {
    assert_eq!(written("echo a > /etc/x; echo b 2>>log >/dev/null; c >&2; { d; } &> e"), ["Redirect /etc/x", "Append log", "Redirect e"]);
    assert_eq!(written("a | tee b \"c d\" | tee -a e"), ["Tee b", "Tee c d", "Append e"]);
    assert_eq!(
        written("cp -r a b /dst/ && mv -t /t x y; install -m 755 -o root f /usr/bin/f; ln -s a b; install -d p q"),
        ["Copy /dst/", "Move /t", "Install /usr/bin/f", "Link b", "Install p", "Install q",]
    );
    assert_eq!(
        written("sed -i.bak s/a/b/ f g; sed -i -e s/a/b/ h; sed s/a/b/ i; dd if=/dev/zero of=j bs=1; touch k"),
        ["Edit f", "Edit g", "Edit h", "Dump j", "Touch k"]
    );
    assert_eq!(
        written("curl -o a u; curl u > b; wget u/c.tgz; tar xzf c.tgz -C /opt; tar czf d e; unzip -q f -d /g"),
        ["Redirect b", "Unpack /opt", "Unpack /g", "Download a", "Download c.tgz",]
    );
    assert_eq!(written("cat <<EOF > /etc/${X}.conf\na > b\nEOF"), ["Redirect /etc/${X}.conf"]);
}

#[test]
fn owners_and_modes() {
    let owners = |source: &str| {
        let script = script(source);
        let text = |t: &Option<Text>| t.as_ref().map_or("-", |t| t.as_str()).to_owned();
        let paths = |o: &OwnershipChange| o.paths.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(" ");
        let changes = ownership_changes(&script.flow());
        changes
            .iter()
            .map(|o| format!("{}:{} {}{}", text(&o.owner), text(&o.group), paths(o), if o.recursive { " -R" } else { "" }))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        owners("chown -R app:staff /a /b; chown 0: c; chown :g d; chgrp h i; chown --reference=x y"),
        ["app:staff /a /b -R", "0:- c", "-:g d", "-:h i",]
    );
    assert_eq!(owners("chown ${U:-1}:${G} a; install -o u -g g f /bin/f; install f g"), ["${U:-1}:${G} a", "u:g /bin/f"]);
    let modes = |source: &str| {
        let script = script(source);
        let changes = mode_changes(&script.flow());
        let paths = |m: &ModeChange| m.paths.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(" ");
        changes.iter().map(|m| format!("{} {}{}", m.mode, paths(m), if m.recursive { " -R" } else { "" })).collect::<Vec<_>>()
    };
    assert_eq!(
        modes("chmod -R 0777 /a b; chmod -x c; chmod u+x,o= d -R; chmod --recursive 755 e; chmod 644"),
        ["0777 /a b -R", "-x c", "u+x,o= d -R", "755 e -R",]
    );
    assert_eq!(
        modes("mkdir -pm 1777 t u; install -D --mode=0755 a /b; mkdir v; find . -exec chmod 666 {} +"),
        ["1777 t u", "0755 /b", "666 {}"]
    );
}

#[test]
fn options_of_the_shell() {
    let options = |source: &str| {
        let script = script(source);
        let found: Vec<_> = script.commands().iter().flat_map(shell_options).collect();
        found.iter().map(|o| format!("{}{}", if o.on { "-" } else { "+" }, o.name)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(options("set -euxo pipefail +x; set -- -a; set +o history"), "-errexit -nounset -xtrace -pipefail +xtrace +history");
    assert_eq!(options("bash -e; echo set -x"), "");
}
