//! A browser without service workers.

use crate::{Browser, Error};
use serde_json::json;

/// Runs before the scripts of every page: what remains is what a page sees
/// where an older browser or an insecure address offers no service workers.
const FORGET: &str = "delete Navigator.prototype.serviceWorker";

impl Browser {
    /// Pages opened from now on find no service workers, so that what a site
    /// without headers can do is seen as it is there.
    ///
    /// # Errors
    /// When the browser says no.
    pub fn forget_service_workers(&self) -> Result<(), Error> {
        let command = "Page.addScriptToEvaluateOnNewDocument";
        self.devtools(command, &json!({ "source": FORGET }))
            .map(drop)
    }
}
