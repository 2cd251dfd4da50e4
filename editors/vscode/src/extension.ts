import { statSync } from "node:fs";
import { homedir } from "node:os";
import * as vscode from "vscode";
import { LanguageClient, type DocumentSelector } from "vscode-languageclient/node";
import { findBinary } from "./binary";

/** The server knows Compose files by name and content, and is silent about other YAML. */
const DOCUMENTS: DocumentSelector = ["file", "untitled"].flatMap((scheme) => [
  { scheme, language: "dockerfile" },
  { scheme, language: "dockercompose" },
  { scheme, language: "yaml" },
  { scheme, pattern: "**/{.dockerignore,*.dockerignore,.containerignore,daemon.json}" },
]);

let output: vscode.LogOutputChannel;
let client: LanguageClient | undefined;
/** Starts and stops follow one another, whoever asks for them. */
let pending: Promise<void> = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  output = vscode.window.createOutputChannel("dockvet", { log: true });
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand("dockvet.restart", restart),
    vscode.commands.registerCommand("dockvet.showOutput", () => output.show()),
    vscode.workspace.onDidChangeConfiguration((e) => (e.affectsConfiguration("dockvet.path") ? restart() : undefined)),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  pending = pending.then(stop);
  await pending;
}

function restart(): Promise<void> {
  pending = pending.then(stop).then(start);
  return pending;
}

async function stop(): Promise<void> {
  const old = client;
  client = undefined;
  // A server that does not end well ends all the same.
  await old?.dispose().catch((e: unknown) => output.warn(String(e)));
}

async function start(): Promise<void> {
  const command = locate();
  if (command === undefined) {
    void sayMissing();
    return;
  }
  output.info(`starting ${command}`);
  const server = { command, args: ["lsp"] };
  client = new LanguageClient("dockvet", "dockvet", server, { documentSelector: DOCUMENTS, outputChannel: output });
  try {
    await client.start();
  } catch (e) {
    output.error(String(e));
    void vscode.window.showErrorMessage(`dockvet could not be started: ${command}`);
  }
}

function setting(): string {
  return vscode.workspace.getConfiguration("dockvet").get("path", "");
}

function locate(): string | undefined {
  return findBinary({
    setting: setting(),
    folder: vscode.workspace.isTrusted ? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath : undefined,
    home: homedir(),
    searchPath: process.env["PATH"] ?? "",
    windows: process.platform === "win32",
    isFile: (file) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false,
  });
}

async function sayMissing(): Promise<void> {
  const where = setting().trim() === "" ? "is not on the PATH" : `is not at ${setting().trim()}`;
  const open = "Open Settings";
  const answer = await vscode.window.showWarningMessage(`dockvet ${where}. Install it, or say in the settings where it is.`, open);
  if (answer === open) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "dockvet.path");
  }
}
