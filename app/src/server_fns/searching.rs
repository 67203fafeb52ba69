//! Search in all music sources.

use leptos::prelude::*;
use nests::track::Track;
use serde::{Deserialize, Serialize};

use super::Refused;
use super::answer::Answer;

/// Rows that fit under the field without scrolling for long.
pub const RESULTS: u32 = 10;
/// Rows under the seed field of the Build dialog.
pub const SEED_RESULTS: u32 = 5;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// One source's after the other's.
    pub tracks: Vec<Track>,
    /// How many there are in all.
    pub total: u32,
    /// A sentence for each source that could not answer.
    #[serde(default)]
    pub complaints: Vec<String>,
}

/// The best `limit` tracks of all sources for what was typed, each source with its share of them, or the track that a
/// pasted link names. `nest`: where one of them would be queued; empty: anywhere. `source`: the only one to be asked, which
/// then may take longer, for its tracks from `offset` on; empty: all.
#[server(name = Search, prefix = "/api/fn", endpoint = "search", input = leptos::server_fn::codec::GetUrl, output = Answer)]
pub async fn search(
    q: String,
    limit: u32,
    #[server(default)] nest: String,
    #[server(default)] source: String,
    #[server(default)] offset: u32,
) -> Result<Found, Refused> {
    use super::door;
    let me = door::person()?;
    let nest = nests::nest::NestId::parse(&nest).ok();
    let limit = limit.min(RESULTS);
    match door::source(&source)? {
        Some(source) => {
            let engine = door::engine()?;
            let found = engine
                .search_in(&me, source, nest.as_ref(), &q, limit, offset)
                .await;
            Ok(found.map_err(door::refused)?.into())
        }
        None => find(&me, nest.as_ref(), &q, limit).await,
    }
}

#[cfg(feature = "ssr")]
impl From<engine::source::FoundIn> for Found {
    fn from(found: engine::source::FoundIn) -> Self {
        Self {
            total: found.total(),
            complaints: found.complaint().into_iter().collect(),
            tracks: found.page.map(|page| page.tracks).unwrap_or_default(),
        }
    }
}

#[cfg(feature = "ssr")]
pub(super) async fn find(
    by: &nests::nest::Person,
    nest: Option<&nests::nest::NestId>,
    query: &str,
    limit: u32,
) -> Result<Found, Refused> {
    use super::door;
    let found = door::engine()?
        .search(by, nest, query, limit, 0)
        .await
        .map_err(door::refused)?;
    let counts: Vec<usize> = found.iter().map(|found| found.tracks().len()).collect();
    let shares = shares(&counts, limit as usize);
    let rows = found.iter().zip(shares);
    Ok(Found {
        tracks: rows
            .flat_map(|(found, share)| &found.tracks()[..share])
            .cloned()
            .collect(),
        total: found.iter().map(|found| found.total()).sum(),
        complaints: found.iter().filter_map(|found| found.complaint()).collect(),
    })
}

/// `limit` rows shared out among the sources, of which each has so many: a row to each in turn, so that what one doesn't
/// use goes to the others.
#[cfg(feature = "ssr")]
fn shares(counts: &[usize], limit: usize) -> Vec<usize> {
    let limit = limit.min(counts.iter().sum());
    let mut shares = vec![0; counts.len()];
    let mut given = 0;
    while given < limit {
        for (share, count) in shares.iter_mut().zip(counts) {
            if *share < *count && given < limit {
                *share += 1;
                given += 1;
            }
        }
    }
    shares
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::shares;

    #[test]
    fn every_source_gets_its_share_of_the_rows_and_what_another_leaves() {
        let table: [(&[usize], usize, &[usize]); 6] = [
            (&[10], 10, &[10]),
            (&[10, 10], 10, &[5, 5]),
            (&[10, 10], 5, &[3, 2]),
            (&[2, 10], 10, &[2, 8]),
            (&[10, 0], 10, &[10, 0]),
            (&[0, 0], 10, &[0, 0]),
        ];
        for (counts, limit, expected) in table {
            assert_eq!(shares(counts, limit), expected, "{counts:?} in {limit}");
        }
    }
}
