//! Requests that are answered from the newest texts alone.

use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types::{
    InlayHintParams, Position, ReferenceParams, RenameParams, SelectionRangeParams, TextDocumentIdentifier, TextDocumentPositionParams,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::desk::Desk;
use super::diagnostics::Findings;
use super::{actions, complete, hints, hover, links, navigate, outline, tokens, uri};
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InDocument {
    text_document: TextDocumentIdentifier,
}

/// What the server can do, as far as it is done here.
pub fn capabilities() -> Value {
    json!({
        "hoverProvider": true,
        "definitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "renameProvider": { "prepareProvider": true },
        "completionProvider": { "triggerCharacters": ["$", "{", "=", ",", "-", "[", ":", " "] },
        "documentSymbolProvider": true,
        "foldingRangeProvider": true,
        "selectionRangeProvider": true,
        "documentLinkProvider": { "resolveProvider": false },
        "inlayHintProvider": true,
        "semanticTokensProvider": { "legend": tokens::legend(), "full": true },
    })
}

/// The path of a document.
pub fn path(desk: &Desk, uri: &gen_lsp_types::Uri) -> PathBuf {
    uri::document_path(&uri.0, desk.sources().root())
}

/// Answers a request. A document that is not open, or not ours, has nothing to say.
pub fn answer(desk: &Desk, findings: &Findings, able: actions::Able, method: &str, params: Value) -> Result<Value, Refusal> {
    let open = |id: &TextDocumentIdentifier| desk.document(&path(desk, &id.uri));
    let at = |params: &TextDocumentPositionParams| Some(place(desk, &open(&params.text_document)?, params.position));
    let whole =
        |params: Value| -> Result<Option<Arc<Source>>, Refusal> { Ok(open(&serde_json::from_value::<InDocument>(params)?.text_document)) };
    let position = |params: Value| -> Result<Option<(Arc<Source>, usize)>, Refusal> {
        Ok(at(&serde_json::from_value::<TextDocumentPositionParams>(params)?))
    };
    let answer = match method {
        "textDocument/hover" => position(params)?.map(|(source, at)| hover::hover(desk, findings, &source, at)),
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
                navigate::rename(desk, &source, at, &params.new_name, able.document_changes).map_err(Refusal::Failed)
            };
            at(&params.text_document_position_params).map(rename).transpose()?
        }
        "textDocument/completion" => position(params)?.map(|(source, at)| complete::complete(desk, &source, at)),
        "textDocument/documentSymbol" => whole(params)?.map(|source| outline::symbols(desk, &source)),
        "textDocument/foldingRange" => whole(params)?.map(|source| outline::folds(desk, &source)),
        "textDocument/documentLink" => whole(params)?.map(|source| links::links(desk, &source)),
        "textDocument/inlayHint" => {
            let params: InlayHintParams = serde_json::from_value(params)?;
            open(&params.text_document).map(|source| hints::hints(desk, &source, params.range))
        }
        "textDocument/semanticTokens/full" => whole(params)?.map(|source| tokens::tokens(desk, &source)),
        "textDocument/selectionRange" => {
            let params: SelectionRangeParams = serde_json::from_value(params)?;
            let positions = params.positions;
            open(&params.text_document).map(|source| {
                let of = |p: &Position| outline::selection(desk, &source, desk.offset(&source, *p));
                positions.iter().map(of).collect::<Vec<_>>().into()
            })
        }
        _ => return Err(Refusal::Unknown),
    };
    Ok(answer.unwrap_or(Value::Null))
}

fn place(desk: &Desk, source: &Arc<Source>, position: Position) -> (Arc<Source>, usize) {
    (Arc::clone(source), desk.offset(source, position))
}
