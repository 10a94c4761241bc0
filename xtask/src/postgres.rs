//! A PostgreSQL of its own for a test run or a measurement: in a temporary folder, on a free port, gone afterwards.

use std::fs::Permissions;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::children::{Keeper, TemporaryFolder};
use crate::clock::Stopwatch;
use crate::process;
use crate::say;
use crate::servers::free_ports;
use crate::setup;
use crate::stop::Stop;

const PATIENCE: Duration = Duration::from_secs(60);
const SUPERUSER: &str = "paydesk_root";
/// May create databases and roles, but row-level security binds it.
const TEST_ROLE: &str = "paydesk_test";

/// What a server promises of what is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Nothing of a test run has to outlive a power cut.
    Nothing,
    /// As it is shipped: every commit is on the disk before it is acknowledged.
    EveryCommit,
}

/// A running database server.
#[derive(Debug)]
pub struct Postgres {
    /// The tests' own role: no superuser, may create databases and roles.
    pub url: String,
    /// The superuser.
    pub superuser_url: String,
    /// Where its programs are.
    pub programs: PathBuf,
    // The order matters: the server ends before its folder goes.
    _server: Keeper,
    _folder: TemporaryFolder,
}

impl Postgres {
    /// Starts a server.
    ///
    /// # Errors
    /// Where its programs are missing or it does not come up.
    pub fn start(keeping: Keeping) -> Result<Self, Stop> {
        let programs = setup::postgres::ensure()?;
        let watch = Stopwatch::start();
        let user = User::fitting()?;
        let folder = user.folder(keeping)?;
        let password = random_letters()?;
        create_cluster(user, &programs, folder.path(), &password)?;
        let [port] = free_ports()?;
        let server = launch(user, &programs, folder.path(), port, keeping)?;
        let sql = |text: &str| psql(&programs, folder.path(), port, text);
        while sql("SELECT 1").is_none() {
            if watch.elapsed() > PATIENCE || server.ended().is_some() {
                let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
                return Err(Stop::Failed(format!("PostgreSQL did not come up:\n{log}")));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let powers = "LOGIN CREATEDB CREATEROLE NOSUPERUSER NOBYPASSRLS";
        let role = sql(&format!("CREATE ROLE {TEST_ROLE} {powers} PASSWORD '{password}'"));
        let database = sql(&format!("CREATE DATABASE {TEST_ROLE} OWNER {TEST_ROLE}"));
        if role.is_none() || database.is_none() {
            return Err(Stop::Failed("PostgreSQL refused to create the tests' role and database".to_owned()));
        }
        say::done(
            match keeping {
                Keeping::Nothing => "PostgreSQL for the tests is up",
                Keeping::EveryCommit => "PostgreSQL that keeps every commit is up",
            },
            watch.elapsed(),
        );
        Ok(Self {
            url: format!("postgres://{TEST_ROLE}:{password}@127.0.0.1:{port}/{TEST_ROLE}"),
            superuser_url: format!("postgres://{SUPERUSER}:{password}@127.0.0.1:{port}/postgres"),
            programs,
            _server: server,
            _folder: folder,
        })
    }
}

fn create_cluster(user: User, programs: &Path, folder: &Path, password: &str) -> Result<(), Stop> {
    let secret = folder.join("password");
    std::fs::write(&secret, password).map_err(|e| Stop::while_doing("PostgreSQL's password file", e))?;
    user.own(&secret)?;
    process::read_or_stop(
        user.command(&programs.join("initdb"))
            .arg("--pgdata")
            .arg(folder.join("data"))
            .arg(format!("--pwfile={}", secret.display()))
            .args(["--username", SUPERUSER, "--auth-local=trust", "--auth-host=scram-sha-256"])
            .args(["--encoding=UTF8", "--locale=C", "--no-sync"]),
    )?;
    Ok(())
}

fn launch(user: User, programs: &Path, folder: &Path, port: u16, keeping: Keeping) -> Result<Keeper, Stop> {
    let doing = |e| Stop::while_doing("cannot start postgres", e);
    let output = std::fs::File::create(folder.join("log")).map_err(doing)?;
    let errors = output.try_clone().map_err(doing)?;
    user.command(&programs.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"])
        .args(match keeping {
            Keeping::Nothing => &["-c", "fsync=off", "-c", "full_page_writes=off"][..],
            Keeping::EveryCommit => &["-c", "fsync=on", "-c", "synchronous_commit=on"][..],
        })
        .arg("-c")
        .arg(format!("unix_socket_directories={}", folder.display()))
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .map(Keeper::new)
        .map_err(doing)
}

/// Runs one statement as the superuser, over the socket in the server's own folder.
fn psql(programs: &Path, folder: &Path, port: u16, sql: &str) -> Option<String> {
    process::read(
        Command::new(programs.join("psql"))
            .args([
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                SUPERUSER,
                "-d",
                "postgres",
                "-p",
                &port.to_string(),
            ])
            .arg("-h")
            .arg(folder)
            .args(["-c", sql]),
    )
}

/// Who runs the server: PostgreSQL refuses to run as root.
#[derive(Debug, Clone, Copy)]
enum User {
    Own,
    Other(&'static str),
}

impl User {
    fn fitting() -> Result<Self, Stop> {
        if !nix::unistd::geteuid().is_root() {
            return Ok(Self::Own);
        }
        let exists = |name: &&str| process::read(Command::new("id").args(["-u", name])).is_some();
        ["postgres", "nobody"].into_iter().find(exists).map(Self::Other).ok_or_else(|| {
            Stop::Failed("PostgreSQL does not run as root, and there is no other user for it".to_owned())
        })
    }

    fn command(self, program: &Path) -> Command {
        let mut command = match self {
            Self::Own => Command::new(program),
            Self::Other(name) => {
                // `setpriv` replaces itself, so that signals reach the server and not a program in between.
                let mut command = Command::new("setpriv");
                command.args(["--reuid", name, "--regid", name, "--clear-groups"]).arg(program);
                command
            }
        };
        command.current_dir("/").env("LC_ALL", "C");
        command
    }

    fn own(self, path: &Path) -> Result<(), Stop> {
        if let Self::Other(name) = self {
            process::run(Command::new("chown").arg(name).arg(path))?;
        }
        Ok(())
    }

    fn folder(self, keeping: Keeping) -> Result<TemporaryFolder, Stop> {
        let doing = |e| Stop::while_doing("cannot make a temporary folder", e);
        // A socket's name may be only about 100 bytes long, so not deep inside the checkout.
        let name = match keeping {
            Keeping::Nothing => "pg",
            Keeping::EveryCommit => "pgd",
        };
        let path = std::env::temp_dir().join(format!("paydesk-{name}-{}", std::process::id()));
        match std::fs::remove_dir_all(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(doing(error)),
            _ => {}
        }
        std::fs::create_dir(&path).map_err(doing)?;
        let folder = TemporaryFolder::new(path);
        let path = folder.path();
        std::fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(doing)?;
        self.own(path)?;
        Ok(folder)
    }
}

fn random_letters() -> Result<String, Stop> {
    let mut bytes = [0; 24];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|e| Stop::while_doing("/dev/urandom", e))?;
    Ok(bytes.iter().map(|byte| char::from(b'a' + byte % 26)).collect())
}
