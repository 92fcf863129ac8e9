//! `serve`: the built site at an address to open.

use crate::args::Args;
use crate::fail::{Failure, Outcome};
use crate::site::Project;
use drive::{Server, ServerOptions};
use std::net::IpAddr;

/// Kept free of the ports other tools like.
const PORT: u16 = 8087;

/// Builds if needed, serves until interrupted.
///
/// # Errors
/// When the site does not build or the port is taken.
pub fn serve(mut args: Args) -> Outcome<u8> {
    let defaults = ServerOptions::default();
    let port: Option<u16> = args.number("--port")?;
    let address: Option<IpAddr> = args.number("--address")?;
    let isolated = !args.switch("--no-isolation");
    let as_built = args.switch("--as-built");
    args.finish()?;
    let dist = Project::open()?.site(as_built)?;
    let mut options = ServerOptions {
        address: address.unwrap_or(defaults.address),
        port: port.unwrap_or(PORT),
        isolated,
        ..defaults
    };
    let server = match Server::start(&dist, &options) {
        // Nobody asked for the usual port: any other is as good.
        Err(drive::Error::Listen { .. }) if port.is_none() => {
            options.port = 0;
            Server::start(&dist, &options)
        }
        other => other,
    }
    .map_err(|error| Failure::environment(error.to_string()))?;
    println!("Two Chefs is at {}  (Ctrl-C ends it)", server.url());
    if !isolated {
        println!(
            "Without isolation headers, as on a host that cannot send them: where the browser \
             has service workers, the page loads once more and is isolated."
        );
    }
    if let Some(advice) = advice(options.address, server.port()) {
        println!("{advice}");
    }
    server.wait();
    Ok(0)
}

/// What to know where others reach the server by plain http: only loopback
/// addresses count as secure without a certificate.
fn advice(address: IpAddr, port: u16) -> Option<String> {
    if address.is_loopback() {
        return None;
    }
    let (host, near) = if address.is_unspecified() {
        ("this-computer".to_owned(), "127.0.0.1".to_owned())
    } else {
        // An IPv6 address has brackets in addresses of pages.
        let host = match address {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("[{v6}]"),
        };
        (host.clone(), host)
    };
    let there = format!("http://{host}:{port}/");
    Some(format!(
        "From other computers it is {there}, and a plain http address on the network is no \
         secure context: browsers ignore the isolating headers there and offer no service worker. \
         So there is no shared memory: the page runs on rung 2 of 3, chefs by message, with a \
         coarser clock, and keeps no copy for offline use. For rung 3, one of these:\n  \
         https in front, such as `caddy reverse-proxy --from {host} --to {near}:{port} --internal-certs`;\n  \
         on the other computer `ssh -L {port}:{near}:{port} {host}` and http://localhost:{port}/ there;\n  \
         for a try in Chrome or Edge, the address entered at chrome://flags/#unsafely-treat-insecure-origin-as-secure"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_needs_no_advice() {
        let say = |address: &str| advice(address.parse().unwrap(), 8087);
        assert_eq!(say("127.0.0.1"), None);
        assert_eq!(say("::1"), None);
        for (address, there) in [
            ("192.168.1.7", "http://192.168.1.7:8087/"),
            ("fd00::2", "http://[fd00::2]:8087/"),
            ("0.0.0.0", "http://this-computer:8087/"),
        ] {
            let told = say(address).unwrap();
            for word in [
                there,
                "no secure context",
                "rung 2",
                "https",
                "ssh -L 8087:",
            ] {
                assert!(told.contains(word), "{word} is not in {told}");
            }
        }
    }
}
