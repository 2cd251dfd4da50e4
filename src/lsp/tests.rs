//! The server over channels, with lints of the tests' own. What needs no such lint is tested on the real program, by
//! `tests/lsp`.

use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::{Message, Notification, Request};
use serde_json::{Value, json};

use super::server::{self, Event};
use super::transport::{Incoming, Outgoing};
use crate::diagnostic::{Group, Level};
use crate::engine::Settings;
use crate::filter::rules::{Given, RuleBook, Rules};
use crate::lint::{Check, Cx, Lint};
use crate::model::dockerfile::Dockerfile;

const fn lint(id: &'static str, checks: &'static [Check]) -> Lint {
    Lint {
        id,
        summary: "",
        group: Group::Style,
        level: Level::Warning,
        default: true,
        score: None,
        cis: &[],
        aliases: &[],
        fix: None,
        since: "0.1.0",
        options: &[],
        page: "",
        checks,
    }
}

/// Panics as long as the text says so, else says how many stages there are.
static PANICKY: Lint = lint("panicky", &[Check::Dockerfile(panicky)]);

fn panicky(dockerfile: &Dockerfile, cx: &mut Cx<'_>) {
    assert!(dockerfile.stages.iter().all(|s| s.image.as_str() != "panic"), "as asked");
    let Some(stage) = dockerfile.stages.first() else { return };
    cx.report(stage.image.span(), format!("{} stages", dockerfile.stages.len())).file();
}

/// Only its name matters.
static DEPRECATED: Lint = lint("maintainer-deprecated", &[Check::Dockerfile(panicky)]);

struct Client {
    events: Sender<Event>,
    outgoing: Receiver<Outgoing>,
    server: JoinHandle<bool>,
}

impl Client {
    fn start(lints: impl IntoIterator<Item = &'static Lint>, capabilities: Value) -> Self {
        let (events, received) = unbounded();
        let (sender, outgoing) = unbounded();
        let lints: &'static [&'static Lint] = lints.into_iter().collect::<Vec<_>>().leak();
        let given = Given { select: lints.to_vec(), ..Given::default() };
        let settings = Settings { today: || "2026-01-01".into(), ..Settings::new(RuleBook::plain(Rules::plain(lints, given))) };
        let to_itself = events.clone();
        let server = std::thread::spawn(move || server::run(&received, to_itself, sender, settings).unwrap());
        let client = Client { events, outgoing, server };
        client.request("initialize", json!({ "capabilities": capabilities, "rootUri": null }));
        client.notify("initialized", json!({}));
        client
    }

    fn send(&self, message: impl Into<Message>) {
        self.events.send(Event::Client(Incoming::Message(message.into()))).unwrap();
    }

    fn request(&self, method: &str, params: Value) {
        self.send(Request { id: 1.into(), method: method.into(), params });
    }

    fn notify(&self, method: &str, params: Value) {
        self.send(Notification { method: method.into(), params });
    }

    fn open(&self, text: &str) {
        let document = json!({ "uri": "untitled:Untitled-1", "languageId": "dockerfile", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&self, version: i32, text: &str) {
        let document = json!({ "uri": "untitled:Untitled-1", "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
    }

    /// The parameters of the next notification of this name.
    fn wait(&self, method: &str) -> Value {
        loop {
            match self.outgoing.recv_timeout(Duration::from_secs(20)).unwrap() {
                Outgoing::Message(Message::Notification(n)) if n.method == method => return n.params,
                _ => {}
            }
        }
    }

    /// The findings about a version of the document.
    fn diagnostics(&self, version: i32) -> Vec<Value> {
        let of_version = |p: &Value| p["version"] == version;
        let mut all = std::iter::repeat_with(|| self.wait("textDocument/publishDiagnostics"));
        all.find(of_version).unwrap()["diagnostics"].as_array().unwrap().clone()
    }

    fn end(self) -> bool {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.server.join().unwrap()
    }
}

#[test]
fn a_panic_while_linting_is_told_and_the_next_edit_is_linted() {
    let client = Client::start([&PANICKY], json!({}));
    client.open("FROM panic\n");
    let told = client.wait("window/logMessage");
    assert_eq!(told["type"], 1);
    assert!(told["message"].as_str().unwrap().contains("internal error"), "{told}");
    client.change(2, "FROM a\nFROM b\n");
    assert_eq!(client.diagnostics(2)[0]["message"], "2 stages");
    assert!(client.end());
}

#[test]
fn tags_only_for_clients_that_know_them() {
    for (capabilities, tags) in [
        (json!({ "textDocument": { "publishDiagnostics": { "tagSupport": { "valueSet": [1, 2] } } } }), json!([2])),
        (json!({ "textDocument": { "publishDiagnostics": { "relatedInformation": true } } }), Value::Null),
    ] {
        let client = Client::start([&DEPRECATED], capabilities);
        client.open("FROM a\n");
        assert_eq!(client.diagnostics(1)[0].get("tags").cloned().unwrap_or(Value::Null), tags);
        assert!(client.end());
    }
}
