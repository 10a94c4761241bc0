//! `wasm-bindgen` in exactly the version that the lockfile names: it writes the JavaScript glue of the widget.
//! (Built as `bindgen`, as the compiler refuses a crate of that name whose version is not wasm-bindgen's own;
//! `cargo xtask setup` installs it as `wasm-bindgen`.)

fn main() -> std::process::ExitCode {
    paydesk_wasm_tools::exit_code(wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(std::env::args_os()))
}
