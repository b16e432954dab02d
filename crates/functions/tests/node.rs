//! The node with real sandboxes: needs root, and says so where it is not. A program of its own without libtest, because it
//! is also the forker, which must have one thread, and the function, which is any program that speaks the Runtime API.

// Whatever is unwrapped here fails a test.
#![allow(clippy::unwrap_used)]

#[path = "node/function.rs"]
mod function;
#[path = "node/harness.rs"]
mod harness;
#[path = "node/scenes.rs"]
mod scenes;
#[path = "node/vpc.rs"]
mod vpc;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let name = arguments[0].rsplit('/').next().unwrap_or_default();
    match name {
        "bootstrap" => return function::run(),
        "watcher" => return function::watch(),
        "crasher" => std::process::exit(5),
        _ => {}
    }
    match arguments.get(1).map(String::as_str) {
        Some("forker") => freehold_machine::sandbox::run_forker().unwrap(),
        Some("node") => harness::node(&arguments[2]),
        // The clients that some scenes need, where a registry is reached: names in the rest.
        Some("install") => {
            let said = |what: &str| println!("installing {what}");
            freehold_functions::runtimes::install(arguments[2].as_ref(), &arguments[3..], said).unwrap();
        }
        other => harness::run(&scenes::all(), other.filter(|name| !name.starts_with('-'))),
    }
}
