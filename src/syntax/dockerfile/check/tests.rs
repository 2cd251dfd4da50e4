use super::*;
use crate::syntax::dockerfile::parse;
use crate::syntax::dockerfile::testing::file;

/// Everything wrong with `text`, as `code: bytes`; what is not fatal with `?` before it.
fn problems(text: &str) -> Vec<String> {
    let parsed = parse(file(), text);
    let mut all = parsed.errors;
    all.extend(check(&parsed.tree));
    all.iter().map(|e| format!("{}{}: {}", if e.fatal { "" } else { "?" }, e.code, &text[e.span.range()])).collect()
}

/// After a FROM that is in order.
fn in_stage(line: &str) -> Vec<String> {
    problems(&format!("FROM alpine\n{line}\n"))
}

#[track_caller]
fn one(line: &str, want: &str) {
    assert_eq!(in_stage(line), [want], "{line}");
}

#[track_caller]
fn fine(lines: &[&str]) {
    for line in lines {
        assert_eq!(in_stage(line), [""; 0], "{line}");
    }
}

/// The replacement offered for the first problem of `line`.
fn meant(line: &str) -> Option<String> {
    let text = format!("FROM alpine\n{line}\n");
    check(&parse(file(), &text).tree).into_iter().next()?.replacement
}

#[test]
fn instructions() {
    one("RUNN x", "unknown-instruction: RUNN");
    assert_eq!(meant("RUNN x").as_deref(), Some("RUN"));
    assert_eq!(meant("helthcheck NONE").as_deref(), Some("HEALTHCHECK"));
    assert_eq!(meant("foo"), None);
    one("<<<<<<< HEAD", "merge-conflict: <<<<<<<");
    one("\\", "unknown-instruction: \\");
    fine(&["run x", "RuN x", "CMD", "ENTRYPOINT", "ENTRYPOINT []", "CMD []"]);
    one("RUN", "?missing-argument: RUN");
    for name in
        ["USER", "WORKDIR", "MAINTAINER", "STOPSIGNAL", "VOLUME", "EXPOSE", "ENV", "LABEL", "ARG", "COPY", "ADD", "SHELL", "ONBUILD"]
    {
        one(name, &format!("missing-argument: {name}"));
    }
}

#[test]
fn a_line_that_lost_its_continuation() {
    let parsed = parse(file(), "FROM a\nRUN x\n  && y\n");
    let errors = check(&parsed.tree);
    assert_eq!(errors[0].help.as_deref(), Some("if it belongs to the lines above, end those with `\\`"));
}

#[test]
fn flags() {
    one("RUN --mont=target=/x y", "unknown-flag: --mont");
    assert_eq!(meant("RUN --mont=target=/x y").as_deref(), Some("--mount"));
    one("ADD --from=a b c", "unknown-flag: --from");
    one("COPY --FROM=a b c", "unknown-flag: --FROM");
    one("WORKDIR --x /y", "unknown-flag: --x");
    one("ARG --x y", "?unknown-flag: --x");
    one("HEALTHCHECK --x NONE", "?unknown-flag: --x");
    one("COPY --chown=a --chown=b c d", "duplicate-flag: --chown=b");
    one("COPY --chown a b", "flag-without-value: --chown");
    one("COPY --link= a b", "flag-without-value: --link=");
    one("COPY --link=yes a b", "invalid-flag-value: yes");
    one("RUN --network=bridge x", "invalid-flag-value: bridge");
    one("RUN --security= x", "invalid-flag-value: --security=");
    fine(&[
        "COPY --link --parents --exclude=*.md --exclude=x --chown=a --chmod=755 b c",
        "COPY --link=False a b",
        "COPY --chown= a b",
        "ADD --keep-git-dir=true --unpack=false https://x.y/z.git /z",
        "RUN --network=none --security=insecure --device=gpu x",
        "RUN --mount=type=cache,target=/a --mount=type=cache,target=/b x",
        "RUN -- --x",
        "RUN echo --mont=x",
        "CMD -- --x",
    ]);
}

#[test]
fn mounts() {
    one("RUN --mount=typ=cache,target=/x y", "unknown-mount-key: typ");
    assert_eq!(meant("RUN --mount=typ=cache,target=/x y").as_deref(), Some("type"));
    one("RUN --mount=type=cahce,target=/x y", "invalid-mount-value: cahce");
    one("RUN --mount=type=cache,target=/x,sharing=lock y", "invalid-mount-value: lock");
    one("RUN --mount=type=cache,target y", "mount-key-without-value: target");
    one("RUN --mount=type=,target=/x y", "mount-key-without-value: type=");
    one("RUN --mount=type=bind,target=/x,ro=yes y", "invalid-mount-value: yes");
    one("RUN --mount=type=cache,target=/x,mode=0999 y", "invalid-mount-value: 0999");
    one("RUN --mount=type=cache,target=/x,uid=app y", "invalid-mount-value: app");
    one("RUN --mount=type=tmpfs,target=/x,size=big y", "invalid-mount-value: big");
    one("RUN --mount=type=bind,target=/x,uid=1 y", "misplaced-mount-key: uid=1");
    one("RUN --mount=target=/x,required y", "misplaced-mount-key: required");
    one("RUN --mount=type=bind,target=/x,sharing=shared y", "misplaced-mount-key: sharing=shared");
    one("RUN --mount=required,type=secret,id=a y", "?misplaced-mount-key: required");
    one("RUN --mount=type=secret y", "incomplete-mount: --mount=type=secret");
    one("RUN --mount=type=secret,id=a,src=b y", "misplaced-mount-key: --mount=type=secret,id=a,src=b");
    one("RUN --mount=type=cache y", "?incomplete-mount: --mount=type=cache");
    one("RUN --mount=type=bind,target=/ y", "invalid-mount-value: /");
    one("RUN --mount=from=$X,target=/x y", "from-variable: $X");
    fine(&[
        "RUN --mount=type=secret,id=a,required=true,mode=0400,uid=0,env=A y",
        "RUN --mount=type=secret,target=/run/a y",
        "RUN --mount=type=ssh,required y",
        "RUN --mount=type=CACHE,target=/x,sharing=Locked,id=$ID y",
        "RUN --mount=target=/x,rw,from=alpine,source=/y y",
        "RUN --mount=type=${T:-cache},target=/x,uid=$U y",
        "RUN --mount=type=tmpfs,target=/x,size=64m y",
        "RUN --mount=type=ca\\\nche,target=/x y",
    ]);
}

#[test]
fn copy() {
    one("COPY a", "missing-destination: a");
    one("COPY [\"a\"]", "missing-destination: [\"a\"]");
    one("COPY []", "missing-argument: COPY");
    one("COPY [\"a\", \"<<EOF\"]", "heredoc-destination: <<EOF");
    one("COPY a <<EOF\nx\nEOF", "heredoc-destination: <<EOF");
    one("COPY https://a.b/c /d", "copy-remote: https://a.b/c");
    one("COPY git@a.b:c.git /d", "copy-remote: git@a.b:c.git");
    one("COPY --chmod=999 a b", "invalid-chmod: 999");
    one("ADD --checksum=sha256:12 https://a.b/c /d", "invalid-checksum: sha256:12");
    one("ADD --checksum=sha256:12 https://a.b/c e /d", "invalid-checksum: sha256:12");
    one("ADD --checksum=sha256:12 c /d", "invalid-checksum: sha256:12");
    let sum = format!("ADD --checksum=sha256:{} https://a.b/c /d", "0a".repeat(32));
    fine(&[
        "COPY a b c",
        "COPY <<EOF /x\ny\nEOF",
        "COPY [\"<<EOF\", \"/x\"]",
        "COPY --chmod=u=rwX,go=rX a b",
        "COPY --chmod=$MODE a b",
        "COPY httpd /x",
        "ADD --checksum=$SUM https://a.b/c /d",
        "ADD --checksum=0123456789abcdef0123456789abcdef01234567 https://a.b/c.git /d",
        &sum,
    ]);
}

#[test]
fn pairs() {
    one("ENV a", "missing-value: a");
    one("LABEL a", "missing-value: a");
    one("ENV a=b c", "missing-equals: c");
    one("ENV =x", "blank-name: =x");
    one("ARG =x", "blank-name: =x");
    one("ENV a=it's", "unclosed-quote: '");
    one("LABEL a=\"b", "unclosed-quote: \"");
    one("ENV a it's", "unclosed-quote: '");
    one("ARG v=${x!}", "bad-substitution: ${x!}");
    one("ENV p=$HOME/${x", "unclosed-substitution: ${x");
    fine(&[
        "ENV a b c",
        "ENV a=b c=\"d e\" f=g\\ h",
        "ENV a=",
        "ENV a \"\"",
        "LABEL \"a b\"=c",
        "ARG a b=c d",
        "ENV a=${b:?c}",
        "RUN echo ${x!} it's",
    ]);
}

#[test]
fn single_values() {
    one("EXPOSE 80/http", "invalid-port: 80/http");
    one("EXPOSE 80 70000", "invalid-port: 70000");
    one("EXPOSE 80 # web", "invalid-port: #");
    one("STOPSIGNAL SIGTERN", "invalid-signal: SIGTERN");
    assert_eq!(meant("STOPSIGNAL SIGTERN").as_deref(), Some("SIGTERM"));
    one("VOLUME [\"\"]", "empty-volume: [\"\"]");
    one("SHELL /bin/bash -c", "shell-not-json: /bin/bash -c");
    assert_eq!(meant("SHELL /bin/bash -c").as_deref(), Some("[\"/bin/bash\", \"-c\"]"));
    one("SHELL []", "missing-argument: SHELL");
    one("SHELL [1]", "json-not-strings: [1]");
    one("USER ${u", "unclosed-substitution: ${u");
    fine(&[
        "EXPOSE $PORT",
        "EXPOSE 80-90/tcp 53/udp ${P}/tcp",
        "STOPSIGNAL $S",
        "STOPSIGNAL 9",
        "VOLUME /a $B",
        "SHELL [\"a\"]",
        "USER a b",
    ]);
}

#[test]
fn json_of_other_things() {
    one("CMD [\"a\", 1]", "json-not-strings: [\"a\", 1]");
    one("RUN [1]", "json-not-strings: [1]");
    fine(&["CMD ['a']", "CMD [ \"$a\" ] && b", "RUN [ -f x ]", "ENV a=[1]"]);
}

#[test]
fn healthcheck() {
    one("HEALTHCHECK", "missing-argument: HEALTHCHECK");
    one("HEALTHCHECK CMD", "missing-argument: HEALTHCHECK");
    one("HEALTHCHECK CMD []", "missing-argument: HEALTHCHECK");
    one("HEALTHCHECK curl x", "invalid-healthcheck: curl");
    one("HEALTHCHECK NONE x", "too-many-arguments: x");
    one("HEALTHCHECK --interval=30 CMD x", "invalid-healthcheck: 30");
    one("HEALTHCHECK --timeout=10us CMD x", "invalid-healthcheck: 10us");
    one("HEALTHCHECK --retries=-1 CMD x", "invalid-healthcheck: -1");
    fine(&[
        "HEALTHCHECK none",
        "HEALTHCHECK --interval=1m30s --timeout=0 --start-period=5s --start-interval=1s --retries=3 CMD [\"x\"]",
        "HEALTHCHECK cmd x",
    ]);
}

#[test]
fn onbuild() {
    one("ONBUILD ONBUILD RUN x", "forbidden-trigger: ONBUILD");
    one("ONBUILD from x", "forbidden-trigger: from");
    one("ONBUILD RNU x", "?unknown-instruction: RNU");
    one("ONBUILD COPY a", "?missing-destination: a");
    one("ONBUILD ENV a", "missing-value: a");
    one("ONBUILD --x RUN y", "unknown-flag: --x");
    fine(&["ONBUILD COPY . /app", "ONBUILD RUN <<EOF\nx\nEOF"]);
}

#[test]
fn stages() {
    assert_eq!(problems(""), ["empty-file: "]);
    assert_eq!(problems("# x\n\n"), ["no-instructions: "]);
    assert_eq!(problems("ARG a\n"), ["no-from: ARG"]);
    assert_eq!(problems("RUN a\nRUN b\n"), ["no-from: RUN"]);
    assert_eq!(problems("ENV a=b\nARG c\nFROM d\n"), ["before-from: ENV"]);
    assert_eq!(problems("FORM a\nRUN b\n"), ["unknown-instruction: FORM"]);
    assert_eq!(problems("FROM\n"), ["missing-argument: FROM"]);
    assert_eq!(problems("FROM a as\n"), ["from-arguments: as"]);
    assert_eq!(problems("FROM a b\n"), ["from-arguments: b"]);
    assert_eq!(problems("FROM a AS b c\n"), ["from-arguments: c"]);
    assert_eq!(problems("FROM a # the base\n"), ["from-arguments: #"]);
    assert_eq!(problems("FROM a AS 1b\n"), ["invalid-stage-name: 1b"]);
    assert_eq!(problems("FROM a AS b/c\n"), ["invalid-stage-name: b/c"]);
    assert_eq!(problems("FROM a AS b\nFROM c AS B\n"), ["?duplicate-stage-name: B"]);
    assert_eq!(problems("FROM Alpine\n"), ["invalid-image: Alpine"]);
    assert_eq!(problems("FROM \"\"\n"), ["invalid-image: \"\""]);
    assert_eq!(problems("FROM --platform=linx a\n"), ["invalid-platform: linx"]);
    assert_eq!(problems("FROM --platform= a\n"), ["invalid-platform: --platform="]);
    for text in [
        "ARG V=1\nFROM a:$V AS Build-1.x_y\nFROM BUILD-1.x_y\n",
        "FROM $A\nFROM ${A:-Alpine}\n",
        "FROM --platform=$BUILDPLATFORM a\n",
        "from scratch as x\nfrom x\n",
        "FROM \"alpine\"\n",
    ] {
        assert_eq!(problems(text), [""; 0], "{text}");
    }
}

#[test]
fn stages_in_the_wrong_order() {
    assert_eq!(problems("FROM a AS x\nCOPY --from=x b c\n"), ["stage-uses-itself: x"]);
    assert_eq!(problems("FROM a\nCOPY --from=0 b c\n"), ["stage-uses-itself: 0"]);
    assert_eq!(problems("FROM a\nCOPY --from=X b c\nFROM d AS x\n"), ["stage-defined-later: X"]);
    assert_eq!(problems("FROM a\nCOPY --from=7 b c\n"), ["invalid-stage-index: 7"]);
    assert_eq!(problems("FROM a\nCOPY --from=-1 b c\n"), ["invalid-stage-index: -1"]);
    assert_eq!(problems("FROM a\nCOPY --from=$X b c\n"), ["from-variable: $X"]);
    assert_eq!(problems("FROM a\nCOPY --from=A:b: b c\n"), ["invalid-image: A:b:"]);
    assert_eq!(problems("FROM a AS x\nRUN --mount=from=y,target=/t b\nFROM a AS y\nCOPY --from=x b c\n"), ["circular-dependency: y"]);
    // The name means the last stage of that name, wherever it stands.
    assert_eq!(problems("FROM a AS x\nFROM b\nCOPY --from=x c d\nFROM e AS x\n"), ["stage-defined-later: x", "?duplicate-stage-name: x"]);
    assert_eq!(problems("FROM x\nFROM a AS x\n"), ["?stage-defined-later: x"]);
    let text = "FROM a AS x\nFROM b\nCOPY --from=x c d\nCOPY --from=0 c d\nCOPY --from=alpine:3 c d\nRUN --mount=from=X,target=/t c\n";
    assert_eq!(problems(text), [""; 0]);
}

#[test]
fn directives() {
    assert_eq!(problems("# check=skip=all;error=yes\nFROM a\n"), ["invalid-check-option: yes"]);
    assert_eq!(problems("# check=skp=all\nFROM a\n"), ["invalid-check-option: skp"]);
    assert_eq!(problems("# check=skip\nFROM a\n"), ["invalid-check-option: skip"]);
    assert_eq!(problems("# escape=x\nFROM a\n"), ["invalid-escape: x"]);
    assert_eq!(problems("# syntax=a\n# syntax=b\nFROM a\n"), ["duplicate-directive: # syntax=b"]);
    assert_eq!(problems("# check=skip=A,B; error=true\n# syntax=x\nFROM a\n# check=nonsense\n"), [""; 0]);
}

#[test]
fn another_frontend_may_know_more() {
    let text = |syntax: &str| format!("# syntax={syntax}\nFROM a\nINCLUDE b\nCOPY --x a b\n");
    for ours in [
        "docker/dockerfile:1",
        "docker.io/docker/dockerfile:1.7-labs",
        "docker/dockerfile-upstream:master",
        "docker/dockerfile@sha256:0",
        "r.example:5000/docker/dockerfile:1",
    ] {
        assert_eq!(problems(&text(ours)), ["unknown-instruction: INCLUDE", "unknown-flag: --x"], "{ours}");
    }
    assert_eq!(problems(&text("example/dockerfile-x")), ["?unknown-instruction: INCLUDE", "?unknown-flag: --x"]);
}

#[test]
fn heredocs() {
    one("RUN cat <<EOF # don't", "?unseen-heredoc: '");
    one("RUN cat <<EOF >${x^^}", "?unseen-heredoc: ${x^^}");
    fine(&["RUN echo it's a << b", "RUN echo '<<EOF' # don't"]);
    one("RUN echo $((1 << 2))", "?shift-like-heredoc: << 2))");
    one("RUN <<EOF\nx", "unterminated-heredoc: <<EOF");
    one("COPY <<EOF /x\n${a!}\nEOF", "bad-substitution: ${a!}");
    fine(&["COPY <<'EOF' /x\n${a!}\nEOF", "RUN <<EOF\n${a!}\nEOF", "COPY <<EOF /x\nit's\nEOF"]);
}

#[test]
fn none_masks_another() {
    let text = "ENV x=1\nFROM a AS 1\nRUNN b\nCOPY --lnk c\nEXPOSE x\n";
    assert_eq!(
        problems(text),
        [
            "before-from: ENV",
            "invalid-stage-name: 1",
            "unknown-instruction: RUNN",
            "unknown-flag: --lnk",
            "missing-destination: c",
            "invalid-port: x"
        ]
    );
}
