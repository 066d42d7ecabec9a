//! Embeds the console's files where they were installed (`make graphiql`); without them the console says how to.

use std::path::Path;
use std::{env, fs, io};

const FILES: [&str; 5] = [
    "react.js",
    "react-dom.js",
    "graphiql.js",
    "graphiql.css",
    "LICENSES.txt",
];

fn main() -> io::Result<()> {
    compact_relocations();
    let root = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let assets = Path::new(&root).join("src/api/graphiql/assets");
    println!("cargo:rerun-if-changed={}", assets.display());
    let present = FILES.iter().all(|name| assets.join(name).is_file());
    let entry = |name: &&str| {
        let path = assets.join(name).to_string_lossy().into_owned();
        format!("({name:?}, include_bytes!({path:?}).as_slice())")
    };
    let entries: Vec<String> = FILES.iter().filter(|_| present).map(entry).collect();
    let code = format!(
        "const ASSETS: &[(&str, &[u8])] = &[{}];\n",
        entries.join(", ")
    );
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("graphiql_assets.rs"), code)
}

/// Two megabytes of relocations become some kilobytes: less to read at the start, and less memory.
fn compact_relocations() {
    let target = |name| env::var(name).unwrap_or_default();
    if target("CARGO_CFG_TARGET_OS") == "linux" && target("CARGO_CFG_TARGET_ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
