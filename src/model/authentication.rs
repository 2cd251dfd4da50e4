//! Whether a service asks for a password: switches that turn it off, logins that everybody knows, and images that ask for
//! none until somebody sets one.

use super::compose::{EnvVar, MountKind, Resolved, Service};
use super::datastore;
use super::origin::{Origin, Slot};
use crate::source::Span;
use crate::syntax::text::Text;

/// A place that lets people in without a password of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// The switch or the password.
    pub span: Span,
    /// How it got here.
    pub origin: Origin,
    /// The variable or option, as its identity.
    pub name: String,
    /// The end of a sentence: `lets everybody in without a password`.
    pub says: String,
    /// What to write instead.
    pub help: &'static str,
    /// The port of the container that it opens, when it is not all of them.
    pub port: Option<u16>,
}

/// Where Traefik's API listens without a login.
const OF_TRAEFIK: u16 = 8080;

/// When a value of a variable switches authentication off.
enum When {
    /// It is this, whatever the case.
    Is(&'static str),
    /// It is a word for yes.
    Yes,
    /// It is a word for no.
    No,
    /// It holds this.
    Holds(&'static str),
}

struct Switch {
    /// The name in capitals, with `.` written as `_`.
    variable: &'static str,
    when: When,
    /// Variables that set a password after all.
    unless: &'static [&'static str],
    says: &'static str,
    help: &'static str,
}

const NO_PASSWORD: &str = "lets everybody in without a password";
const SET_PASSWORD: &str = "take it out and give the password as a file: `secrets:` and a variable that ends in _FILE";
const LOG_IN: &str = "take it out, so that people log in";

/// Source: the documentation of each image, 2025.
const SWITCHES: &[Switch] = &[
    Switch {
        variable: "POSTGRES_HOST_AUTH_METHOD",
        when: When::Is("trust"),
        unless: &[],
        says: NO_PASSWORD,
        help: "take it out and set POSTGRES_PASSWORD_FILE",
    },
    Switch {
        variable: "MYSQL_ALLOW_EMPTY_PASSWORD",
        when: When::Yes,
        unless: MYSQL,
        says: "leaves the database's root without a password",
        help: SET_PASSWORD,
    },
    Switch {
        variable: "MARIADB_ALLOW_EMPTY_PASSWORD",
        when: When::Yes,
        unless: MYSQL,
        says: "leaves the database's root without a password",
        help: SET_PASSWORD,
    },
    Switch {
        variable: "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
        when: When::Yes,
        unless: MYSQL,
        says: "leaves the database's root without a password",
        help: SET_PASSWORD,
    },
    Switch { variable: "ALLOW_EMPTY_PASSWORD", when: When::Yes, unless: BITNAMI, says: "asks for no password", help: SET_PASSWORD },
    Switch {
        variable: "ALLOW_NONE_AUTHENTICATION",
        when: When::Yes,
        unless: &["ETCD_ROOT_PASSWORD"],
        says: "asks for no password",
        help: SET_PASSWORD,
    },
    Switch {
        variable: "ALLOW_ANONYMOUS_LOGIN",
        when: When::Yes,
        unless: &["ZOO_CLIENT_PASSWORD"],
        says: "asks for no password",
        help: SET_PASSWORD,
    },
    Switch { variable: "XPACK_SECURITY_ENABLED", when: When::No, unless: &[], says: NO_PASSWORD, help: LOG_IN },
    Switch { variable: "PLUGINS_SECURITY_DISABLED", when: When::Yes, unless: &[], says: NO_PASSWORD, help: LOG_IN },
    Switch { variable: "DISABLE_SECURITY_PLUGIN", when: When::Yes, unless: &[], says: NO_PASSWORD, help: LOG_IN },
    Switch {
        variable: "DISABLE_SECURITY_DASHBOARDS_PLUGIN",
        when: When::Yes,
        unless: &[],
        says: "shows its dashboards without a login",
        help: LOG_IN,
    },
    Switch {
        variable: "NEO4J_AUTH",
        when: When::Is("none"),
        unless: &[],
        says: NO_PASSWORD,
        help: "take it out, or take the login from the environment: `NEO4J_AUTH: ${NEO4J_AUTH:?}`",
    },
    Switch { variable: "NEO4J_DBMS_SECURITY_AUTH__ENABLED", when: When::No, unless: &[], says: NO_PASSWORD, help: LOG_IN },
    Switch {
        variable: "GF_AUTH_ANONYMOUS_ENABLED",
        when: When::Yes,
        unless: &[],
        says: "shows its dashboards without a login",
        help: LOG_IN,
    },
    Switch { variable: "INFLUXDB_HTTP_AUTH_ENABLED", when: When::No, unless: &[], says: NO_PASSWORD, help: LOG_IN },
    Switch { variable: "PGADMIN_CONFIG_SERVER_MODE", when: When::No, unless: &[], says: "opens pgAdmin without a login", help: LOG_IN },
    Switch {
        variable: "TRAEFIK_API_INSECURE",
        when: When::Yes,
        unless: &[],
        says: "opens Traefik's dashboard without a login",
        help: TRAEFIK,
    },
    Switch {
        variable: "AIRFLOW__API__AUTH_BACKENDS",
        when: When::Holds("airflow.api.auth.backend.default"),
        unless: &[],
        says: "takes orders through its API from everybody",
        help: "write `airflow.api.auth.backend.session`",
    },
];

const TRAEFIK: &str = "take it out, and give the dashboard a router with a middleware that asks for a login";
const MYSQL: &[&str] = &[
    "MYSQL_ROOT_PASSWORD",
    "MARIADB_ROOT_PASSWORD",
    "MYSQL_RANDOM_ROOT_PASSWORD",
    "MARIADB_RANDOM_ROOT_PASSWORD",
    "MARIADB_ROOT_PASSWORD_HASH",
];
const BITNAMI: &[&str] = &[
    "MARIADB_ROOT_PASSWORD",
    "MEMCACHED_PASSWORD",
    "MONGODB_ROOT_PASSWORD",
    "MYSQL_ROOT_PASSWORD",
    "POSTGRESQL_PASSWORD",
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "VALKEY_PASSWORD",
];

/// A login that comes with the program and stands in every scanner's list.
struct DefaultLogin {
    user: &'static str,
    password: &'static str,
    /// The pair, as `guest`/`guest`.
    is: (&'static str, &'static str),
    /// Whether the user is that one also when its variable is not set.
    user_is_default: bool,
}

const LOGINS: &[DefaultLogin] = &[
    DefaultLogin { user: "MINIO_ROOT_USER", password: "MINIO_ROOT_PASSWORD", is: ("minioadmin", "minioadmin"), user_is_default: true },
    DefaultLogin { user: "MINIO_ACCESS_KEY", password: "MINIO_SECRET_KEY", is: ("minioadmin", "minioadmin"), user_is_default: false },
    DefaultLogin { user: "RABBITMQ_DEFAULT_USER", password: "RABBITMQ_DEFAULT_PASS", is: ("guest", "guest"), user_is_default: true },
    DefaultLogin { user: "GF_SECURITY_ADMIN_USER", password: "GF_SECURITY_ADMIN_PASSWORD", is: ("admin", "admin"), user_is_default: true },
    DefaultLogin { user: "KEYCLOAK_ADMIN", password: "KEYCLOAK_ADMIN_PASSWORD", is: ("admin", "admin"), user_is_default: false },
    DefaultLogin { user: "KEYCLOAK_USER", password: "KEYCLOAK_PASSWORD", is: ("admin", "admin"), user_is_default: false },
    DefaultLogin {
        user: "KC_BOOTSTRAP_ADMIN_USERNAME",
        password: "KC_BOOTSTRAP_ADMIN_PASSWORD",
        is: ("admin", "admin"),
        user_is_default: false,
    },
    DefaultLogin {
        user: "ME_CONFIG_BASICAUTH_USERNAME",
        password: "ME_CONFIG_BASICAUTH_PASSWORD",
        is: ("admin", "pass"),
        user_is_default: true,
    },
];

/// Everything in a service that turns authentication off or sets a login that everybody knows, in the order of the text
/// of variables and then of the command.
pub fn open_doors(service: &Service) -> Vec<Open> {
    let environment = service.environment();
    let mut out: Vec<Open> = environment.iter().filter_map(|v| switched_off(v, &environment)).collect();
    out.extend(LOGINS.iter().filter_map(|login| default_login(login, &environment)));
    out.extend(option(service));
    out
}

fn switched_off(variable: &EnvVar, all: &[EnvVar]) -> Option<Open> {
    let name = variable.name.to_ascii_uppercase().replace('.', "_");
    let switch = SWITCHES.iter().find(|s| s.variable == name)?;
    let value = variable.value.as_ref().filter(|v| v.is_certain())?;
    let text = value.trim().to_ascii_lowercase();
    let off = match switch.when {
        When::Is(word) => text == word,
        When::Yes => matches!(text.as_str(), "yes" | "y" | "true" | "1" | "on"),
        When::No => matches!(text.as_str(), "no" | "n" | "false" | "0" | "off"),
        When::Holds(word) => text.contains(word),
    };
    let has_password = switch.unless.iter().any(|name| is_given(all, name));
    let mut says = switch.says.to_string();
    if name == "GF_AUTH_ANONYMOUS_ENABLED" && find(all, "GF_AUTH_ANONYMOUS_ORG_ROLE").is_some_and(|role| role.as_str() == "Admin") {
        says = "makes everybody its administrator without a login".to_string();
    }
    let whole = Open {
        span: variable.span,
        origin: variable.origin.clone(),
        name: variable.name.to_string(),
        says,
        help: switch.help,
        port: (name == "TRAEFIK_API_INSECURE").then_some(OF_TRAEFIK),
    };
    (off && !has_password).then_some(whole)
}

fn default_login(login: &DefaultLogin, all: &[EnvVar]) -> Option<Open> {
    let password = all.iter().find(|v| v.name.as_str() == login.password)?;
    let value = password.value.as_ref().filter(|v| v.is_certain())?;
    let user = find(all, login.user);
    let is_user = user.map_or(login.user_is_default, |u| u.as_str() == login.is.0);
    (is_user && value.as_str() == login.is.1).then(|| Open {
        span: password.span,
        origin: password.origin.clone(),
        name: password.name.to_string(),
        says: format!("has the login that everybody tries first, {}/{}", login.is.0, login.is.1),
        help: "take it from the environment, as `${NAME:?}`, or from a file: `secrets:` and a variable that ends in _FILE",
        port: None,
    })
}

/// The value of a variable, when it is known and not empty.
fn find<'v>(all: &'v [EnvVar], name: &str) -> Option<&'v Resolved> {
    all.iter().find(|v| v.name.as_str() == name)?.value.as_ref().filter(|v| !v.is_empty())
}

/// Whether a password, or a file with one, is given; one that comes from elsewhere counts.
fn is_given(all: &[EnvVar], name: &str) -> bool {
    let named = |v: &&EnvVar| v.name.strip_prefix(name).is_some_and(|rest| matches!(rest, "" | "_FILE"));
    all.iter().filter(named).any(|v| v.value.as_ref().is_none_or(|value| !value.is_empty() || !value.is_certain()))
}

/// An option of the command.
fn option(service: &Service) -> Option<Open> {
    let slots = [service.entrypoint(), service.command()];
    let lists: Vec<_> = slots.iter().filter_map(Slot::set).collect();
    let words: Vec<&Resolved> = lists.iter().flat_map(|l| l.value.argv()).collect();
    let has = |start: &str| words.iter().any(|w| w.starts_with(start));
    let image = datastore::image(service).and_then(|i| i.name()).unwrap_or_default();
    let product = datastore::of_service(service).unwrap_or("");
    let found = words.iter().enumerate().find_map(|(n, word)| {
        let next = words.get(n + 1).map_or("", |w| w.as_str());
        let (says, help) = match word.as_str() {
            "--insecure" if product == "cockroachdb" => (NO_PASSWORD, "start it with certificates: `--certs-dir`"),
            "--noauth" if product == "mongo" => (NO_PASSWORD, LOG_IN),
            "--protected-mode" if next == "no" && product == "redis" && !has("--requirepass") && !has("--aclfile") => {
                (NO_PASSWORD, "set `--requirepass` from a secret")
            }
            "--api.insecure" | "--api.insecure=true" | "--api.insecure=TRUE" if image.ends_with("/traefik") => {
                ("opens Traefik's dashboard without a login", TRAEFIK)
            }
            text if is_empty_token(text) => {
                ("opens a notebook, which runs any command, without a password", "take it out: Jupyter makes a token and prints it")
            }
            _ => return None,
        };
        Some((*word, says, help))
    });
    let (word, says, help) = found?;
    let origin = lists.iter().map(|l| &l.origin).next()?.at(word.span());
    Some(Open {
        span: word.span(),
        origin,
        name: word.split('=').next().unwrap_or("").to_string(),
        says: says.to_string(),
        help,
        port: word.starts_with("--api.").then_some(OF_TRAEFIK),
    })
}

/// `--NotebookApp.token=''` and the like.
fn is_empty_token(word: &str) -> bool {
    let Some((option, value)) = word.split_once('=') else { return false };
    let of_jupyter = ["--NotebookApp.", "--ServerApp.", "--IdentityProvider.", "--LabApp."].iter().any(|s| option.starts_with(s));
    of_jupyter && option.ends_with(".token") && value.trim_matches(['\'', '"']).is_empty()
}

/// Why nobody needs a password of their own to get into the data store or console that the image is, `None` when
/// somebody does or it is not known. The answer ends a sentence: `no password is set`.
pub fn without_password(service: &Service, kind: &str) -> Option<&'static str> {
    if !open_doors(service).is_empty() {
        return Some("authentication is switched off");
    }
    let environment = service.environment();
    let given = |name: &str| environment.iter().any(|v| v.name.starts_with(name));
    let official = datastore::image(service).and_then(|i| i.name()).is_some_and(|name| name.starts_with("docker.io/library/"));
    if !official || is_configured(service) {
        return None;
    }
    let words: Vec<Text> = [service.entrypoint(), service.command()]
        .iter()
        .filter_map(Slot::set)
        .flat_map(|c| c.value.argv().to_vec())
        .map(|w| w.text)
        .collect();
    let says = |part: &str| words.iter().any(|w| w.contains(part));
    match kind {
        "redis" if !says("requirepass") && !says("aclfile") && !says(".conf") && !says("$") => Some("no password is set"),
        "mongo" if !given("MONGO_INITDB_ROOT") && !says("auth") && !says("keyFile") && !says(".conf") => Some("no password is set"),
        "memcached" if !says("-S") => Some("it knows no passwords"),
        "rabbitmq" if !given("RABBITMQ_DEFAULT_") => Some("its login is guest/guest"),
        _ => None,
    }
}

/// Whether files that are mounted or env files that are not here may configure it.
fn is_configured(service: &Service) -> bool {
    let binds = service.volumes().iter().any(|m| {
        let target = m.target.as_ref().map_or("", |t| t.as_str());
        m.kind == MountKind::Bind
            && (target.contains("/etc") || target.contains("conf") || target.contains("initdb") || target.ends_with(".sh"))
    });
    let env_files = service.node.get("env_file").is_some();
    binds || env_files || !service.configs().is_empty() || !service.secrets().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_notebooks() {
        for word in ["--NotebookApp.token=''", "--ServerApp.token=", "--IdentityProvider.token=\"\""] {
            assert!(is_empty_token(word), "{word}");
        }
        for word in ["--NotebookApp.token=abc", "--NotebookApp.token", "--app.token=", "--ServerApp.password="] {
            assert!(!is_empty_token(word), "{word}");
        }
    }
}
