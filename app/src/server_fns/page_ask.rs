//! What the address of a page without a nest says: why the last form was refused, and where to go afterwards.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAsk {
    pub notice: Option<String>,
    /// Where to go after signing in. The server checks that it is on this site.
    pub next: Option<String>,
}

/// Read while the server draws the page. The browser takes over what was read.
pub async fn page_ask() -> PageAsk {
    #[cfg(feature = "ssr")]
    {
        let asked = super::page_query::of_request();
        PageAsk {
            notice: asked.notice,
            next: asked.next,
        }
    }
    #[cfg(not(feature = "ssr"))]
    PageAsk::default()
}
