//! The built site on disk: the hashed `/pkg` files and what lies beside them at the root.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::config::{Env, LeptosOptions};
use sha2::{Digest as _, Sha256};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;
use tracing::warn;

use super::error::ApiError;
use super::pages;
use crate::state::AppState;

/// For what never changes under its name.
pub const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// For what may change with the next version.
const FOR_AN_HOUR: &str = "public, max-age=3600";

/// For what has to fit the program that answers: asked for each time, and sent again only if it has changed.
const IF_UNCHANGED: &str = "no-cache";

/// Where cargo-leptos puts the site, seen from the root of the project.
const SITE_ROOT: &str = "target/site";
const OUTPUT_NAME: &str = "nests";
/// Written next to the program when the names of the `/pkg` files carry hashes.
const HASH_FILE: &str = "hash.txt";
/// The shortest hash that is taken for one: cargo-leptos writes 22 characters.
const SHORTEST_HASH: usize = 16;

/// What Leptos needs to know about the site. cargo-leptos says it in the environment; without it the program finds the
/// site from the root of the project or next to itself.
pub fn options(addr: SocketAddr) -> LeptosOptions {
    let told = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let root = told("LEPTOS_SITE_ROOT").map_or_else(site_root, PathBuf::from);
    let has_hashes = hash_file().is_some_and(|file| file.exists());
    let hash_files = told("LEPTOS_HASH_FILES").map_or(has_hashes, |wish| wish == "true" && has_hashes);
    let options = LeptosOptions::builder()
        .output_name(told("LEPTOS_OUTPUT_NAME").unwrap_or_else(|| OUTPUT_NAME.to_owned()))
        .site_root(root.to_string_lossy().into_owned())
        .site_pkg_dir(told("LEPTOS_SITE_PKG_DIR").unwrap_or_else(|| "pkg".to_owned()))
        .site_addr(addr)
        .reload_port(
            told("LEPTOS_RELOAD_PORT")
                .and_then(|port| port.parse().ok())
                .unwrap_or(3001),
        )
        .env(if told("LEPTOS_WATCH").is_some() {
            Env::DEV
        } else {
            Env::PROD
        })
        .hash_files(hash_files)
        .build();
    if !root.join(&*options.site_pkg_dir).is_dir() {
        warn!(
            "{} holds no built site: pages work, but without scripts and styles",
            root.display()
        );
    }
    options
}

fn site_root() -> PathBuf {
    let from_here = PathBuf::from(SITE_ROOT);
    if from_here.is_dir() {
        return from_here;
    }
    // target/release/nests → target/site
    let beside = program_folder().and_then(|folder| Some(folder.parent()?.join("site")));
    beside.filter(|folder| folder.is_dir()).unwrap_or(from_here)
}

fn program_folder() -> Option<PathBuf> {
    std::env::current_exe().ok()?.parent().map(Path::to_path_buf)
}

fn hash_file() -> Option<PathBuf> {
    Some(program_folder()?.join(HASH_FILE))
}

/// A short name of what `/pkg` holds, the same for every copy of the same build.
pub fn build_id(options: &LeptosOptions) -> String {
    const DIGITS: usize = 12;
    let hashes = hash_file()
        .filter(|_| options.hash_files)
        .and_then(|file| std::fs::read(file).ok());
    match hashes {
        Some(hashes) => {
            let digest: String = Sha256::digest(&hashes)
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect();
            digest[..DIGITS].to_owned()
        }
        None => env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// A file of the site, compressed beforehand where it was; otherwise the 404 page.
pub async fn file_or_page(State(state): State<AppState>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return nothing_here().await.into_response();
    }
    let (parts, body) = request.into_parts();
    let asked = Request::from_parts(parts.clone(), Body::empty());
    let found = ServeDir::new(&*state.leptos.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .oneshot(asked)
        .await;
    match found {
        Ok(file) if file.status() != StatusCode::NOT_FOUND => {
            let mut response = file.map(Body::new);
            let caching = HeaderValue::from_static(caching_of(parts.uri.path()));
            if !response.status().is_client_error() {
                response.headers_mut().insert(header::CACHE_CONTROL, caching);
            }
            response
        }
        _ => pages::not_found(state, Request::from_parts(parts, body)).await,
    }
}

/// For addresses under `/api/` that no route takes.
pub async fn nothing_here() -> ApiError {
    ApiError::not_found("There is nothing here.")
}

/// `/pkg/nests.Zm9vYmFyYmF6cXV4Zm9vYg.wasm` never changes; `/pkg/nests.css` may, and `/hear-here.js` speaks with the server.
fn caching_of(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut parts = name.rsplit('.').skip(1);
    let has_hash = parts.next().is_some_and(|hash| hash.len() >= SHORTEST_HASH) && parts.next().is_some();
    if path.starts_with("/pkg/") && has_hash {
        FOR_GOOD
    } else if name.ends_with(".js") || name.ends_with(".css") || name.ends_with(".wasm") {
        IF_UNCHANGED
    } else {
        FOR_AN_HOUR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_are_named_after_their_content_are_kept_for_good() {
        let table = [
            ("/pkg/nests.Zm9vYmFyYmF6cXV4Zm9vYg.wasm", FOR_GOOD),
            ("/pkg/nests.Zm9vYmFyYmF6cXV4Zm9vYg.css", FOR_GOOD),
            ("/pkg/nests.wasm", IF_UNCHANGED),
            ("/pkg/snippets/a-0123456789abcdef0123/inline0.js", IF_UNCHANGED),
            ("/hear-here.js", IF_UNCHANGED),
            ("/tv.css", IF_UNCHANGED),
            ("/icons/echonest.Zm9vYmFyYmF6cXV4Zm9vYg.svg", FOR_AN_HOUR),
            ("/favicon.ico", FOR_AN_HOUR),
        ];
        for (path, caching) in table {
            assert_eq!(caching_of(path), caching, "{path}");
        }
    }
}
