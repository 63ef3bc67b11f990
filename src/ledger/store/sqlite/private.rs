//! Files that only their owner can read: the ledger says who asked what kind of thing, when, and at what cost.

use crate::ledger::store::StoreError;
use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// For the owner alone.
const FILE: u32 = 0o600;
const FOLDER: u32 = 0o700;

/// Makes the file and its folder if there is none, and takes what others may do with it away. SQLite gives the files
/// beside it the same mode.
pub(super) fn prepare(path: &Path) -> Result<(), StoreError> {
    let failed = |path: &Path, error: &std::io::Error| {
        StoreError::Failed(format!("{}: {error}", path.display()))
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let made = DirBuilder::new().recursive(true).mode(FOLDER).create(folder);
        made.map_err(|error| failed(folder, &error))?;
    }
    // A file that is there is not opened: closing it would let go of the locks that another connection of this process
    // has on it (POSIX advisory locks).
    match OpenOptions::new().write(true).create_new(true).mode(FILE).open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(failed(path, &error));
        }
        _ => {}
    }
    for part in std::iter::once(path.to_path_buf()).chain(beside(path)) {
        close_to_others(&part).map_err(|error| failed(&part, &error))?;
    }
    Ok(())
}

/// The files that SQLite keeps beside a ledger.
fn beside(path: &Path) -> impl Iterator<Item = PathBuf> {
    ["-wal", "-shm"].into_iter().map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

fn close_to_others(path: &Path) -> std::io::Result<()> {
    let mode = match std::fs::metadata(path) {
        Ok(found) => found.permissions().mode() & 0o777,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if mode & !FILE == 0 {
        return Ok(());
    }
    match std::fs::set_permissions(path, Permissions::from_mode(mode & FILE)) {
        // A file of somebody else, which we may only write to, or a medium without modes.
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use crate::chat::RequestRecord;
    use crate::ledger::{LedgerStore, SqliteStore};
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn only_the_owner_can_read_what_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/ledger.db");
        let mut store = SqliteStore::open(&path).unwrap();
        store.append(&[RequestRecord::default()]).unwrap();
        assert_eq!((mode(&folder.path().join("a")), mode(path.parent().unwrap())), (0o700, 0o700));
        for end in ["", "-wal", "-shm"] {
            let file = path.with_file_name(format!("ledger.db{end}"));
            assert_eq!(mode(&file), 0o600, "{end}");
        }
    }

    #[test]
    fn files_that_others_could_read_are_closed_to_them() {
        for before in [0o644, 0o664, 0o666, 0o640, 0o604, 0o755, 0o777, 0o660, 0o606, 0o600] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ledger.db");
            let mut first = SqliteStore::open(&path).unwrap();
            first.append(&[RequestRecord::default()]).unwrap();
            for end in ["", "-wal", "-shm"] {
                let file = path.with_file_name(format!("ledger.db{end}"));
                let open = std::fs::Permissions::from_mode(before);
                std::fs::set_permissions(file, open).unwrap();
            }
            let second = SqliteStore::open(&path).unwrap();
            for end in ["", "-wal", "-shm"] {
                let file = path.with_file_name(format!("ledger.db{end}"));
                assert_eq!(mode(&file), 0o600, "{before:o} {end}");
            }
            assert_eq!(second.tail(5).unwrap().records.len(), 1);
        }
    }
}
