//! No screen has a serious barrier for somebody who reads with a screen reader, sees little or uses no mouse: axe-core is the judge.
//! Nothing runs over the window's edge and no tab is cut off, in any look.

use std::path::Path;

use serde_json::{Value, json};

use crate::browser::{Browser, Looks};
use crate::screens::Office;
use crate::stage::Stage;

/// Usual, and what is hardest on a screen: dark, narrow, large text.
const LOOKS: [Looks; 2] = [Looks::USUAL, Looks { width: 1_024, height: 768, language: "en", theme: "dark", text: 150 }];
/// Which findings count, in axe-core's words.
const SERIOUS: &str = "['serious', 'critical']";

/// The judge's script.
fn judge() -> Option<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("js/node_modules/axe-core/axe.min.js");
    match std::fs::read_to_string(&file) {
        Ok(script) => Some(script),
        Err(error) => {
            assert!(std::env::var_os("KYHOP_REQUIRE_ORACLES").is_none(), "{}: {error}", file.display());
            eprintln!("skipped: the test of accessibility needs {}", file.display());
            None
        }
    }
}

impl Browser {
    /// What the judge objects to on this screen: rule, weight, the elements and why.
    async fn barriers(&self, judge: &str) -> Vec<String> {
        self.run(judge, vec![]).await;
        let script = format!(
            "const done = arguments[arguments.length - 1];
            axe.run(document, {{ resultTypes: ['violations'] }}).then((found) => done(found.violations
                .filter((one) => {SERIOUS}.includes(one.impact))
                .map((one) => `${{one.id}} (${{one.impact}}): ` + one.nodes
                    .map((node) => `${{node.target.join(' ')}} ${{(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''}}`).join(' | '))),
                (error) => done([String(error)]));"
        );
        let found = self.run_async(&script, vec![]).await;
        let Value::Array(found) = found else { panic!("{found}") };
        found.iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The tabs of which a part is outside their row, or that do not hold their own words and count.
    async fn cut_tabs(&self) -> Vec<String> {
        let script =
            "return [...document.querySelectorAll('[role=tab]')].filter((tab) => tab.checkVisibility()).filter((tab) => {
                const row = tab.closest('[role=tablist]').getBoundingClientRect();
                const own = tab.getBoundingClientRect();
                const outside = own.left < row.left - 1 || own.right > Math.min(row.right, window.innerWidth) + 1;
                return outside || tab.scrollWidth > tab.clientWidth + 1;
            }).map((tab) => tab.textContent.trim())";
        serde_json::from_value(self.run(script, vec![]).await).unwrap()
    }

    /// How far the page is wider than the window, in pixels.
    async fn overhang(&self) -> i64 {
        let script = "return document.documentElement.scrollWidth - window.innerWidth";
        self.run(script, vec![]).await.as_i64().unwrap()
    }
}

/// The judge has nothing against what the window shows now; where there is no judge nobody is asked.
pub async fn no_serious_finding(window: &Browser, what: &str) {
    if let Some(judge) = judge() {
        assert_eq!(window.barriers(&judge).await, Vec::<String>::new(), "{what}");
    }
}

#[tokio::test]
async fn no_screen_has_a_serious_barrier_and_none_runs_over_the_edge() {
    let (Some(stage), Some(judge)) = (Stage::set(), judge()) else { return };
    let driver = stage.driver();
    let office = Office::open(&stage, &driver, &stage.home.path().join("office")).await;
    let mut found = Vec::new();
    for looks in LOOKS {
        office.window.look(looks).await;
        for screen in &office.screens {
            office.window.visit(screen).await;
            let place = format!("{} {} {} %", screen.name, looks.theme, looks.text);
            found.extend(office.window.barriers(&judge).await.into_iter().map(|barrier| format!("{place}: {barrier}")));
            let overhang = office.window.overhang().await;
            if overhang > 0 {
                found.push(format!("{place}: {overhang} pixels over the edge"));
            }
            found.extend(office.window.cut_tabs().await.into_iter().map(|tab| format!("{place}: the tab '{tab}' is cut off")));
        }
    }
    office.window.close().await;
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn the_judge_sees_a_barrier_that_is_there() {
    let (Some(stage), Some(judge)) = (Stage::set(), judge()) else { return };
    let driver = stage.driver();
    let server = stage.serve(&stage.home.path().join("empty"), None);
    let window = Browser::open(&driver, "barrier", &server.url, Looks::USUAL).await;
    window.shown(ui::testids::FIRST_RUN).await;
    assert_eq!(window.barriers(&judge).await, Vec::<String>::new());
    window.run("document.body.insertAdjacentHTML('beforeend', arguments[0])", vec![json!("<button></button>")]).await;
    assert!(window.barriers(&judge).await.iter().any(|barrier| barrier.starts_with("button-name")));
    window.close().await;
}
