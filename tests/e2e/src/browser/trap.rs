//! A proxy that leads nowhere: a browser that is told to use it for everything beyond this machine shows by that what it asks
//! for by itself.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::{Context, Failure};

/// A running trap.
#[derive(Debug)]
pub struct Trap {
    /// Where it listens, on this machine.
    pub port: u16,
    caught: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl Trap {
    /// Sets it up on a free port.
    ///
    /// # Errors
    /// Where no port is free.
    pub async fn set() -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("the trap's port")?;
        let port = listener.local_addr().context("the trap's port")?.port();
        let caught: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&caught);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(refuse(stream, Arc::clone(&kept)));
            }
        });
        Ok(Self { port, caught, server })
    }

    /// The first line of every request that came.
    pub fn caught(&self) -> Vec<String> {
        self.caught.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn refuse(stream: TcpStream, caught: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    // A connection without a word is one as well.
    let _ = stream.read_line(&mut line).await;
    caught.lock().unwrap_or_else(PoisonError::into_inner).push(line.trim().to_owned());
    let answer = b"HTTP/1.1 502 Nowhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let _ = stream.get_mut().write_all(answer).await;
}
