//! Parser events to the arena. One loop with an explicit stack, so that nesting costs no call stack.

use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, ScanError, StructureStyle, options};

use super::{Anchor, Broken, Comment, Entry, Kind, MAX_DEPTH, NODE_BUDGET, Node, NodeId, Style, Tag, Yaml, scalar};
use crate::source::{FileId, Span, offset};
use crate::syntax::text::Text;

/// Where and why reading stopped.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub kind: Why,
    /// Byte offset.
    pub at: usize,
    /// The innermost `[` or `{` that was open.
    pub open: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Why {
    Syntax(ErrorKind),
    TooManyNodes,
}

fn parser_options() -> Options {
    options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        block_scalar_eof_without_line_feed: true,
        // A long licence header between two keys is no attack; comments are bounded by the size of the file.
        max_buffered_comment_events: NODE_BUDGET,
        flow_nesting_limit: MAX_DEPTH / 2,
        block_nesting_limit: MAX_DEPTH / 2,
    }
}

fn failure(error: &ScanError, open: Option<usize>, len: usize) -> Failure {
    Failure { kind: Why::Syntax(error.kind().clone()), at: error.marker().byte_offset().unwrap_or(0).min(len), open }
}

/// Reads without building; the place where reading stops tells how good a repair is.
pub(super) fn probe(text: &str) -> Result<(), Failure> {
    let mut open = Vec::new();
    let mut nodes = 0usize;
    for event in Parser::new_from_str_with_options(text, parser_options()) {
        let (event, span) = match event {
            Ok(e) => e,
            Err(e) => return Err(failure(&e, open.last().copied().flatten(), text.len())),
        };
        nodes += usize::from(event.is_node());
        if nodes > NODE_BUDGET {
            return Err(Failure { kind: Why::TooManyNodes, at: start_of(&span), open: None });
        }
        match event {
            Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => open.push(flow_start(style, &span)),
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where the bracket stands; the mapping in `[a: b]` has none of its own.
fn flow_start(style: StructureStyle, span: &granit_parser::Span) -> Option<usize> {
    (style == StructureStyle::Flow && !span.is_empty()).then(|| start_of(span))
}

fn start_of(span: &granit_parser::Span) -> usize {
    span.start.byte_offset().unwrap_or(0)
}

/// Builds the tree of `text`, of which `blanked` was overwritten with spaces.
pub(super) fn build(file: FileId, text: &str, blanked: &[Range<usize>]) -> (Yaml, Result<(), Failure>) {
    let mut builder = Builder::new(file, text, blanked);
    let mut result = Ok(());
    for event in Parser::new_from_str_with_options(text, parser_options()) {
        match event {
            Ok((event, span)) => builder.event(event, &span),
            Err(e) => {
                let open = builder.stack.iter().rev().find_map(|f| f.flow);
                result = Err(failure(&e, open, text.len()));
                break;
            }
        }
        if builder.nodes.len() > NODE_BUDGET {
            let at = builder.nodes.last().map_or(0, |n| n.span.start as usize);
            result = Err(Failure { kind: Why::TooManyNodes, at, open: None });
            break;
        }
    }
    (builder.finish(), result)
}

/// A collection that is not closed yet.
struct Frame {
    node: NodeId,
    /// Where its bracket stands.
    flow: Option<usize>,
    key: Option<NodeId>,
}

struct Builder<'t> {
    file: FileId,
    text: &'t str,
    blanked: &'t [Range<usize>],
    nodes: Vec<Node>,
    documents: Vec<NodeId>,
    comments: Vec<Comment>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, NodeId>,
    names: HashMap<usize, String>,
    /// Where the last token that is no comment ended: a block scalar's header lies after it.
    last_end: usize,
}

impl<'t> Builder<'t> {
    fn new(file: FileId, text: &'t str, blanked: &'t [Range<usize>]) -> Self {
        Builder {
            file,
            text,
            blanked,
            nodes: Vec::new(),
            documents: Vec::new(),
            comments: Vec::new(),
            stack: Vec::new(),
            anchors: HashMap::new(),
            names: HashMap::new(),
            last_end: 0,
        }
    }

    fn event(&mut self, event: Event<'_>, span: &granit_parser::Span) {
        let range = start_of(span)..span.end.byte_offset().unwrap_or(0).min(self.text.len());
        match event {
            Event::Comment(..) => self.comment(range),
            Event::DocumentStart(..) => {
                self.anchors.clear();
                self.last_end = range.end;
            }
            Event::Scalar(value, style, anchor, tag) => {
                let tag = tag.and_then(|t| self.tag(&t, span));
                let (kind, span) = self.scalar(&value, style, range, tag.as_deref());
                let id = self.push(Node { span, kind, tag, anchor: None });
                self.remember(anchor, id);
                self.attach(id);
            }
            Event::SequenceStart(style, anchor, tag) => {
                let start = if style == StructureStyle::Block { self.dash_before(range.start) } else { range.start };
                let kind = Kind::Seq { items: Vec::new(), flow: style == StructureStyle::Flow };
                let tag = tag.and_then(|t| self.tag(&t, span));
                self.open(kind, start..range.end.max(start), tag, anchor);
            }
            Event::MappingStart(style, anchor, tag) => {
                let kind = Kind::Map { entries: Vec::new(), flow: style == StructureStyle::Flow };
                let tag = tag.and_then(|t| self.tag(&t, span));
                self.open(kind, range, tag, anchor);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range.end),
            Event::Anchor(id, name) => self.anchor(id, &name, range),
            Event::Alias(anchor) => {
                let name = self.text.get(range.start + 1..range.end).unwrap_or("").to_owned();
                // Within the anchored node itself the target is still open: the check below tells that as a cycle.
                let target = self.anchors.get(&anchor).copied();
                self.alias(name, target, range);
            }
            Event::UnresolvedAlias(name) => self.alias(name.into_owned(), None, range),
            _ => {}
        }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn push(&mut self, node: Node) -> NodeId {
        let id = NodeId(offset(self.nodes.len()));
        self.last_end = self.last_end.max(node.span.end as usize);
        self.nodes.push(node);
        id
    }

    fn comment(&mut self, range: Range<usize>) {
        if self.comments.len() >= NODE_BUDGET {
            return;
        }
        let words = self.text.get(range.start + 1..range.end).unwrap_or("");
        let text = Text::verbatim(self.file, range.start + 1, words);
        self.comments.push(Comment { span: self.span(range), text });
    }

    fn tag(&self, tag: &granit_parser::Tag, span: &granit_parser::Span) -> Option<Box<Tag>> {
        let at = span.tag_span()?;
        let range = start_of(&at)..at.end.byte_offset()?;
        let name = match tag.suffix_in_namespace("tag:yaml.org,2002:") {
            Some(suffix) => format!("!!{suffix}"),
            None => format!("{}{}", tag.handle(), tag.suffix()),
        };
        Some(Box::new(Tag { span: self.span(range), name }))
    }

    fn scalar(&self, value: &str, style: ScalarStyle, range: Range<usize>, tag: Option<&Tag>) -> (Kind, Span) {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        if range.is_empty() && style == Style::Plain {
            if let Some(broken) = self.blanked_value(range.start) {
                return (Kind::Broken, self.span(broken));
            }
            return (Kind::Scalar { text: Text::verbatim(self.file, range.start, ""), style }, self.span(range));
        }
        if matches!(style, Style::Literal | Style::Folded) {
            let from = self.last_end.max(tag.map_or(0, |t| t.span.end as usize));
            let (text, range) = scalar::block(self.file, self.text, from, range, style, value);
            return (Kind::Scalar { text, style }, self.span(range));
        }
        let text = scalar::flow(self.file, self.text, range.clone(), style, value);
        (Kind::Scalar { text, style }, self.span(range))
    }

    /// What was left out of the line on which a key without a value ends.
    fn blanked_value(&self, at: usize) -> Option<Range<usize>> {
        let range = self.blanked.iter().find(|r| r.start >= at)?;
        let between = self.text.get(at..range.start)?;
        between.chars().all(|c| matches!(c, ' ' | '\t' | ':' | '-' | '?')).then(|| range.clone())
    }

    /// The `-` that a block sequence starts with; the parser gives the first item when the list is not indented.
    fn dash_before(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        if bytes.get(at) == Some(&b'-') {
            return at;
        }
        let before = self.text.get(..at).unwrap_or("").trim_end();
        if before.ends_with('-') { before.len() - 1 } else { at }
    }

    fn open(&mut self, kind: Kind, range: Range<usize>, tag: Option<Box<Tag>>, anchor: usize) {
        let flow = match &kind {
            Kind::Seq { flow, .. } | Kind::Map { flow, .. } => (*flow && !range.is_empty()).then_some(range.start),
            _ => None,
        };
        let span = self.span(range);
        let id = self.push(Node { span, kind, tag, anchor: None });
        self.remember(anchor, id);
        self.stack.push(Frame { node: id, flow, key: None });
    }

    fn remember(&mut self, anchor: usize, id: NodeId) {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
    }

    fn anchor(&mut self, anchor: usize, name: &str, range: Range<usize>) {
        let span = self.span(range);
        self.names.insert(anchor, name.to_owned());
        if let Some(node) = self.anchors.get(&anchor).and_then(|id| self.nodes.get_mut(id.index())) {
            node.anchor = Some(Box::new(Anchor { span, name: name.to_owned() }));
        }
    }

    fn alias(&mut self, name: String, target: Option<NodeId>, range: Range<usize>) {
        let span = self.span(range);
        let id = self.push(Node { span, kind: Kind::Alias { name, target }, tag: None, anchor: None });
        self.attach(id);
    }

    fn close(&mut self, end: usize) {
        let Some(frame) = self.stack.pop() else { return };
        if let Some(key) = frame.key {
            self.missing_value(frame.node, key);
        }
        self.set_end(&frame, end);
        self.attach(frame.node);
    }

    /// A key whose value was never reached.
    fn missing_value(&mut self, map: NodeId, key: NodeId) {
        let at = self.nodes.get(key.index()).map_or(0, |n| n.span.end as usize);
        let value = self.push(Node { span: self.span(at..at), kind: Kind::Broken, tag: None, anchor: None });
        self.add_entry(map, Entry { key, value });
    }

    /// The parser ends a block collection where the next thing begins; it ends with its last child.
    fn set_end(&mut self, frame: &Frame, end: usize) {
        let last = match self.nodes.get(frame.node.index()).map(|n| &n.kind) {
            Some(Kind::Seq { items, .. }) => items.last().copied(),
            Some(Kind::Map { entries, .. }) => entries.last().map(|e| e.value),
            _ => None,
        };
        let child_end = last.and_then(|id| self.nodes.get(id.index())).map_or(0, |n| n.full_span().end);
        let Some(node) = self.nodes.get_mut(frame.node.index()) else { return };
        // A `-` without a value ends the collection, too.
        node.span.end = if frame.flow.is_some() { offset(end) } else { child_end }.max(node.span.end);
    }

    fn attach(&mut self, id: NodeId) {
        let Some(frame) = self.stack.last_mut() else {
            self.documents.push(id);
            return;
        };
        let parent = frame.node;
        let is_map = matches!(self.nodes.get(parent.index()).map(|n| &n.kind), Some(Kind::Map { .. }));
        if !is_map {
            if let Some(Node { kind: Kind::Seq { items, .. }, .. }) = self.nodes.get_mut(parent.index()) {
                items.push(id);
            }
            return;
        }
        match frame.key.take() {
            None => frame.key = Some(id),
            Some(key) => self.add_entry(parent, Entry { key, value: id }),
        }
    }

    fn add_entry(&mut self, map: NodeId, entry: Entry) {
        if let Some(Node { kind: Kind::Map { entries, .. }, .. }) = self.nodes.get_mut(map.index()) {
            entries.push(entry);
        }
    }

    fn finish(mut self) -> Yaml {
        while !self.stack.is_empty() {
            self.close(self.last_end);
        }
        self.comments.sort_by_key(|c| c.span.start);
        let mut yaml = Yaml { file: self.file, documents: self.documents, comments: self.comments, broken: Vec::new(), nodes: self.nodes };
        yaml.broken = self.blanked.iter().map(|r| broken(&yaml, self.text, r.clone())).collect();
        yaml
    }
}

/// What a left-out stretch belongs to, by its indentation.
fn broken(yaml: &Yaml, text: &str, range: Range<usize>) -> Broken {
    let column = column_of(text, range.start);
    let mut container = None;
    let mut next = yaml.documents.iter().rev().find(|id| yaml.node(**id).span.start as usize <= range.start).copied();
    while let Some(id) = next {
        let node = yaml.node(id);
        let children: Vec<NodeId> = match &node.kind {
            Kind::Seq { items, .. } => items.clone(),
            Kind::Map { entries, .. } => entries.iter().map(|e| e.value).collect(),
            _ => break,
        };
        if column_of(text, node.span.start as usize) > column {
            break;
        }
        container = Some(id);
        next = children.into_iter().rev().find(|c| yaml.node(*c).span.start as usize <= range.start);
    }
    Broken { span: Span::new(yaml.file, range.start, range.end), container, key: None }
}

/// Bytes between the start of the line and `at`.
fn column_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or("");
    before.len() - before.rfind('\n').map_or(0, |i| i + 1)
}
