//! Steps that the end-to-end tests share: a built site, a browser that visits
//! it, and a second opinion on the records and traces it writes.

mod axe;
pub mod claims;
pub mod host;
pub mod record;
mod site;
pub mod timeline;
mod visit;

pub use axe::Axe;
pub use site::{Copy, build_of, dist, engine_folder};
pub use visit::{LONGEST_RUN, Setting, Visit, testid};
