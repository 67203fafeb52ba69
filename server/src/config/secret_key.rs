//! The key that signs cookies, when nobody set one: made once, kept in the data folder, readable by its owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::secret::Secret;

const FILE_NAME: &str = "secret_key";
const OWNER_ONLY: u32 = 0o600;
/// 256 bits, the strength of the signature it keys.
const KEY_BYTES: usize = 32;

/// Reads the key of this data folder, or makes it. Two programs that start at once end up with the same key.
///
/// # Errors
/// Whatever the file system says; a key file that is too short is `InvalidData`.
pub fn load_or_make(data_dir: &Path) -> io::Result<Secret> {
    let path = data_dir.join(FILE_NAME);
    if !path.exists() {
        make(data_dir, &path)?;
    }
    let key = fs::read_to_string(&path)?;
    keep_private(&path)?;
    if key.trim().len() < KEY_BYTES * 2 {
        let text = format!(
            "{} is damaged; remove it, and everybody signs in anew",
            path.display()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    Ok(Secret::new(key.trim()))
}

/// Writes the key under another name first, so that nobody ever reads half of it.
fn make(data_dir: &Path, path: &Path) -> io::Result<()> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let key: String = bytes.iter().map(|b| format!("{b:02x}")).collect();

    let draft = data_dir.join(format!("{FILE_NAME}.{}", std::process::id()));
    let mut file = create_private(&draft)?;
    writeln!(file, "{key}")?;
    file.sync_all()?;
    let published = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match published {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}

fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(OWNER_ONLY)
        .open(path)
}

fn keep_private(path: &Path) -> io::Result<()> {
    let others_may_read = fs::metadata(path)?.permissions().mode() & 0o077 != 0;
    if others_may_read {
        fs::set_permissions(path, fs::Permissions::from_mode(OWNER_ONLY))?;
    }
    Ok(())
}
