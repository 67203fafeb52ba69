//! Everything Redis holds, for holding one moment against another.

use std::collections::BTreeMap;

use super::House;

/// Every key as Redis stores it, except the player's lease and the count of its holders, which come and go by themselves.
pub async fn whole_store(house: &House) -> BTreeMap<String, Vec<u8>> {
    let mut redis = house.redis().await;
    let mut whole = BTreeMap::new();
    for key in house
        .keys("*")
        .await
        .into_iter()
        .filter(|key| !key.ends_with("|MISC|master-player") && !key.ends_with("|MISC|player-fence"))
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
