//! Files that commands write.

use anyhow::Context;
use std::path::{Path, PathBuf};

/// Makes the folder of a file.
pub fn make_folder(path: &Path) -> anyhow::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))
}

/// Writes a file whole or not at all, and its folder if need be.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    make_folder(path)?;
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    std::fs::write(&part, text)
        .and_then(|()| std::fs::rename(&part, path))
        .with_context(|| format!("{} cannot be written", path.display()))
}
