//! The built site in a real browser: a server with the site's own headers,
//! finding a browser, a WebDriver client, and what `/proc` says about it.

mod browser;
mod error;
mod find;
mod headers;
pub mod packages;
pub mod process_tree;
mod server;
mod service_workers;
mod temporary;
mod wire;

pub use browser::{Browser, BrowserOptions, ConsoleLine, FLAGS};
pub use error::Error;
pub use find::{Chromium, version};
pub use headers::Headers;
pub use server::{Server, ServerOptions};
