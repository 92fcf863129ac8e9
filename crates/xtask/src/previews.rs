//! What other sites show of this one, Open Graph and oEmbed, names absolute
//! addresses. The page itself works anywhere, so only the build can be told where.

use crate::fail::{Failure, Outcome};
use std::fs;
use std::path::Path;

const PAGE: &str = "index.html";
/// The picture, as the page in the sources names it.
const PICTURE: &str = "property=\"og:image\" content=\"screenshot.png\"";
/// Addresses in it begin with `./`.
const OEMBED: &str = "oembed.json";
const HERE: &str = "\"./";

/// The address of a site as it is written into files: http or https, without
/// fragment, ending in a slash.
///
/// # Errors
/// When it is no such address.
pub fn address(text: &str) -> Outcome<String> {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/%[]@".contains(c);
    match host {
        Some(host) if !host.is_empty() && !host.starts_with('/') && host.chars().all(is_plain) => {
            Ok(format!("{}/", text.trim_end_matches('/')))
        }
        _ => Err(Failure::environment(format!(
            "--url takes the address of the site's folder, such as https://chefs.example.org/, not {text:?}"
        ))),
    }
}

/// Writes the address into page and `oembed.json` of a site.
///
/// # Errors
/// When a file has no place for it.
pub fn name_address(site: &Path, address: &str) -> Outcome {
    change(&site.join(PAGE), PICTURE, |html| {
        let picture = format!(
            "property=\"og:image\" content=\"{address}screenshot.png\">\n<meta property=\"og:url\" content=\"{address}\""
        );
        html.replace(PICTURE, &picture)
    })?;
    change(&site.join(OEMBED), HERE, |json| {
        json.replace(HERE, &format!("\"{address}"))
    })
}

fn change(file: &Path, place: &str, to: impl Fn(&str) -> String) -> Outcome {
    let text = fs::read_to_string(file)
        .map_err(Failure::io(format_args!("cannot read {}", file.display())))?;
    if !text.contains(place) {
        return Err(Failure::project(format!(
            "{} has no {place:?}",
            file.display()
        )));
    }
    fs::write(file, to(&text)).map_err(Failure::io(format_args!("cannot write {}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_in_a_slash_or_are_refused() {
        assert_eq!(
            address("https://a.example/chefs").unwrap(),
            "https://a.example/chefs/"
        );
        assert_eq!(address("http://[::1]:80/").unwrap(), "http://[::1]:80/");
        for wrong in [
            "",
            "a.example",
            "https://",
            "ftp://a/",
            "https://a/\"><b",
            "https://a/#x",
        ] {
            assert_eq!(address(wrong).unwrap_err().status, 2, "{wrong}");
        }
    }

    /// Relative in the sources, absolute where the address is known.
    #[test]
    fn previews_of_the_sources_take_an_address() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let site = std::env::temp_dir().join(format!("two-chefs-previews-{}", std::process::id()));
        fs::create_dir_all(&site).unwrap();
        fs::copy(root.join(PAGE), site.join(PAGE)).unwrap();
        fs::copy(root.join("www").join(OEMBED), site.join(OEMBED)).unwrap();
        name_address(&site, "https://a.example/").unwrap();
        let html = fs::read_to_string(site.join(PAGE)).unwrap();
        assert!(html.contains("content=\"https://a.example/screenshot.png\""));
        assert!(html.contains("property=\"og:url\" content=\"https://a.example/\""));
        let json = fs::read_to_string(site.join(OEMBED)).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["type"], "rich");
        assert_eq!(json["thumbnail_url"], "https://a.example/screenshot.png");
        let frame = json["html"].as_str().unwrap();
        assert!(frame.contains("src=\"https://a.example/#/"), "{frame}");
        fs::remove_dir_all(site).unwrap();
    }
}
