//! What has to hold between the keys of the store at any moment.

use std::collections::{BTreeMap, BTreeSet};

use nests::nest::NestId;
use nests::wire::Snapshot;

use super::store::{Entry, Store};

/// Everything that holds whatever happened before.
pub fn holds_together(store: &Store) -> Result<(), String> {
    lookups_agree(store)?;
    names_are_counted(store)?;
    no_key_is_orphaned(store)
}

/// Registry, parked nests and the keys that lead to them tell one story.
fn lookups_agree(store: &Store) -> Result<(), String> {
    if !store.awake.contains_key(&NestId::main()) {
        return Err("the Main Nest is gone".to_owned());
    }
    if let Some(both) = store.awake.keys().find(|nest| store.parked.contains_key(*nest)) {
        return Err(format!("{both} is awake and asleep"));
    }
    for entry in store.entries().filter(|entry| !entry.nest_id.is_main()) {
        let code = format!("NESTS|code:{}", entry.code);
        let slug = entry.slug.as_ref().map(|slug| format!("NESTS|slug:{slug}"));
        for key in std::iter::once(code).chain(slug) {
            if store.text(&key) != Some(entry.nest_id.as_str()) {
                return Err(format!(
                    "{key} is {:?} and should lead to {}",
                    store.text(&key),
                    entry.nest_id
                ));
            }
        }
    }
    let belongs = |key: &str, id: &str| {
        store
            .entries()
            .filter(|entry| entry.nest_id.as_str() == id)
            .any(|entry| match key.split_once(':') {
                Some((_, name)) => {
                    let mut slugs = entry.slug.iter().chain(&entry.old_slugs);
                    slugs.any(|known| known.as_str() == name) || entry.code == name
                }
                None => false,
            })
    };
    let lookups = store
        .kept
        .values()
        .filter(|kept| kept.key.starts_with("NESTS|code:") || kept.key.starts_with("NESTS|slug:"));
    for lookup in lookups {
        let id = lookup.value.as_str().unwrap_or_default();
        if !belongs(&lookup.key, id) {
            return Err(format!("{} leads to {id:?}, which does not know it", lookup.key));
        }
    }
    let due = store.texts("NESTS|due");
    match due
        .iter()
        .find(|nest| !store.awake.keys().any(|awake| awake.as_str() == nest.as_str()))
    {
        Some(nest) => Err(format!("the player is told of {nest}, which is not awake")),
        None => Ok(()),
    }
}

/// The house knows how many nests have which name.
fn names_are_counted(store: &Store) -> Result<(), String> {
    let mut names: BTreeMap<String, u64> = BTreeMap::new();
    for entry in store.entries().filter(|entry| !entry.nest_id.is_main()) {
        *names.entry(entry.name.to_string()).or_default() += 1;
    }
    let counted = store.texts("NESTS|names");
    let counted: BTreeMap<String, u64> = counted
        .chunks(2)
        .map(|pair| (pair[0].clone(), pair[1].parse().expect("a number")))
        .collect();
    if counted == names {
        Ok(())
    } else {
        Err(format!("the names are {names:?}, and {counted:?} were counted"))
    }
}

/// What lives for ever belongs to a nest that is awake, or sleeps and has a history, or is being removed.
fn no_key_is_orphaned(store: &Store) -> Result<(), String> {
    const FOR_EVER: i64 = -1;
    let cleanup_due = store.texts("NESTS|cleanup-due");
    for kept in store.kept.values().filter(|kept| kept.ttl == FOR_EVER) {
        let Some((nest, family)) = kept
            .key
            .strip_prefix("NEST:")
            .and_then(|rest| rest.split_once('|'))
        else {
            continue;
        };
        let is_in = |nests: &BTreeMap<NestId, Entry>| nests.keys().any(|known| known.as_str() == nest);
        let is_due = cleanup_due.iter().any(|due| due == nest);
        let may_stay = match (is_in(&store.awake), is_in(&store.parked)) {
            (true, _) => true,
            (_, true) => family == "MISC|history",
            _ => is_due,
        };
        if !may_stay {
            return Err(format!("{} is left over, for ever", kept.key));
        }
    }
    let watched = |nest: &NestId| nest.is_main() || cleanup_due.iter().any(|due| due == nest.as_str());
    match store
        .awake
        .keys()
        .chain(store.parked.keys())
        .find(|nest| !watched(nest))
    {
        Some(nest) => Err(format!("the cleanup will never look at {nest}")),
        None => Ok(()),
    }
}

/// The queue's keys say what the log says, and the directory has the name that the log told of.
pub fn keys_follow_the_log(store: &Store, copy: &Snapshot) -> Result<(), String> {
    let nest = &copy.nest.id;
    let entry = &store.awake[nest];
    if (&copy.nest.name, &copy.nest.slug) != (&entry.name, &entry.slug) {
        return Err(format!(
            "{nest} is {:?} for those inside, and {:?} in the directory",
            copy.nest.name, entry.name
        ));
    }
    let of = |family: &str| format!("NEST:{nest}|{family}");
    let waiting: BTreeSet<String> = copy.songs.iter().map(|q| q.song.id.to_string()).collect();
    let playing = copy.playing.as_ref().map(|p| p.queued.song.id.to_string());
    let held: BTreeSet<String> = waiting.iter().cloned().chain(playing.clone()).collect();

    let queue: BTreeSet<String> = store.texts(&of("MISC|priority-queue")).into_iter().collect();
    if queue != waiting {
        return Err(format!(
            "{nest}: the queue holds {queue:?}, the log says {waiting:?}"
        ));
    }
    let now_playing = store.text(&of("MISC|now-playing"));
    if now_playing != playing.as_deref() {
        return Err(format!("{nest}: {now_playing:?} plays, the log says {playing:?}"));
    }
    let (songs, jams) = (of("QUEUE|"), of("QUEUEJAM|"));
    let about_songs = |key: &str| {
        let rest = key
            .strip_prefix(&songs)
            .map(|rest| rest.strip_prefix("VOTE|").unwrap_or(rest));
        rest.or_else(|| key.strip_prefix(&jams)).map(str::to_owned)
    };
    for key in store.kept.keys() {
        if let Some(song) = about_songs(key)
            && !held.contains(&song)
        {
            return Err(format!("{key} is of a song that is gone"));
        }
    }
    match held
        .iter()
        .find(|song| !store.kept.contains_key(&format!("{songs}{song}")))
    {
        Some(song) => Err(format!("{nest}: the song {song} has no key")),
        None => Ok(()),
    }
}
