//! A static server for the built site.

use crate::{Error, Headers};
use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use tiny_http::{Header, Method, Request, Response, StatusCode};

/// A browser opens about six connections at once.
const THREADS: usize = 6;

/// How to serve.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Address to listen on; loopback unless others are to reach it.
    pub address: IpAddr,
    /// Port, 0 for any free one.
    pub port: u16,
    /// Send the headers that isolate the page.
    pub isolated: bool,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            isolated: true,
        }
    }
}

/// A running server.
#[must_use = "dropping it stops the server"]
pub struct Server {
    http: Arc<tiny_http::Server>,
    site: Arc<Site>,
    address: SocketAddr,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Serves a folder with the headers of its `_headers` file.
    ///
    /// # Errors
    /// When that file is missing or wrong, or the port is taken.
    pub fn start(folder: &Path, options: &ServerOptions) -> Result<Self, Error> {
        let mut headers = Headers::read(&folder.join("_headers"))?;
        if !options.isolated {
            headers = headers.without_isolation();
        }
        let listen = |why: String| Error::Listen {
            port: options.port,
            why,
        };
        let http = tiny_http::Server::http((options.address, options.port))
            .map_err(|error| listen(error.to_string()))?;
        let address = http
            .server_addr()
            .to_ip()
            .ok_or_else(|| listen("no internet address".to_owned()))?;
        let http = Arc::new(http);
        let site = Arc::new(Site {
            folder: folder.to_owned(),
            headers,
            asked: Mutex::default(),
        });
        let threads = (0..THREADS)
            .map(|_| {
                let (http, site) = (Arc::clone(&http), Arc::clone(&site));
                thread::spawn(move || {
                    while let Ok(request) = http.recv() {
                        site.answer(request);
                    }
                })
            })
            .collect();
        Ok(Self {
            http,
            site,
            address,
            threads,
        })
    }

    /// Port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Address of the first page, ending in a slash. Loopback by number: a
    /// browser tries `localhost` on IPv6 first, where nobody listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port())
    }

    /// Paths that were asked for so far and are there.
    #[must_use]
    pub fn asked(&self) -> BTreeSet<String> {
        let asked = self.site.asked.lock();
        asked.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        for thread in self.threads.drain(..) {
            // A thread that panicked has served its last request, no more.
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for _ in &self.threads {
            self.http.unblock();
        }
    }
}

struct Site {
    folder: PathBuf,
    headers: Headers,
    asked: Mutex<BTreeSet<String>>,
}

impl Site {
    fn answer(&self, request: Request) {
        let url = request.url().to_owned();
        let path = decoded(url.split(['?', '#']).next().unwrap_or("/"));
        let is_read = matches!(request.method(), Method::Get | Method::Head);
        let found = is_read.then(|| self.file(&path)).flatten();
        if found.is_some() {
            let asked = self.asked.lock();
            asked
                .unwrap_or_else(PoisonError::into_inner)
                .insert(path.clone());
        }
        let (status, kind, body) = match found {
            Some((kind, body)) => (200, kind, body),
            None if !is_read => (405, "text/plain; charset=utf-8", b"read only\n".to_vec()),
            None => (404, "text/plain; charset=utf-8", b"not found\n".to_vec()),
        };
        let mut response = Response::from_data(body).with_status_code(StatusCode(status));
        let own = [("Content-Type", kind), ("Cache-Control", "no-cache")];
        for (name, value) in own.into_iter().chain(self.headers.of(&path)) {
            if let Ok(header) = Header::from_bytes(name, value) {
                response.add_header(header);
            }
        }
        // The browser may have gone; nobody is left to be told.
        let _ = request.respond(response);
    }

    fn file(&self, path: &str) -> Option<(&'static str, Vec<u8>)> {
        let relative = Path::new(path.trim_start_matches('/'));
        if !relative
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
        {
            return None;
        }
        let mut file = self.folder.join(relative);
        if file.is_dir() {
            file = file.join("index.html");
        }
        Some((kind(&file), fs::read(&file).ok()?))
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
