//! One line per request, at debug level: which route, how it ended, how long it took. No addresses, no names, no queries.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::debug;

pub async fn log(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("(no route)", MatchedPath::as_str);
    let duration_ms = began.elapsed().as_millis() as u64;
    debug!(duration_ms, "{method} {route} → {}", response.status().as_u16());
    response
}
