//! What the Compose file allows: keys, types, values. The facts are those of the Compose specification's schema.

use super::rule::Check::{OneOf, Pattern, Range};
use super::rule::{BOOL, INT, MapRule, NULL, NUM, Other, Rule, STR, checked, free, keys, list, map, scalar, set};

const STRING: Rule = scalar(STR);
const FLAG: Rule = scalar(BOOL | STR);
const COUNT: Rule = scalar(INT | STR);
const NUMBER: Rule = scalar(NUM | STR);
const STRINGS: Rule = list(&STRING);
const STRING_SET: Rule = set(&STRING);
const STRING_OR_SET: Rule = set(&STRING).or(STR);
const VALUE: Rule = scalar(STR | NUM | BOOL | NULL);
const PAIRS: Rule = set(&STRING).or_map(&VALUES);
const VALUES: MapRule = free("these pairs", Other::Any(&VALUE));
const OPTIONS: Rule = map(&OPTION_MAP);
const OPTION_MAP: MapRule = free("these options", Other::Any(&scalar(STR | NUM)));
const COMMAND: Rule = list(&STRING).or(STR | NULL);
const HOSTS: Rule = set(&STRING).or_map(&HOST_MAP);
const HOST_MAP: MapRule = free("`extra_hosts`", Other::Any(&list(&STRING).or(STR)));
const ANYTHING: Rule = Rule { scalars: 0, check: super::rule::Check::None, list: None, map: None, any: true };

pub(super) static FILE: MapRule = keys(
    "a Compose file",
    &[
        ("version", &STRING),
        ("name", &STRING),
        ("include", &list(&scalar(STR).or_map(&INCLUDE))),
        ("services", &map(&SERVICES)),
        ("networks", &map(&NETWORKS)),
        ("volumes", &map(&VOLUMES)),
        ("secrets", &map(&SECRETS)),
        ("configs", &map(&CONFIGS)),
        ("models", &map(&MODELS)),
    ],
);

// Compose reads entries of `include` before it checks anything, so a wrong key passes unseen there.
static INCLUDE: MapRule = MapRule {
    what: "an include",
    keys: &[("path", &STRING_OR_SET), ("env_file", &STRING_OR_SET), ("project_directory", &STRING)],
    required: &[],
    other: Other::Ignore,
    extensions: false,
};

static SERVICES: MapRule = free("a service", Other::Names(&map(&SERVICE)));
static NETWORKS: MapRule = free("a network", Other::NamesOrIgnore(&map(&NETWORK).or(NULL)));
static VOLUMES: MapRule = free("a volume", Other::Names(&map(&VOLUME).or(NULL)));
static SECRETS: MapRule = free("a secret", Other::Names(&map(&SECRET)));
static CONFIGS: MapRule = free("a config", Other::Names(&map(&CONFIG)));
static MODELS: MapRule = free("a model", Other::NamesOrIgnore(&map(&MODEL)));

pub(super) static SERVICE: MapRule = keys(
    "a service",
    &[
        ("annotations", &PAIRS),
        ("attach", &FLAG),
        ("blkio_config", &map(&BLKIO)),
        ("build", &map(&BUILD).or(STR)),
        ("cap_add", &STRING_SET),
        ("cap_drop", &STRING_SET),
        ("cgroup", &checked(STR, OneOf(&["host", "private"]))),
        ("cgroup_parent", &STRING),
        ("command", &COMMAND),
        ("configs", &list(&map(&FILE_REF).or(STR))),
        (
            "container_name",
            &checked(STR, Pattern(is_container_name, "use at least two of `a-z A-Z 0-9 _ . -`, the first a letter or digit")),
        ),
        ("cpu_count", &checked(INT | STR, Range(0, i64::MAX))),
        ("cpu_percent", &checked(INT | STR, Range(0, 100))),
        ("cpu_period", &NUMBER),
        ("cpu_quota", &NUMBER),
        ("cpu_rt_period", &NUMBER),
        ("cpu_rt_runtime", &NUMBER),
        ("cpu_shares", &NUMBER),
        ("cpus", &NUMBER),
        ("cpuset", &STRING),
        ("credential_spec", &map(&CREDENTIAL_SPEC)),
        ("depends_on", &set(&STRING).or_map(&DEPENDENCIES)),
        ("deploy", &map(&DEPLOY).or(NULL)),
        ("develop", &map(&DEVELOP).or(NULL)),
        ("device_cgroup_rules", &STRING_SET),
        ("devices", &list(&map(&DEVICE).or(STR))),
        ("dns", &STRING_OR_SET),
        ("dns_opt", &STRING_SET),
        ("dns_search", &STRING_OR_SET),
        ("domainname", &STRING),
        ("entrypoint", &COMMAND),
        ("env_file", &list(&map(&ENV_FILE).or(STR)).or(STR)),
        ("environment", &PAIRS),
        ("expose", &set(&NUMBER)),
        ("extends", &map(&EXTENDS).or(STR)),
        ("external_links", &STRING_SET),
        ("extra_hosts", &HOSTS),
        ("gpus", &GPUS),
        ("group_add", &set(&NUMBER)),
        ("healthcheck", &map(&HEALTHCHECK)),
        ("hostname", &STRING),
        ("image", &STRING),
        ("init", &FLAG),
        ("ipc", &STRING),
        ("isolation", &STRING),
        ("label_file", &list(&STRING).or(STR)),
        ("labels", &PAIRS),
        ("links", &STRING_SET),
        ("logging", &map(&LOGGING)),
        ("mac_address", &STRING),
        ("mem_limit", &NUMBER),
        ("mem_reservation", &COUNT),
        ("mem_swappiness", &COUNT),
        ("memswap_limit", &NUMBER),
        ("models", &set(&STRING).or_map(&SERVICE_MODELS)),
        ("network_mode", &STRING),
        ("networks", &set(&STRING).or_map(&SERVICE_NETWORKS)),
        ("oom_kill_disable", &FLAG),
        ("oom_score_adj", &checked(INT | STR, Range(-1000, 1000))),
        ("pid", &scalar(STR | NULL)),
        ("pids_limit", &NUMBER),
        ("platform", &STRING),
        ("ports", &set(&map(&PORT).or(NUM | STR))),
        ("post_start", &list(&map(&HOOK))),
        ("pre_start", &list(&map(&HOOK))),
        ("pre_stop", &list(&map(&HOOK))),
        ("privileged", &FLAG),
        ("profiles", &STRING_SET),
        ("provider", &map(&PROVIDER)),
        (
            "pull_policy",
            &checked(STR, Pattern(is_pull_policy, "write `always`, `missing`, `build`, `never`, `daily`, `weekly` or `every_12h`")),
        ),
        ("pull_refresh_after", &STRING),
        ("read_only", &FLAG),
        ("restart", &STRING),
        ("runtime", &STRING),
        ("scale", &COUNT),
        ("secrets", &list(&map(&FILE_REF).or(STR))),
        ("security_opt", &STRING_SET),
        ("shm_size", &NUMBER),
        ("stdin_open", &FLAG),
        ("stop_grace_period", &STRING),
        ("stop_signal", &STRING),
        ("storage_opt", &map(&free("`storage_opt`", Other::Any(&ANYTHING)))),
        ("sysctls", &PAIRS),
        ("tmpfs", &STRING_OR_SET),
        ("tty", &FLAG),
        ("ulimits", &map(&ULIMITS)),
        ("use_api_socket", &scalar(BOOL)),
        ("user", &STRING),
        ("userns_mode", &STRING),
        ("uts", &STRING),
        ("volumes", &set(&map(&MOUNT).or(STR))),
        ("volumes_from", &STRING_SET),
        ("working_dir", &STRING),
    ],
);

static BUILD: MapRule = keys(
    "`build`",
    &[
        ("additional_contexts", &PAIRS),
        ("args", &PAIRS),
        ("cache_from", &STRINGS),
        ("cache_to", &STRINGS),
        ("context", &STRING),
        ("dockerfile", &STRING),
        ("dockerfile_inline", &STRING),
        ("entitlements", &STRINGS),
        ("extra_hosts", &HOSTS),
        ("isolation", &STRING),
        ("labels", &PAIRS),
        ("network", &STRING),
        ("no_cache", &FLAG),
        ("platforms", &STRINGS),
        ("privileged", &FLAG),
        ("provenance", &FLAG),
        ("pull", &FLAG),
        ("sbom", &FLAG),
        ("secrets", &list(&map(&FILE_REF).or(STR))),
        ("shm_size", &COUNT),
        ("ssh", &PAIRS),
        ("tags", &STRINGS),
        ("target", &STRING),
        ("ulimits", &map(&ULIMITS)),
    ],
);

static BLKIO_LIMITS: Rule = list(&map(&BLKIO_LIMIT));
static BLKIO_LIMIT: MapRule = keys("a device limit", &[("path", &STRING), ("rate", &COUNT)]).closed();
static BLKIO_WEIGHT: MapRule = keys("a device weight", &[("path", &STRING), ("weight", &COUNT)]).closed();
static BLKIO: MapRule = keys(
    "`blkio_config`",
    &[
        ("device_read_bps", &BLKIO_LIMITS),
        ("device_read_iops", &BLKIO_LIMITS),
        ("device_write_bps", &BLKIO_LIMITS),
        ("device_write_iops", &BLKIO_LIMITS),
        ("weight", &COUNT),
        ("weight_device", &list(&map(&BLKIO_WEIGHT))),
    ],
)
.closed();

static FILE_REF: MapRule =
    keys("this entry", &[("gid", &STRING), ("mode", &NUMBER), ("source", &STRING), ("target", &STRING), ("uid", &STRING)]);

static CREDENTIAL_SPEC: MapRule = keys("`credential_spec`", &[("config", &STRING), ("file", &STRING), ("registry", &STRING)]);

static DEPENDENCIES: MapRule = free("a service", Other::Names(&map(&DEPENDENCY)));
static DEPENDENCY: MapRule = keys(
    "a dependency",
    &[
        ("condition", &checked(STR, OneOf(&["service_started", "service_healthy", "service_completed_successfully"]))),
        ("required", &scalar(BOOL)),
        ("restart", &FLAG),
    ],
)
.requires(&["condition"]);

static DEVICE: MapRule = keys("a device", &[("permissions", &STRING), ("source", &STRING), ("target", &STRING)]).requires(&["source"]);

static ENV_FILE: MapRule = keys("an env file", &[("format", &STRING), ("path", &STRING), ("required", &FLAG)]).requires(&["path"]).closed();

static EXTENDS: MapRule = keys("`extends`", &[("file", &STRING), ("service", &STRING)]).closed();

static GPUS: Rule = Rule {
    scalars: STR,
    check: OneOf(&["all"]),
    list: Some(super::rule::ListRule { item: &map(&GPU), unique: false }),
    map: None,
    any: false,
};
static GPU: MapRule = MapRule { what: "a GPU request", keys: DEVICE_REQUEST_KEYS, required: &[], other: Other::Ignore, extensions: true };
static DEVICE_REQUEST: MapRule = keys("a device request", DEVICE_REQUEST_KEYS).requires(&["capabilities"]);
const DEVICE_REQUEST_KEYS: &[(&str, &Rule)] =
    &[("capabilities", &STRING_SET), ("count", &COUNT), ("device_ids", &STRING_SET), ("driver", &STRING), ("options", &PAIRS)];

static HEALTHCHECK: MapRule = keys(
    "`healthcheck`",
    &[
        ("disable", &FLAG),
        ("interval", &STRING),
        ("retries", &NUMBER),
        ("start_interval", &STRING),
        ("start_period", &STRING),
        ("test", &list(&STRING).or(STR)),
        ("timeout", &STRING),
    ],
);

static LOGGING: MapRule = keys("`logging`", &[("driver", &STRING), ("options", &map(&LOG_OPTIONS))]);
static LOG_OPTIONS: MapRule = free("`options`", Other::Any(&scalar(STR | NUM | NULL)));

static SERVICE_MODELS: MapRule = free("a model", Other::NamesOrIgnore(&map(&SERVICE_MODEL).or(NULL)));
static SERVICE_MODEL: MapRule = keys("a model of a service", &[("endpoint_var", &STRING), ("model_var", &STRING)]);

static SERVICE_NETWORKS: MapRule = free("a network", Other::Names(&map(&SERVICE_NETWORK).or(NULL)));
static SERVICE_NETWORK: MapRule = keys(
    "a network of a service",
    &[
        ("aliases", &STRING_SET),
        ("driver_opts", &OPTIONS),
        ("gw_priority", &scalar(NUM)),
        ("interface_name", &STRING),
        ("ipv4_address", &STRING),
        ("ipv6_address", &STRING),
        ("link_local_ips", &STRING_SET),
        ("mac_address", &STRING),
        ("priority", &scalar(NUM)),
    ],
);

static PORT: MapRule = keys(
    "a port",
    &[
        ("app_protocol", &STRING),
        ("host_ip", &STRING),
        ("mode", &STRING),
        ("name", &STRING),
        ("protocol", &STRING),
        ("published", &COUNT),
        ("target", &COUNT),
    ],
);

static HOOK: MapRule =
    keys("a hook", &[("command", &COMMAND), ("environment", &PAIRS), ("privileged", &FLAG), ("user", &STRING), ("working_dir", &STRING)])
        .requires(&["command"]);

static PROVIDER: MapRule = keys("`provider`", &[("options", &map(&PROVIDER_OPTIONS)), ("type", &STRING)]).requires(&["type"]);
static PROVIDER_OPTIONS: MapRule = free("`options`", Other::Any(&list(&scalar(STR | NUM | BOOL)).or(STR | NUM | BOOL)));

static ULIMITS: MapRule = free("`ulimits`", Other::Letters(&map(&ULIMIT).or(INT | STR)));
static ULIMIT: MapRule = keys("a limit", &[("hard", &COUNT), ("soft", &COUNT)]).requires(&["soft", "hard"]);

static MOUNT: MapRule = keys(
    "a volume",
    &[
        ("bind", &map(&MOUNT_BIND)),
        ("consistency", &STRING),
        ("image", &map(&keys("`image`", &[("subpath", &STRING)]))),
        ("read_only", &FLAG),
        ("source", &STRING),
        ("target", &STRING),
        ("tmpfs", &map(&keys("`tmpfs`", &[("mode", &NUMBER), ("size", &checked(INT | STR, Range(0, i64::MAX)))]))),
        ("type", &checked(STR, OneOf(&["bind", "volume", "tmpfs", "cluster", "npipe", "image"]))),
        ("volume", &map(&keys("`volume`", &[("labels", &PAIRS), ("nocopy", &FLAG), ("subpath", &STRING)]))),
    ],
)
.requires(&["type"]);
static MOUNT_BIND: MapRule = keys(
    "`bind`",
    &[
        ("create_host_path", &FLAG),
        ("propagation", &STRING),
        ("recursive", &checked(STR, OneOf(&["enabled", "disabled", "writable", "readonly"]))),
        ("selinux", &checked(STR, OneOf(&["z", "Z"]))),
    ],
);

static DEVELOP: MapRule = keys("`develop`", &[("watch", &list(&map(&WATCH)))]);
static WATCH: MapRule = keys(
    "a watch",
    &[
        ("action", &checked(STR, OneOf(&["rebuild", "sync", "restart", "sync+restart", "sync+exec"]))),
        ("exec", &map(&HOOK)),
        ("ignore", &STRING_OR_SET),
        ("include", &STRING_OR_SET),
        ("initial_sync", &scalar(BOOL)),
        ("path", &STRING),
        ("target", &STRING),
    ],
)
.requires(&["path", "action"]);

static DEPLOY: MapRule = keys(
    "`deploy`",
    &[
        ("endpoint_mode", &STRING),
        ("labels", &PAIRS),
        ("mode", &STRING),
        ("placement", &map(&PLACEMENT)),
        ("replicas", &COUNT),
        ("resources", &map(&keys("`resources`", &[("limits", &map(&LIMITS)), ("reservations", &map(&RESERVATIONS))]))),
        ("restart_policy", &map(&RESTART_POLICY)),
        ("rollback_config", &map(&ROLLOUT)),
        ("update_config", &map(&ROLLOUT)),
    ],
);
static LIMITS: MapRule = keys("`limits`", &[("cpus", &NUMBER), ("memory", &STRING), ("pids", &COUNT)]);
static RESERVATIONS: MapRule = keys(
    "`reservations`",
    &[
        ("cpus", &NUMBER),
        ("devices", &list(&map(&DEVICE_REQUEST))),
        ("generic_resources", &list(&map(&keys("a generic resource", &[("discrete_resource_spec", &map(&DISCRETE))])))),
        ("memory", &STRING),
    ],
);
static DISCRETE: MapRule = keys("`discrete_resource_spec`", &[("kind", &STRING), ("value", &NUMBER)]);
static PLACEMENT: MapRule = keys(
    "`placement`",
    &[
        ("constraints", &STRINGS),
        ("max_replicas_per_node", &COUNT),
        ("preferences", &list(&map(&keys("a preference", &[("spread", &STRING)])))),
    ],
);
static RESTART_POLICY: MapRule =
    keys("`restart_policy`", &[("condition", &STRING), ("delay", &STRING), ("max_attempts", &COUNT), ("window", &STRING)]);
static ROLLOUT: MapRule = keys(
    "this policy",
    &[
        ("delay", &STRING),
        ("failure_action", &STRING),
        ("max_failure_ratio", &NUMBER),
        ("monitor", &STRING),
        ("order", &checked(STR, OneOf(&["start-first", "stop-first"]))),
        ("parallelism", &COUNT),
    ],
);

const EXTERNAL: Rule = Rule { scalars: BOOL | STR, check: super::rule::Check::None, list: None, map: Some(&EXTERNAL_NAME), any: false };
static EXTERNAL_NAME: MapRule = keys("`external`", &[("name", &STRING)]);
// Of secrets and configs, further keys are passed over.
static LOOSE_EXTERNAL_NAME: MapRule =
    MapRule { what: "`external`", keys: &[("name", &STRING)], required: &[], other: Other::Ignore, extensions: true };
const LOOSE_EXTERNAL: Rule =
    Rule { scalars: BOOL | STR, check: super::rule::Check::None, list: None, map: Some(&LOOSE_EXTERNAL_NAME), any: false };

static NETWORK: MapRule = keys(
    "a network",
    &[
        ("attachable", &FLAG),
        ("driver", &STRING),
        ("driver_opts", &OPTIONS),
        ("enable_ipv4", &FLAG),
        ("enable_ipv6", &FLAG),
        ("external", &EXTERNAL),
        ("internal", &FLAG),
        ("ipam", &map(&keys("`ipam`", &[("config", &list(&map(&POOL))), ("driver", &STRING), ("options", &map(&STRING_MAP))]))),
        ("labels", &PAIRS),
        ("name", &STRING),
    ],
);
static POOL: MapRule =
    keys("an address pool", &[("aux_addresses", &map(&STRING_MAP)), ("gateway", &STRING), ("ip_range", &STRING), ("subnet", &STRING)]);
static STRING_MAP: MapRule = free("these options", Other::Any(&STRING));

static VOLUME: MapRule =
    keys("a volume", &[("driver", &STRING), ("driver_opts", &OPTIONS), ("external", &EXTERNAL), ("labels", &PAIRS), ("name", &STRING)]);

static SECRET: MapRule = keys(
    "a secret",
    &[
        ("driver", &STRING),
        ("driver_opts", &OPTIONS),
        ("environment", &STRING),
        ("external", &LOOSE_EXTERNAL),
        ("file", &STRING),
        ("labels", &PAIRS),
        ("name", &STRING),
        ("template_driver", &STRING),
    ],
);

static CONFIG: MapRule = keys(
    "a config",
    &[
        ("content", &STRING),
        ("environment", &STRING),
        ("external", &LOOSE_EXTERNAL),
        ("file", &STRING),
        ("labels", &PAIRS),
        ("name", &STRING),
        ("template_driver", &STRING),
    ],
);

static MODEL: MapRule =
    keys("a model", &[("context_size", &scalar(INT)), ("model", &STRING), ("name", &STRING), ("runtime_flags", &STRINGS)])
        .requires(&["model"]);

/// Somewhere a letter or digit with another character of a name after it.
fn is_container_name(name: &str) -> bool {
    let part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    name.as_bytes().windows(2).any(|w| matches!(w, [a, b] if a.is_ascii_alphanumeric() && part(*b)))
}

/// Somewhere one of the policies; Compose does not look at the rest.
fn is_pull_policy(text: &str) -> bool {
    let named = ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"].iter().any(|p| text.contains(p));
    let every = |rest: &str| {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        digits > 0 && rest.get(digits..).is_some_and(|r| r.starts_with(['w', 'd', 'h', 'm', 's']))
    };
    named || text.match_indices("every_").any(|(i, m)| text.get(i + m.len()..).is_some_and(every))
}
