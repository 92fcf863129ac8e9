//! What is different about starting each browser and listening to it. All
//! other commands are the same for all three.

use crate::{BrowserKind, BrowserOptions, ConsoleLine, Programs};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Command-line flags every headless Chromium gets here.
pub const FLAGS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Containers often have a tiny /dev/shm.
    "--disable-dev-shm-usage",
    // A graphics processor that is a program, where there is no other.
    "--enable-unsafe-webgpu",
];

/// How a driver is started and what it is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Launch {
    /// Arguments of the driver.
    pub arguments: Vec<String>,
    /// Variables that driver and browser see.
    pub variables: Vec<(&'static str, String)>,
    /// Text before the port in a line of the driver's output; `None` where the
    /// driver has to be told one.
    pub port_follows: Option<&'static str>,
    /// What the session is asked for.
    pub capabilities: Value,
}

impl Launch {
    /// For this browser with a fresh profile in `profile`; `port` is what a
    /// driver is told that cannot choose one.
    pub fn new(programs: &Programs, options: &BrowserOptions, profile: &Path, port: u16) -> Self {
        let profile = profile.display().to_string();
        match programs.kind {
            BrowserKind::Chromium => chromium(programs, options, &profile),
            BrowserKind::Firefox => firefox(programs, options, &profile),
            BrowserKind::Webkit => webkit(programs, options, &profile, port),
        }
    }
}

fn chromium(programs: &Programs, options: &BrowserOptions, profile: &str) -> Launch {
    let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!("--user-data-dir={profile}/profile"));
    flags.push(format!(
        "--window-size={},{}",
        options.width, options.height
    ));
    if options.blocks_third_party_storage {
        // Else third parties keep storage of their own for each page around them.
        flags.push("--disable-features=ThirdPartyPartitionedStorageAllowedByDefault".to_owned());
    }
    flags.extend(options.flags.iter().cloned());
    let mut wanted = json!({ "binary": programs.browser, "args": flags });
    if options.blocks_third_party_storage {
        wanted["prefs"] = json!({
            "profile.cookie_controls_mode": 1,
            "profile.block_third_party_cookies": true,
        });
    }
    Launch {
        arguments: words(&["--port=0", "--log-level=WARNING"]),
        variables: Vec::new(),
        port_follows: Some("started successfully on port "),
        capabilities: json!({
            "browserName": "chrome",
            "goog:chromeOptions": wanted,
            "goog:loggingPrefs": { "browser": "ALL" },
        }),
    }
}

fn firefox(programs: &Programs, options: &BrowserOptions, profile: &str) -> Launch {
    let mut flags = words(&["-headless", "-width", "-height"]);
    flags.insert(2, options.width.to_string());
    flags.push(options.height.to_string());
    flags.extend(options.flags.iter().cloned());
    let mut settings = Map::from_iter([
        // The console, for `Browser::console`.
        ("devtools.console.stdout.content".to_owned(), true.into()),
        // Nothing leaves this machine: no proxy, no calls home.
        ("network.proxy.type".to_owned(), 0.into()),
        (
            "network.captive-portal-service.enabled".to_owned(),
            false.into(),
        ),
        (
            "network.connectivity-service.enabled".to_owned(),
            false.into(),
        ),
        ("browser.region.network.url".to_owned(), "".into()),
        ("services.settings.server".to_owned(), "data:,".into()),
        ("dom.push.connection.enabled".to_owned(), false.into()),
    ]);
    if options.blocks_third_party_storage {
        // 1 rejects what third parties store, as against keeping it apart.
        settings.insert("network.cookie.cookieBehavior".to_owned(), 1.into());
    }
    Launch {
        arguments: words(&["--host=127.0.0.1", "--port=0", "--websocket-port=0"])
            .into_iter()
            .chain([format!("--profile-root={profile}")])
            .collect(),
        // A second Firefox of the same user would else hand over to the first.
        variables: vec![("MOZ_NO_REMOTE", "1".to_owned())],
        port_follows: Some("Listening on 127.0.0.1:"),
        capabilities: json!({
            "browserName": "firefox",
            "moz:firefoxOptions": {
                "binary": programs.browser,
                "args": flags,
                "prefs": settings,
            },
        }),
    }
}

fn webkit(programs: &Programs, options: &BrowserOptions, profile: &str, port: u16) -> Launch {
    let mut flags = words(&["--automation"]);
    flags.extend(options.flags.iter().cloned());
    let folder = |name: &str| format!("{profile}/{name}");
    Launch {
        arguments: vec!["--host=127.0.0.1".to_owned(), format!("--port={port}")],
        variables: vec![
            // Namespaces are often forbidden in containers.
            ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1".to_owned()),
            // Shared memory is off by default in this port, on in Safari.
            ("JSC_useSharedArrayBuffer", "1".to_owned()),
            ("GDK_BACKEND", "x11".to_owned()),
            // No bus and nobody on it: GTK would start one that outlives it.
            ("DBUS_SESSION_BUS_ADDRESS", "disabled:".to_owned()),
            ("NO_AT_BRIDGE", "1".to_owned()),
            ("GTK_A11Y", "none".to_owned()),
            ("GSETTINGS_BACKEND", "memory".to_owned()),
            ("XDG_CACHE_HOME", folder("cache")),
            ("XDG_CONFIG_HOME", folder("config")),
            ("XDG_DATA_HOME", folder("data")),
            ("no_proxy", "*".to_owned()),
        ],
        port_follows: None,
        capabilities: json!({
            "webkitgtk:browserOptions": { "binary": programs.browser, "args": flags },
        }),
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// What a page wrote to the console, in the browser that prints it among its own
/// output instead of telling the driver.
pub fn console_line(kind: BrowserKind, line: &str) -> Option<ConsoleLine> {
    if kind != BrowserKind::Firefox {
        return None;
    }
    let starts = [
        ("console.error: ", "SEVERE"),
        ("JavaScript error: ", "SEVERE"),
        ("console.warn: ", "WARNING"),
        ("JavaScript warning: ", "WARNING"),
        ("console.log: ", "INFO"),
        ("console.info: ", "INFO"),
    ];
    starts.iter().find_map(|(start, level)| {
        Some(ConsoleLine {
            level: (*level).to_owned(),
            message: line.strip_prefix(*start)?.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(kind: BrowserKind, options: &BrowserOptions) -> Launch {
        let programs = Programs {
            kind,
            browser: "/b".into(),
            driver: "/d".into(),
            screen: None,
        };
        Launch::new(&programs, options, Path::new("/p"), 7)
    }

    /// Where a browser's own wishes are.
    fn wishes(launch: &Launch) -> &Value {
        let found = launch.capabilities.as_object().unwrap();
        let (_, wishes) = found
            .iter()
            .find(|(key, _)| key.ends_with("Options"))
            .unwrap();
        wishes
    }

    #[test]
    fn every_browser_is_headless_and_keeps_to_its_folder() {
        let options = BrowserOptions::default();
        for kind in BrowserKind::ALL {
            let launch = launch(kind, &options);
            assert_eq!(wishes(&launch)["binary"], "/b", "{kind:?}");
            let all = format!("{launch:?}");
            assert!(all.contains("/p"), "{all}");
        }
        let told = launch(BrowserKind::Webkit, &options);
        assert!(told.arguments.contains(&"--port=7".to_owned()));
        assert_eq!(told.port_follows, None);
        let args = &wishes(&launch(BrowserKind::Firefox, &options))["args"].clone();
        assert_eq!(
            args,
            &json!(["-headless", "-width", "1366", "-height", "768"])
        );
    }

    #[test]
    fn storage_is_blocked_only_when_asked_for() {
        for kind in [BrowserKind::Chromium, BrowserKind::Firefox] {
            let plain = BrowserOptions::default();
            let blocked = BrowserOptions {
                blocks_third_party_storage: true,
                ..plain.clone()
            };
            assert_ne!(launch(kind, &plain), launch(kind, &blocked), "{kind:?}");
        }
    }

    #[test]
    fn flags_of_ones_own_come_last() {
        for kind in BrowserKind::ALL {
            let options = BrowserOptions {
                flags: vec!["--own".to_owned()],
                ..BrowserOptions::default()
            };
            let launch = launch(kind, &options);
            let args = wishes(&launch)["args"].as_array().unwrap();
            assert_eq!(args.last().unwrap(), "--own", "{kind:?}");
        }
    }

    #[test]
    fn console_lines_are_told_from_other_output() {
        let firefox = console_line(BrowserKind::Firefox, "console.error: \"pressed\"").unwrap();
        assert_eq!(
            (&*firefox.level, &*firefox.message),
            ("SEVERE", "\"pressed\"")
        );
        for kind in BrowserKind::ALL {
            assert_eq!(console_line(kind, "*** You are running headless"), None);
        }
    }
}
