//! Command lines as the tools themselves read them: which options take a value, so that the operands are right.

use super::ast::Word;
use crate::syntax::text::Text;

/// The arguments of a command, told apart.
#[derive(Clone, Debug, Default)]
pub struct Options<'a> {
    /// The options, in order; every letter of `-fsSL` is one.
    pub flags: Vec<Flag<'a>>,
    /// What is left, in order.
    pub operands: Vec<&'a Word>,
}

/// One option.
#[derive(Clone, Debug)]
pub struct Flag<'a> {
    /// `-k`, `--insecure`: with its dashes, without a value.
    pub name: String,
    /// The bytes of the name; of a cluster of letters those of the one letter.
    pub text: Text,
    /// Its value, quotes removed, expansions as written: the rest of the word or the next word.
    pub value: Option<Text>,
    /// The word it stands in.
    pub word: &'a Word,
    /// The word its value stands in.
    pub value_word: Option<&'a Word>,
    /// It shares its word with other letters.
    pub clustered: bool,
}

impl<'a> Options<'a> {
    /// The first option of one of these names.
    pub fn get(&self, names: &[&str]) -> Option<&Flag<'a>> {
        self.flags.iter().find(|f| names.contains(&f.name.as_str()))
    }

    /// Whether there is an option of one of these names.
    pub fn has(&self, names: &[&str]) -> bool {
        self.get(names).is_some()
    }

    /// The value of the last option of one of these names, as most tools take the last.
    pub fn value(&self, names: &[&str]) -> Option<&Text> {
        self.values(names).last()
    }

    /// The values of all options of these names.
    pub fn values<'s>(&'s self, names: &[&str]) -> impl Iterator<Item = &'s Text> {
        self.flags.iter().filter(move |f| names.contains(&f.name.as_str())).filter_map(|f| f.value.as_ref())
    }
}

/// How a tool reads its command line.
struct Tool {
    names: &'static [&'static str],
    /// Letters whose option takes a value: the rest of the word, or else the next word.
    short: &'static str,
    /// Letters that may have a value, which then is the rest of the word.
    attached: &'static str,
    /// Long options that take a value.
    long: &'static str,
    style: Style,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `-abc` is three options, `--long` one.
    Gnu,
    /// `-long` and `--long` are the same option.
    SingleDash,
    /// As `Gnu`; the first argument is a cluster of letters even without a dash.
    Bundle,
    /// As `Gnu`, but `-nv` is one option: `n` takes the next letter along.
    Wget,
}

const GNU: Tool = Tool { names: &[], short: "", attached: "", long: "", style: Style::Gnu };

/// From the manuals of the tools; only options that take a value are listed.
static TOOLS: &[Tool] = &[
    Tool {
        names: &["curl"],
        short: "AbcCdDeEFHKmoPQrtTuUwxXyYz",
        long: "abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to \
               continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode \
               delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine \
               etag-compare etag-save expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port \
               ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface \
               ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port login-options \
               mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir \
               parallel-max parallel-max-host pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert \
               proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type \
               proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword \
               proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer request request-target resolve retry \
               retry-delay retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service \
               socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers \
               tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file upload-flags url url-query \
               user user-agent variable vlan-priority write-out",
        ..GNU
    },
    Tool {
        names: &["wget", "wget2"],
        short: "aABDeiIlOPQRtTUwX",
        long: "accept accept-regex append-output base bind-address bind-dns-address body-data body-file ca-certificate ca-directory \
               certificate certificate-type ciphers compression config connect-timeout crl-file cut-dirs default-page \
               directory-prefix dns-servers dns-timeout domains egd-file exclude-directories exclude-domains execute follow-tags \
               ftp-password ftp-user header hsts-file http-password http-user ignore-tags include-directories input-file level \
               limit-rate load-cookies local-encoding max-redirect method output-document output-file password pinnedpubkey \
               post-data post-file prefer-family private-key private-key-type progress proxy-password proxy-user quota \
               random-file read-timeout referer regex-type reject reject-regex rejected-log remote-encoding report-speed \
               restrict-file-names retry-on-http-error save-cookies secure-protocol start-pos timeout tries use-askpass user \
               user-agent wait waitretry warc-cdx warc-file",
        style: Style::Wget,
        ..GNU
    },
    Tool { names: &["fetch"], short: "BhijNoSTw", long: "output timeout user-agent referer ca-cert", ..GNU },
    Tool {
        names: &["aria2c"],
        short: "cdijkmopstxT",
        long: "dir out split max-connection-per-server header user-agent input-file checksum",
        ..GNU
    },
    Tool {
        names: &["apt-get", "apt", "apt-cache", "aptitude", "apt-key", "apt-mark", "apt-file", "aptitude-curses"],
        short: "actoP",
        attached: "q",
        long: "option config-file target-release default-release host-architecture build-profiles with-source solver architecture \
               keyring",
        ..GNU
    },
    Tool { names: &["add-apt-repository", "apt-add-repository"], short: "pSPUC", long: "ppa sourceslist uri cloud pocket", ..GNU },
    Tool { names: &["dpkg", "dpkg-deb"], short: "DZz", long: "root admindir instdir path-exclude path-include debug log", ..GNU },
    Tool {
        names: &["apk"],
        short: "ptX",
        long: "root virtual repository arch cache-dir cache-max-age keys-dir repositories-file wait progress-fd timeout",
        ..GNU
    },
    Tool {
        names: &["yum", "dnf", "dnf5", "microdnf", "tdnf", "yum-config-manager", "yumdownloader", "yum-builddep"],
        short: "cdeRx",
        long: "config debuglevel errorlevel rpmverbosity randomwait enablerepo disablerepo repo repoid exclude excludepkgs \
               disableexcludes disableexcludepkgs installroot releasever setopt enableplugin disableplugin color comment advisory \
               advisories bz bzs cve cves sec-severity forcearch arch archlist repofrompath downloaddir destdir rebootcmd \
               add-repo enable-repo disable-repo from-repo",
        ..GNU
    },
    Tool { names: &["rpm"], short: "EDr", long: "root dbpath define eval excludepath prefix relocate import rcfile pipe", ..GNU },
    Tool {
        names: &["zypper"],
        short: "cprRt",
        long: "root installroot config cache-dir raw-cache-dir solv-cache-dir pkg-cache-dir reposd-dir plus-repo plus-content repo \
               from type download priority pattern catalog",
        ..GNU
    },
    Tool {
        names: &["pacman", "yay"],
        short: "br",
        long: "dbpath root arch cachedir color config gpgdir ignore overwrite assume-installed",
        ..GNU
    },
    Tool {
        names: &["pip"],
        short: "bcCdefirtw",
        long: "requirement constraint build-constraint editable index-url pypi-url extra-index-url find-links target prefix root src source \
               python-version platform implementation abi only-binary no-binary upgrade-strategy global-option install-option \
               build-option config-settings config-setting build trusted-host proxy retries timeout default-timeout exists-action \
               cert client-cert cache-dir log log-file progress-bar report hash algorithm root-user-action python use-feature \
               use-deprecated keyring-provider group dest wheel-dir download format path exclude resume-retries uploaded-prior-to",
        ..GNU
    },
    Tool {
        names: &["uv", "uvx"],
        short: "bcCefiopPrtw",
        long: "index-url extra-index-url index default-index find-links python target prefix constraint constraints override overrides \
               excludes requirement requirements editable extra group index-strategy keyring-provider resolution prerelease fork-strategy \
               exclude-newer exclude-newer-package link-mode cache-dir config-file directory project with with-editable \
               with-requirements only-binary refresh-package reinstall-package upgrade-package torch-backend trusted-host \
               allow-insecure-host build-constraint build-constraints config-setting config-settings config-settings-package color \
               package only-group no-group no-extra no-install-package branch tag rev optional script bounds python-version \
               python-platform no-build-isolation-package no-build-package no-binary-package from env-file install-dir mirror \
               output-file default-index refresh-package sources",
        ..GNU
    },
    Tool { names: &["pipx"], short: "i", long: "python pip-args index-url suffix preinstall spec backend fetch-python", ..GNU },
    Tool { names: &["poetry"], short: "CGEPv", long: "project directory extras with without only group source python", ..GNU },
    Tool {
        names: &["conda", "mamba", "micromamba"],
        short: "cnpr",
        long: "channel file name prefix root-prefix repodata-fn solver revision platform",
        ..GNU
    },
    Tool {
        names: &["npm", "npx"],
        short: "wC",
        long: "access auth-type ca cache cafile cpu depth diff fetch-retries fetch-retry-factor fetch-retry-maxtimeout \
               fetch-retry-mintimeout fetch-timeout globalconfig https-proxy include install-strategy key libc local-address \
               location lockfile-version loglevel maxsockets network-timeout noproxy omit only os otp package prefix proxy registry \
               replace-registry-host save-prefix scope script-shell tag umask user-agent userconfig workspace before call",
        ..GNU
    },
    Tool {
        names: &["yarn", "yarnpkg"],
        short: "",
        long: "cwd registry network-timeout network-concurrency child-concurrency cache-folder preferred-cache-folder modules-folder \
               mutex global-folder link-folder prefix use-yarnrc cafile https-proxy proxy mode otp emoji link-duplicates \
               production-mode",
        ..GNU
    },
    Tool {
        names: &["pnpm", "pnpx"],
        short: "CF",
        long: "dir filter filter-prod store-dir registry workspace-concurrency network-concurrency child-concurrency reporter loglevel \
               virtual-store-dir modules-dir lockfile-dir global-dir global-bin-dir fetch-retries fetch-timeout node-linker \
               package-import-method test-pattern changed-files-ignore-pattern resume-from allow-build",
        ..GNU
    },
    Tool {
        names: &["bun", "bunx"],
        short: "c",
        long: "cwd registry config backend cache-dir filter ca cafile omit network-concurrency",
        ..GNU
    },
    Tool {
        names: &["gem", "gem2", "gem3"],
        short: "inpsvP",
        long: "version install-dir bindir source trust-policy platform http-proxy build-root file without key config-file target-rbconfig \
               host",
        ..GNU
    },
    Tool { names: &["bundle", "bundler"], short: "j", long: "jobs gemfile path without with retry binstubs shebang", ..GNU },
    Tool {
        names: &["go"],
        long: "C asmflags buildmode buildvcs compiler covermode coverpkg exec gccgoflags gcflags installsuffix ldflags mod modfile o \
               overlay p pgo pkgdir tags toolexec run timeout count",
        style: Style::SingleDash,
        ..GNU
    },
    Tool {
        names: &["cargo", "cargo-binstall"],
        short: "CFjpZ",
        long: "version vers git branch tag rev path root index registry target target-dir profile features jobs config color \
               manifest-path package bin example lockfile-path artifact-dir out-dir exclude",
        ..GNU
    },
    Tool {
        names: &["rustup", "rustup-init", "rustup-init.sh"],
        short: "ct",
        long: "component target toolchain profile default-toolchain default-host",
        ..GNU
    },
    Tool {
        names: &["composer", "composer.phar"],
        short: "d",
        long: "working-dir ignore-platform-req prefer-install repository repository-url apcu-autoloader-prefix format stability \
               name require require-dev type license",
        ..GNU
    },
    Tool {
        names: &["dotnet"],
        short: "cforsv",
        long: "version add-source source tool-path configfile framework verbosity arch os runtime configuration output package-directory \
               tool-manifest project interactive-timeout artifacts-path",
        ..GNU
    },
    Tool { names: &["pear", "pecl"], short: "cCdDuR", long: "configureoptions", ..GNU },
    Tool { names: &["cpan", "cpanm"], short: "lLM", long: "local-lib local-lib-contained mirror cpanfile", ..GNU },
    Tool { names: &["chown", "chgrp"], long: "from reference", ..GNU },
    Tool { names: &["chmod"], long: "reference", ..GNU },
    Tool { names: &["cp", "mv", "ln"], short: "St", long: "suffix target-directory", ..GNU },
    Tool { names: &["install"], short: "gmoSt", long: "group mode owner strip-program suffix target-directory", ..GNU },
    Tool { names: &["mkdir"], short: "m", long: "mode", ..GNU },
    Tool { names: &["touch"], short: "drt", long: "date reference time", ..GNU },
    Tool { names: &["sed", "gsed"], short: "efl", attached: "i", long: "expression file line-length", ..GNU },
    Tool {
        names: &["grep", "egrep", "fgrep"],
        short: "ABCDdefm",
        long: "regexp file max-count context after-context before-context include exclude exclude-dir label",
        ..GNU
    },
    Tool {
        names: &["tar", "bsdtar", "gtar"],
        short: "bCfFgHIKLNTVX",
        long: "file directory use-compress-program exclude exclude-from files-from transform strip-components owner group mode mtime \
               blocking-factor format label newer-mtime suffix record-size checkpoint-action to-command warning",
        style: Style::Bundle,
        ..GNU
    },
    Tool { names: &["unzip"], short: "dxP", ..GNU },
    Tool { names: &["patch"], short: "BdDFgioprVYz", long: "strip input output directory", ..GNU },
    Tool { names: &["sort"], short: "kotSTz", long: "key output field-separator buffer-size temporary-directory parallel", ..GNU },
    Tool { names: &["head", "tail"], short: "cns", long: "bytes lines sleep-interval pid", ..GNU },
    Tool {
        names: &["git"],
        short: "bcCjmou",
        long: "branch config depth origin reference reference-if-able filter jobs template upload-pack server-option shallow-since \
               shallow-exclude separate-git-dir git-dir work-tree namespace exec-path",
        ..GNU
    },
    Tool { names: &["ssh", "scp", "sftp"], short: "BbcDEeFIiJLlmOoPpQRSWwX", ..GNU },
    Tool { names: &["ssh-keyscan"], short: "fpTtO", ..GNU },
    Tool {
        names: &["rsync"],
        short: "eBTfM",
        long: "rsh rsync-path exclude include exclude-from include-from files-from temp-dir chmod chown port password-file",
        ..GNU
    },
    Tool {
        names: &["gpg", "gpg2", "gpgv", "gpg1"],
        short: "oruNz",
        long: "homedir keyserver keyserver-options options output recipient local-user passphrase passphrase-file passphrase-fd \
               pinentry-mode keyring primary-keyring secret-keyring no-default-keyring-file status-fd logger-fd import-options \
               export-options trust-model",
        ..GNU
    },
    Tool {
        names: &["docker", "podman", "buildah"],
        short: "cHlpu",
        long: "host log-level password username config context tlscacert tlscert tlskey",
        ..GNU
    },
    Tool { names: &["aws"], long: "profile region endpoint-url output query ca-bundle cli-read-timeout cli-connect-timeout", ..GNU },
    Tool {
        names: &["useradd", "usermod"],
        short: "bcdefgGkKlpPRsuZ",
        long: "base-dir comment home-dir home expiredate inactive gid groups skel key login password prefix root shell uid selinux-user",
        ..GNU
    },
    Tool {
        names: &["adduser"],
        short: "hgsGuk",
        long: "conf home shell uid gid ingroup gecos comment firstuid lastuid add_extra_groups-to",
        ..GNU
    },
    Tool {
        names: &["groupadd", "groupmod", "addgroup"],
        short: "gKpPRn",
        long: "gid key password prefix root new-name firstgid lastgid conf",
        ..GNU
    },
    Tool {
        names: &["su", "runuser"],
        short: "cgGsuw",
        long: "command session-command group supp-group shell user whitelist-environment",
        ..GNU
    },
    Tool { names: &["update-alternatives"], long: "altdir admindir log", ..GNU },
    Tool { names: &["find"], style: Style::SingleDash, ..GNU },
    Tool { names: &["java"], short: "", style: Style::SingleDash, ..GNU },
    Tool { names: &["openssl"], style: Style::SingleDash, long: "in out inkey passin passout config days subj newkey keyout", ..GNU },
    Tool { names: &["dd"], ..GNU },
    Tool {
        names: &["dockerd"],
        short: "gGHlp",
        long: "host config-file data-root exec-root group log-level pidfile tlscacert tlscert tlskey",
        ..GNU
    },
];

/// Tells the arguments of `program` (a bare name, as `curl`) apart. Of a program that is not known no option takes a
/// value but with `=`.
pub(super) fn parse<'a>(program: &str, args: &'a [Word]) -> Options<'a> {
    let is_pip = program.strip_prefix("pip").is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    let program = if is_pip { "pip" } else { program };
    let tool = TOOLS.iter().find(|t| t.names.contains(&program)).unwrap_or(&GNU);
    let mut parser = Parser { tool, args, at: 0, out: Options::default() };
    parser.run();
    parser.out
}

struct Parser<'a> {
    tool: &'static Tool,
    args: &'a [Word],
    at: usize,
    out: Options<'a>,
}

impl<'a> Parser<'a> {
    fn run(&mut self) {
        while let Some(word) = self.args.get(self.at) {
            self.at += 1;
            let text = word.unquoted();
            if &*text == "--" {
                self.out.operands.extend(self.args.get(self.at..).unwrap_or(&[]));
                return;
            }
            if text.starts_with("--") {
                self.long(word, &text, 2);
            } else if text.starts_with('-') && text.len() > 1 {
                match self.tool.style {
                    Style::SingleDash => self.long(word, &text, 1),
                    Style::Gnu | Style::Bundle | Style::Wget => self.letters(word, &text, 1),
                }
            } else if self.tool.style == Style::Bundle && self.at == 1 && is_bundle(&text) {
                self.letters(word, &text, 0);
            } else {
                self.out.operands.push(word);
            }
        }
    }

    /// `--name`, `--name=value`, `--name value`. Of `dashes` that many stand in the table's way.
    fn long(&mut self, word: &'a Word, text: &Text, dashes: usize) {
        let end = text.find('=').unwrap_or(text.len());
        let name = text.slice(0..end);
        let bare = name.get(dashes..).unwrap_or("");
        let (value, value_word) = if end < text.len() {
            (Some(text.slice(end + 1..text.len())), Some(word))
        } else if self.tool.long.split_ascii_whitespace().any(|l| l == bare.trim_start_matches('-')) {
            self.next()
        } else {
            (None, None)
        };
        self.out.flags.push(Flag { name: name.as_str().to_owned(), text: name, value, word, value_word, clustered: false });
    }

    /// `-abc`, from byte `from` on.
    fn letters(&mut self, word: &'a Word, text: &Text, from: usize) {
        let clustered = text.chars().count() > from + 1;
        let mut at = from;
        while let Some(letter) = text.get(at..).and_then(|s| s.chars().next()) {
            let mut end = at + letter.len_utf8();
            let rest = text.get(end..).unwrap_or("");
            if self.tool.style == Style::Wget && letter == 'n' && !rest.is_empty() {
                end += rest.chars().next().map_or(0, char::len_utf8);
            }
            let attached = self.tool.attached.contains(letter) && !rest.is_empty() && !rest.starts_with(letter);
            let (value, value_word) = if self.tool.short.contains(letter) && rest.is_empty() {
                self.next()
            } else if self.tool.short.contains(letter) || (attached && !rest.starts_with('=')) {
                (Some(text.slice(end..text.len())), Some(word))
            } else if rest.starts_with('=') {
                (Some(text.slice(end + 1..text.len())), Some(word))
            } else {
                (None, None)
            };
            let is_last = value.is_some();
            let letters = text.slice(at..end);
            let (name, text_of) = (format!("-{letters}"), if clustered { letters } else { text.clone() });
            self.out.flags.push(Flag { name, text: text_of, value, word, value_word, clustered });
            if is_last {
                return;
            }
            at = end;
        }
    }

    /// The next word as a value.
    fn next(&mut self) -> (Option<Text>, Option<&'a Word>) {
        let word = self.args.get(self.at);
        self.at += usize::from(word.is_some());
        (word.map(Word::unquoted), word)
    }
}

fn is_bundle(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphabetic()) && text.contains(['x', 'c', 't', 'f'])
}
