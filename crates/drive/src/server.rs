//! A static server for the built site: HTTP/1.1 with a thread per connection.
//!
//! Of its own, since the small ready-made one shares a few threads between all
//! connections, and a browser that keeps as many open as it likes then waits
//! forever for the next; the others bring an async runtime.

use crate::{Error, Headers};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Until a connection on which nothing happens is closed.
const IDLE_LIMIT: Duration = Duration::from_secs(60);
/// Of a request without body; browsers send about 1 kB.
const MOST_HEAD_BYTES: usize = 64 << 10;
const MOST_HEADERS: usize = 64;

/// How to serve.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Address to listen on; loopback unless others are to reach it.
    pub address: IpAddr,
    /// Port, 0 for any free one.
    pub port: u16,
    /// Send the headers that isolate the page.
    pub isolated: bool,
    /// Path of a file that is there but not served, such as `/sw.js`.
    pub withheld: Option<&'static str>,
    /// A file of the folder, such as `a/b.csv`, and how many of its bytes come before
    /// the connection breaks; its length is told as if all would.
    pub cut: Option<(&'static str, usize)>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            isolated: true,
            withheld: None,
            cut: None,
        }
    }
}

/// A running server.
#[must_use = "dropping it stops the server"]
pub struct Server {
    site: Arc<Site>,
    address: SocketAddr,
    listener: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves a folder with the headers of its `_headers` file.
    ///
    /// # Errors
    /// When that file is missing or wrong, or the port is taken.
    pub fn start(folder: &Path, options: &ServerOptions) -> Result<Self, Error> {
        let headers = Headers::read(&folder.join("_headers"))?;
        Self::serve(Content::Folder(folder.to_owned()), headers, options)
    }

    /// Serves pages that are no files: their texts by path, such as `/a.html`.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn of_pages(
        pages: BTreeMap<String, String>,
        headers: Headers,
        options: &ServerOptions,
    ) -> Result<Self, Error> {
        Self::serve(Content::Pages(pages), headers, options)
    }

    fn serve(
        content: Content,
        mut headers: Headers,
        options: &ServerOptions,
    ) -> Result<Self, Error> {
        if !options.isolated {
            headers = headers.without_isolation();
        }
        let listen = |error: io::Error| Error::Listen {
            port: options.port,
            why: error.to_string(),
        };
        let listener = TcpListener::bind((options.address, options.port)).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let site = Arc::new(Site {
            content,
            headers,
            asked: Mutex::default(),
            withheld: options.withheld,
            cut: options.cut,
            visits: Mutex::default(),
            asked_ahead: Mutex::default(),
            is_over: AtomicBool::new(false),
        });
        let shared = Arc::clone(&site);
        let listener = Some(thread::spawn(move || shared.listen(&listener)));
        Ok(Self {
            site,
            address,
            listener,
        })
    }

    /// Port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Address of the first page, ending in a slash. Loopback by number where
    /// every address will do: a browser tries `localhost` on IPv6 first, where
    /// nobody listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", reachable(self.address))
    }

    /// Paths that pages and their workers asked for so far and that are there.
    /// Without those that a service worker asked for on its own, see
    /// [`Server::asked_ahead`].
    #[must_use]
    pub fn asked(&self) -> BTreeSet<String> {
        copy(&self.site.asked)
    }

    /// Paths that a service worker (a script named `sw.js`) asked for on its own
    /// and that are there: what it keeps, not what a page waits for. Its requests
    /// are those that name the worker's script as where they come from; what it
    /// passes on for a page names the page.
    #[must_use]
    pub fn asked_ahead(&self) -> BTreeSet<String> {
        copy(&self.site.asked_ahead)
    }

    /// Paths that were opened as documents so far, at the top or in a frame, one
    /// entry for each time, in order. What a document or a service worker fetches
    /// is none, even where it is a document's path.
    #[must_use]
    pub fn visits(&self) -> Vec<String> {
        let visits = self.site.visits.lock();
        visits.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        if let Some(listener) = self.listener.take() {
            // It ends by a panic only, which has been printed.
            let _ = listener.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.site.is_over.store(true, Ordering::Relaxed);
        // Listening ends with the next visitor: this one.
        let here = reachable(self.address);
        let visited = TcpStream::connect_timeout(&here, Duration::from_secs(1));
        if let (Ok(_), Some(listener)) = (visited, self.listener.take()) {
            // Ends now, or has ended by a panic, which has been printed.
            let _ = listener.join();
        }
    }
}

/// Where what is served comes from.
enum Content {
    Folder(PathBuf),
    Pages(BTreeMap<String, String>),
}

/// An address that leads to a listener: loopback where it listens on all.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    address
}

fn copy(paths: &Mutex<BTreeSet<String>>) -> BTreeSet<String> {
    let paths = paths.lock();
    paths.unwrap_or_else(PoisonError::into_inner).clone()
}

struct Site {
    content: Content,
    headers: Headers,
    asked: Mutex<BTreeSet<String>>,
    withheld: Option<&'static str>,
    cut: Option<(&'static str, usize)>,
    visits: Mutex<Vec<String>>,
    asked_ahead: Mutex<BTreeSet<String>>,
    is_over: AtomicBool,
}

/// What a request asks for.
struct Asked {
    path: String,
    is_ahead: bool,
    reads: bool,
    is_visit: bool,
    wants_body: bool,
    stays: bool,
}

impl Site {
    fn listen(self: &Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.is_over.load(Ordering::Relaxed) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let site = Arc::clone(self);
            // A visitor who hangs up ends the conversation; nobody is left to be told.
            thread::spawn(move || site.converse(stream));
        }
    }

    fn converse(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(IDLE_LIMIT))?;
        stream.set_write_timeout(Some(IDLE_LIMIT))?;
        let mut received = Vec::new();
        while let Some(asked) = next_request(&mut stream, &mut received)? {
            // A server that has ended answers nobody who is still connected.
            if self.is_over.load(Ordering::Relaxed) {
                break;
            }
            self.answer(&asked, &mut stream)?;
            if !asked.stays {
                break;
            }
        }
        Ok(())
    }

    fn answer(&self, asked: &Asked, stream: &mut TcpStream) -> io::Result<()> {
        let text = "text/plain; charset=utf-8";
        let served = Some(asked.path.as_str()) != self.withheld;
        let found = served.then(|| self.file(&asked.path)).flatten();
        let (status, kind, body) = match found {
            _ if !asked.reads => ("405 Method Not Allowed", text, b"read only\n".to_vec()),
            Some((kind, body)) => {
                let known = if asked.is_ahead {
                    &self.asked_ahead
                } else {
                    &self.asked
                };
                known
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(asked.path.clone());
                if asked.is_visit {
                    let visits = self.visits.lock();
                    visits
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(asked.path.clone());
                }
                ("200 OK", kind, body)
            }
            None => ("404 Not Found", text, b"not found\n".to_vec()),
        };
        let mut answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-cache\r\n",
            body.len()
        );
        for (name, value) in self.headers.of(&asked.path) {
            answer += &format!("{name}: {value}\r\n");
        }
        if !asked.stays {
            answer += "Connection: close\r\n";
        }
        answer += "\r\n";
        let mut bytes = answer.into_bytes();
        let head = bytes.len();
        if asked.wants_body {
            bytes.extend(body);
        }
        let is_cut = |path: &str| path == asked.path.trim_start_matches('/');
        let cut = self.cut.filter(|(path, _)| is_cut(path));
        if let Some((_, most)) = cut.filter(|_| asked.wants_body) {
            bytes.truncate(head + most);
            stream.write_all(&bytes)?;
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        stream.write_all(&bytes)
    }

    fn file(&self, path: &str) -> Option<(&'static str, Vec<u8>)> {
        let folder = match &self.content {
            Content::Folder(folder) => folder,
            Content::Pages(pages) => {
                let text = pages.get(path)?;
                return Some((kind(Path::new(path)), text.clone().into_bytes()));
            }
        };
        let relative = Path::new(path.trim_start_matches('/'));
        if !relative
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            return None;
        }
        let mut file = folder.join(relative);
        if file.is_dir() {
            file = file.join("index.html");
        }
        Some((kind(&file), fs::read(&file).ok()?))
    }
}

/// Reads on until a whole request is there; `None` when the visitor leaves or
/// sends what is no request. `received` keeps what came after it.
fn next_request(stream: &mut TcpStream, received: &mut Vec<u8>) -> io::Result<Option<Asked>> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(received) {
            Ok(httparse::Status::Complete(length)) => {
                let header = |name: &str| {
                    let found = request
                        .headers
                        .iter()
                        .find(|header| header.name.eq_ignore_ascii_case(name));
                    found.map(|header| header.value.to_ascii_lowercase())
                };
                let method = request.method.unwrap_or_default();
                let reads = matches!(method, "GET" | "HEAD");
                let url = request.path.unwrap_or("/");
                let from = header("referer").unwrap_or_default();
                let asked = Asked {
                    is_ahead: from.ends_with(b"/sw.js"),
                    path: decoded(url.split(['?', '#']).next().unwrap_or("/")),
                    reads,
                    is_visit: header("sec-fetch-mode").is_some_and(|mode| mode == b"navigate"),
                    wants_body: method != "HEAD",
                    // What follows a request with a body is not known to be one.
                    stays: reads
                        && request.version == Some(1)
                        && header("connection").is_none_or(|value| value != b"close"),
                };
                received.drain(..length);
                return Ok(Some(asked));
            }
            Ok(httparse::Status::Partial) if received.len() < MOST_HEAD_BYTES => {}
            _ => return Ok(None),
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk)? {
            0 => return Ok(None),
            length => received.extend(chunk.iter().take(length)),
        }
    }
}

/// Media type by the end of the name. `application/wasm` is what lets a browser
/// compile while it loads.
fn kind(file: &Path) -> &'static str {
    match file
        .extension()
        .and_then(|end| end.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "webmanifest" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Percent-decoded, invalid sequences kept as they are.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> PathBuf {
        let folder = crate::temporary::folder("server").unwrap();
        fs::write(
            folder.join("_headers"),
            "/*\n  Cross-Origin-Opener-Policy: same-origin\n  X: y\n",
        )
        .unwrap();
        fs::write(folder.join("index.html"), "first page").unwrap();
        fs::write(folder.join("a b.wasm"), "wasm").unwrap();
        folder
    }

    fn get(server: &Server, path: &str) -> ureq::http::Response<ureq::Body> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        agent.get(format!("{}{path}", server.url())).call().unwrap()
    }

    fn header(response: &ureq::http::Response<ureq::Body>, name: &str) -> Option<String> {
        Some(response.headers().get(name)?.to_str().unwrap().to_owned())
    }

    #[test]
    fn files_come_with_kind_and_headers() {
        let folder = site();
        let server = Server::start(&folder, &ServerOptions::default()).unwrap();
        let mut page = get(&server, "?x=1");
        assert_eq!(
            header(&page, "cross-origin-opener-policy").as_deref(),
            Some("same-origin")
        );
        assert_eq!(
            header(&page, "content-type").as_deref(),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(page.body_mut().read_to_string().unwrap(), "first page");
        let wasm = get(&server, "a%20b.wasm");
        get(&server, "gone");
        assert!(server.asked().into_iter().eq(["/", "/a b.wasm"]));
        assert_eq!(
            header(&wasm, "content-type").as_deref(),
            Some("application/wasm")
        );
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_a_service_worker_asks_for_on_its_own_is_told_apart() {
        let folder = site();
        let server = Server::start(&folder, &ServerOptions::default()).unwrap();
        for (path, from) in [("", "sw.js"), ("a%20b.wasm", "page.html")] {
            let from = format!("{}{from}", server.url());
            let request = ureq::get(format!("{}{path}", server.url()));
            request.header("Referer", from).call().unwrap();
        }
        assert!(server.asked().into_iter().eq(["/a b.wasm"]));
        assert!(server.asked_ahead().into_iter().eq(["/"]));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_server_that_has_ended_answers_nobody() {
        let folder = site();
        let server = Server::start(&folder, &ServerOptions::default()).unwrap();
        let address = ("127.0.0.1", server.port());
        let request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        let mut kept = TcpStream::connect(address).unwrap();
        kept.set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        kept.write_all(request).unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"first page") {
            let mut chunk = [0; 512];
            let length = kept.read(&mut chunk).unwrap();
            seen.extend(&chunk[..length]);
        }
        drop(server);
        assert!(TcpStream::connect(address).is_err());
        kept.write_all(request).unwrap();
        let more = kept.read(&mut [0; 512]);
        assert!(matches!(more, Ok(0) | Err(_)), "{more:?}");
        fs::remove_dir_all(folder).unwrap();
    }

    /// As a browser does it: more connections than it uses, all kept open.
    #[test]
    fn open_connections_hold_nobody_up() {
        let folder = site();
        let server = Server::start(&folder, &ServerOptions::default()).unwrap();
        let address = ("127.0.0.1", server.port());
        let mut idle: Vec<_> = (0..40)
            .map(|_| TcpStream::connect(address).unwrap())
            .collect();
        for stream in idle.iter_mut().rev() {
            stream
                .set_read_timeout(Some(Duration::from_secs(10)))
                .unwrap();
            for _ in 0..2 {
                stream
                    .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    .unwrap();
                let mut seen = Vec::new();
                while !seen.ends_with(b"first page") {
                    let mut chunk = [0; 512];
                    let length = stream.read(&mut chunk).unwrap();
                    assert_ne!(length, 0, "closed");
                    seen.extend(&chunk[..length]);
                }
            }
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_can_break_off_midway() {
        let folder = site();
        let options = ServerOptions {
            cut: Some(("a b.wasm", 2)),
            ..ServerOptions::default()
        };
        let server = Server::start(&folder, &options).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream
            .write_all(b"GET /a%20b.wasm HTTP/1.1\r\nHost: x\r\n\r\n")
            .unwrap();
        let mut seen = String::new();
        stream.read_to_string(&mut seen).unwrap();
        assert!(seen.contains("Content-Length: 4\r\n") && seen.ends_with("\r\n\r\nwa"));
        let mut page = get(&server, "");
        assert_eq!(page.body_mut().read_to_string().unwrap(), "first page");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn pages_need_no_files() {
        let pages = BTreeMap::from([("/a.html".to_owned(), "a page".to_owned())]);
        let headers = Headers::parse("/a.html\n  X: y\n").unwrap();
        let server = Server::of_pages(pages, headers, &ServerOptions::default()).unwrap();
        let mut page = get(&server, "a.html");
        assert_eq!(
            header(&page, "content-type").as_deref(),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(header(&page, "x").as_deref(), Some("y"));
        assert_eq!(page.body_mut().read_to_string().unwrap(), "a page");
        assert_eq!(get(&server, "b.html").status().as_u16(), 404);
    }

    #[test]
    fn opening_a_document_is_told_from_fetching_it() {
        let folder = site();
        let server = Server::start(&folder, &ServerOptions::default()).unwrap();
        get(&server, "");
        for (path, mode) in [("", "navigate"), ("gone", "navigate"), ("", "cors")] {
            let request = ureq::get(format!("{}{path}", server.url()));
            // Missing files are errors of this client.
            let _ = request.header("Sec-Fetch-Mode", mode).call();
        }
        assert_eq!(server.visits(), ["/"]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn missing_files_and_climbing_paths_are_not_found() {
        let folder = site();
        let options = ServerOptions {
            isolated: false,
            ..ServerOptions::default()
        };
        let server = Server::start(&folder, &options).unwrap();
        for path in ["gone.js", "%2e%2e/Cargo.toml", "..%2fCargo.toml"] {
            let response = get(&server, path);
            assert_eq!(response.status().as_u16(), 404, "{path}");
            assert_eq!(header(&response, "x").as_deref(), Some("y"));
            assert_eq!(header(&response, "cross-origin-opener-policy"), None);
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
