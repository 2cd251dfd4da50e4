//! Starts `dockvet lsp` in Zed.

use zed_extension_api::settings::{CommandSettings, LspSettings};
use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

struct Dockvet;

impl zed::Extension for Dockvet {
    fn new() -> Self {
        Dockvet
    }

    fn language_server_command(&mut self, id: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let settings = LspSettings::for_worktree(id.as_ref(), worktree).ok().and_then(|s| s.binary);
        command(settings, worktree.which("dockvet"))
    }
}

/// The command of the settings, `lsp.dockvet.binary`, else the program on the `PATH`.
fn command(settings: Option<CommandSettings>, found: Option<String>) -> Result<Command> {
    let (path, arguments, env) = settings.map(|s| (s.path, s.arguments, s.env)).unwrap_or_default();
    let command = path.or(found).ok_or("dockvet is not on the PATH; install it, or set lsp.dockvet.binary.path")?;
    let args = arguments.unwrap_or_else(|| vec!["lsp".into()]);
    Ok(Command { command, args, env: env.into_iter().flatten().collect() })
}

zed::register_extension!(Dockvet);
