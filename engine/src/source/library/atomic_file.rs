//! Writes a file so that readers see the old content or the new, never half of it, also after a power cut.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT_PART: AtomicU64 = AtomicU64::new(0);

/// Fills `path` through `write`; its folder is made where missing. On an error nothing is left behind.
pub(super) fn write(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let part_number = NEXT_PART.fetch_add(1, Ordering::Relaxed);
    let part = folder.join(format!(".{}-{part_number}.part", std::process::id()));
    let written = fill(&part, write).and_then(|()| fs::rename(&part, path));
    if written.is_err()
        && let Err(error) = fs::remove_file(&part)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!(%error, "an unfinished file could not be removed");
    }
    written
}

fn fill(part: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(part)?);
    write(&mut out)?;
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_write_that_fails_half_way_leaves_the_old_content_and_no_litter() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let path = dir.path().join("notes/index");
        write(&path, |out| out.write_all(b"old")).expect("written");
        let failed = write(&path, |out| {
            out.write_all(b"new, but")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(
            failed.map_err(|error| error.kind()),
            Err(io::ErrorKind::StorageFull)
        );
        assert_eq!(fs::read(&path).expect("it is there"), b"old");
        assert_eq!(
            fs::read_dir(path.parent().expect("a folder above"))
                .expect("it is there")
                .count(),
            1
        );
    }
}
