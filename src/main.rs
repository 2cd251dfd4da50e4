//! The `dockvet` program.

fn main() -> std::process::ExitCode {
    dockvet::cli::main()
}
