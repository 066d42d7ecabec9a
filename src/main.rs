//! The `kada` binary: all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    kada::cli::main()
}
