//! `wasm-bindgen-test-runner` in exactly the version that the lockfile names: it runs the widget's tests in a browser.

fn main() -> std::process::ExitCode {
    paydesk_wasm_tools::exit_code(wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(
        std::env::args_os(),
    ))
}
