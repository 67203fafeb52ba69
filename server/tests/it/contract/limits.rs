//! Fifty at once: a bound is a bound.

use nests::wire::ErrorCode;
use serde_json::json;

use crate::support::House;

#[tokio::test]
async fn fifty_builds_at_once_never_pass_the_limit() {
    let house = House::open_with(&[("NEST_MAX_ACTIVE", "5")], |_| {}).await;
    let anna = house.guest("Anna").await;
    let all = (0..50).map(|n| anna.post("/api/nests", json!({"name": format!("Nest {n}")})));
    let answers = futures_util::future::join_all(all).await;
    let built = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(built, 5);
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        refused.refused(429, ErrorCode::NestLimitReached);
    }
    let list = anna.get("/api/nests").await.json();
    assert_eq!(
        list["nests"].as_array().map(Vec::len),
        Some(6),
        "and the Main Nest"
    );
}
