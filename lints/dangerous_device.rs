use crate::lint::prelude::*;
use crate::model::compose::{Device, MountKind};
use crate::model::host_device::{self, DeviceKind};
use crate::source::clean_path;

pub static LINT: Lint = Lint {
    id: "dangerous-device",
    summary: "the container gets a disk, the memory or every device of the host",
    group: Group::Security,
    level: Level::Error,
    default: true,
    score: Some(8.0),
    cis: &["5.18"],
    aliases: &["compose-lint:CL-0016"],
    fix: None,
    since: "0.1.0",
    options: &[],
    page: include_str!("dangerous_device.md"),
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &mut Cx<'_>) {
    // A privileged container has every device.
    if service.is_privileged() || service.has_no_linux_container() {
        return;
    }
    for device in service.devices().iter().filter(|d| d.source.is_certain() && d.source.starts_with('/')) {
        let path = clean_path(&device.source);
        if let Some(kind) = host_device::kind(&path) {
            say(service, device, &path, kind, cx);
        }
    }
    rules(service, cx);
}

fn say(service: &Service, device: &Device, path: &str, kind: DeviceKind, cx: &mut Cx<'_>) {
    let writes = device.permissions.as_ref().is_none_or(|p| p.contains('w'));
    let (what, allows, help) = match kind {
        DeviceKind::All => ("every device of the host", "read and write its disks", "name the device that it needs, as /dev/ttyUSB0"),
        DeviceKind::Disk if writes => ("the disk", "read and change every file on it, past all permissions", DISK),
        DeviceKind::Disk => ("the disk", "read every file on it, past all permissions", DISK),
        DeviceKind::Memory => ("the host's memory", "read the secrets of every program", "take it out"),
        DeviceKind::KernelLog => ("the host's kernel log", "read it and write to it", "take it out; read the log on the host"),
    };
    let named = if matches!(kind, DeviceKind::All | DeviceKind::Memory | DeviceKind::KernelLog) {
        format!("{what}, {path}")
    } else {
        format!("{what} {path}")
    };
    cx.report(device.source.span(), format!("service {} gets {named}: who gets into it can {allows}", service.name))
        .help(help)
        .at(format!("services.{}.devices", service.name))
        .evidence(path)
        .origin(&device.origin)
        .file();
}

const DISK: &str = "mount the folder that it needs, not the disk";

/// Rules let a container use devices that it can make, or that are mounted.
fn rules(service: &Service, cx: &mut Cx<'_>) {
    let is_dev = |m: &crate::model::compose::Mount| m.kind == MountKind::Bind && m.source.as_ref().is_some_and(|s| clean_path(s) == "/dev");
    if !service.keeps_capability("MKNOD") && !service.volumes().iter().any(is_dev) {
        return;
    }
    let list = service.list(&["device_cgroup_rules"]);
    for rule in list.set().map_or(&[][..], |l| &l.value.items) {
        if rule.value.is_certain() && host_device::opens_disks(&rule.value) {
            cx.report(rule.value.span(), format!("service {} may use the disks of the host: who gets into it can read every file on them", service.name))
                .help("name the kind and number of the device that it needs, as `c 188:* rw` for serial ports")
                .at(format!("services.{}.device_cgroup_rules", service.name))
                .evidence(rule.value.as_str())
                .origin(&rule.origin)
                .file();
        }
    }
}
