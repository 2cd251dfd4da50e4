//! The protocol: what the client says, one message at a time, and what it is answered.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crossbeam_channel::{Receiver, Sender, unbounded};
use gen_lsp_types::{
    ChangeNotifications, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, FileChangeType, InitializeResult, LogMessageParams, MessageType, Save,
    ServerCapabilities, ServerInfo, TextDocumentSyncKind, TextDocumentSyncOptions, Uri, VersionedTextDocumentIdentifier, WorkspaceFolder,
    WorkspaceFoldersServerCapabilities, WorkspaceOptions,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::actions::{self, Able};
use super::classify;
use super::desk::Desk;
use super::diagnostics::{Findings, Manner, Published};
use super::document::{Change, Document};
use super::position::Encoding;
use super::requests::{self, Refusal};
use super::transport::{Broken, Incoming, Outgoing};
use super::uri;
use super::worker::{self, Job, Report};
use crate::engine::{Engine, Settings};
use crate::lints::LINTS;
use crate::source::normalize;

/// What the loop waits for.
#[derive(Debug)]
pub enum Event {
    /// The client said something.
    Client(Incoming),
    /// The client is gone.
    Closed,
    /// The worker has linted.
    Report(Box<Report>),
}

/// The files whose changes on disk count: ours by name, and those that a Compose file names.
const CHANGES: &[&str] = &[
    "**/*[Dd]ockerfile*",
    "**/*[Cc]ontainerfile*",
    "**/*.{yml,yaml}",
    "**/{.dockerignore,*.dockerignore,.containerignore}",
    "**/{.env,.env.*,*.env}",
    "**/daemon.json",
    "**/{dockvet.toml,.dockvet.toml,pyproject.toml,.dockvet-baseline}",
];

/// The files whose coming and going counts: all, because a Dockerfile may copy any. Folders are among them, and of a
/// folder that comes or goes as a whole, some clients do not tell the files.
const COMINGS_AND_GOINGS: &str = "**/*";

/// How many messages are looked through for one that cancels a request.
const LOOKAHEAD: usize = 256;

/// Values of the protocol's `WatchKind`.
const CREATE: u32 = 1;
const CHANGE: u32 = 2;
const DELETE: u32 = 4;

/// Serves one client. Returns whether it ended with `shutdown` and then `exit`.
///
/// # Errors
/// When the worker cannot be started.
pub fn run(received: &Receiver<Event>, events: Sender<Event>, outgoing: Sender<Outgoing>, settings: Settings) -> io::Result<bool> {
    let client = Client(outgoing);
    let Some((id, params)) = wait_for_initialize(received, &client) else { return Ok(false) };
    let mut server = Server::start(&params, client, events, settings)?;
    server.client.answer(id, server.capabilities());
    Ok(server.serve(received))
}

/// The first `initialize` request; `None` when the client ends before.
fn wait_for_initialize(received: &Receiver<Event>, client: &Client) -> Option<(RequestId, Value)> {
    loop {
        match received.recv().ok()? {
            Event::Client(Incoming::Message(Message::Request(r))) if r.method == "initialize" => match r.params {
                Value::Object(_) => return Some((r.id, r.params)),
                _ => client.refuse(r.id, ErrorCode::InvalidParams, "initialize needs an object".into()),
            },
            Event::Client(Incoming::Message(Message::Request(r))) => {
                client.refuse(r.id, ErrorCode::ServerNotInitialized, format!("{} before initialize", r.method));
            }
            Event::Client(Incoming::Message(Message::Notification(n))) if n.method == "exit" => return None,
            Event::Client(Incoming::Broken(broken)) => client.refuse_broken(broken),
            Event::Closed => return None,
            Event::Client(Incoming::Message(_)) | Event::Report(_) => {}
        }
    }
}

struct Server {
    client: Client,
    manner: Manner,
    /// The folder in which documents without a file stand.
    root: PathBuf,
    /// The open documents by their paths.
    documents: HashMap<PathBuf, Document>,
    jobs: Sender<Job>,
    published: Published,
    /// The texts that requests are answered from.
    desk: Desk,
    /// What the last run found in the open documents.
    findings: Findings,
    /// Requests about findings whose document is being linted.
    waiting: Vec<Waiting>,
    able: Able,
    pulls: Pulls,
    refreshes: u32,
    shut_down: bool,
}

/// A request that is answered after the next report.
struct Waiting {
    id: RequestId,
    path: PathBuf,
    method: String,
    params: Value,
}

/// How a client asks for findings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pulls {
    /// It is told. One that can both be told and ask would show everything twice.
    No,
    /// It can do nothing but ask.
    Only {
        /// It asks again when it is told to.
        refresh: bool,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidChangeParams {
    text_document: VersionedTextDocumentIdentifier,
    content_changes: Vec<Change>,
}

impl Server {
    /// Sets everything up for the client that `params` describes. What it does not say, or says wrongly, it cannot do.
    fn start(params: &Value, client: Client, events: Sender<Event>, settings: Settings) -> io::Result<Self> {
        let flag = |pointer: &str| params.pointer(pointer).and_then(Value::as_bool).unwrap_or(false);
        let offered = params.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
        let manner = Manner {
            encoding: Encoding::negotiate(offered.into_iter().flatten().filter_map(Value::as_str)),
            related: flag("/capabilities/textDocument/publishDiagnostics/relatedInformation"),
            tags: params.pointer("/capabilities/textDocument/publishDiagnostics/tagSupport").is_some_and(Value::is_object),
            watches: flag("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration"),
        };
        let folders = folders(params);
        let root = folders.first().cloned().or_else(|| std::env::current_dir().ok()).unwrap_or_else(|| PathBuf::from("/"));
        let able = Able {
            document_changes: flag("/capabilities/workspace/workspaceEdit/documentChanges"),
            show_document: flag("/capabilities/window/showDocument/support"),
        };
        let has = |pointer: &str| params.pointer(pointer).is_some_and(Value::is_object);
        let only_pulls = has("/capabilities/textDocument/diagnostic") && !has("/capabilities/textDocument/publishDiagnostics");
        let refresh = flag("/capabilities/workspace/diagnostics/refreshSupport");
        let pulls = if only_pulls { Pulls::Only { refresh } } else { Pulls::No };
        let desk = Desk::new(&root, manner.encoding, settings.env.clone());
        folders.iter().for_each(|f| desk.allow(f));
        let (jobs, received) = unbounded();
        worker::start(Engine::new(&root, settings), manner, received, events)?;
        let server = Server {
            client,
            manner,
            root,
            documents: HashMap::new(),
            jobs,
            published: Published::default(),
            desk,
            findings: Findings::default(),
            waiting: Vec::new(),
            able,
            pulls,
            refreshes: 0,
            shut_down: false,
        };
        server.job(Job::Folders { added: folders, removed: Vec::new() });
        Ok(server)
    }

    fn capabilities(&self) -> Value {
        let mut result = serde_json::to_value(self.basics()).unwrap_or_default();
        let Some(capabilities) = result.get_mut("capabilities").and_then(Value::as_object_mut) else { return result };
        let Value::Object(more) = requests::capabilities() else { return result };
        capabilities.extend(more);
        capabilities.insert("codeActionProvider".into(), json!({ "codeActionKinds": ["quickfix", actions::FIX_ALL] }));
        if self.able.show_document {
            capabilities.insert("executeCommandProvider".into(), json!({ "commands": [actions::EXPLAIN] }));
        }
        if self.pulls != Pulls::No {
            let provider = json!({ "identifier": "dockvet", "interFileDependencies": true, "workspaceDiagnostics": false });
            capabilities.insert("diagnosticProvider".into(), provider);
        }
        result
    }

    fn basics(&self) -> InitializeResult {
        let sync = TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(Save::Bool(true)),
            ..Default::default()
        };
        let folders =
            WorkspaceFoldersServerCapabilities { supported: Some(true), change_notifications: Some(ChangeNotifications::Bool(true)) };
        let capabilities = ServerCapabilities {
            position_encoding: Some(self.manner.encoding.kind()),
            text_document_sync: Some(sync.into()),
            workspace: Some(WorkspaceOptions { workspace_folders: Some(folders), ..Default::default() }),
            ..Default::default()
        };
        let info = ServerInfo { name: "dockvet".into(), version: Some(env!("CARGO_PKG_VERSION").into()) };
        InitializeResult { capabilities, server_info: Some(info) }
    }

    /// The loop. Returns whether the client ended it well.
    fn serve(&mut self, received: &Receiver<Event>) -> bool {
        let mut queue: VecDeque<Event> = VecDeque::new();
        loop {
            if queue.is_empty() {
                queue.extend(received.recv());
            }
            // What is here already may cancel what comes first; more than this must wait with the client.
            queue.extend(received.try_iter().take(LOOKAHEAD.saturating_sub(queue.len())));
            let Some(event) = queue.pop_front() else { break };
            match event {
                Event::Client(Incoming::Message(Message::Request(r))) if queue.iter().any(|e| cancels(e, &r.id)) => {
                    self.client.refuse(r.id, ErrorCode::RequestCanceled, "cancelled".into());
                }
                Event::Client(Incoming::Message(Message::Notification(n))) if n.method == "exit" => break,
                Event::Client(Incoming::Message(message)) => self.guarded(message),
                Event::Client(Incoming::Broken(broken)) => self.client.refuse_broken(broken),
                Event::Report(report) => self.publish(*report),
                Event::Closed => break,
            }
        }
        self.shut_down
    }

    /// Handles a message. Whatever happens, the server goes on, and a request is answered.
    fn guarded(&mut self, message: Message) {
        let request = match &message {
            Message::Request(r) => Some(r.id.clone()),
            _ => None,
        };
        if catch_unwind(AssertUnwindSafe(|| self.handle(message))).is_err() {
            let text = "internal error, please report it";
            match request {
                Some(id) => self.client.refuse(id, ErrorCode::InternalError, text.into()),
                None => self.client.log(MessageType::Error, format!("dockvet: {text}")),
            }
        }
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Request(request) => self.request(request),
            Message::Notification(_) if self.shut_down => {}
            Message::Notification(notification) => {
                let method = notification.method.clone();
                if let Err(e) = self.notification(notification) {
                    self.client.log(MessageType::Error, format!("{method}: {e}"));
                }
            }
            Message::Response(response) => {
                if let Err(e) = response.response_result {
                    self.client.log(MessageType::Warning, format!("the client refused request {}: {}", response.id, e.message));
                }
            }
        }
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, .. } = request;
        match method.as_str() {
            _ if self.shut_down => self.client.refuse(id, ErrorCode::InvalidRequest, format!("{method} after shutdown")),
            "shutdown" => {
                self.shut_down = true;
                self.client.answer(id, Value::Null);
            }
            "initialize" => self.client.refuse(id, ErrorCode::InvalidRequest, "initialized already".into()),
            "textDocument/codeAction" | "textDocument/diagnostic" => self.about_findings(id, method, request.params),
            "workspace/executeCommand" => self.execute(id, &request.params),
            _ => {
                let answer = requests::answer(&self.desk, &self.findings, self.able, &method, request.params);
                self.settle(id, &method, answer);
            }
        }
    }

    fn settle(&self, id: RequestId, method: &str, answer: Result<Value, Refusal>) {
        match answer {
            Ok(result) => self.client.answer(id, result),
            Err(Refusal::Unknown) => self.client.refuse(id, ErrorCode::MethodNotFound, format!("no method is called {method:?}")),
            Err(Refusal::Malformed(why)) => self.client.refuse(id, ErrorCode::InvalidParams, why),
            Err(Refusal::Failed(why)) => self.client.refuse(id, ErrorCode::RequestFailed, why),
        }
    }

    /// Answers a request about the findings of a document at once when they are those of its newest text, else after the
    /// report that is on its way.
    fn about_findings(&mut self, id: RequestId, method: String, params: Value) {
        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str).map(Uri::from);
        let Some(path) = uri.map(|uri| self.path(&uri)) else {
            return self.client.refuse(id, ErrorCode::InvalidParams, "no document is named".into());
        };
        let waiting = Waiting { id, path, method, params };
        match self.is_linted(&waiting.path) {
            true => self.answer_waiting(waiting),
            false => self.waiting.push(waiting),
        }
    }

    /// Whether the findings of a document are those of its newest text. One that is not ours has none.
    fn is_linted(&self, path: &Path) -> bool {
        let version = self.documents.get(path).filter(|d| d.kind.is_some()).map(|d| d.version);
        version.is_none() || version == self.findings.versions.get(path).copied()
    }

    fn answer_waiting(&self, waiting: Waiting) {
        let Waiting { id, path, method, params } = waiting;
        let answer = match method.as_str() {
            "textDocument/diagnostic" => {
                let items: Vec<_> = self.findings.at(&path).iter().map(|f| &f.shown).collect();
                Ok(json!({ "kind": "full", "items": items }))
            }
            _ => read(params).map(|p| actions::actions(&self.desk, &self.findings, &path, &p, self.able)).map_err(Refusal::from),
        };
        self.settle(id, &method, answer);
    }

    /// Answers those that waited for the findings that are here now; all of them when there will be none.
    fn answer_ready(&mut self, all: bool) {
        let (ready, waiting) = std::mem::take(&mut self.waiting).into_iter().partition(|w| all || self.is_linted(&w.path));
        self.waiting = waiting;
        ready.into_iter().for_each(|w| self.answer_waiting(w));
    }

    /// A request that is still waiting is given up; any other one is answered already.
    fn cancel(&mut self, params: &Value) {
        let (given_up, waiting) = std::mem::take(&mut self.waiting).into_iter().partition(|w| names(params, &w.id));
        self.waiting = waiting;
        for w in given_up {
            self.client.refuse(w.id, ErrorCode::RequestCanceled, "cancelled".into());
        }
    }

    fn execute(&self, id: RequestId, params: &Value) {
        let command = params.get("command").and_then(Value::as_str).unwrap_or_default();
        let lint = params.pointer("/arguments/0").and_then(Value::as_str).unwrap_or_default();
        match LINTS.iter().find(|l| command == actions::EXPLAIN && l.id == lint) {
            Some(lint) => {
                self.client.answer(id, Value::Null);
                let params = json!({ "uri": lint.url(), "external": true });
                self.client.send(Request::new(format!("explain-{}", lint.id).into(), "window/showDocument".into(), params));
            }
            None => self.client.refuse(id, ErrorCode::InvalidParams, format!("no command {command:?} for {lint:?}")),
        }
    }

    fn notification(&mut self, notification: Notification) -> serde_json::Result<()> {
        let Notification { method, params } = notification;
        match method.as_str() {
            "initialized" => self.watch(),
            "$/cancelRequest" => self.cancel(&params),
            "textDocument/didOpen" => self.did_open(read(params)?),
            "textDocument/didChange" => self.did_change(read(params)?),
            "textDocument/didSave" => self.did_save(&read(params)?),
            "textDocument/didClose" => self.did_close(&read(params)?),
            "workspace/didChangeWatchedFiles" => self.did_change_on_disk(&read(params)?),
            "workspace/didChangeWorkspaceFolders" => self.did_change_folders(&read(params)?),
            _ => {}
        }
        Ok(())
    }

    fn watch(&self) {
        if !self.manner.watches {
            return;
        }
        let mut watchers: Vec<_> = CHANGES.iter().map(|glob| json!({ "globPattern": glob, "kind": CHANGE })).collect();
        watchers.push(json!({ "globPattern": COMINGS_AND_GOINGS, "kind": CREATE | DELETE }));
        let method = "workspace/didChangeWatchedFiles";
        let registration = json!({ "id": "watch", "method": method, "registerOptions": { "watchers": watchers } });
        let params = json!({ "registrations": [registration] });
        self.client.send(Request::new("watch".to_string().into(), "client/registerCapability".into(), params));
    }

    fn path(&self, uri: &Uri) -> PathBuf {
        uri::document_path(&uri.0, &self.root)
    }

    fn did_open(&mut self, params: DidOpenTextDocumentParams) {
        let item = params.text_document;
        let path = self.path(&item.uri);
        let language = String::from(item.language_id);
        self.documents.insert(path.clone(), Document { uri: item.uri, language, version: item.version, text: item.text, kind: None });
        self.lint(&path);
    }

    fn did_change(&mut self, params: DidChangeParams) {
        let id = params.text_document;
        let path = self.path(&id.text_document_identifier.uri);
        let Some(document) = self.documents.get_mut(&path) else {
            return self.client.log(MessageType::Warning, format!("{}: changed but not open", path.display()));
        };
        for change in params.content_changes {
            document.apply(change, self.manner.encoding);
        }
        document.version = id.version;
        self.lint(&path);
    }

    fn did_close(&mut self, params: &DidCloseTextDocumentParams) {
        let path = self.path(&params.text_document.uri);
        let closed = self.documents.remove(&path);
        if closed.is_some_and(|d| d.kind.is_some()) {
            self.forget(path);
        }
    }

    fn forget(&mut self, path: PathBuf) {
        self.desk.close(&path);
        self.findings.of.remove(&path);
        self.findings.versions.remove(&path);
        self.job(Job::Closed(path));
        self.answer_ready(false);
    }

    fn did_save(&self, params: &DidSaveTextDocumentParams) {
        self.job(Job::Saved(self.path(&params.text_document.uri)));
    }

    fn did_change_on_disk(&self, params: &DidChangeWatchedFilesParams) {
        let change = |e: &gen_lsp_types::FileEvent| {
            Some(worker::Change { path: uri::to_path(&e.uri.0)?, appeared_or_gone: e.kind != FileChangeType::Changed })
        };
        self.job(Job::Changed(params.changes.iter().filter_map(change).collect()));
    }

    fn did_change_folders(&self, params: &DidChangeWorkspaceFoldersParams) {
        let paths = |folders: &[WorkspaceFolder]| folders.iter().filter_map(|f| uri::to_path(&f.uri.0)).collect();
        let added: Vec<PathBuf> = paths(&params.event.added);
        added.iter().for_each(|f| self.desk.allow(f));
        self.job(Job::Folders { added, removed: paths(&params.event.removed) });
    }

    /// Has an open document linted as it is now, or forgotten when it is not ours any more.
    fn lint(&mut self, path: &Path) {
        let Some(document) = self.documents.get_mut(path) else { return };
        let was = document.kind;
        document.kind = classify::kind(path, &document.language, &document.text);
        match (was, document.kind) {
            (_, Some(kind)) => {
                let (uri, version, text) = (document.uri.clone(), document.version, document.text.clone());
                self.desk.set(path, &uri, version, kind, text.clone());
                self.job(Job::Text { path: path.to_path_buf(), uri, version, kind, text });
            }
            (Some(_), None) => self.forget(path.to_path_buf()),
            (None, None) => {}
        }
    }

    fn job(&self, job: Job) {
        // The worker lives as long as this sender.
        let _ = self.jobs.send(job);
    }

    fn publish(&mut self, report: Report) {
        for note in report.notes {
            let level = if note.failure { MessageType::Error } else { MessageType::Log };
            self.client.log(level, format!("{} {}", note.path, note.text));
        }
        let Some(files) = report.files else { return self.answer_ready(true) };
        let now = |path: &Path| self.documents.get(path).filter(|d| d.kind.is_some()).map(|d| d.version);
        let stale = |path: &Path| now(path) != report.versions.get(path).copied();
        let news = self.published.update(files, stale);
        let is_new = !news.is_empty();
        if self.pulls == Pulls::No {
            for params in news {
                self.client.send(Notification::new("textDocument/publishDiagnostics".into(), params));
            }
        }
        self.findings = report.findings;
        self.findings.versions = report.versions;
        self.desk.builders = report.builders;
        self.desk.projects = report.projects;
        self.answer_ready(false);
        if is_new && self.pulls == (Pulls::Only { refresh: true }) {
            self.refreshes += 1;
            let id = format!("refresh-{}", self.refreshes);
            self.client.send(Request::new(id.into(), "workspace/diagnostic/refresh".into(), Value::Null));
        }
    }
}

/// Whether a message gives up the request of this id.
fn cancels(event: &Event, id: &RequestId) -> bool {
    match event {
        Event::Client(Incoming::Message(Message::Notification(n))) => n.method == "$/cancelRequest" && names(&n.params, id),
        _ => false,
    }
}

fn names(params: &Value, id: &RequestId) -> bool {
    serde_json::to_value(id).is_ok_and(|id| params.get("id") == Some(&id))
}

fn read<T: DeserializeOwned>(params: Value) -> serde_json::Result<T> {
    serde_json::from_value(params)
}

/// The workspace folders, in the three ways that clients have to say it.
fn folders(params: &Value) -> Vec<PathBuf> {
    let folders = params.get("workspaceFolders").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let folders: Vec<_> = folders.iter().filter_map(|f| uri::to_path(f.get("uri")?.as_str()?)).collect();
    if !folders.is_empty() {
        return folders;
    }
    let text = |key| params.get(key).and_then(Value::as_str);
    let root = text("rootUri").and_then(uri::to_path);
    root.or_else(|| text("rootPath").map(|p| normalize(Path::new(p))).filter(|p| p.is_absolute())).into_iter().collect()
}

/// The way to the client.
struct Client(Sender<Outgoing>);

impl Client {
    fn send(&self, message: impl Into<Message>) {
        // A client that is gone needs no answer; the end of the input follows.
        let _ = self.0.send(Outgoing::Message(message.into()));
    }

    fn answer(&self, id: RequestId, result: impl serde::Serialize) {
        self.send(Response::new_ok(id, result));
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, message: String) {
        self.send(Response::new_err(id, code as i32, message));
    }

    fn refuse_broken(&self, broken: Broken) {
        match broken.id {
            Some(id) => self.refuse(id, broken.code, broken.reason),
            None => {
                let _ = self.0.send(Outgoing::Error(broken.code, broken.reason));
            }
        }
    }

    fn log(&self, kind: MessageType, message: String) {
        self.send(Notification::new("window/logMessage".into(), LogMessageParams { kind, message }));
    }
}
