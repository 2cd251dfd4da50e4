//! Switches that open a program for debugging: variables, and options of commands.

use crate::syntax::text::Text;

/// Something that opens a program to whoever reaches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugSwitch {
    /// The word that says so.
    pub text: Text,
    /// What it does, to follow "`word`: ".
    pub effect: &'static str,
}

const PAGES: &str = "error pages show source code and settings";
const CONSOLE: &str = "an error page lets visitors run code";
const ANYBODY: &str = "everyone who reaches the port can run code in the process";

/// What a variable of this name and value switches on, beside listeners in its value; see [`in_words`].
pub fn effect_of_variable(name: &str, value: &str) -> Option<&'static str> {
    let value = value.trim().to_ascii_lowercase();
    let is_on = matches!(value.as_str(), "1" | "true" | "yes" | "on");
    let is_development = value == "development";
    match name {
        "FLASK_DEBUG" if is_on => Some(CONSOLE),
        "FLASK_ENV" if is_development => Some(CONSOLE),
        "WERKZEUG_DEBUG_PIN" if value == "off" => Some(CONSOLE),
        "DJANGO_DEBUG" | "APP_DEBUG" if is_on => Some(PAGES),
        "ASPNETCORE_ENVIRONMENT" | "DOTNET_ENVIRONMENT" | "RAILS_ENV" | "RACK_ENV" if is_development => Some(PAGES),
        _ => None,
    }
}

/// The debugger or open console that the words of a command or a variable start.
pub fn in_words(words: &[Text]) -> Option<DebugSwitch> {
    let named = |name: &str| words.iter().any(|w| w.rsplit('/').next() == Some(name));
    let found = |text: &Text, effect| Some(DebugSwitch { text: text.clone(), effect });
    let (is_dlv, is_debugpy, is_flask) =
        (named("dlv") && words.iter().any(|w| w.starts_with("--headless")), named("debugpy"), named("flask") && named("run"));
    let has_password =
        words.iter().any(|w| w.as_str().split_once(".password=").is_some_and(|(_, p)| !p.trim_matches(['"', '\'']).is_empty()));
    words.iter().enumerate().find_map(|(n, word)| {
        let next = words.get(n + 1).map_or("", |w| w.as_str());
        let (name, value) = word.as_str().split_once('=').unwrap_or((word.as_str(), next));
        match name {
            "--inspect" | "--inspect-brk" | "--inspect-wait" if word.contains('=') && is_everywhere(value) => found(word, ANYBODY),
            "--listen" | "-l" if is_dlv && (is_everywhere(value) || value.starts_with(':')) => found(word, ANYBODY),
            "--listen" if is_debugpy && is_everywhere(value) => found(word, ANYBODY),
            "--debug" if is_flask && !word.contains('=') => found(word, CONSOLE),
            _ if is_jdwp(word) => found(word, ANYBODY),
            "--NotebookApp.token" | "--ServerApp.token" | "--IdentityProvider.token" if word.contains('=') && !has_password => {
                let is_empty = value.trim_matches(['"', '\'']).is_empty();
                if is_empty { found(word, "everyone who reaches the port gets a notebook without a token") } else { None }
            }
            _ => None,
        }
    })
}

/// `0.0.0.0`, `[::]:9229`: all interfaces.
fn is_everywhere(address: &str) -> bool {
    ["0.0.0.0", "[::]", "*"].iter().any(|all| address.strip_prefix(all).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
        || address == "::"
}

/// `-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005`.
fn is_jdwp(word: &str) -> bool {
    let options = word.split_once("jdwp").map_or("", |(_, options)| options);
    options.contains("server=y")
        && options.split([',', '=', ' ']).zip(options.split([',', '=', ' ']).skip(1)).any(|(k, v)| k == "address" && is_everywhere(v))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::source::{FileKind, Sources};

    fn found(line: &str) -> Option<String> {
        let id = Sources::new(Path::new("/"), 1).set_text(Path::new("f"), FileKind::Other, String::new()).id;
        in_words(&Text::verbatim(id, 0, line).split_whitespace()).map(|s| s.text.to_string())
    }

    #[test]
    fn listeners() {
        for (line, word) in [
            ("node --inspect=0.0.0.0:9229 main.js", "--inspect=0.0.0.0:9229"),
            (
                "java -agentlib:jdwp=transport=dt_socket,server=y,address=*:5005 -jar a",
                "-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005",
            ),
            ("dlv exec /app --headless --listen=:2345", "--listen=:2345"),
            ("/go/bin/dlv --headless=true -l 0.0.0.0:2345 debug", "-l"),
            ("python -m debugpy --listen 0.0.0.0:5678 app.py", "--listen"),
            ("flask run --debug", "--debug"),
            ("jupyter lab --ServerApp.token=''", "--ServerApp.token=''"),
        ] {
            assert_eq!(found(line).as_deref(), Some(word), "{line}");
        }
    }

    #[test]
    fn what_only_the_container_reaches() {
        for line in [
            "node --inspect main.js",
            "node --inspect=127.0.0.1:9229 main.js",
            "java -agentlib:jdwp=transport=dt_socket,server=n,address=*:5005",
            "java -agentlib:jdwp=server=y,address=localhost:5005",
            "dlv exec /app --headless --listen=127.0.0.1:2345",
            "python -m debugpy --listen 5678 app.py",
            "server --listen 0.0.0.0:80 --debug",
            "jupyter lab --ServerApp.token=abc",
            "jupyter lab --ServerApp.token= --ServerApp.password=argon2:x",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
    }

    #[test]
    fn variables() {
        assert!(effect_of_variable("FLASK_DEBUG", "1").is_some() && effect_of_variable("RAILS_ENV", "development").is_some());
        assert!(effect_of_variable("FLASK_DEBUG", "0").is_none() && effect_of_variable("RAILS_ENV", "production").is_none());
        assert!(effect_of_variable("DEBUG", "1").is_none());
    }
}
