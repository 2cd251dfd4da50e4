//! Messages as frames on standard input and output.
//!
//! A frame that holds no message is an event like any other, so that a broken one is answered and never ends the
//! server; the crate that defines [`Message`] gives up there.

use std::io::{self, BufRead, Read, Write};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use lsp_server::{ErrorCode, Message, RequestId};
use serde_json::{Value, json};

use super::server::Event;

/// The longest header line that is kept, in bytes.
const MAX_HEADER: u64 = 8 << 10;

/// The largest message that is read, in bytes; a larger one is skipped and answered with an error.
const MAX_MESSAGE: u64 = 256 << 20;

/// What stands in one frame.
#[derive(Debug)]
pub enum Incoming {
    /// A message.
    Message(Message),
    /// Something else.
    Broken(Broken),
}

/// A frame that holds no message.
#[derive(Debug)]
pub struct Broken {
    /// Whom to answer, when the frame is a request as far as that.
    pub id: Option<RequestId>,
    /// What is wrong, by number.
    pub code: ErrorCode,
    /// What is wrong, in words.
    pub reason: String,
}

/// What goes to the client.
#[derive(Debug)]
pub enum Outgoing {
    /// A message.
    Message(Message),
    /// The answer to a frame that names no request.
    Error(ErrorCode, String),
}

/// Reads standard input in a thread of its own, until it ends.
///
/// # Errors
/// When the thread cannot be started.
pub fn read_stdin(events: Sender<Event>) -> io::Result<()> {
    let body = move || {
        let mut input = io::stdin().lock();
        // An input that cannot be read any more has ended.
        while let Ok(Some(incoming)) = read(&mut input) {
            if events.send(Event::Client(incoming)).is_err() {
                return;
            }
        }
        let _ = events.send(Event::Closed);
    };
    std::thread::Builder::new().name("lsp-reader".into()).spawn(body).map(drop)
}

/// Writes to standard output in a thread of its own, which ends when all senders are gone. The receiver is disconnected
/// when it has.
///
/// # Errors
/// When the thread cannot be started.
pub fn write_stdout() -> io::Result<(Sender<Outgoing>, Receiver<()>)> {
    let (sender, receiver) = unbounded::<Outgoing>();
    let (running, ended) = bounded(0);
    let body = move || {
        let _running = running;
        let mut output = io::stdout().lock();
        for outgoing in receiver {
            // Nobody listens any more; the end of the input follows.
            if write(&outgoing, &mut output).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("lsp-writer".into()).spawn(body)?;
    Ok((sender, ended))
}

fn write(outgoing: &Outgoing, output: &mut impl Write) -> io::Result<()> {
    match outgoing {
        Outgoing::Message(message) => message.write(output),
        Outgoing::Error(code, message) => {
            let error = json!({ "code": *code as i32, "message": message });
            let body = json!({ "jsonrpc": "2.0", "id": Value::Null, "error": error }).to_string();
            write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
            output.flush()
        }
    }
}

/// The next frame; `None` at the end of the input.
fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = read_header(input)? else { return Ok(None) };
    if length > MAX_MESSAGE {
        io::copy(&mut input.take(length), &mut io::sink())?;
        let reason = format!("a message of {length} bytes is more than the limit of {MAX_MESSAGE}");
        return Ok(Some(Incoming::Broken(Broken { id: None, code: ErrorCode::InvalidRequest, reason })));
    }
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body)?;
    Ok((body.len() as u64 == length).then(|| parse(&body)))
}

/// The length of the next body in bytes. Lines that are no header are skipped, so that reading finds its feet again.
fn read_header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.by_ref().take(MAX_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line);
        match (text.trim(), length) {
            ("", Some(length)) => return Ok(Some(length)),
            (text, _) => length = content_length(text).or(length),
        }
    }
}

/// The number after `Content-Length:`, which may stand behind the rest of a broken body.
fn content_length(line: &str) -> Option<u64> {
    const NAME: &str = "content-length:";
    let at = line.to_ascii_lowercase().rfind(NAME)?;
    line.get(at + NAME.len()..)?.trim().parse().ok()
}

fn parse(body: &[u8]) -> Incoming {
    let broken = |id, code, e: serde_json::Error| Incoming::Broken(Broken { id, code, reason: e.to_string() });
    match serde_json::from_slice::<Message>(body) {
        Ok(message) => Incoming::Message(message),
        Err(e) => match serde_json::from_slice::<Value>(body) {
            Ok(value) => {
                let id = value.get("id").cloned().and_then(|id| serde_json::from_value(id).ok());
                broken(id, ErrorCode::InvalidRequest, e)
            }
            Err(e) => broken(None, ErrorCode::ParseError, e),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str) -> Vec<Incoming> {
        let mut input = text.as_bytes();
        std::iter::from_fn(|| read(&mut input).unwrap()).collect()
    }

    fn frame(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    const EXIT: &str = r#"{"jsonrpc":"2.0","method":"exit"}"#;

    fn is_exit(incoming: &Incoming) -> bool {
        matches!(incoming, Incoming::Message(Message::Notification(n)) if n.method == "exit")
    }

    #[test]
    fn a_broken_body_is_told_and_the_next_message_is_read() {
        for (body, code) in [("{", ErrorCode::ParseError), ("[1]", ErrorCode::InvalidRequest), ("\u{e9}", ErrorCode::ParseError)] {
            let all = read_all(&(frame(body) + &frame(EXIT)));
            assert!(matches!(&all[0], Incoming::Broken(b) if b.code as i32 == code as i32 && b.id.is_none()), "{body}");
            assert!(is_exit(&all[1]), "{body}");
        }
    }

    #[test]
    fn a_broken_request_keeps_its_id() {
        let all = read_all(&frame(r#"{"jsonrpc":"2.0","id":7,"method":3}"#));
        assert!(matches!(&all[0], Incoming::Broken(Broken { id: Some(id), .. }) if *id == 7.into()));
    }

    #[test]
    fn a_wrong_length_costs_one_message() {
        let text = format!("Content-Length: 5\r\n\r\n{EXIT}{}{}", frame(EXIT), frame(EXIT));
        let all = read_all(&text);
        assert!(matches!(all[0], Incoming::Broken(_)));
        assert!(is_exit(&all[1]) && is_exit(&all[2]));
    }

    #[test]
    fn other_headers_and_cases_are_read() {
        let text = format!("Content-Type: application/json\r\ncontent-length: {}\r\n\r\n{EXIT}", EXIT.len());
        assert!(is_exit(&read_all(&text)[0]));
    }

    #[test]
    fn input_that_stops_in_a_message_has_ended() {
        assert!(read_all("Content-Length: 50\r\n\r\n{").is_empty());
    }

    #[test]
    fn a_message_that_is_too_large_is_skipped() {
        let mut input = "Content-Length: 99999999999\r\n\r\n".as_bytes();
        assert!(matches!(read(&mut input).unwrap(), Some(Incoming::Broken(_))));
    }
}
