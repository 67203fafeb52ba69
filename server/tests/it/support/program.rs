//! The program itself, as a process.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use standin::evidence::{self, Stores};

use super::words::{self, SERVER};

const NESTS: &str = env!("CARGO_BIN_EXE_nests");

/// `nests` in an empty folder of its own, with nothing set but `env`.
fn command(folder: &Path, env: &[(&str, &str)]) -> Command {
    within(Command::new(NESTS), folder, env)
}

fn within(mut command: Command, folder: &Path, env: &[(&str, &str)]) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.envs(env.iter().copied());
    command
}

/// Runs it to its end: whether it succeeded, and what it said on both streams.
pub fn run(folder: &Path, arguments: &[&str], env: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output = command(folder, env).args(arguments).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// It, running. Killed when dropped.
pub struct Running {
    child: Child,
    /// Where it said it is.
    pub address: String,
    _stores: Stores,
}

impl Running {
    /// What it logs is kept, where anybody collects it, and nowhere else.
    pub fn start(folder: &Path, env: &[(&str, &str)]) -> Self {
        match evidence::new_log(SERVER).expect("a file for the log") {
            Some((_, log)) => {
                let env = [&[("RUST_LOG", "trace")][..], env].concat();
                Self::start_logging_into(folder, &env, log)
            }
            None => Self::open(command(folder, env), folder),
        }
    }

    /// Everything it logs goes into `log`.
    pub fn start_logging_into(folder: &Path, env: &[(&str, &str)], log: File) -> Self {
        let mut logging = command(folder, env);
        logging.stderr(log);
        Self::open(logging, folder)
    }

    /// Where no file of it, nor of its store, can grow beyond `bytes`: what a full disk or a used-up quota is like.
    pub fn start_with_little_room(folder: &Path, env: &[(&str, &str)], bytes: u64) -> Self {
        let mut limited = Command::new("prlimit");
        limited.arg(format!("--fsize={bytes}:unlimited")).arg(NESTS);
        Self::open(within(limited, folder, env), folder)
    }

    /// There is room again.
    pub fn make_room(&self) {
        use rustix::process::{Pid, Resource, Rlimit, prlimit};
        let pid = Pid::from_raw(self.child.id() as i32);
        let unlimited = Rlimit {
            current: None,
            maximum: None,
        };
        prlimit(pid, Resource::Fsize, unlimited).expect("the limit is lifted");
    }

    fn open(mut command: Command, folder: &Path) -> Self {
        let mut child = command.spawn().expect("it starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("it speaks");
        let Some(address) = line.trim().strip_prefix("EchoNest is open: ") else {
            let mut said = String::new();
            if let Some(mut stderr) = child.stderr.take() {
                stderr.read_to_string(&mut said).expect("it explains");
            }
            panic!("it did not start: {line:?} {said}");
        };
        words::keep_key_secret(folder);
        Self {
            address: address.to_owned(),
            child,
            _stores: Stores::below(folder, SERVER),
        }
    }

    /// Asks it to stop, like a service manager, and waits.
    pub fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("a signal");
        assert!(killed.success());
        self.child.wait().expect("an end")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already when a test stopped it; then there is nothing to kill.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.child.kill().expect("killed");
            self.child.wait().expect("an end");
        }
    }
}

/// Every file below a folder, the store's own among them, as text.
pub fn files(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.is_file() {
            let bytes = fs::read(&path).expect("a file");
            all.push((
                path.display().to_string(),
                String::from_utf8_lossy(&bytes).into_owned(),
            ));
        }
    }
    all
}
