//! Why a command could not go on: the one error of every command, and the exit code it leads to.

use std::fmt::{Display, Formatter};

/// The reason why a command stops.
#[derive(Debug)]
pub enum Stop {
    /// Something went wrong; the text says what and, where one is known, what to do.
    Failed(String),
    /// Something is missing that only the user may bring.
    NeedsUser {
        /// What is missing, and why it could not be brought here.
        missing: String,
        /// The exact command that brings it.
        command: String,
    },
    /// The command line was not understood.
    Usage(String),
    /// All has been said already: what is printed last is the command's own closing line.
    Told {
        /// What it leads to.
        exit_code: u8,
    },
}

impl Stop {
    /// A failure that wraps another error with what was being done.
    pub fn while_doing(what: &str, error: impl Display) -> Self {
        Self::Failed(format!("{what}: {error}"))
    }

    /// 1 for a failure, 2 where the user has to do something first.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::NeedsUser { .. } | Self::Usage(_) => 2,
            Self::Told { exit_code } => *exit_code,
        }
    }
}

impl Display for Stop {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Failed(text) => f.write_str(text),
            Self::NeedsUser { missing, command } => {
                write!(f, "{missing}\nThis brings it:\n\n    {command}\n")
            }
            Self::Told { .. } => Ok(()),
            Self::Usage(text) => write!(f, "{text}\n`cargo xtask help` lists the commands."),
        }
    }
}
