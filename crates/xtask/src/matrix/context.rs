//! The ways in which a page meets the site, and what each browser is expected
//! to reach in them.

use drive::BrowserKind;

/// A way of opening the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// At top level, from a host that sends the isolating headers.
    TopHeaders,
    /// At top level, from a host that cannot: the service worker adds them.
    TopServiceWorker,
    /// In a frame of a page that knows nothing of isolation.
    PlainHeaders,
    /// The same without headers.
    PlainServiceWorker,
    /// In a frame of a page that is itself isolated.
    Isolated,
    /// In a sandbox that keeps the site's origin.
    Sandboxed,
    /// In a sandbox that takes the site's origin away.
    Opaque,
    /// In a frame, in a browser that blocks what third parties store.
    StorageBlocked,
}

impl Context {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 8] = [
        Self::TopHeaders,
        Self::TopServiceWorker,
        Self::PlainHeaders,
        Self::PlainServiceWorker,
        Self::Isolated,
        Self::Sandboxed,
        Self::Opaque,
        Self::StorageBlocked,
    ];

    /// Its name in the table and on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::TopHeaders => "top-headers",
            Self::TopServiceWorker => "top-service-worker",
            Self::PlainHeaders => "iframe-plain-headers",
            Self::PlainServiceWorker => "iframe-plain-service-worker",
            Self::Isolated => "iframe-isolated",
            Self::Sandboxed => "iframe-sandboxed",
            Self::Opaque => "iframe-opaque",
            Self::StorageBlocked => "iframe-storage-blocked",
        }
    }

    /// The context of this name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|context| context.id() == id)
    }

    /// Whether the site is in a frame of another page.
    pub const fn is_framed(self) -> bool {
        !matches!(self, Self::TopHeaders | Self::TopServiceWorker)
    }

    /// Whether the site's host sends the isolating headers.
    pub const fn has_headers(self) -> bool {
        !matches!(self, Self::TopServiceWorker | Self::PlainServiceWorker)
    }

    /// Lowest rung this browser must reach: threads wherever the engine allows
    /// them, workers by message elsewhere, the page alone in an opaque origin.
    pub const fn least_rung(self, browser: BrowserKind) -> u8 {
        match (self, browser) {
            (Self::Opaque, _) => 1,
            (_, BrowserKind::Chromium)
            | (Self::TopHeaders | Self::TopServiceWorker, _)
            | (Self::Isolated, BrowserKind::Firefox) => 3,
            _ => 2,
        }
    }

    /// Why this browser cannot be put into this context, if so.
    pub const fn missing_in(self, browser: BrowserKind) -> Option<&'static str> {
        match (self, browser) {
            (Self::StorageBlocked, BrowserKind::Webkit) => Some(
                "WebKitGTK keeps the storage of third parties apart and has no switch that blocks it",
            ),
            _ => None,
        }
    }

    /// The page around the frame, which shows `url`. It counts how often the
    /// frame has loaded a document.
    pub fn host_page(self, url: &str) -> String {
        let sandbox = match self {
            Self::Sandboxed => " sandbox=\"allow-scripts allow-same-origin\"",
            Self::Opaque => " sandbox=\"allow-scripts\"",
            _ => "",
        };
        let url = url.replace('&', "&amp;");
        format!(
            "<!doctype html><html lang=\"en\"><title>A course page</title>\
             <link rel=\"icon\" href=\"data:,\"><h1>A course page</h1>\
             <script>var loads = 0;</script>\
             <iframe id=\"embed\" title=\"Two Chefs\" width=\"800\" height=\"600\"{sandbox} \
             src=\"{url}\" onload=\"loads += 1\"></iframe>"
        )
    }

    /// The `_headers` of that page's host.
    pub const fn host_headers(self) -> &'static str {
        match self {
            Self::Isolated => {
                "/*\n  Cross-Origin-Opener-Policy: same-origin\n  \
                 Cross-Origin-Embedder-Policy: require-corp\n"
            }
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use BrowserKind::{Chromium, Firefox, Webkit};

    #[test]
    fn threads_are_expected_where_an_engine_allows_them() {
        let rungs = |kind| Context::ALL.map(|context| context.least_rung(kind));
        assert_eq!(rungs(Chromium), [3, 3, 3, 3, 3, 3, 1, 3]);
        assert_eq!(rungs(Firefox), [3, 3, 2, 2, 3, 2, 1, 2]);
        assert_eq!(rungs(Webkit), [3, 3, 2, 2, 2, 2, 1, 2]);
    }

    #[test]
    fn contexts_have_names_and_pages() {
        for context in Context::ALL {
            assert_eq!(Context::from_id(context.id()), Some(context));
            assert_eq!(context.is_framed(), context.id().starts_with("iframe-"));
            let page = context.host_page("http://127.0.0.1:1/#/?a=1&b=2");
            assert!(page.contains("#/?a=1&amp;b=2\""), "{page}");
            assert_eq!(
                page.contains("sandbox="),
                matches!(context, Context::Sandboxed | Context::Opaque)
            );
            drive::Headers::parse(context.host_headers()).unwrap();
            assert_eq!(context.missing_in(Chromium), None);
        }
        assert_eq!(Context::from_id("nowhere"), None);
    }
}
