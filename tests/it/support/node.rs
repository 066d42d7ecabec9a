//! Programs of others that run on Node, for the tests that ask them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder below `tests` with a package that is installed there, by npm if it may; `None`, and a word about it, where
/// Node or the package cannot be had. One test may install a folder: npm does not look whether another one does.
pub fn package(folder: &str, package: &str, may_install: bool) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let runs = |program: &str| {
        let version = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        version.is_ok_and(|status| status.success())
    };
    let is_there = || path.join("node_modules").join(package).is_dir();
    if runs("node") && !is_there() && may_install && runs("npm") {
        // Without a network it fails soon, and the next line sees it.
        Command::new("npm")
            .args(["ci", "--silent", "--fetch-retries=0"])
            .current_dir(&path)
            .status()
            .ok();
    }
    if runs("node") && is_there() {
        return Some(path);
    }
    println!("skipped: this needs node, and npm or {package} in tests/{folder}/node_modules");
    None
}
