//! No private address is ever contacted, whatever a name leads to, and when.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use paydesk_billing::adapters::webhooks::{Network, Sender, is_public};
use paydesk_billing::ports::webhooks::{Message, SendError, WebhookSender as _};
use rustls::RootCertStore;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

const NAME: &str = "hooks.example.org";
const URL: &str = "https://hooks.example.org/in";
const PUBLIC: &str = "93.184.216.34";

/// A network whose names lead where the test says, one answer after the other. Every connection ends at one server of
/// this machine, and what it was meant for is noted.
#[derive(Debug)]
struct FakeNetwork {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    resolved: Mutex<Vec<String>>,
    connected: Mutex<Vec<SocketAddr>>,
    server: SocketAddr,
}

impl FakeNetwork {
    fn new(server: SocketAddr, answers: &[&[&str]]) -> Arc<Self> {
        let addresses = |list: &&[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self {
            answers: Mutex::new(answers.iter().map(addresses).collect()),
            resolved: Mutex::default(),
            connected: Mutex::default(),
            server,
        })
    }

    fn resolved(&self) -> Vec<String> {
        self.resolved.lock().unwrap().clone()
    }

    fn connected(&self) -> Vec<String> {
        self.connected.lock().unwrap().iter().map(ToString::to_string).collect()
    }
}

#[async_trait]
impl Network for FakeNetwork {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.resolved.lock().unwrap().push(host.to_owned());
        self.answers.lock().unwrap().pop_front().ok_or_else(|| io::Error::other("no such name"))
    }

    async fn connect(&self, address: SocketAddr) -> io::Result<TcpStream> {
        self.connected.lock().unwrap().push(address);
        TcpStream::connect(self.server).await
    }
}

/// A TLS server for `name` that answers with these bytes, and who vouches for it.
async fn server(name: &str, answer: &'static [u8], endless: bool) -> (SocketAddr, RootCertStore) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let mut buffer = [0; 4_096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream.write_all(answer).await;
                while endless && stream.write_all(b"x-more: and more\r\n").await.is_ok() {}
                let _ = stream.shutdown().await;
            });
        }
    });
    (address, roots)
}

const DONE: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

fn message(url: &str) -> Message<'_> {
    Message { url, id: "out_x", timestamp_s: 1, signature: "v1,x", body: "{}" }
}

/// The way that DNS rebinding gets past: the name is checked, and then whoever connects asks again.
async fn careless(network: &FakeNetwork) {
    let checked = network.resolve(NAME).await.unwrap();
    assert!(checked.iter().all(|address| is_public(*address)));
    let again = network.resolve(NAME).await.unwrap();
    network.connect(SocketAddr::new(again[0], 443)).await.unwrap();
}

/// Positive control: the same network leads a client that checks first and resolves again into this machine.
#[tokio::test]
async fn the_checked_address_is_the_one_that_is_used() {
    let (address, roots) = server(NAME, DONE, false).await;
    let rebinding: [&[&str]; 2] = [&[PUBLIC], &["127.0.0.1"]];
    let network = FakeNetwork::new(address, &rebinding);
    careless(&network).await;
    assert_eq!(network.connected(), ["127.0.0.1:443"], "the attack works on somebody careless");

    let network = FakeNetwork::new(address, &rebinding);
    let sender = Sender::with(network.clone(), roots, false).unwrap();
    assert_eq!(sender.send(message(URL)).await, Ok(204.into()));
    assert_eq!(network.resolved(), [NAME], "resolved once");
    assert_eq!(network.connected(), [format!("{PUBLIC}:443")]);
    assert_eq!(sender.send(message(URL)).await, Err(SendError::AddressRefused));
    assert_eq!(network.connected().len(), 1, "the second answer is not connected to");
}

/// Positive control: with only the first address checked, a mixed answer is connected to (tried).
#[tokio::test]
async fn one_private_address_refuses_them_all() {
    let (address, roots) = server(NAME, DONE, false).await;
    let answers: [&[&str]; 12] = [
        &["127.0.0.1"],
        &[PUBLIC, "127.0.0.1"],
        &["10.0.0.1", PUBLIC],
        &["169.254.169.254"],
        &["100.64.0.1"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["2002:7f00:1::"],
        &["fd00:ec2::254"],
        &["2606:4700:4700::1111", "fe80::1"],
        &["0.0.0.0"],
    ];
    let network = FakeNetwork::new(address, &answers);
    let sender = Sender::with(network.clone(), roots, true).unwrap();
    for answer in answers {
        assert_eq!(sender.send(message(URL)).await, Err(SendError::AddressRefused), "{answer:?}");
    }
    assert_eq!(sender.send(message(URL)).await, Err(SendError::NameUnknown));
    assert!(network.connected().is_empty());
}

/// What was stored under other settings, or past the check when it was written, is not sent to either.
#[tokio::test]
async fn the_url_is_checked_again_when_sending() {
    let (address, roots) = server(NAME, DONE, false).await;
    let network = FakeNetwork::new(address, &[&["127.0.0.1"], &[PUBLIC], &["10.0.0.1"]]);
    let sender = Sender::with(network.clone(), roots.clone(), false).unwrap();
    for url in [
        "http://127.0.0.1:4000/",
        "http://hooks.example.org/",
        "https://127.0.0.1/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://localhost/",
        "https://hooks.example.org:8443/",
        "https://u:p@hooks.example.org/",
        "file:///etc/passwd",
    ] {
        assert_eq!(sender.send(message(url)).await, Err(SendError::UrlRefused), "{url}");
    }
    assert!(network.resolved().is_empty() && network.connected().is_empty());
    // Where http to this machine is allowed, its names must lead to this machine.
    let sender = Sender::with(network.clone(), roots, true).unwrap();
    let local = "http://localhost:4000/";
    assert_ne!(sender.send(message(local)).await, Err(SendError::AddressRefused));
    assert_eq!(network.connected(), ["127.0.0.1:4000"]);
    for _ in 0..2 {
        assert_eq!(sender.send(message(local)).await, Err(SendError::AddressRefused));
    }
    assert_eq!(network.connected().len(), 1);
}

/// Positive control: the first case of the rebinding test, in which the certificate fits.
#[tokio::test]
async fn a_certificate_for_another_name_is_not_good() {
    let (address, roots) = server("other.example.org", DONE, false).await;
    let network = FakeNetwork::new(address, &[&[PUBLIC], &[PUBLIC]]);
    let sender = Sender::with(network.clone(), roots, false).unwrap();
    assert_eq!(sender.send(message(URL)).await, Err(SendError::TlsFailed));
    // Nor one that nobody known vouches for.
    let (address, _) = server(NAME, DONE, false).await;
    let network = FakeNetwork::new(address, &[&[PUBLIC]]);
    let sender = Sender::with(network, RootCertStore::empty(), false).unwrap();
    assert_eq!(sender.send(message(URL)).await, Err(SendError::TlsFailed));
}

#[tokio::test]
async fn an_answer_is_bounded() {
    for (answer, wanted) in [
        (&b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"[..], Ok(200.into())),
        (&b"HTTP/1.1 302 Found\r\nlocation: https://127.0.0.1/\r\n\r\n"[..], Ok(302.into())),
        (&b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\nbroken off"[..], Ok(200.into())),
        (&b"SSH-2.0-OpenSSH_9.2\r\n"[..], Err(SendError::Broken)),
        (&b""[..], Err(SendError::Broken)),
    ] {
        let (address, roots) = server(NAME, answer, false).await;
        let network = FakeNetwork::new(address, &[&[PUBLIC]]);
        let sender = Sender::with(network.clone(), roots, false).unwrap();
        assert_eq!(sender.send(message(URL)).await, wanted);
        assert_eq!(network.connected().len(), 1, "a redirect is an answer, not a way on");
    }
    // A head without an end is given up, long before any time-out.
    let (address, roots) = server(NAME, b"HTTP/1.1 200 OK\r\n", true).await;
    let sender = Sender::with(FakeNetwork::new(address, &[&[PUBLIC]]), roots, false).unwrap();
    let url = URL.to_owned();
    let sent = tokio::time::timeout(Duration::from_secs(10), sender.send(message(&url)));
    assert_eq!(sent.await.expect("it is given up"), Err(SendError::Broken));
}
