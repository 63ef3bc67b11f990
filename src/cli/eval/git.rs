//! What a file was at a revision, told by the program `git`.

use anyhow::{Context, bail, ensure};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A revision of a repository.
#[derive(Debug)]
pub struct Revision {
    /// The top folder of the working tree, without symbolic links.
    top: PathBuf,
    /// As the user wrote it.
    pub name: String,
    /// The commit's full hash.
    pub commit: String,
}

impl Revision {
    /// Finds the revision in the repository that a folder lies in.
    ///
    /// # Errors
    /// There is no git, no repository here, or no such revision.
    pub fn find(folder: &Path, name: &str) -> anyhow::Result<Self> {
        ensure!(
            !name.starts_with('-') && !name.is_empty(),
            "--since needs a revision, such as origin/main or HEAD~1"
        );
        let top = run(folder, ["rev-parse", "--show-toplevel"])?;
        ensure!(
            top.status.success(),
            "this folder is in no git repository that can be read ({}): run inside one, or compare with a report by \
             --since-report",
            said(&top)
        );
        let top = PathBuf::from(String::from_utf8_lossy(&top.stdout).trim_end_matches('\n'));
        let top = top.canonicalize().with_context(|| format!("{} is not there", top.display()))?;
        let commit =
            run(&top, ["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")])?;
        ensure!(
            commit.status.success(),
            "there is no revision `{name}` in {}: fetch it first (CI often checks out the newest commit alone)",
            top.display()
        );
        let commit = String::from_utf8_lossy(&commit.stdout).trim().to_owned();
        Ok(Self { top, name: name.to_owned(), commit })
    }

    /// The path of a file inside the repository; the file need not be there.
    ///
    /// # Errors
    /// It is outside.
    pub fn inside(&self, file: &Path) -> anyhow::Result<PathBuf> {
        let folder = file.parent().filter(|it| !it.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let whole = match (file.canonicalize(), file.file_name()) {
            (Ok(whole), _) => whole,
            (Err(_), Some(name)) => folder
                .canonicalize()
                .with_context(|| format!("the folder of {} is not there", file.display()))?
                .join(name),
            (Err(error), None) => bail!("{} cannot be read: {error}", file.display()),
        };
        whole.strip_prefix(&self.top).map(Path::to_path_buf).map_err(|_| {
            anyhow::anyhow!(
                "{} is not in the repository {}: its changes cannot be told",
                file.display(),
                self.top.display()
            )
        })
    }

    /// The text of a file at the revision; `None` where it was not there.
    ///
    /// # Errors
    /// It is outside of the repository, not text, or git failed.
    pub fn text(&self, file: &Path) -> anyhow::Result<Option<String>> {
        let Some(bytes) = self.bytes(file)? else { return Ok(None) };
        let text = String::from_utf8(bytes).ok();
        text.map(Some).with_context(|| format!("{} is not text at {}", file.display(), self.name))
    }

    /// The content of a file at the revision; `None` where it was not there.
    ///
    /// # Errors
    /// It is outside of the repository, or git failed.
    pub fn bytes(&self, file: &Path) -> anyhow::Result<Option<Vec<u8>>> {
        let path = self.inside(file)?;
        let listed: [&OsStr; 6] = [
            "ls-tree".as_ref(),
            "--full-tree".as_ref(),
            "--name-only".as_ref(),
            self.commit.as_ref(),
            "--".as_ref(),
            path.as_os_str(),
        ];
        let listed = self.must(listed)?;
        if listed.is_empty() {
            return Ok(None);
        }
        let mut object = std::ffi::OsString::from(format!("{}:", self.commit));
        object.push(&path);
        self.must(["show".as_ref(), object.as_os_str()]).map(Some)
    }

    /// Whether git keeps a file now.
    ///
    /// # Errors
    /// It is outside of the repository, or git cannot run.
    pub fn keeps(&self, file: &Path) -> anyhow::Result<bool> {
        let path = self.inside(file)?;
        let args: [&OsStr; 4] =
            ["ls-files".as_ref(), "--error-unmatch".as_ref(), "--".as_ref(), path.as_os_str()];
        Ok(run(&self.top, args)?.status.success())
    }

    fn must<'a>(&self, args: impl IntoIterator<Item = &'a OsStr>) -> anyhow::Result<Vec<u8>> {
        let output = run(&self.top, args)?;
        ensure!(output.status.success(), "git failed: {}", said(&output));
        Ok(output.stdout)
    }
}

fn run(folder: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> anyhow::Result<Output> {
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        .env("GIT_LITERAL_PATHSPECS", "1")
        .output();
    output.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            anyhow::anyhow!("the program `git` is not there: install it, or compare with a report by --since-report")
        }
        _ => anyhow::anyhow!("the program `git` cannot run: {error}"),
    })
}

/// The first line that git said.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().next().unwrap_or("it said nothing").to_owned()
}
