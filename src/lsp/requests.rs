//! Requests that are answered from the newest texts alone.

use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{Position, ReferenceParams, RenameParams, TextDocumentIdentifier, TextDocumentPositionParams};
use serde_json::{Value, json};

use super::desk::Desk;
use super::{actions, navigate, uri};
use crate::source::Source;

/// Why a request is not answered.
#[derive(Debug)]
pub enum Refusal {
    /// No such method.
    Unknown,
    /// The parameters are not those of the method.
    Malformed(String),
    /// It cannot be done, and why.
    Failed(String),
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Refusal::Malformed(error.to_string())
    }
}

/// What the client makes of answers.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// It takes edits with the versions they are meant for, and shows addresses in a browser.
    pub able: actions::Able,
}

/// What the server can do, as far as it is done here.
pub fn capabilities() -> Value {
    json!({
        "definitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "renameProvider": { "prepareProvider": true },
    })
}

/// The path of a document.
pub fn path(desk: &Desk, uri: &gen_lsp_types::Uri) -> PathBuf {
    uri::document_path(&uri.0, desk.sources().root())
}

/// Answers a request. A document that is not open, or not ours, has nothing to say.
pub fn answer(desk: &Desk, client: Client, method: &str, params: Value) -> Result<Value, Refusal> {
    let open = |id: &TextDocumentIdentifier| desk.document(&path(desk, &id.uri));
    let at = |params: &TextDocumentPositionParams| Some(place(desk, &open(&params.text_document)?, params.position));
    let position = |params: Value| -> Result<Option<(Arc<Source>, usize)>, Refusal> {
        Ok(at(&serde_json::from_value::<TextDocumentPositionParams>(params)?))
    };
    let answer = match method {
        "textDocument/definition" => position(params)?.map(|(source, at)| navigate::definition(desk, &source, at)),
        "textDocument/documentHighlight" => position(params)?.map(|(source, at)| navigate::highlights(desk, &source, at)),
        "textDocument/prepareRename" => position(params)?.map(|(source, at)| navigate::prepare_rename(desk, &source, at)),
        "textDocument/references" => {
            let params: ReferenceParams = serde_json::from_value(params)?;
            let declaration = params.context.include_declaration;
            at(&params.text_document_position_params).map(|(source, at)| navigate::references(desk, &source, at, declaration))
        }
        "textDocument/rename" => {
            let params: RenameParams = serde_json::from_value(params)?;
            let rename = |(source, at): (Arc<Source>, usize)| {
                navigate::rename(desk, &source, at, &params.new_name, client.able.document_changes).map_err(Refusal::Failed)
            };
            at(&params.text_document_position_params).map(rename).transpose()?
        }
        _ => return Err(Refusal::Unknown),
    };
    Ok(answer.unwrap_or(Value::Null))
}

fn place(desk: &Desk, source: &Arc<Source>, position: Position) -> (Arc<Source>, usize) {
    (Arc::clone(source), desk.offset(source, position))
}
