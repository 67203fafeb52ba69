//! docs/HTTP-API.md against the program: no route and no page is missing from it.

/// What the router knows that nobody is meant to ask for: the catch-alls behind everything else.
const UNWRITTEN: [&str; 2] = ["/api/", "/api/{*rest}"];

#[test]
fn the_docs_name_every_route() {
    let docs = include_str!("../../../docs/HTTP-API.md");
    let router = include_str!("../../src/router.rs");
    let mut seen = 0;
    for route in router.split(".route(").skip(1) {
        let route: String = route.split_whitespace().collect::<Vec<_>>().join(" ");
        let path = route.split('"').nth(1).expect("a path");
        let handlers = route.split(".route").next().unwrap_or_default();
        let after_path = handlers.split_once(path).map_or("", |(_, rest)| rest);
        for (method, call) in [
            ("GET", "get("),
            ("POST", "post("),
            ("PATCH", "patch("),
            ("PUT", "put("),
            ("DELETE", "delete("),
        ] {
            if !after_path.contains(&format!(" {call}")) && !after_path.contains(&format!(".{call}")) {
                continue;
            }
            seen += 1;
            assert!(
                UNWRITTEN.contains(&path) || docs.contains(&format!("`{method} {path}")),
                "docs/HTTP-API.md says nothing of {method} {path}"
            );
        }
    }
    assert!(seen >= 25, "the router was read: {seen} routes");
    let pages = include_str!("../../../app/src/root.rs");
    for page in pages.split("path!(\"").skip(1) {
        let path = page
            .split('"')
            .next()
            .unwrap_or_default()
            .replace(":code", "{code}");
        assert!(
            docs.contains(&format!("`{path}`")),
            "docs/HTTP-API.md says nothing of the page {path}"
        );
    }
}
