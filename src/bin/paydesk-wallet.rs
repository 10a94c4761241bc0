//! The program that the wallet's frame page runs.

/// Smaller than the standard library's allocator, and safe to set up.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

fn main() {
    paydesk::wallet::start();
}
