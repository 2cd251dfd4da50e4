//! Devices of the host that give a container more than a peripheral.

/// What a device gives to whoever has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeviceKind {
    /// Every device: `/dev`.
    All,
    /// A disk, a part of one, or a volume made of some.
    Disk,
    /// The memory or the ports of the machine.
    Memory,
    /// The log of the kernel.
    KernelLog,
}

/// Beginnings of the names of block devices, below `/dev/`; a digit or a letter follows, as in `sda1`.
const DISKS: &[&str] = &["sd", "hd", "vd", "xvd", "nvme", "mmcblk", "md", "dm-", "loop", "nbd", "rbd", "zd", "mtdblock"];

/// Folders of block devices below `/dev/`.
const DISK_FOLDERS: &[&str] = &["mapper", "disk", "block", "zvol"];

/// What the device at a normalised path gives; `None` for a harmless one.
pub fn kind(path: &str) -> Option<DeviceKind> {
    let name = match path.strip_prefix("/dev") {
        Some("" | "/") => return Some(DeviceKind::All),
        Some(rest) => rest.strip_prefix('/')?,
        None => return None,
    };
    let folder = name.split('/').next().unwrap_or(name);
    match name {
        "mem" | "kmem" | "port" | "core" => return Some(DeviceKind::Memory),
        "kmsg" => return Some(DeviceKind::KernelLog),
        "mapper/control" => return None,
        _ => {}
    }
    (DISK_FOLDERS.contains(&folder) || folder == name && is_disk(name)).then_some(DeviceKind::Disk)
}

fn is_disk(name: &str) -> bool {
    let numbered = |rest: &str| rest.bytes().next().is_some_and(|b| b.is_ascii_digit());
    let lettered = |rest: &str| {
        let letters = rest.trim_end_matches(|c: char| c.is_ascii_digit());
        (1..=2).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_lowercase())
    };
    DISKS.iter().any(|start| {
        let rest = name.strip_prefix(start);
        let by_letter = matches!(*start, "sd" | "hd" | "vd" | "xvd");
        rest.is_some_and(|rest| if by_letter { lettered(rest) } else { numbered(rest) })
    })
}

/// The device of a rule of `device_cgroup_rules`, `b 8:* rwm`, that lets a container read or write all or block devices.
pub fn opens_disks(rule: &str) -> bool {
    let mut words = rule.split_whitespace();
    let (kind, numbers, access) = (words.next(), words.next(), words.next().unwrap_or("rwm"));
    let reads = access.contains(['r', 'w']);
    match kind {
        Some("a") => numbers.is_none_or(|n| n == "*:*") && reads,
        Some("b") => reads,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_and_memory() {
        for path in
            ["/dev/sda", "/dev/sdb12", "/dev/nvme0n1p2", "/dev/vda", "/dev/mapper/root", "/dev/disk/by-id/x", "/dev/loop0", "/dev/dm-1"]
        {
            assert_eq!(kind(path), Some(DeviceKind::Disk), "{path}");
        }
        assert_eq!(kind("/dev"), Some(DeviceKind::All));
        assert_eq!(kind("/dev/mem"), Some(DeviceKind::Memory));
        assert_eq!(kind("/dev/kmsg"), Some(DeviceKind::KernelLog));
    }

    #[test]
    fn peripherals() {
        for path in [
            "/dev/dri",
            "/dev/snd",
            "/dev/net/tun",
            "/dev/fuse",
            "/dev/ttyUSB0",
            "/dev/video0",
            "/dev/sdr",
            "/dev/mdev",
            "/dev/loop-control",
            "/dev/nvme-fabrics",
            "/devices",
            "/dev/serial/by-id/sda",
            "/dev/mapper/control",
        ] {
            let expected = (path == "/dev/sdr").then_some(DeviceKind::Disk);
            assert_eq!(kind(path), expected, "{path}");
        }
    }

    #[test]
    fn rules() {
        for rule in ["a *:* rwm", "b 8:* rw", "b *:* r", "a"] {
            assert!(opens_disks(rule), "{rule}");
        }
        for rule in ["c 188:* rmw", "c 1:3 mr", "b 8:0 m", "a 7:* rwm"] {
            assert!(!opens_disks(rule), "{rule}");
        }
    }
}
