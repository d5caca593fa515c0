//! On which file system a path lies, read from the text of `/proc/self/mountinfo` (see `proc(5)`).
//!
//! SQLite's WAL shares memory between the programs that use a file, which needs them to be on one host. This
//! module does no I/O; whoever has the text asks it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A mounted file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where it is mounted.
    pub at: PathBuf,
    /// Its kind, such as `ext4` or `nfs4`.
    pub kind: String,
}

/// Kinds whose files several hosts can see. `fuse.*` of these names count, too.
const NETWORK: [&str; 24] = [
    "9p",
    "afs",
    "afpfs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "davfs2",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "orangefs",
    "rclone",
    "s3fs",
    "smb3",
    "smbfs",
    "sshfs",
    "webdavfs",
];

impl Mount {
    /// Whether files of this mount may be on another host.
    #[must_use]
    pub fn is_network(&self) -> bool {
        let kind = self.kind.strip_prefix("fuse.").unwrap_or(&self.kind);
        NETWORK.contains(&kind)
    }
}

/// The mount that holds `path` (absolute, without symbolic links), by the text of `/proc/self/mountinfo`.
/// Where several are mounted over one another, the last one counts.
#[must_use]
pub fn mount_of(path: &Path, mountinfo: &[u8]) -> Option<Mount> {
    mountinfo
        .split(|byte| *byte == b'\n')
        .filter_map(parse_line)
        .filter(|mount| path.starts_with(&mount.at))
        .max_by_key(|mount| mount.at.components().count())
}

/// `36 35 98:0 /root /mnt/point rw,noatime master:1 - ext3 /dev/root rw`.
fn parse_line(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let at = path_of(&unescaped(fields.nth(4)?));
    let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
    Some(Mount { at, kind: String::from_utf8_lossy(kind).into_owned() })
}

/// Space, tab, newline and backslash stand as `\040` and so on.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, behind)) = rest.split_first() {
        match (byte, behind) {
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', after @ ..]) => {
                bytes.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest = after;
            }
            _ => {
                bytes.push(byte);
                rest = behind;
            }
        }
    }
    bytes
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from(String::from_utf8_lossy(bytes).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTINFO: &[u8] = b"27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:50 / /home/share rw,relatime shared:7 master:1 - nfs4 host:/export rw,vers=4.2
41 27 0:51 / /home/share/local rw - xfs /dev/vdb rw
42 27 0:52 / /mnt/My\\040Files\\134x rw - fuse.sshfs me@host: rw
43 27 0:53 / /over rw - cifs //host/share rw
44 43 0:54 / /over rw - tmpfs tmpfs rw
half a line
";

    #[test]
    fn the_deepest_and_latest_mount_counts() {
        let kind = |path: &str| {
            mount_of(Path::new(path), MOUNTINFO).map(|mount| (mount.kind.clone(), mount.is_network()))
        };
        let expect = |kind: &str, network| Some((kind.to_owned(), network));
        assert_eq!(kind("/home/me/registry.db"), expect("ext4", false));
        assert_eq!(kind("/home/share/registry.db"), expect("nfs4", true));
        assert_eq!(kind("/home/shared/registry.db"), expect("ext4", false));
        assert_eq!(kind("/home/share/local/registry.db"), expect("xfs", false));
        assert_eq!(kind("/mnt/My Files\\x/registry.db"), expect("fuse.sshfs", true));
        assert_eq!(kind("/over/registry.db"), expect("tmpfs", false));
        assert_eq!(mount_of(Path::new("relative"), MOUNTINFO), None);
        assert_eq!(mount_of(Path::new("/a"), b""), None);
    }
}
