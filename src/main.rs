//! The `dockvet` program.

/// Linting makes and drops many small values on every thread at once.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    dockvet::cli::main()
}
