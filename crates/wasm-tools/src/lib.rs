//! What the two wasm-bindgen programs share: they are built from this workspace's lockfile, so that the
//! program and the library can never drift apart.

use std::fmt::Debug;
use std::process::ExitCode;

/// Turns a program's outcome into its exit code, with the error and its causes on standard error.
#[must_use]
pub fn exit_code<E: Debug>(outcome: Result<(), E>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "standard error is where a command line program reports")]
fn report<E: Debug>(error: &E) {
    eprintln!("error: {error:?}");
}
