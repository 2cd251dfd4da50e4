//! Where commands are: operators, reserved words, parentheses, here-documents.

use super::{Cut, Join, Kind, MAX_FRAMES, MAX_HEREDOCS, MAX_PREFIXES, Mask, Open, Pending, Scanner, Stage};

impl Scanner<'_> {
    fn cut(&mut self, start: usize, end: usize, join: Join) {
        self.push_cut(start, end, join, false);
    }

    fn push_cut(&mut self, start: usize, end: usize, join: Join, header: bool) {
        let header = header || matches!(self.top(), Some(Open::Case(Stage::Header | Stage::Pattern)));
        // A line with a here-document is cut after the document only.
        if self.opaque.is_some() || !self.pending.is_empty() {
            return;
        }
        let compounds: usize = self.frames.iter().take(MAX_FRAMES).map(|f| f.compounds.len()).sum();
        let depth = compounds + self.frames.len() - 1;
        self.cuts.push(Cut { start, end, join, depth, header });
    }

    pub(super) fn command(&mut self) {
        let start = self.pos;
        let byte = self.at(start);
        if self.top() == Some(Open::Test) && matches!(byte, b'&' | b'|' | b'(' | b')' | b'<' | b'>') {
            self.end_word();
            self.pos += 1;
            return;
        }
        match byte {
            b' ' | b'\t' => {
                self.end_word();
                self.pos += 1;
            }
            b'\n' => self.line_break(),
            b'#' if self.frames.last().is_some_and(|f| f.word.is_none()) => {
                let end = self.find(start, b'\n').unwrap_or(self.bytes.len());
                self.mask(start, end, Mask::Blank);
                self.pos = end;
            }
            b'\\' => {
                if self.at(start + 1) != b'\n' {
                    self.begin_word();
                }
                self.escape();
            }
            b'\'' => {
                self.begin_word();
                self.quote(start, false);
            }
            b'"' => {
                self.begin_word();
                self.push_one(Kind::Double);
            }
            b'$' | b'`' => {
                self.begin_word();
                self.expand(false);
            }
            b'<' | b'>' => self.redirection(),
            b'&' | b'|' | b';' => self.operator(byte),
            b'(' => self.open_paren(),
            b')' => self.close_paren(),
            _ => {
                self.begin_word();
                self.pos += 1;
            }
        }
    }

    fn begin_word(&mut self) {
        let pos = self.pos;
        if let Some(frame) = self.frames.last_mut() {
            frame.word.get_or_insert(pos);
        }
    }

    fn set_fresh(&mut self, fresh: bool) {
        if let Some(frame) = self.frames.last_mut() {
            frame.fresh = fresh;
            frame.redirect = false;
        }
    }

    fn line_break(&mut self) {
        self.end_word();
        let start = self.pos;
        self.pos += 1;
        self.set_fresh(true);
        if self.top() == Some(Open::Test) {
            return;
        }
        if self.pending.is_empty() {
            self.cut(start, start + 1, Join::Newline);
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        for heredoc in &pending {
            if !self.heredoc_body(heredoc) {
                self.broken = true;
            }
        }
        let end = self.pos;
        self.cut(end, end, Join::Newline);
    }

    /// Goes over the body of a here-document. Returns whether its delimiter was found.
    fn heredoc_body(&mut self, heredoc: &Pending) -> bool {
        while self.pos < self.bytes.len() {
            let start = self.pos;
            let end = self.find(start, b'\n').unwrap_or(self.bytes.len());
            self.pos = (end + 1).min(self.bytes.len());
            let mut line = self.bytes.get(start..end).unwrap_or(&[]);
            while heredoc.strip_tabs && line.first() == Some(&b'\t') {
                line = line.get(1..).unwrap_or(&[]);
            }
            if line == heredoc.delimiter.as_bytes() {
                return true;
            }
            for i in start..end {
                if matches!(self.at(i), b'$' | b'`' | b'\\') {
                    self.mask(i, i + 1, Mask::Word);
                }
            }
        }
        false
    }

    fn redirection(&mut self) {
        let start = self.pos;
        let (byte, next) = (self.at(start), self.at(start + 1));
        if next == b'(' {
            self.begin_word();
            self.dollar_or_paren(false);
            return;
        }
        self.end_word();
        if let Some(frame) = self.frames.last_mut() {
            frame.redirect = true;
        }
        if self.starts(start, b"<<<") {
            self.pos += 3;
        } else if self.starts(start, b"<<") {
            self.heredoc_start();
        } else if next == b'&' || (byte == b'>' && matches!(next, b'>' | b'|')) || (byte == b'<' && next == b'>') {
            self.pos += 2;
        } else {
            self.pos += 1;
        }
    }

    /// `<<EOF`, `<<-"E O F"`: notes the delimiter; the body begins after the line.
    fn heredoc_start(&mut self) {
        let start = self.pos;
        self.pos += 2;
        let strip_tabs = self.at(self.pos) == b'-';
        if strip_tabs {
            self.pos += 1;
        }
        while matches!(self.at(self.pos), b' ' | b'\t') {
            self.pos += 1;
        }
        let mut delimiter = Vec::new();
        let mut quote = 0;
        while self.pos < self.bytes.len() {
            let byte = self.at(self.pos);
            match byte {
                b'\n' => break,
                b'\'' | b'"' if quote == 0 => quote = byte,
                b'\'' | b'"' if quote == byte => quote = 0,
                b'\\' if quote != b'\'' && self.at(self.pos + 1) != b'\n' => {
                    self.pos += 1;
                    delimiter.extend(self.bytes.get(self.pos));
                }
                b' ' | b'\t' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' if quote == 0 => break,
                _ => delimiter.push(byte),
            }
            self.pos += 1;
        }
        self.pos = self.pos.min(self.bytes.len());
        if let Some(frame) = self.frames.last_mut() {
            frame.redirect = false;
        }
        if self.pending.len() >= MAX_HEREDOCS {
            // The grammar's time grows with the square of their number.
            self.broken = true;
            return self.mask(start, self.pos, Mask::Blank);
        }
        self.pending.push(Pending { delimiter: String::from_utf8_lossy(&delimiter).into_owned(), strip_tabs });
    }

    fn operator(&mut self, byte: u8) {
        self.end_word();
        let start = self.pos;
        let next = self.at(start + 1);
        if byte == b'&' && next == b'>' {
            self.pos += if self.at(start + 2) == b'>' { 3 } else { 2 };
            if let Some(frame) = self.frames.last_mut() {
                frame.redirect = true;
            }
            return;
        }
        if let (b';', Some(Open::Case(stage))) = (byte, self.top_mut())
            && matches!(next, b';' | b'&')
        {
            *stage = Stage::Pattern;
        }
        let (len, join) = match (byte, next) {
            (b'&', b'&') => (2, Join::And),
            (b'&', _) => (1, Join::Background),
            (b'|', b'|') => (2, Join::Or),
            (b'|', b'&') => (2, Join::PipeBoth),
            (b'|', _) => (1, Join::Pipe),
            (_, b';') if self.at(start + 2) == b'&' => (3, Join::Semicolon),
            (_, b';' | b'&') => (2, Join::Semicolon),
            _ => (1, Join::Semicolon),
        };
        if self.top() == Some(Open::Test) {
            // `[[` has no `;` in it: it was not closed.
            self.broken = true;
            self.close(|o| o == Open::Test);
        }
        self.pos += len;
        self.cut(start, start + len, join);
        self.set_fresh(true);
    }

    pub(super) fn open_paren(&mut self) {
        let start = self.pos;
        let before = start.checked_sub(1).map_or(0, |i| self.at(i));
        let (word, fresh) = self.frames.last().map_or((None, true), |f| (f.word, f.fresh));
        let in_for = matches!(self.top(), Some(Open::For(false)));
        let not = fresh && word.is_some_and(|w| self.bytes.get(w..start) == Some(b"!"));
        if not {
            // The grammar would take `!(..)` for a pattern. It sees the parentheses alone; see `is_negated` there.
            self.end_word();
            self.mask(start - 1, start, Mask::Blank);
            self.open_paren();
        } else if word.is_some() && matches!(before, b'?' | b'*' | b'+' | b'@' | b'!') {
            self.push_one(Kind::Group);
        } else if word.is_some() && before == b'=' {
            self.push_one(Kind::Array);
        } else if let Some(end) = self.empty_parens(start).filter(|_| word.is_some() || !fresh) {
            // `name()`: a body follows.
            if let Some(frame) = self.frames.last_mut() {
                frame.word = None;
                frame.function = false;
            }
            self.pos = end;
            self.set_fresh(true);
        } else if self.top() == Some(Open::Case(Stage::Pattern)) && word.is_none() {
            self.pos += 1;
        } else if self.at(start + 1) == b'(' && (fresh || in_for) && self.may_be_arithmetic(start) {
            self.push(Kind::Arithmetic(0, true), start);
            self.pos += 2;
        } else {
            self.end_word();
            self.push_one(Kind::Subshell);
            let group = self.open_group(start);
            if let Some(frame) = self.frames.last_mut() {
                frame.group = group;
            }
            self.cut(start, start + 1, Join::Semicolon);
        }
    }

    /// The end of `( )` at `at`.
    fn empty_parens(&self, at: usize) -> Option<usize> {
        let blanks = self.bytes.get(at + 1..)?.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        (self.at(at + 1 + blanks) == b')').then_some(at + 2 + blanks)
    }

    fn close_paren(&mut self) {
        let start = self.pos;
        if self.frames.last().is_some_and(|f| f.word.is_some_and(|w| self.bytes.get(w..start) == Some(b"esac"))) {
            self.end_word();
        }
        self.pos += 1;
        if let Some(Open::Case(stage @ (Stage::Pattern | Stage::Header))) = self.top_mut() {
            *stage = Stage::Body;
            if let Some(frame) = self.frames.last_mut() {
                frame.word = None;
            }
            self.cut(start, start + 1, Join::Semicolon);
            self.set_fresh(true);
            return;
        }
        self.pos = start;
        self.end_word();
        self.pos = start + 1;
        match self.kind() {
            Kind::Subshell => {
                self.cut(start, start + 1, Join::Semicolon);
                self.pop();
                self.set_fresh(true);
            }
            Kind::Substitution => self.pop(),
            _ => {
                self.broken = true;
                self.cut(start, start + 1, Join::Semicolon);
                self.set_fresh(true);
            }
        }
    }

    /// The word that began earlier ends before the current byte: a reserved word opens or closes something.
    pub(super) fn end_word(&mut self) {
        let end = self.pos;
        let bytes = self.bytes;
        let top = self.top();
        let Some(frame) = self.frames.last_mut() else { return };
        let Some(start) = frame.word.take() else { return };
        if std::mem::take(&mut frame.redirect) {
            return;
        }
        let function = std::mem::take(&mut frame.function);
        let fresh = std::mem::replace(&mut frame.fresh, function);
        let word = bytes.get(start..end).unwrap_or(&[]);
        match (top, word) {
            (Some(Open::Test), b"]]") => self.close(|o| o == Open::Test),
            (Some(Open::Test), _) => {}
            (Some(Open::Case(Stage::Header)), b"in") => self.continue_with(Open::Case(Stage::Pattern), start, end),
            _ if fresh => self.reserved(word, start, end),
            _ => {}
        }
        if !matches!(word, b"!" | b"time" | b"coproc")
            && let Some(frame) = self.frames.last_mut()
        {
            frame.prefixes = 0;
        }
    }

    fn reserved(&mut self, word: &[u8], start: usize, end: usize) {
        match word {
            b"if" => self.open_compound(Open::If(false), start, end),
            b"while" | b"until" => self.open_compound(Open::While(false), start, end),
            b"for" | b"select" => self.open_compound(Open::For(false), start, end),
            b"case" => self.open_compound(Open::Case(Stage::Header), start, end),
            b"{" => {
                let group = self.open_group(start);
                self.open_compound(Open::Brace(group), start, end);
            }
            b"[[" => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.compounds.push(Open::Test);
                }
            }
            b"then" => self.continue_with(Open::If(true), start, end),
            b"else" => self.continue_with(Open::If(true), start, end),
            b"elif" => self.continue_with(Open::If(false), start, end),
            b"do" => {
                let open = if matches!(self.top(), Some(Open::For(_))) { Open::For(true) } else { Open::While(true) };
                self.continue_with(open, start, end);
            }
            b"fi" => self.close_compound(|o| matches!(o, Open::If(_)), start, end),
            b"done" => self.close_compound(|o| matches!(o, Open::While(_) | Open::For(_)), start, end),
            b"esac" => self.close_compound(|o| matches!(o, Open::Case(_)), start, end),
            b"}" => {
                if let Some(Open::Brace(group)) = self.top() {
                    self.close_group(group);
                }
                self.close_compound(|o| matches!(o, Open::Brace(_)), start, end);
            }
            b"!" | b"time" | b"coproc" => self.prefix(start, end),
            b"function" => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.function = true;
                }
            }
            _ => {}
        }
    }

    /// A command follows. The grammar nests one level for each, without a bound.
    fn prefix(&mut self, start: usize, end: usize) {
        let Some(frame) = self.frames.last_mut() else { return };
        frame.prefixes += 1;
        if frame.prefixes > MAX_PREFIXES {
            self.broken = true;
            return self.mask(start, end, Mask::Word);
        }
        self.set_fresh(true);
    }

    fn open_compound(&mut self, open: Open, start: usize, end: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.compounds.push(open);
        }
        let header = matches!(open, Open::For(_) | Open::Case(_));
        self.push_cut(start, end, Join::Semicolon, header);
        self.set_fresh(!header);
    }

    /// `then`, `do`, `in`: the next part of the innermost compound command, which must be of that kind.
    fn continue_with(&mut self, open: Open, start: usize, end: usize) {
        match self.top_mut() {
            Some(top) if std::mem::discriminant(top) == std::mem::discriminant(&open) => *top = open,
            _ => self.broken = true,
        }
        let header = matches!(open, Open::Case(_));
        self.push_cut(start, end, Join::Semicolon, header);
        self.set_fresh(true);
    }

    fn close_compound(&mut self, is: impl Fn(Open) -> bool, start: usize, end: usize) {
        // Inside still, so that the cut is never taken for one between two commands of the script.
        self.cut(start, end, Join::Semicolon);
        self.close(is);
        // `fi fi` needs no `;` in between.
        self.set_fresh(true);
    }

    fn close(&mut self, is: impl Fn(Open) -> bool) {
        let Some(frame) = self.frames.last_mut() else { return };
        match frame.compounds.last() {
            Some(&top) if is(top) => {
                frame.compounds.pop();
            }
            _ => self.broken = true,
        }
    }
}
