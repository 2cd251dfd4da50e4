//! What the instructions, flags and mount options of a Dockerfile mean: one short text each.

use crate::syntax::dockerfile::Keyword;

/// A word that may be written, and what it means.
pub type Entry = (&'static str, &'static str);

/// What an instruction does.
pub fn instruction(keyword: Keyword) -> &'static str {
    match keyword {
        Keyword::Add => {
            "Puts files, folders, the content of an address or of a Git repository into the image; local archives are unpacked. \
             Use COPY where no unpacking or download is meant."
        }
        Keyword::Arg => {
            "Declares a variable that `--build-arg` or Compose's `build.args` may set. It holds until the end of the stage, and one \
             before the first FROM holds in FROM alone. Its value stays readable in the history of the image: no place for secrets."
        }
        Keyword::Cmd => {
            "What a container runs when nothing else is asked for, or the arguments of ENTRYPOINT. The form with brackets starts \
             the program itself, the other one a shell that starts it. Only the last CMD counts."
        }
        Keyword::Copy => {
            "Copies files from the build context, or with `--from` from another stage, image or context. Files belong to root \
             unless `--chown` says otherwise."
        }
        Keyword::Entrypoint => {
            "The program that a container is. Arguments of `docker run` and CMD are added to it; the form without brackets \
             takes none, and its shell keeps signals from the program."
        }
        Keyword::Env => "Sets a variable for the instructions below, for the stages built on this one and for the running container.",
        Keyword::Expose => "Notes that the container listens on a port. It publishes nothing: `-p` and Compose's `ports` do.",
        Keyword::From => {
            "Begins a stage on top of an image, of an earlier stage, or of `scratch`, which is empty. The last stage becomes the \
             image unless a target is named."
        }
        Keyword::Healthcheck => {
            "A command that the engine runs in the container now and then: exit code 0 is healthy, 1 is not. `NONE` takes away \
             the one of the base image."
        }
        Keyword::Label => "Adds metadata to the image, as `key=value`.",
        Keyword::Maintainer => "Names an author. It is deprecated: `LABEL org.opencontainers.image.authors=` says the same.",
        Keyword::Onbuild => "Keeps an instruction for later: it runs in builds that start FROM this image, right after that FROM.",
        Keyword::Run => {
            "Runs a command at build time and keeps what it changed as a layer. Mounts bring caches, secrets and files of other \
             stages in without leaving them there."
        }
        Keyword::Shell => "The shell that runs the form without brackets of RUN, CMD and ENTRYPOINT, as a JSON array.",
        Keyword::Stopsignal => "The signal that asks the container to end; `SIGTERM` when none is named.",
        Keyword::User => {
            "The user, and after a colon the group, of the instructions below and of the container. A number also works where \
             the image has no such name, and lets Kubernetes see that it is not root."
        }
        Keyword::Volume => {
            "Makes a folder a volume of its own in every container, whether anybody asked for it or not. Later changes to it in \
             the Dockerfile may be lost."
        }
        Keyword::Workdir => "The folder in which the instructions below and the container work. It is made when it is not there.",
        Keyword::Unknown => "",
    }
}

const FROM_FLAGS: &[Entry] = &[("platform", "The platform of the image, as `linux/arm64` or `$BUILDPLATFORM`.")];
const RUN_FLAGS: &[Entry] = &[
    ("mount", "Something that is there while the command runs: a cache, a secret, files of a stage or of the context, a tmpfs, SSH."),
    ("network", "`default`, `none` or `host`; `host` must be allowed by the build."),
    ("security", "`sandbox`, or `insecure` for a command with all privileges, which must be allowed by the build."),
    ("device", "A device of the builder that the command may use."),
];
const COPY_FLAGS: &[Entry] = &[
    ("from", "The stage, image or named context to copy from, in place of the build context."),
    ("chown", "The owner of the copies, `user:group`. Names must be known to the image."),
    ("chmod", "The permissions of the copies, as `755` or `u=rw,go=r`."),
    ("link", "Puts the files into a layer of their own, which stays valid when layers below change."),
    ("parents", "Keeps the folders of the source paths."),
    ("exclude", "Leaves out what this pattern matches."),
];
const ADD_FLAGS: &[Entry] = &[
    ("keep-git-dir", "Keeps the `.git` folder of a repository."),
    ("checksum", "The digest that a download must have, `sha256:…`."),
    ("chown", "The owner of the files, `user:group`."),
    ("chmod", "The permissions of the files, as `755`."),
    ("link", "Puts the files into a layer of their own, which stays valid when layers below change."),
    ("unpack", "Whether archives are unpacked: those of the context are by default, downloads are not."),
    ("exclude", "Leaves out what this pattern matches."),
];
const HEALTH_FLAGS: &[Entry] = &[
    ("interval", "The time between two checks; `30s` by default."),
    ("timeout", "The time after which a check has failed; `30s` by default."),
    ("start-period", "The time after the start in which failures do not count."),
    ("start-interval", "The time between checks during the start period; `5s` by default."),
    ("retries", "How many failures in a row make the container unhealthy; 3 by default."),
];

/// The flags of an instruction, without `--`.
pub fn flags(keyword: Keyword) -> &'static [Entry] {
    match keyword {
        Keyword::From => FROM_FLAGS,
        Keyword::Run => RUN_FLAGS,
        Keyword::Copy => COPY_FLAGS,
        Keyword::Add => ADD_FLAGS,
        Keyword::Healthcheck => HEALTH_FLAGS,
        _ => &[],
    }
}

/// The options of `RUN --mount`.
pub const MOUNT_OPTIONS: &[Entry] = &[
    ("type", "`bind` (when nothing is said), `cache`, `secret`, `ssh` or `tmpfs`."),
    ("target", "Where it is mounted in the build container."),
    ("source", "What of the stage or context is mounted; its root when nothing is said."),
    ("from", "The stage, image or context that it comes from."),
    ("id", "The name of the cache, secret or SSH agent, when it is not that of the target."),
    ("required", "Whether the build fails when the secret or agent is not given."),
    ("env", "The variable that the secret is put in."),
    ("sharing", "How builds share the cache: `shared`, `locked` or `private`."),
    ("readonly", "Whether it can only be read."),
    ("readwrite", "Whether a bind mount may be written; what is written is thrown away."),
    ("mode", "The permissions of the file or folder, octal."),
    ("uid", "The number of its owner."),
    ("gid", "The number of its group."),
    ("size", "The largest size of a tmpfs."),
];

/// The values of a mount option or flag, where there are few.
pub fn values(option: &str) -> &'static [&'static str] {
    match option {
        "type" => &["bind", "cache", "secret", "ssh", "tmpfs"],
        "sharing" => &["shared", "locked", "private"],
        "network" => &["default", "none", "host"],
        "security" => &["sandbox", "insecure"],
        "required" | "readonly" | "readwrite" | "link" | "keep-git-dir" | "unpack" => &["true", "false"],
        "platform" => &["$BUILDPLATFORM", "$TARGETPLATFORM", "linux/amd64", "linux/arm64"],
        _ => &[],
    }
}

/// What a name of a list means.
pub fn meaning(list: &[Entry], name: &str) -> Option<&'static str> {
    list.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)
}
