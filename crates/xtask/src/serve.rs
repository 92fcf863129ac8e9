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
        println!("Without isolation headers: the page falls back to message workers.");
    }
    if !options.address.is_loopback() {
        println!(
            "From other machines, browsers allow shared memory over https only: \
             put a TLS proxy in front, or use an ssh tunnel to port {}.",
            server.port()
        );
    }
    server.wait();
    Ok(0)
}
