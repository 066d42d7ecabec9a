//! The `kada` binary: all of it is in the library.

use std::process::ExitCode;

/// An answer is thousands of small pieces that live as long as its request: see `benches/RESULTS.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    kada::cli::main()
}
