//! What the readers of each format need, checked with a parser on the hard report.

use std::collections::{BTreeMap, BTreeSet};

use dockvet::report::{FORMATS, Style};
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::Value;

use crate::hard::{EVIL_NAME, INJECTIONS, hard};
use crate::world::*;

fn written(format: &str) -> String {
    hard().write(format, &Style::default())
}

fn json(format: &str) -> Value {
    serde_json::from_str(&written(format)).expect("JSON")
}

fn parse(xml: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).unwrap_or_else(|e| panic!("{e}\n{xml}"))
}

fn named<'a>(document: &'a Document, tag: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|n| n.has_tag_name(tag)).collect()
}

/// No line is a command to a server that it is not meant for, whichever format somebody prints in which job.
#[test]
fn no_format_commands_another_server() {
    for format in FORMATS {
        let text = written(format.name);
        for line in text.lines() {
            let commands = ["##vso[", "##teamcity[", "##[error"].into_iter().flat_map(|c| line.match_indices(c));
            let own = match format.name {
                "azure" => "##vso[task.logissue ",
                "teamcity" => "##teamcity[inspection",
                _ => "none",
            };
            for (at, _) in commands {
                let error = format.name == "teamcity" && line.starts_with("##teamcity[message text='dockvet: ");
                assert!(at == 0 && (line.starts_with(own) || error), "{}: {line}", format.name);
            }
            // Three colons lead to another file in a drawing, and are no command.
            let github = line.trim_start().starts_with("::") && !line.trim_start().starts_with("::: ");
            assert!(!github || format.name == "github", "{}: {line}", format.name);
        }
    }
    let github = written("github");
    let known = ["::error ", "::warning ", "::notice ", "::group::", "::endgroup::", "- "];
    assert!(github.lines().all(|l| known.iter().any(|k| l.starts_with(k))), "{github}");
}

#[test]
fn jsonl_is_json_line_by_line() {
    let lines: Vec<Value> = written("jsonl").lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(Value::from(lines), json("json")["diagnostics"]);
}

#[test]
fn json_carries_what_is_silenced() {
    let all = json("json");
    let silenced = all["suppressed"].as_array().unwrap();
    let by: Vec<&str> = silenced.iter().map(|s| s["suppression"]["by"].as_str().unwrap()).collect();
    assert_eq!(by, ["comment", "config", "baseline"]);
    assert_eq!(silenced[0]["suppression"]["reason"], "the agent needs it | <b>");
    assert_eq!(silenced[0]["suppression"]["span"]["start"]["line"], 9);
    assert_eq!(silenced[0]["lint"], "privileged");
    assert!(all["diagnostics"].as_array().unwrap().iter().all(|d| d.get("suppression").is_none()));
}

/// What GitLab's parser asks for: description, fingerprint, severity and location of each, no fingerprint twice.
#[test]
fn gitlab() {
    let all = json("gitlab");
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 20);
    let prints: BTreeSet<&str> = all.iter().map(|i| i["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), 20);
    for issue in all {
        assert!(!issue["description"].as_str().unwrap().is_empty() && issue["check_name"].is_string());
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap()));
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        let path = issue["location"]["path"].as_str().unwrap();
        assert!(!path.starts_with("./") && !path.starts_with('/'));
    }
}

#[test]
fn checkstyle() {
    let text = written("checkstyle");
    let document = parse(&text);
    assert!(document.root_element().has_tag_name("checkstyle"));
    let files: Vec<_> = named(&document, "file").iter().map(|f| f.attribute("name").unwrap()).collect();
    assert_eq!(files, [EVIL_NAME, "clean/Dockerfile", "compose.yaml", "empty/Dockerfile", "long/Dockerfile", "web/Dockerfile"]);
    let errors = named(&document, "error");
    assert_eq!(errors.len(), 20);
    for error in &errors {
        assert!(["line", "column"].iter().all(|a| error.attribute(*a).unwrap().parse::<u32>().unwrap() >= 1));
        assert!(["error", "warning", "info"].contains(&error.attribute("severity").unwrap()));
        assert!(error.attribute("source").unwrap().starts_with("dockvet."));
    }
    let said: Vec<&str> = errors.iter().map(|e| e.attribute("message").unwrap()).collect();
    let script = INJECTIONS.iter().find(|(what, _)| *what == "script").unwrap().1;
    assert!(said.contains(&script));
}

/// The attributes that the schema of Jenkins knows, and counts that are true.
#[test]
fn junit() {
    let text = written("junit");
    let document = parse(&text);
    let known = BTreeMap::from([
        ("testsuites", vec!["name", "time", "tests", "failures", "disabled", "errors"]),
        ("testsuite", vec!["name", "tests", "failures", "errors", "time", "disabled", "skipped"]),
        ("testcase", vec!["name", "assertions", "time", "classname", "status"]),
        ("failure", vec!["type", "message"]),
        ("error", vec!["type", "message"]),
        ("system-out", vec![]),
    ]);
    for node in document.descendants().filter(Node::is_element) {
        let allowed = &known[node.tag_name().name()];
        assert!(node.attributes().all(|a| allowed.contains(&a.name())), "{node:?}");
    }
    let count = |node: Node, tag: &str| node.descendants().filter(|n| n.has_tag_name(tag)).count().to_string();
    for suite in named(&document, "testsuite").into_iter().chain([document.root_element()]) {
        for (attribute, tag) in [("tests", "testcase"), ("failures", "failure"), ("errors", "error")] {
            assert_eq!(suite.attribute(attribute).unwrap(), count(suite, tag), "{suite:?}");
        }
    }
    let cases = named(&document, "testcase");
    let names: BTreeSet<_> = cases.iter().map(|c| (c.attribute("classname"), c.attribute("name"))).collect();
    assert_eq!((names.len(), cases.len()), (22, 22), "20 findings, a clean file, an error");
    assert!(!text.contains("timestamp") && !text.contains("hostname"));
}

/// Columns are UTF-8 bytes; severities and places as the protocol buffer has them.
#[test]
fn rdjson() {
    let all = json("rdjson");
    assert_eq!(all["source"]["name"], "dockvet");
    let all = all["diagnostics"].as_array().unwrap();
    assert_eq!(all.len(), 20);
    for d in all {
        assert!(["ERROR", "WARNING", "INFO"].contains(&d["severity"].as_str().unwrap()));
        let place = |end: &str| {
            let place = &d["location"]["range"][end];
            (place["line"].as_u64().unwrap(), place["column"].as_u64().unwrap())
        };
        assert!((1, 1) <= place("start") && place("start") <= place("end"));
        assert!(d["message"].is_string() && d["location"]["path"].is_string() && d["code"]["value"].is_string());
    }
    let wide = all.iter().find(|d| d["message"].as_str().unwrap().contains("图片")).unwrap();
    assert_eq!(wide["location"]["range"]["start"]["column"], 20, "ï has two bytes");
}

/// A reviewer is offered one replacement; what stands between two edits is part of it.
#[test]
fn rdjson_joins_the_edits_of_a_fix() {
    let all = json("rdjson");
    let find =
        |text: &str| all["diagnostics"].as_array().unwrap().iter().find(|d| d["message"].as_str().unwrap().starts_with(text)).unwrap();
    let joined = &find("the lists stay")["suggestions"];
    assert_eq!(joined.as_array().unwrap().len(), 1);
    assert_eq!(joined[0]["text"], "!' && apt-get install vim && rm -rf /var/lib/apt/lists/*");
    assert_eq!(joined[0]["range"]["start"], serde_json::json!({"line": 3, "column": 17}));
    assert_eq!(find("service")["suggestions"][0]["text"], "");
}

#[test]
fn rdjson_offers_no_fix_that_quotes_a_secret_or_reaches_into_another_file() {
    let offered = |prepare: &dyn Fn(&mut World)| {
        let mut world = hard();
        prepare(&mut world);
        let all: Value = serde_json::from_str(&world.write("rdjson", &Style::default())).unwrap();
        let found = all["diagnostics"].as_array().unwrap().iter().filter(|d| d["message"].as_str().unwrap().starts_with("the lists"));
        found.filter(|d| d.get("suggestions").is_some()).count()
    };
    assert_eq!(offered(&|_| {}), 1);
    assert_eq!(offered(&|world| world.secrets.push(world.at("web/Dockerfile", "apt-get install"))), 0);
    let abroad = |world: &mut World| {
        let span = world.at("compose.yaml", "orders");
        let edit = fix("", dockvet::diagnostic::Safety::Safe, &[(span, "x")]).edits;
        world.diagnostics.iter_mut().filter(|d| d.message.starts_with("the lists")).for_each(|d| d.fixes[0].edits.extend(edit.clone()));
    };
    assert_eq!(offered(&abroad), 0);
}

/// Every rule once, every issue with a rule; columns from 0, and no range without width.
#[test]
fn sonarqube() {
    let all = json("sonarqube");
    let rules: Vec<&str> = all["rules"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    assert_eq!(rules, ["apt-lists-kept", "hardcoded-secret", "missing-cap-drop", "privileged", "root-user"]);
    for rule in all["rules"].as_array().unwrap() {
        assert!(["name", "description", "engineId", "cleanCodeAttribute"].iter().all(|k| rule[k].is_string()));
        assert!(["SECURITY", "RELIABILITY", "MAINTAINABILITY"].contains(&rule["impacts"][0]["softwareQuality"].as_str().unwrap()));
        assert!(["HIGH", "MEDIUM", "LOW"].contains(&rule["impacts"][0]["severity"].as_str().unwrap()));
    }
    let issues = all["issues"].as_array().unwrap();
    assert_eq!(issues.len(), 20);
    let mut empty = 0;
    for issue in issues {
        assert!(rules.contains(&issue["ruleId"].as_str().unwrap()));
        let first = &issue["primaryLocation"];
        assert!(first["message"].is_string() && first["filePath"].is_string());
        for place in issue["secondaryLocations"].as_array().unwrap_or(&Vec::new()).iter().chain([first]) {
            let range = &place["textRange"];
            let number = |key: &str| range[key].as_u64();
            let (line, from, to) = (number("startLine").unwrap(), number("startColumn"), number("endColumn"));
            empty += usize::from(from.is_none());
            assert_eq!((from.is_none(), number("endLine").is_none()), (to.is_none(), to.is_none()));
            assert!(from.is_none() || (line, from) < (number("endLine").unwrap(), to), "{range}");
        }
    }
    assert_eq!(empty, 2, "the empty file and the empty line");
    let first = issues.iter().find(|i| i["ruleId"] == "missing-cap-drop").unwrap();
    assert_eq!(first["primaryLocation"]["textRange"]["startColumn"], 2);
}

/// Decoded as the agent does it, everything comes back.
#[test]
fn azure() {
    let text = written("azure");
    let issues: Vec<&str> = text.lines().filter_map(|l| l.strip_prefix("##vso[task.logissue ")).collect();
    assert_eq!(issues.len(), 19, "18 errors and warnings, and what could not be done");
    assert_eq!(text.lines().count(), 21, "information is a line of the log");
    let decode = |s: &str| s.replace("%3B", ";").replace("%5D", "]").replace("%0D", "\r").replace("%0A", "\n").replace("%AZP25", "%");
    for issue in &issues {
        let (properties, _) = issue.split_once(']').unwrap();
        assert!(properties.ends_with(';'));
        let all: BTreeMap<&str, String> =
            properties.split_terminator(';').map(|p| p.split_once('=').map(|(k, v)| (k, decode(v))).unwrap()).collect();
        assert!(["error", "warning"].contains(&all["type"].as_str()));
        assert!(all.get("linenumber").is_none_or(|n| n.parse::<u32>().unwrap() >= 1));
    }
    let evil = issues.iter().find(|i| i.contains("pwned")).unwrap();
    let (properties, message) = evil.split_once(']').unwrap();
    assert!(decode(properties).contains(EVIL_NAME));
    assert_eq!(decode(message), "100%0A::error::pwned%25 50%\nhelp: 100%0A::error::pwned%25 50%");
}

/// Decoded as the server does it: quotes and brackets end nothing before their time.
#[test]
fn teamcity() {
    let text = written("teamcity");
    let mut types = BTreeSet::new();
    let mut inspections = 0;
    for line in text.lines() {
        let inside = line.strip_prefix("##teamcity[").and_then(|l| l.strip_suffix(']')).unwrap_or_else(|| panic!("{line}"));
        let (kind, rest) = inside.split_once(' ').unwrap();
        let all = attributes(rest);
        match kind {
            "inspectionType" => assert!(types.insert(all["id"].clone()) && !all["category"].is_empty()),
            "inspection" => {
                inspections += 1;
                assert!(types.contains(&all["typeId"]), "told before it is used");
                assert!(["ERROR", "WARNING", "INFO"].contains(&all["SEVERITY"].as_str()));
                assert!(all["line"].parse::<u32>().unwrap() >= 1 && !all["message"].is_empty());
            }
            "message" => assert_eq!(all["status"], "ERROR"),
            _ => panic!("{line}"),
        }
        assert!(line.is_ascii());
    }
    assert_eq!((types.len(), inspections), (5, 20));
    let evil = text.lines().find(|l| l.contains("pwned")).unwrap();
    assert_eq!(attributes(evil.split_once(' ').unwrap().1.strip_suffix(']').unwrap())["file"], EVIL_NAME);
}

/// `a='b' c='d'`, unescaped.
fn attributes(text: &str) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut rest = text;
    while let Some((name, tail)) = rest.split_once("='") {
        let mut value: Vec<u16> = Vec::new();
        let mut chars = tail.char_indices();
        let end = loop {
            match chars.next().expect("a closing quote") {
                (at, '\'') => break at,
                (_, '|') => match chars.next().expect("an escape").1 {
                    'n' => value.push(10),
                    '0' => {
                        let hex: String = chars.by_ref().take(5).map(|(_, c)| c).collect();
                        value.push(hex.strip_prefix('x').and_then(|h| u16::from_str_radix(h, 16).ok()).expect("|0xNNNN"));
                    }
                    c @ ('|' | '\'' | '[' | ']') => value.push(c as u16),
                    c => panic!("|{c}"),
                },
                (_, '[' | ']') => panic!("a bare bracket in {text}"),
                (_, c) => value.push(c as u16),
            }
        };
        all.insert(name.trim().to_string(), String::from_utf16(&value).expect("pairs of surrogates"));
        rest = &tail[end + 1..];
    }
    all
}

/// The page loads nothing, runs nothing, and is well-formed; what files say is text.
#[test]
fn html() {
    let text = written("html");
    let document = parse(&text);
    for tag in ["script", "img", "link", "iframe", "object", "base"] {
        assert_eq!(named(&document, tag), [], "{tag}");
    }
    for node in document.descendants() {
        assert!(node.attributes().all(|a| !a.name().starts_with("on") && !["src", "style", "action"].contains(&a.name())), "{node:?}");
    }
    assert!(named(&document, "a").iter().all(|a| a.attribute("href").unwrap().starts_with("https://dockvet.dev/lints/")));
    let css: String = named(&document, "style").iter().filter_map(|s| s.text()).collect();
    assert!(!css.contains("url(") && !css.contains("@import"));
    assert_eq!(named(&document, "article").len(), 20);
    let heads: String = named(&document, "h3").iter().flat_map(|h| h.descendants()).filter_map(|n| n.text()).collect();
    assert!(heads.contains("<script>alert(1)</script> & \"quotes\""), "{heads}");
    let ids: Vec<&str> = document.descendants().filter_map(|n| n.attribute("id")).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "no id twice");
}

/// Each finding has a class that one rule of the style sheet shows, and each rule has boxes that exist.
#[test]
fn the_filters_of_the_page_reach_every_finding() {
    let text = written("html");
    let document = parse(&text);
    let css: String = named(&document, "style").iter().filter_map(|s| s.text()).collect();
    let ids: BTreeSet<&str> = named(&document, "input").iter().filter_map(|n| n.attribute("id")).collect();
    for article in named(&document, "article") {
        let classes: Vec<&str> = article.attribute("class").unwrap().split(' ').collect();
        let rule = css.lines().find(|l| l.contains(&format!(":is(.{}, ", classes[2]))).expect("a rule");
        assert!(rule.contains(&format!("#level-{}:checked", classes[1])));
        let lint = article.descendants().find(|n| n.attribute("class") == Some("lint")).unwrap().text().unwrap();
        let inputs = named(&document, "input");
        let choice = inputs.iter().find(|i| i.next_sibling().and_then(|n| n.text()).is_some_and(|t| t.trim() == lint)).expect("a box");
        assert!(rule.contains(&format!("#{}:checked", choice.attribute("id").unwrap())), "{rule}");
    }
    let asked = css.split('#').skip(1).filter_map(|part| part.split_once(":checked")).map(|(id, _)| id);
    assert!(asked.clone().count() > 10 && asked.clone().all(|id| ids.contains(id)));
}

/// Markdown keeps its shape: one fence opens, one closes, and no line of a finding is a heading or an item of its own.
#[test]
fn markdown() {
    let text = written("markdown");
    let items = text.lines().filter(|l| l.starts_with("- **")).count();
    assert_eq!(items, 20);
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let ticks = line.trim_start().trim_start_matches('`').len();
        let run = &line.trim_start()[..line.trim_start().len() - ticks];
        match fence {
            Some(open) if line.trim() == open => fence = None,
            Some(_) => {}
            None if run.len() >= 3 => fence = Some(run),
            None => assert!(!line.contains("<b>") && !line.contains("<script>"), "{line}"),
        }
    }
    assert_eq!(fence, None);
}
