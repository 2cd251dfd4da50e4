use crate::lint::prelude::*;

pub static LINT: Lint = Lint {
    id: "logging-disabled",
    summary: "nothing that the container writes is kept",
    group: Group::Security,
    level: Level::Info,
    default: true,
    score: Some(2.5),
    cis: &[],
    aliases: &["compose-lint:CL-0014"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("logging_disabled.md"),
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &mut Cx<'_>) {
    let driver = service.text(&["logging", "driver"]);
    let Some(driver) = driver.set().filter(|d| d.value.is_certain() && d.value.as_str() == "none") else { return };
    let at = service.entry(&["logging", "driver"]).unwrap_or(driver.span());
    let edit = cx.remove_entry(service, &["logging"]);
    let mut report = cx
        .report(at, format!("service {} keeps no log: nobody can see what happened in it", service.name))
        .help("take it out; to save space write `driver: local`, which rotates")
        .at(format!("services.{}.logging", service.name))
        .origin(&driver.origin);
    if let Some(edit) = edit {
        report = report.fix(Safety::Unsafe, "remove logging", vec![edit]);
    }
    report.file();
}
