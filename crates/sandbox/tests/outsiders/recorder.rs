//! Stands between a client and the processor, passes every byte on, and keeps what passed.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One message of HTTP/1.1.
#[derive(Debug)]
pub struct Message {
    /// The request line or the status line.
    pub first_line: String,
    /// The body.
    pub body: String,
}

/// What passed, by connection and direction.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
    answered: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Recorder {
    /// Listens, and passes on to the processor until the runtime ends. Returns its own address.
    pub async fn before(&self, processor: SocketAddr) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let recorder = self.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(recorder.clone().pass(client, processor));
            }
        });
        address
    }

    async fn pass(self, client: TcpStream, processor: SocketAddr) {
        let server = TcpStream::connect(processor).await.unwrap();
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let (client_read, client_write) = client.into_split();
        let (server_read, server_write) = server.into_split();
        let there = tee(client_read, server_write, &self.sent);
        let back = tee(server_read, client_write, &self.answered);
        // Whichever side closes first ends the connection, as it would without anybody between.
        tokio::select! {
            () = there => {}
            () = back => {}
        }
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Message> {
        self.sent.lock().unwrap().iter().flat_map(|bytes| messages(bytes)).collect()
    }

    /// Every answer so far.
    pub fn answers(&self) -> Vec<Message> {
        self.answered.lock().unwrap().iter().flat_map(|bytes| messages(bytes)).collect()
    }
}

async fn tee(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, kept: &Mutex<Vec<Vec<u8>>>) {
    let slot = {
        let mut kept = kept.lock().unwrap();
        kept.push(Vec::new());
        kept.len() - 1
    };
    let mut buffer = [0_u8; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        kept.lock().unwrap()[slot].extend_from_slice(&buffer[..count]);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

/// Splits a direction of a connection into messages, by `content-length`.
fn messages(bytes: &[u8]) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut rest = bytes;
    while let Some(end) = rest.windows(4).position(|window| window == b"\r\n\r\n") {
        let head = String::from_utf8(rest[..end].to_vec()).unwrap();
        let lower = head.to_ascii_lowercase();
        assert!(!lower.contains("transfer-encoding"), "a body in chunks is not understood here: {head}");
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        let Some(body) = rest.get(end + 4..end + 4 + length) else {
            break;
        };
        let first_line = head.lines().next().unwrap().to_owned();
        messages.push(Message { first_line, body: String::from_utf8(body.to_vec()).unwrap() });
        rest = &rest[end + 4 + length..];
    }
    messages
}
