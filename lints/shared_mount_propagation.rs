use crate::lint::prelude::*;
use crate::model::compose::MountKind;

pub static LINT: Lint = Lint {
    id: "shared-mount-propagation",
    summary: "what the container mounts appears on the host",
    group: Group::Security,
    level: Level::Warning,
    default: true,
    score: Some(4.5),
    cis: &["5.20"],
    aliases: &["compose-lint:CL-0017", "kics:Volume Mounted In Multiple Containers"],
    fix: Some(Safety::Unsafe),
    since: "0.1.0",
    options: &[],
    page: include_str!("shared_mount_propagation.md"),
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &mut Cx<'_>) {
    for mount in service.volumes().iter().filter(|m| m.kind == MountKind::Bind) {
        let Some(mode) = mount.propagation.as_ref().filter(|p| p.is_certain()) else { continue };
        let safer = match mode.as_str() {
            "shared" => "slave",
            "rshared" => "rslave",
            _ => continue,
        };
        let source = mount.source.as_ref().map_or("", |s| s.as_str());
        let message = format!("service {} mounts {source} {}: what it mounts there appears on the host too", service.name, mode.as_str());
        let edit = (mode.is_literal() && !mount.origin.is_shared()).then(|| (mode.span(), safer.to_string()));
        let mut report = cx
            .report(mode.span(), message)
            .help(format!("write `{safer}` to see what the host mounts, or nothing"))
            .at(format!("services.{}.volumes", service.name))
            .evidence(source)
            .origin(&mount.origin);
        if let Some(edit) = edit {
            report = report.fix(Safety::Unsafe, format!("write {safer}"), vec![edit]);
        }
        report.file();
    }
}
