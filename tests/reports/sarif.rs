//! What code scanning reads.

use std::sync::LazyLock;

use dockvet::diagnostic::{Diagnostic, Level, Safety};
use dockvet::report::{Report, Style};
use dockvet::source::Span;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::world::*;

/// See NOTICE.md beside the schema.
static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(include_str!("sarif-schema-2.1.0.json")).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
});

/// The run, after the schema has seen the document.
fn run(report: &Report) -> Value {
    let document: Value = serde_json::from_str(&write(report, "sarif", &Style::default())).expect("JSON");
    let errors: Vec<String> = SCHEMA.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    document["runs"][0].clone()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON")
}

#[test]
fn the_schema_is_not_blind() {
    let bad = json!({"version": "2.1.0", "runs": [{"tool": {"driver": {}}, "results": [{"level": "fatal", "message": {}}]}]});
    assert!(SCHEMA.iter_errors(&bad).count() >= 2);
}

#[test]
fn a_shop() {
    let world = shop();
    let run = run(&world.report());
    assert_snapshot!(pretty(&run["results"]), @r#"
    [
      {
        "fixes": [
          {
            "artifactChanges": [
              {
                "artifactLocation": {
                  "index": 0,
                  "uri": "compose.yaml",
                  "uriBaseId": "%SRCROOT%"
                },
                "replacements": [
                  {
                    "deletedRegion": {
                      "byteLength": 21,
                      "byteOffset": 34,
                      "endColumn": 1,
                      "endLine": 5,
                      "startColumn": 1,
                      "startLine": 4
                    }
                  }
                ]
              }
            ],
            "description": {
              "text": "remove `privileged`."
            }
          }
        ],
        "level": "error",
        "locations": [
          {
            "message": {
              "text": "every device of the host, every capability."
            },
            "physicalLocation": {
              "artifactLocation": {
                "index": 0,
                "uri": "compose.yaml",
                "uriBaseId": "%SRCROOT%"
              },
              "region": {
                "byteLength": 16,
                "byteOffset": 38,
                "endColumn": 21,
                "endLine": 4,
                "startColumn": 5,
                "startLine": 4
              }
            }
          }
        ],
        "message": {
          "text": "service `web` runs privileged.\n\ntake the line out; give single capabilities with cap_add"
        },
        "partialFingerprints": {
          "dockvet/v1": "0f40e84e2628ddc6:1"
        },
        "ruleId": "privileged",
        "ruleIndex": 0
      },
      {
        "level": "error",
        "locations": [
          {
            "message": {
              "text": "18 characters, looks like a payment key."
            },
            "physicalLocation": {
              "artifactLocation": {
                "index": 0,
                "uri": "compose.yaml",
                "uriBaseId": "%SRCROOT%"
              },
              "region": {
                "byteLength": 18,
                "byteOffset": 158,
                "endColumn": 39,
                "endLine": 10,
                "startColumn": 21,
                "startLine": 10
              }
            }
          }
        ],
        "message": {
          "text": "`PAYMENT_KEY` holds a live key."
        },
        "partialFingerprints": {
          "dockvet/v1": "c14e0e78bc1fcdb7:1"
        },
        "ruleId": "hardcoded-secret",
        "ruleIndex": 1
      },
      {
        "level": "warning",
        "locations": [
          {
            "message": {
              "text": "its user is root, and no USER follows."
            },
            "physicalLocation": {
              "artifactLocation": {
                "index": 1,
                "uri": "web/Dockerfile",
                "uriBaseId": "%SRCROOT%"
              },
              "region": {
                "byteLength": 14,
                "byteOffset": 5,
                "endColumn": 20,
                "endLine": 1,
                "startColumn": 6,
                "startLine": 1
              }
            }
          }
        ],
        "message": {
          "text": "the image runs as root.\n\nRUN useradd --uid 10001 --no-create-home shop\nUSER 10001"
        },
        "partialFingerprints": {
          "dockvet/v1": "927a0c0d56485cf0:1"
        },
        "relatedLocations": [
          {
            "id": 1,
            "message": {
              "text": "built and run here."
            },
            "physicalLocation": {
              "artifactLocation": {
                "index": 0,
                "uri": "compose.yaml",
                "uriBaseId": "%SRCROOT%"
              },
              "region": {
                "byteLength": 5,
                "byteOffset": 28,
                "endColumn": 17,
                "endLine": 3,
                "startColumn": 12,
                "startLine": 3
              }
            }
          },
          {
            "id": 2,
            "message": {
              "text": "starts as root."
            },
            "physicalLocation": {
              "artifactLocation": {
                "index": 1,
                "uri": "web/Dockerfile",
                "uriBaseId": "%SRCROOT%"
              },
              "region": {
                "byteLength": 3,
                "byteOffset": 147,
                "endColumn": 4,
                "endLine": 7,
                "startColumn": 1,
                "startLine": 7
              }
            }
          }
        ],
        "ruleId": "root-user",
        "ruleIndex": 2
      },
      {
        "fixes": [
          {
            "artifactChanges": [
              {
                "artifactLocation": {
                  "index": 1,
                  "uri": "web/Dockerfile",
                  "uriBaseId": "%SRCROOT%"
                },
                "replacements": [
                  {
                    "deletedRegion": {
                      "byteLength": 0,
                      "byteOffset": 119,
                      "endColumn": 11,
                      "endLine": 4,
                      "startColumn": 11,
                      "startLine": 4
                    },
                    "insertedContent": {
                      "text": " && rm -rf /var/lib/apt/lists/*"
                    }
                  }
                ]
              }
            ],
            "description": {
              "text": "delete the lists in the same layer."
            }
          }
        ],
        "level": "note",
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "index": 1,
                "uri": "web/Dockerfile",
                "uriBaseId": "%SRCROOT%"
              },
              "region": {
                "byteLength": 95,
                "byteOffset": 24,
                "endColumn": 11,
                "endLine": 4,
                "startColumn": 5,
                "startLine": 2
              }
            }
          }
        ],
        "message": {
          "text": "the package lists stay in the image."
        },
        "partialFingerprints": {
          "dockvet/v1": "94f60068cc77199e:1"
        },
        "ruleId": "apt-lists-kept",
        "ruleIndex": 3
      }
    ]
    "#);
    assert_snapshot!(pretty(&run["tool"]["driver"]["rules"][0]), @r##"
    {
      "defaultConfiguration": {
        "level": "error"
      },
      "fullDescription": {
        "text": "A privileged container sees the devices of the host and may load modules: who owns the container owns the host."
      },
      "help": {
        "markdown": "# privileged\n\nA *privileged* container sees the devices of the [host](https://docs.docker.com) and may load modules: who owns the\ncontainer owns the host.\n\n## How to mend it\n\nTake the line out; give single capabilities with `cap_add`.",
        "text": "# privileged\n\nA *privileged* container sees the devices of the [host](https://docs.docker.com) and may load modules: who owns the\ncontainer owns the host.\n\n## How to mend it\n\nTake the line out; give single capabilities with `cap_add`."
      },
      "helpUri": "https://dockvet.dev/lints/privileged",
      "id": "privileged",
      "properties": {
        "precision": "high",
        "security-severity": "9.0",
        "tags": [
          "security",
          "cis-docker-5.4"
        ]
      },
      "shortDescription": {
        "text": "A service runs with every capability and device of the host."
      }
    }
    "##);
    assert_snapshot!(pretty(&run["artifacts"]), @r#"
    [
      {
        "location": {
          "uri": "compose.yaml",
          "uriBaseId": "%SRCROOT%"
        },
        "sourceLanguage": "yaml"
      },
      {
        "location": {
          "uri": "web/Dockerfile",
          "uriBaseId": "%SRCROOT%"
        },
        "sourceLanguage": "dockerfile"
      }
    ]
    "#);
}

#[test]
fn security_lints_have_a_score_and_others_a_severity() {
    let world = shop();
    let run = run(&world.report());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let properties: Vec<_> = rules.iter().map(|r| (r["id"].as_str().unwrap(), &r["properties"])).collect();
    let of = |id| properties.iter().find(|(i, _)| *i == id).unwrap().1;
    assert_eq!(of("root-user")["security-severity"], "6.5");
    assert_eq!(of("root-user").get("problem.severity"), None);
    assert_eq!(of("apt-lists-kept")["problem.severity"], "recommendation");
    assert_eq!(of("apt-lists-kept").get("security-severity"), None);
}

#[test]
fn regions_are_utf16_and_trimmed_but_edits_are_exact() {
    let mut world = one("# é𐐀\r\nRUN\té𐐀 install vim\r\nUSER x\r\n", "install vim\r\n", "here");
    let line = world.at("Dockerfile", "USER x\r\n");
    world.diagnostics[0].fixes.push(fix("remove the line", Safety::Safe, &[(line, "")]));
    let run = run(&world.report());
    let result = &run["results"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert_eq!(
        result["locations"][0]["physicalLocation"]["region"],
        json!({"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 20, "byteOffset": 21, "byteLength": 11})
    );
    assert_eq!(
        result["fixes"][0]["artifactChanges"][0]["replacements"][0],
        json!({"deletedRegion":
            {"startLine": 3, "startColumn": 1, "endLine": 4, "endColumn": 1, "byteOffset": 34, "byteLength": 8}})
    );
}

#[test]
fn a_fix_may_change_several_files() {
    let mut world = shop();
    let edits = [
        (world.at("web/Dockerfile", "CMD").at_start(), "USER 10001\n"),
        (world.at("compose.yaml", "privileged: true"), "user: \"10001\""),
        (world.at("web/Dockerfile", "COPY").at_end(), " --chown=10001"),
    ];
    world.diagnostics[0].fixes = vec![fix("run as 10001", Safety::Unsafe, &edits)];
    let run = run(&world.report());
    let changes = run["results"][0]["fixes"][0]["artifactChanges"].as_array().unwrap();
    let files: Vec<_> = changes.iter().map(|c| (&c["artifactLocation"]["uri"], c["replacements"].as_array().unwrap().len())).collect();
    assert_eq!(files, [(&json!("web/Dockerfile"), 2), (&json!("compose.yaml"), 1)]);
}

#[test]
fn what_is_wrong_with_the_run_is_told() {
    let mut world = shop();
    assert_eq!(run(&world.report())["invocations"], json!([{"executionSuccessful": true}]));
    world.errors.push("a/Dockerfile: permission denied".into());
    world.notes.push("b/Dockerfile.j2: skipped, it is a template".into());
    assert_snapshot!(pretty(&run(&world.report())["invocations"]), @r#"
    [
      {
        "executionSuccessful": false,
        "toolExecutionNotifications": [
          {
            "level": "error",
            "message": {
              "text": "a/Dockerfile: permission denied."
            }
          },
          {
            "level": "note",
            "message": {
              "text": "b/Dockerfile.j2: skipped, it is a template."
            }
          }
        ]
      }
    ]
    "#);
}

#[test]
fn a_clean_run_is_a_run() {
    let mut world = shop();
    world.diagnostics.clear();
    let run = run(&world.report());
    assert_eq!(run["results"], json!([]));
    assert_eq!(run.get("artifacts"), None);
}

#[test]
fn odd_names_become_addresses() {
    let mut world = World::new(&[("a b/é:%.yaml", "x"), ("/elsewhere/daemon.json", "{}")]);
    let (inside, outside) = (world.at("a b/é:%.yaml", "x"), world.at("/elsewhere/daemon.json", "{"));
    world.add([Diagnostic { labels: vec![label(outside, "")], ..finding("root-user", Level::Error, inside, "why?") }]);
    let run = run(&world.report());
    let locations = [&run["artifacts"][0]["location"], &run["artifacts"][1]["location"]];
    assert_eq!(*locations[0], json!({"uri": "a%20b/%C3%A9%3A%25.yaml", "uriBaseId": "%SRCROOT%"}));
    assert_eq!(*locations[1], json!({"uri": "file:///elsewhere/daemon.json"}));
    assert_eq!(run["results"][0]["message"]["text"], "why?");
}

#[test]
fn equal_findings_have_fingerprints_of_their_own() {
    let mut world = one("RUN x\nRUN x\n", "x", "");
    let second = Span::new(world.file("Dockerfile"), 10, 11);
    world.add([finding("root-user", Level::Warning, second, "the image runs as root")]);
    let run = run(&world.report());
    let print = |i: usize| run["results"][i]["partialFingerprints"]["dockvet/v1"].as_str().unwrap().to_string();
    let (first, second) = (print(0), print(1));
    assert_eq!(first.strip_suffix(":1"), second.strip_suffix(":2"));
    assert!(first.ends_with(":1"), "{first}");
}

#[test]
fn the_worst_are_kept_when_there_are_too_many() {
    let mut world = World::new(&[("Dockerfile", "x")]);
    let x = world.at("Dockerfile", "x");
    let d = finding("root-user", Level::Info, x, "i");
    world.diagnostics = std::iter::repeat_n(d.clone(), 25_001).chain([Diagnostic { level: Level::Error, ..d }]).collect();
    let document: Value = serde_json::from_str(&world.write("sarif", &Style::default())).unwrap();
    let run = &document["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 25_000);
    assert_eq!(run["results"][0]["level"], "error");
    let notice = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(notice, "2 results left out.");
}

/// All results of a run have suppressions or none has (3.27.23); what a comment silences is in the source, the rest is not.
#[test]
fn what_is_silenced_is_suppressed() {
    let run = run(&crate::hard::hard().report());
    let results = run["results"].as_array().unwrap();
    let (reported, silenced) = results.split_at(20);
    assert!(reported.iter().all(|r| r["suppressions"] == json!([])));
    let kinds: Vec<&str> = silenced.iter().map(|r| r["suppressions"][0]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["inSource", "external", "external"]);
    let comment = &silenced[0]["suppressions"][0];
    assert_eq!(comment["justification"], "the agent needs it | <b>");
    assert_eq!(comment["location"]["physicalLocation"]["region"]["startLine"], 9);
    assert!(results.iter().all(|r| run["tool"]["driver"]["rules"][r["ruleIndex"].as_u64().unwrap() as usize]["id"] == r["ruleId"]));
    let link = results.iter().find(|r| r["message"]["text"].as_str().unwrap().contains("@everyone")).unwrap();
    assert!(link["message"]["text"].as_str().unwrap().contains(r"\[link\](https://a.b)"));
    assert_eq!(run["columnKind"], "utf16CodeUnits");
}
