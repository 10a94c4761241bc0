//! Runs axe-core, an independent checker of accessibility, in the current frame.

use serde_json::{Value, json};

use crate::driver::Driver;
use crate::{Context, Failure, place};

const RUN: &str = "const done = arguments[arguments.length - 1];
axe.run(document, {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  iframes: false, resultTypes: ['violations'],
}).then(
  (result) => done({ rules: result.passes.length, violations: result.violations.map((rule) => ({
    id: rule.id, help: rule.help,
    nodes: rule.nodes.map((node) => `${node.html.slice(0, 160)} :: ${node.failureSummary}`),
  })) }),
  (error) => done({ error: String(error) }),
);";

/// The violations of WCAG 2.2, levels A and AA, in the current frame, one line each.
///
/// # Errors
/// Where the checker cannot run, or had nothing to check: silence must not pass for success.
pub async fn violations(driver: &Driver) -> Result<Vec<String>, Failure> {
    let here = driver.run("return typeof axe", json!([])).await?;
    if here.as_str() != Some("object") {
        let file = place::axe()?;
        let script = std::fs::read_to_string(&file).context(file.display())?;
        driver.run(&format!("{script}\n;window.axe = axe;"), json!([])).await?;
    }
    let result = driver.run_and_wait(RUN, json!([])).await?;
    if let Some(error) = result.get("error") {
        return Err(Failure::new(format!("axe-core: {error}")));
    }
    if result.pointer("/rules").and_then(Value::as_u64).unwrap_or_default() == 0 {
        return Err(Failure::new("axe-core found no rule to apply"));
    }
    let violations = result.pointer("/violations").and_then(Value::as_array).cloned().unwrap_or_default();
    Ok(violations.iter().map(Value::to_string).collect())
}
