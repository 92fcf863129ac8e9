//! The built site in a real browser: a server with the site's own headers,
//! finding a browser, a WebDriver client, and what `/proc` says about it.

mod browser;
mod driver;
mod error;
mod find;
mod headers;
mod kind;
mod launch;
pub mod packages;
pub mod process_tree;
mod server;
mod service_workers;
mod temporary;
mod wire;

pub use browser::{Browser, BrowserOptions, ConsoleLine};
pub use error::Error;
pub use find::{GECKODRIVER, Part, Programs, Source, version};
pub use headers::Headers;
pub use kind::BrowserKind;
pub use launch::FLAGS;
pub use server::{Server, ServerOptions};
