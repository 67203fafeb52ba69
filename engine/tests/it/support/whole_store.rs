//! Everything Redis holds, for holding one moment against another.

use std::collections::BTreeMap;

use super::House;

/// Every key as Redis stores it, except the player's lease, which comes and goes by itself.
pub async fn whole_store(house: &House) -> BTreeMap<String, Vec<u8>> {
    let mut redis = house.redis().await;
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg("*")
        .query_async(&mut redis)
        .await
        .expect("keys");
    let mut whole = BTreeMap::new();
    for key in keys
        .into_iter()
        .filter(|key| !key.ends_with("|MISC|master-player"))
    {
        let value: Option<Vec<u8>> = redis::cmd("DUMP")
            .arg(&key)
            .query_async(&mut redis)
            .await
            .expect("a value");
        whole.extend(value.map(|value| (key, value)));
    }
    whole
}
