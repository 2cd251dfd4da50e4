//! How far a long run is, on the last line of a terminal.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::engine::Engine;

/// What takes less time than this needs no progress.
const PATIENCE: Duration = Duration::from_millis(700);

/// How often the line is drawn.
const PACE: Duration = Duration::from_millis(120);

/// The line, as long as this lives.
pub(super) struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    /// Shows the steps of an engine on standard error, when that is a terminal.
    pub fn show(engine: &Engine, quiet: bool) -> Progress {
        if quiet || !std::io::stderr().is_terminal() {
            return Progress(None);
        }
        let (end, ended) = channel::<()>();
        let steps = engine.steps();
        let draw = move || {
            let mut wait = PATIENCE;
            let mut drawn = false;
            while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                let line = match steps.now() {
                    (_, 0) => "reading files ..".to_owned(),
                    (done, total) => format!("linting: {done} of {total}"),
                };
                // A terminal that is gone needs no line.
                drawn |= write!(std::io::stderr(), "\r\x1b[K{line}").and_then(|()| std::io::stderr().flush()).is_ok();
                wait = PACE;
            }
            if drawn {
                let _ = write!(std::io::stderr(), "\r\x1b[K");
            }
        };
        let thread = std::thread::Builder::new().name("progress".into()).spawn(draw);
        Progress(thread.ok().map(|thread| (end, thread)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.0.take() {
            drop(end);
            let _ = thread.join();
        }
    }
}
