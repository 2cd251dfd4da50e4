//! What the keys of a Compose file mean: one line each.

use super::reference::{Entry, meaning};

/// What the key at the end of a path of keys means; `*` in a path stands for names and items.
pub fn doc(path: &[String]) -> Option<&'static str> {
    let (key, parents) = path.split_last()?;
    let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
    let list = match parents.as_slice() {
        [] => FILE,
        ["services", _] => SERVICE,
        ["services", _, "build"] => BUILD,
        ["services", _, "healthcheck"] => HEALTHCHECK,
        ["services", _, "deploy", ..] => DEPLOY,
        ["services", _, "develop", ..] => DEVELOP,
        ["services", _, "depends_on", _] => DEPENDENCY,
        ["services", _, "logging"] => LOGGING,
        ["services", _, "extends"] => EXTENDS,
        ["services", _, "ports", _] => PORT,
        ["services", _, "volumes", ..] => MOUNT,
        ["services", _, "networks", _] => ATTACHMENT,
        ["services", _, "env_file", _] => ENV_FILE,
        ["services", _, "secrets" | "configs", _] | ["services", _, "build", "secrets", _] => GRANT,
        ["networks", _, ..] => NETWORK,
        ["volumes", _] => VOLUME,
        ["secrets" | "configs", _] => SECRET,
        ["include", _] => INCLUDE,
        _ => return None,
    };
    meaning(list, key)
}

const FILE: &[Entry] = &[
    ("version", "Obsolete: Compose ignores it."),
    ("name", "The name of the project, which containers, networks and volumes get in front of theirs."),
    ("include", "Other Compose files that belong to this project, each with paths of its own."),
    ("services", "The containers of the project."),
    ("networks", "The networks that services can join."),
    ("volumes", "The volumes that services can mount."),
    ("secrets", "Sensitive files that services can be given."),
    ("configs", "Files that services can be given without building them into an image."),
    ("models", "AI models that services can use."),
];

const SERVICE: &[Entry] = &[
    ("annotations", "Metadata of the container for its runtime."),
    ("attach", "Whether `up` shows its log."),
    ("blkio_config", "Limits of block device access."),
    ("build", "How its image is built: a folder, or a mapping that says more."),
    ("cap_add", "Linux capabilities that the container gets on top of the default ones."),
    ("cap_drop", "Linux capabilities that are taken from the container; `ALL` is a good start."),
    ("cgroup", "The cgroup namespace: `private`, or `host` for that of the host."),
    ("cgroup_parent", "The cgroup that the container's own is put under."),
    ("command", "What the container runs, in place of the image's CMD."),
    ("configs", "The configs that the container is given."),
    ("container_name", "A fixed name; the service cannot be scaled then."),
    ("cpu_count", "How many CPUs it may use (Windows)."),
    ("cpu_percent", "How much of the CPUs it may use (Windows)."),
    ("cpu_period", "The length of a scheduling period, in microseconds."),
    ("cpu_quota", "How much CPU time it gets in a period, in microseconds."),
    ("cpu_rt_period", "The length of a period for real-time scheduling."),
    ("cpu_rt_runtime", "How much real-time CPU time it gets in a period."),
    ("cpu_shares", "Its weight against other containers when the CPU is busy; 1024 by default."),
    ("cpus", "How many CPUs it may use, as `0.5`."),
    ("cpuset", "The CPUs it may run on, as `0-3`."),
    ("credential_spec", "The credentials of a managed service account (Windows)."),
    ("depends_on", "The services that are started before it, and on what condition."),
    ("deploy", "How it is deployed and scaled: replicas, resources, restarts."),
    ("develop", "What `watch` does when files change."),
    ("device_cgroup_rules", "Rules for the devices that it may create."),
    ("devices", "Devices of the host that it may use."),
    ("dns", "Its DNS servers."),
    ("dns_opt", "Options of its resolver."),
    ("dns_search", "Its DNS search domains."),
    ("domainname", "The domain name of the container."),
    ("entrypoint", "The program of the container, in place of the image's ENTRYPOINT; it also drops the image's CMD."),
    ("env_file", "Files of variables for the container. They are not used to fill in `${…}` in this file."),
    ("environment", "Variables of the container. They win over those of `env_file`; a name alone takes the value of the shell."),
    ("expose", "Ports for other containers only; it publishes nothing."),
    ("extends", "Another service whose settings this one starts from."),
    ("external_links", "Links to containers outside the project."),
    ("extra_hosts", "Additional entries of `/etc/hosts`."),
    ("gpus", "The GPUs that it may use."),
    ("group_add", "Additional groups of its user."),
    ("healthcheck", "How the engine finds out whether it works."),
    ("hostname", "The host name of the container."),
    ("image", "The image it runs, or the name that the built one gets."),
    ("init", "Whether a small init process passes signals on and reaps processes."),
    ("ipc", "Whose memory for interprocess communication it shares: `private`, `shareable`, `host` or `service:<name>`."),
    ("isolation", "The isolation technology (Windows)."),
    ("label_file", "Files of labels."),
    ("labels", "Metadata of the container."),
    ("links", "Other names for services; on a common network their own names are enough."),
    ("logging", "Where its log goes and how much of it is kept."),
    ("mac_address", "The MAC address of the container."),
    ("mem_limit", "The memory it may use, as `512m`; past that it is killed."),
    ("mem_reservation", "The memory that is kept for it when there is little."),
    ("mem_swappiness", "How readily its memory is swapped, 0-100."),
    ("memswap_limit", "Memory and swap together; `-1` for unlimited swap."),
    ("models", "The AI models that it uses."),
    ("network_mode", "`none`, `host`, or the network of another container: `service:<name>`."),
    ("networks", "The networks it joins; the project's default one when nothing is said."),
    ("oom_kill_disable", "Keeps it from being killed when memory runs out."),
    ("oom_score_adj", "How readily it is killed when memory runs out, -1000 to 1000."),
    ("pid", "Whose processes it sees: `host` for those of the host, `service:<name>` for another container's."),
    ("pids_limit", "How many processes it may have; `-1` for no limit."),
    ("platform", "The platform it runs on, as `linux/amd64`."),
    ("ports", "Ports that are published on the host. Without an address before it a port is open to every network."),
    ("post_start", "Commands that run in the container after its start."),
    ("pre_start", "Commands that run before its start."),
    ("pre_stop", "Commands that run in the container before its end."),
    ("privileged", "Gives the container all that root on the host may do. It is no sandbox any more."),
    ("profiles", "The profiles that switch it on; without any it always is."),
    ("provider", "The program that provides it, in place of a container."),
    ("pull_policy", "When its image is pulled: `always`, `missing`, `never`, `build`, `daily`…"),
    ("pull_refresh_after", "How old an image may be before it is pulled again."),
    ("read_only", "Mounts the root file system read-only; `tmpfs` and volumes stay writable."),
    ("restart", "When it is started again: `no`, `always`, `on-failure[:n]` or `unless-stopped`."),
    ("runtime", "The OCI runtime, as `runc`."),
    ("scale", "How many containers it has."),
    ("secrets", "The secrets that it is given, below `/run/secrets`."),
    ("security_opt", "Security options, as `no-new-privileges:true`, `seccomp=…` and `apparmor=…`."),
    ("shm_size", "The size of `/dev/shm`; `64m` by default."),
    ("stdin_open", "Keeps standard input open."),
    ("stop_grace_period", "How long it may take to end before it is killed; `10s` by default."),
    ("stop_signal", "The signal that asks it to end; that of the image by default."),
    ("storage_opt", "Options of the storage driver."),
    ("sysctls", "Kernel parameters of its namespaces."),
    ("tmpfs", "Folders in memory, gone with the container."),
    ("tty", "Gives it a terminal."),
    ("ulimits", "Limits of its processes, as `nofile`."),
    ("use_api_socket", "Gives it the socket of the engine, and so the host."),
    ("user", "The user, and after a colon the group, that it runs as, in place of the image's USER."),
    ("userns_mode", "`host` switches user namespace remapping off."),
    ("uts", "`host` shares the host name of the host."),
    ("volumes", "What is mounted: named volumes, and folders of the host."),
    ("volumes_from", "Services whose mounts it has, too."),
    ("working_dir", "The folder it works in, in place of the image's WORKDIR."),
];

const BUILD: &[Entry] = &[
    ("additional_contexts", "More contexts by name, for `COPY --from` and FROM."),
    ("args", "Values for the ARGs of the Dockerfile. They stay readable in the image: no place for secrets."),
    ("cache_from", "Where the build cache is read from."),
    ("cache_to", "Where the build cache is written to."),
    ("context", "The folder, or the address of a repository, that COPY reads from."),
    ("dockerfile", "The Dockerfile, relative to the context; `Dockerfile` by default."),
    ("dockerfile_inline", "The Dockerfile itself."),
    ("entitlements", "Privileges that the build is allowed to use."),
    ("extra_hosts", "Additional entries of `/etc/hosts` during the build."),
    ("isolation", "The isolation technology of the build (Windows)."),
    ("labels", "Metadata of the image."),
    ("network", "The network of RUN."),
    ("no_cache", "Builds everything anew."),
    ("platforms", "The platforms that the image is built for."),
    ("privileged", "Gives the build all privileges."),
    ("provenance", "Whether the image says how it was built."),
    ("pull", "Always looks for newer base images."),
    ("sbom", "Whether the image lists its software."),
    ("secrets", "Secrets for `RUN --mount=type=secret`."),
    ("shm_size", "The size of `/dev/shm` during the build."),
    ("ssh", "SSH agents and keys for `RUN --mount=type=ssh`."),
    ("tags", "More names of the image."),
    ("target", "The stage that becomes the image; the last one by default."),
    ("ulimits", "Limits of processes during the build."),
];

const HEALTHCHECK: &[Entry] = &[
    ("test", "The command: `[CMD, …]`, `[CMD-SHELL, …]`, `[NONE]`, or a line for the shell."),
    ("interval", "The time between two checks; `30s` by default."),
    ("timeout", "The time after which a check has failed; `30s` by default."),
    ("retries", "How many failures in a row make it unhealthy; 3 by default."),
    ("start_period", "The time after the start in which failures do not count."),
    ("start_interval", "The time between checks during the start period."),
    ("disable", "Switches off the check of the image."),
];

const DEPLOY: &[Entry] = &[
    ("mode", "`replicated` or `global`."),
    ("replicas", "How many containers it has."),
    ("resources", "Limits and reservations."),
    ("limits", "What it may use at most."),
    ("reservations", "What is kept for it."),
    ("cpus", "How many CPUs, as `0.5`."),
    ("memory", "How much memory, as `512M`."),
    ("pids", "How many processes."),
    ("devices", "Devices, as GPUs."),
    ("restart_policy", "When it is started again."),
    ("condition", "`none`, `on-failure` or `any`."),
    ("update_config", "How an update is rolled out."),
    ("rollback_config", "How an update is rolled back."),
    ("placement", "The nodes that it may run on."),
    ("labels", "Metadata of the service, not of its containers."),
    ("endpoint_mode", "`vip` or `dnsrr`."),
];

const DEVELOP: &[Entry] = &[
    ("watch", "Paths and what to do when they change."),
    ("path", "The path to watch."),
    ("action", "`rebuild`, `sync`, `restart`, `sync+restart` or `sync+exec`."),
    ("target", "Where files are copied to."),
    ("ignore", "Patterns of paths that are passed over."),
    ("include", "Patterns of paths that count."),
];

const DEPENDENCY: &[Entry] = &[
    ("condition", "`service_started`, `service_healthy` or `service_completed_successfully`."),
    ("required", "Whether it must be there at all."),
    ("restart", "Whether this service is restarted with it."),
];

const LOGGING: &[Entry] = &[("driver", "The log driver, as `json-file` or `local`."), ("options", "Its options, as `max-size`.")];

const EXTENDS: &[Entry] = &[("service", "The service."), ("file", "The file it is in; this one when nothing is said.")];

const PORT: &[Entry] = &[
    ("target", "The port in the container."),
    ("published", "The port on the host, or a range of them."),
    ("host_ip", "The address of the host that it is published on; all of them by default."),
    ("protocol", "`tcp` or `udp`."),
    ("app_protocol", "The protocol of the application, as `http`."),
    ("mode", "`ingress` or `host`."),
    ("name", "A name to tell it by."),
];

const MOUNT: &[Entry] = &[
    ("type", "`bind`, `volume`, `tmpfs`, `image`, `npipe` or `cluster`."),
    ("source", "The path on the host, or the name of the volume."),
    ("target", "The path in the container."),
    ("read_only", "Whether it can only be read."),
    ("bind", "Options of a bind mount."),
    ("volume", "Options of a volume."),
    ("tmpfs", "Options of a tmpfs."),
    ("create_host_path", "Makes the folder on the host when it is not there."),
    ("propagation", "How mounts below it are shared with the host."),
    ("selinux", "`z`: shared between containers, `Z`: private."),
    ("nocopy", "Does not fill a new volume with what the image has there."),
    ("size", "The size of a tmpfs."),
];

const ATTACHMENT: &[Entry] = &[
    ("aliases", "More names of the service on this network."),
    ("ipv4_address", "Its fixed address."),
    ("ipv6_address", "Its fixed IPv6 address."),
    ("priority", "The order in which networks are joined."),
    ("mac_address", "Its MAC address on this network."),
];

const ENV_FILE: &[Entry] =
    &[("path", "The file."), ("required", "Whether it must be there; `true` by default."), ("format", "`raw` takes values as they are.")];

const GRANT: &[Entry] = &[
    ("source", "The name of the secret or config."),
    ("target", "The file in the container."),
    ("uid", "The number of its owner."),
    ("gid", "The number of its group."),
    ("mode", "Its permissions, octal."),
];

const NETWORK: &[Entry] = &[
    ("driver", "`bridge`, `overlay`, `macvlan`…"),
    ("driver_opts", "Options of the driver."),
    ("internal", "Cuts it off from the outside."),
    ("external", "Whether it is made outside this project."),
    ("name", "Its real name."),
    ("attachable", "Whether other containers may join it."),
    ("enable_ipv4", "Whether it has IPv4 addresses."),
    ("enable_ipv6", "Whether it has IPv6 addresses."),
    ("ipam", "How addresses are given."),
    ("labels", "Metadata."),
];

const VOLUME: &[Entry] = &[
    ("driver", "The volume driver; `local` by default."),
    ("driver_opts", "Options of the driver."),
    ("external", "Whether it is made outside this project."),
    ("name", "Its real name."),
    ("labels", "Metadata."),
];

const SECRET: &[Entry] = &[
    ("file", "The file that holds it."),
    ("environment", "The variable that holds it."),
    ("content", "What it says (configs only)."),
    ("external", "Whether it is made outside this project."),
    ("name", "Its real name."),
];

const INCLUDE: &[Entry] = &[
    ("path", "The file, or files that are laid over each other."),
    ("env_file", "The variables that it is read with."),
    ("project_directory", "The folder that its paths start from."),
];

/// Linux capabilities and what they allow.
pub const CAPABILITIES: &[Entry] = &[
    ("ALL", "All of them."),
    ("AUDIT_CONTROL", "Change kernel auditing."),
    ("AUDIT_READ", "Read the audit log."),
    ("AUDIT_WRITE", "Write to the audit log."),
    ("BLOCK_SUSPEND", "Keep the system from sleeping."),
    ("BPF", "Load BPF programs."),
    ("CHECKPOINT_RESTORE", "Checkpoint and restore processes."),
    ("CHOWN", "Change the owner of any file."),
    ("DAC_OVERRIDE", "Read and write any file, whatever its permissions."),
    ("DAC_READ_SEARCH", "Read any file and folder."),
    ("FOWNER", "Act as the owner of any file."),
    ("FSETID", "Keep the set-user-ID bit when files change."),
    ("IPC_LOCK", "Lock memory."),
    ("IPC_OWNER", "Use any interprocess communication object."),
    ("KILL", "Signal any process."),
    ("LEASE", "Take leases on any file."),
    ("LINUX_IMMUTABLE", "Change immutable files."),
    ("MAC_ADMIN", "Configure mandatory access control."),
    ("MAC_OVERRIDE", "Pass over mandatory access control."),
    ("MKNOD", "Create device files."),
    ("NET_ADMIN", "Configure networks and firewalls."),
    ("NET_BIND_SERVICE", "Listen on ports below 1024."),
    ("NET_BROADCAST", "Send broadcasts."),
    ("NET_RAW", "Send raw packets, as ping does."),
    ("PERFMON", "Watch performance events."),
    ("SETFCAP", "Give files capabilities."),
    ("SETGID", "Become any group."),
    ("SETPCAP", "Change the capabilities of a process."),
    ("SETUID", "Become any user."),
    ("SYSLOG", "Read the kernel log."),
    ("SYS_ADMIN", "Mount, and nearly all that root may do."),
    ("SYS_BOOT", "Reboot the host."),
    ("SYS_CHROOT", "Use chroot."),
    ("SYS_MODULE", "Load kernel modules."),
    ("SYS_NICE", "Raise priorities."),
    ("SYS_PACCT", "Switch process accounting."),
    ("SYS_PTRACE", "Read and change other processes."),
    ("SYS_RAWIO", "Use I/O ports and raw devices."),
    ("SYS_RESOURCE", "Pass over resource limits."),
    ("SYS_TIME", "Set the clock."),
    ("SYS_TTY_CONFIG", "Configure terminals."),
    ("WAKE_ALARM", "Wake the system up."),
];
