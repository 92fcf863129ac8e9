//! The built site in a real browser: a server with the site's own headers,
//! finding a browser, a WebDriver client, and what `/proc` says about it.

mod error;
pub mod packages;

pub use error::Error;
