//! Builds the pages of `examples/`, as those who copy them would: bundled by esbuild, or compiled for wasm.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::clock::Stopwatch;
use crate::place::Place;
use crate::process;
use crate::say;
use crate::setup::WidgetTools;
use crate::stop::Stop;

/// The pages that are bundled, and where each begins.
const BUNDLED: [(&str, &str); 3] = [("html", "main.js"), ("react", "main.jsx"), ("vue", "main.js")];

/// Builds all of them; the folder that holds a folder of each.
///
/// # Errors
/// Where one cannot be built.
pub fn build(place: &Place, tools: &WidgetTools) -> Result<PathBuf, Stop> {
    let watch = Stopwatch::start();
    say::step("Building the examples", "under a minute the first time");
    let folder = place.target.join("examples-built");
    for (name, start) in BUNDLED {
        let sources = place.root.join("examples").join(name);
        let mut command = Command::new(tools.npm.programs().join("esbuild"));
        command
            .arg(sources.join(start))
            .args([
                "--bundle",
                "--minify",
                "--format=esm",
                "--target=es2022",
                "--jsx=automatic",
                "--log-level=warning",
            ])
            .args(["--define:process.env.NODE_ENV=\"production\"", "--define:__VUE_OPTIONS_API__=false"])
            .args([
                "--define:__VUE_PROD_DEVTOOLS__=false",
                "--define:__VUE_PROD_HYDRATION_MISMATCH_DETAILS__=false",
            ])
            .arg(format!("--outfile={}", folder.join(name).join("main.js").display()))
            .env("NODE_PATH", tools.npm.modules());
        process::run(&mut command)?;
        page(&sources, &folder.join(name))?;
    }
    yew(place, tools, &folder.join("yew"))?;
    say::done("examples", watch.elapsed());
    Ok(folder)
}

fn yew(place: &Place, tools: &WidgetTools, folder: &Path) -> Result<(), Stop> {
    let mut command = process::cargo(&place.root, ["build", "--locked", "--package", "paydesk-example-yew"]);
    command.args(["--target", "wasm32-unknown-unknown", "--target-dir"]).arg(place.wasm_target());
    process::run(tools.rust.apply(&mut command, &[]))?;
    let built = place.wasm_target().join("wasm32-unknown-unknown/debug/paydesk-example-yew.wasm");
    let mut command = Command::new(tools.wasm_bindgen.join("wasm-bindgen"));
    command
        .args(["--target", "web", "--no-typescript", "--out-name", "program", "--out-dir"])
        .arg(folder)
        .arg(built);
    process::run(&mut command)?;
    let start = "import start from \"./program.js\";\nawait start();\n";
    std::fs::write(folder.join("main.js"), start).map_err(|e| Stop::while_doing("main.js", e))?;
    page(&place.root.join("examples/yew"), folder)
}

fn page(sources: &Path, folder: &Path) -> Result<(), Stop> {
    let copied = std::fs::copy(sources.join("index.html"), folder.join("index.html"));
    copied.map(drop).map_err(|e| Stop::while_doing("index.html", e))
}
