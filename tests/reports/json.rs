//! What programs read.

use dockvet::diagnostic::Safety;
use dockvet::report::Style;
use insta::assert_snapshot;
use serde_json::Value;

use crate::world::*;

fn json(world: &World) -> Value {
    serde_json::from_str(&world.write("json", &Style::default())).expect("JSON")
}

#[test]
fn the_shape_is_stable() {
    let mut world = shop();
    world.diagnostics[0].code = Some("literal");
    assert_snapshot!(world.write("json", &Style::default()), @r#"{"version":1,"files":3,"diagnostics":[{"lint":"privileged","code":"literal","level":"error","group":"security","category":"security","message":"service `web` runs privileged","help":"take the line out; give single capabilities with cap_add","url":"https://dockvet.dev/lints/privileged","file":"compose.yaml","span":{"start":{"offset":38,"line":4,"column":5},"end":{"offset":54,"line":4,"column":21}},"labels":[],"fixes":[{"title":"remove `privileged`","safety":"unsafe","edits":[{"file":"compose.yaml","span":{"start":{"offset":34,"line":4,"column":1},"end":{"offset":55,"line":5,"column":1}},"text":""}]}],"fingerprint":"90e7f0d393da4757","path":"services.web.privileged"},{"lint":"hardcoded-secret","code":null,"level":"error","group":"security","category":"security","message":"`PAYMENT_KEY` holds a live key","help":null,"url":"https://dockvet.dev/lints/hardcoded-secret","file":"compose.yaml","span":{"start":{"offset":158,"line":10,"column":21},"end":{"offset":176,"line":10,"column":39}},"labels":[],"fixes":[],"fingerprint":"c14e0e78bc1fcdb7","path":"services.orders.environment.PAYMENT_KEY"},{"lint":"root-user","code":null,"level":"warning","group":"security","category":"security","message":"the image runs as root","help":"RUN useradd --uid 10001 --no-create-home shop\nUSER 10001","url":"https://dockvet.dev/lints/root-user","file":"web/Dockerfile","span":{"start":{"offset":5,"line":1,"column":6},"end":{"offset":19,"line":1,"column":20}},"labels":[{"file":"compose.yaml","span":{"start":{"offset":28,"line":3,"column":12},"end":{"offset":33,"line":3,"column":17}},"note":"built and run here"},{"file":"web/Dockerfile","span":{"start":{"offset":147,"line":7,"column":1},"end":{"offset":150,"line":7,"column":4}},"note":"starts as root"}],"fixes":[],"fingerprint":"927a0c0d56485cf0","path":"stage:0/USER"},{"lint":"apt-lists-kept","code":null,"level":"info","group":"efficiency","category":"efficiency","message":"the package lists stay in the image","help":null,"url":"https://dockvet.dev/lints/apt-lists-kept","file":"web/Dockerfile","span":{"start":{"offset":24,"line":2,"column":5},"end":{"offset":119,"line":4,"column":11}},"labels":[],"fixes":[{"title":"delete the lists in the same layer","safety":"safe","edits":[{"file":"web/Dockerfile","span":{"start":{"offset":119,"line":4,"column":11},"end":{"offset":119,"line":4,"column":11}},"text":" && rm -rf /var/lib/apt/lists/*"}]}],"fingerprint":"94f60068cc77199e","path":"stage:0/RUN[0]"}],"suppressed":[],"summary":{"total":4,"error":2,"warning":1,"info":1,"suppressed":0,"baselined":0,"fixable":1,"unsafe_fixable":1,"lints":{"apt-lists-kept":1,"hardcoded-secret":1,"privileged":1,"root-user":1}}}"#);
}

#[test]
fn it_is_one_line_and_nothing_found_is_an_empty_list() {
    let mut world = shop();
    assert_eq!(world.write("json", &Style::default()).matches('\n').count(), 1);
    world.diagnostics.clear();
    assert_snapshot!(world.write("json", &Style::default()), @r#"{"version":1,"files":3,"diagnostics":[],"suppressed":[],"summary":{"total":0,"error":0,"warning":0,"info":0,"suppressed":0,"baselined":0,"fixable":0,"unsafe_fixable":0,"lints":{}}}"#);
}

#[test]
fn columns_are_characters_and_offsets_bytes() {
    let mut world = one("# é𐐀\r\nRUN\té𐐀 install vim\r\n", "install", "");
    let insert = world.at("Dockerfile", "vim").at_end();
    let run = world.at("Dockerfile", "RUN\té𐐀");
    world.diagnostics[0].labels.push(label(run, "a\tb"));
    world.diagnostics[0].fixes.push(fix("pin it", Safety::Safe, &[(insert, "=9")]));
    let found = json(&world)["diagnostics"][0].clone();
    let place = |offset, line, column| serde_json::json!({"offset": offset, "line": line, "column": column});
    assert_eq!(found["span"]["start"], place(21, 2, 8));
    assert_eq!(found["span"]["end"], place(28, 2, 15));
    assert_eq!(found["labels"][0]["span"]["start"], place(10, 2, 1));
    assert_eq!(found["labels"][0]["span"]["end"], place(20, 2, 7));
    assert_eq!(found["fixes"][0]["edits"][0]["span"]["start"], place(32, 2, 19));
    assert_eq!(found["fixes"][0]["edits"][0]["text"], "=9");
}

#[test]
fn the_summary_counts_levels_and_lints() {
    let summary = &json(&shop())["summary"];
    assert_eq!((&summary["error"], &summary["warning"], &summary["info"]), (&2.into(), &1.into(), &1.into()));
    assert_eq!(summary["lints"]["root-user"], 1);
    assert_eq!((&summary["fixable"], &summary["unsafe_fixable"]), (&1.into(), &1.into()));
}

#[test]
fn terminals_are_not_driven_by_it() {
    let mut world = one("RUN x\n", "x", "");
    world.diagnostics[0].message = "a\u{1b}[2J\u{9b}\u{202e}é".into();
    let out = world.write("json", &Style::default());
    assert!(out.contains(r"a\u001b[2J\u009b\u202eé"), "{out}");
    assert_eq!(json(&world)["diagnostics"][0]["message"], "a\u{1b}[2J\u{9b}\u{202e}é");
}
