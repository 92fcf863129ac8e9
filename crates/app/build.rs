//! Asks the linker for a map of the page's data, which the site's build needs
//! to tell what can come later.

fn main() {
    println!("cargo::rerun-if-env-changed=TWO_CHEFS_MAP");
    if let Ok(map) = std::env::var("TWO_CHEFS_MAP") {
        println!("cargo::rustc-link-arg-bins=-Map={map}");
    }
}
