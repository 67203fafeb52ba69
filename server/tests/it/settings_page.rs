//! `/nest/{code}/settings`: what its creator can change about a nest, by plain forms.

use nests::wire::ServerFrame;
use serde_json::json;

use super::support::House;
use super::support::restful::{drowsy_house, fall_asleep};

#[tokio::test]
async fn the_page_says_how_many_are_listening_before_anything_happens_to_them() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let code = anna.build("Friday Vibes").await;
    let path = format!("/nest/{code}/settings");
    let page = anna.visit(&path).await.expect(200).text();
    assert_eq!(
        page.matches("Nobody is listening").count(),
        2,
        "restart and delete: {page}"
    );
    let mut tabs = [
        house.tab_at(&anna, &format!("/socket/{code}")).await,
        house.tab_at(&ben, &format!("/socket/{code}")).await,
    ];
    let both = |frame| matches!(frame, ServerFrame::People { count: 2, .. }).then_some(());
    tabs[0].frame_that(both).await;
    let page = anna.visit(&path).await.expect(200).text();
    assert_eq!(page.matches("2 people are listening").count(), 2, "{page}");
    assert!(page.contains("Everybody is sent to the Main Nest"));
    let form = format!("nest={code}&mode=force&keep_queue=true");
    let answer = anna.post_form("/api/fn/restart_nest", &form).await.expect(302);
    assert_eq!(answer.header("location"), format!("/nest/{code}"));
}

#[tokio::test]
async fn only_its_creator_finds_the_forms() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let code = anna.build("Friday Vibes").await;
    let path = format!("/nest/{code}/settings");
    let his = ben.visit(&path).await.expect(200).text();
    assert!(his.contains("Only Anna, who built it, can change it"), "{his}");
    assert!(!his.contains("/api/fn/"), "{his}");
    let main = anna.visit("/nest/main/settings").await.expect(200).text();
    assert!(main.contains("runs for ever"), "{main}");
    anna.visit("/nest/ZZZZZ/settings").await.expect(404);
    let menu = anna.visit(&format!("/nest/{code}")).await.expect(200).text();
    assert!(menu.contains(&path), "the menu leads there");
    let menu = ben.visit(&format!("/nest/{code}")).await.expect(200).text();
    assert!(!menu.contains(&path), "but not for guests");
}

#[tokio::test]
async fn a_nest_is_renamed_and_its_emoji_picked_without_a_script() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let code = anna.build("Friday Vibes").await;
    let path = format!("/nest/{code}/settings");
    let headphones = "%F0%9F%8E%A7";
    for (function, fields) in [
        ("rename_nest", "name=Saturday+Vibes".to_owned()),
        ("set_emoji", format!("emoji={headphones}")),
    ] {
        let form = format!("nest={code}&{fields}");
        let address = format!("/api/fn/{function}");
        let answer = anna.post_form(&address, &form).await.expect(302);
        assert_eq!(answer.header("location"), path, "{function}");
        ben.post_form(&address, &form).await.expect(302);
    }
    let card = anna.get("/api/nests/saturday-vibes").await.expect(200).json();
    assert_eq!(
        (&card["name"], &card["emoji"]),
        (&json!("Saturday Vibes"), &json!("\u{1F3A7}"))
    );
    let page = anna.visit(&path).await.expect(200).text();
    assert!(
        page.contains("value=\"Saturday Vibes\"") && page.contains("value=\"\u{1F3A7}\""),
        "{page}"
    );
    anna.post_form("/api/fn/set_emoji", &format!("nest={code}&emoji="))
        .await
        .expect(302);
    let card = anna.get("/api/nests/saturday-vibes").await.expect(200).json();
    assert_eq!(card["emoji"], serde_json::Value::Null, "blank takes it away");
}

#[tokio::test]
async fn bender_is_switched_by_the_host_without_a_script_and_every_tab_hears_of_it() {
    let house = House::open_with(&[("USE_BENDER", "true")], |_| {}).await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let code = anna.build("Friday Vibes").await;
    let (room, path) = (format!("/nest/{code}"), format!("/nest/{code}/settings"));
    let mut tab = house.tab_at(&ben, &format!("/socket/{code}")).await;
    tab.event_that(|change| change.get("added").is_some()).await;
    let wish = |on: bool| format!("nest={code}&on={on}");
    let switch = "/api/fn/switch_bender";

    ben.post_form(switch, &wish(false)).await.expect(302);
    let page = anna.visit(&path).await.expect(200).text();
    assert!(
        page.contains("Bender is on") && page.contains("Switch Bender off"),
        "not his to switch: {page}"
    );
    let answer = anna.post_form(switch, &wish(false)).await.expect(302);
    assert_eq!(answer.header("location"), path);
    tab.event_that(|change| change["bender_switched"]["on"] == json!(false))
        .await;
    let page = anna.visit(&path).await.expect(200).text();
    assert!(
        page.contains("Bender is off") && page.contains("Switch Bender on"),
        "{page}"
    );
    let shown = ben.visit(&room).await.expect(200).text();
    assert!(shown.contains("Bender is off here"), "{shown}");
    assert!(!shown.contains("data-auto"), "no row of his: {shown}");

    anna.post_form(switch, &wish(true)).await.expect(302);
    tab.event_that(|change| change["bender_switched"]["on"] == json!(true))
        .await;
    tab.event_that(|change| change["added"]["songs"][0]["auto"] == json!(true))
        .await;
    let shown = ben.visit(&room).await.expect(200).text();
    assert!(!shown.contains("Bender is off here"), "{shown}");
}

#[tokio::test]
async fn in_the_main_nest_everybody_switches_bender_and_nothing_else() {
    let house = House::open_with(&[("USE_BENDER", "true")], |_| {}).await;
    let ben = house.guest("Ben").await;
    let path = "/nest/main/settings";
    let menu = ben.visit("/").await.expect(200).text();
    assert!(menu.contains(path), "the menu leads there");
    let page = ben.visit(path).await.expect(200).text();
    assert!(page.contains("Switch Bender off"), "{page}");
    for other in ["rename_nest", "set_emoji", "restart_nest", "delete_nest"] {
        assert!(!page.contains(other), "{other}: {page}");
    }
    let answer = ben
        .post_form("/api/fn/switch_bender", "nest=main&on=false")
        .await
        .expect(302);
    assert_eq!(answer.header("location"), path);
    let page = ben.visit(path).await.expect(200).text();
    assert!(page.contains("Switch Bender on"), "{page}");
}

#[tokio::test]
async fn where_the_house_has_no_bender_the_page_says_so() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Friday Vibes").await;
    for path in [format!("/nest/{code}/settings"), "/nest/main/settings".to_owned()] {
        let page = anna.visit(&path).await.expect(200).text();
        assert!(
            page.contains("Bender is switched off in this whole house"),
            "{page}"
        );
        assert!(!page.contains("switch_bender"), "{page}");
    }
}

#[tokio::test]
async fn a_nest_is_deleted_by_its_creator_only_awake_or_asleep() {
    let house = drowsy_house(&[], |_| {}).await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let (awake, asleep) = (anna.build("Awake").await, anna.build("Asleep").await);
    let mut tab = house.tab_at(&ben, &format!("/socket/{awake}")).await;
    tab.snapshot().await;
    fall_asleep(&house, &asleep).await;
    let page = anna
        .visit(&format!("/nest/{asleep}/settings"))
        .await
        .expect(200)
        .text();
    assert!(page.contains("It is asleep: nobody is listening"), "{page}");
    for form in ["rename_nest", "switch_bender"] {
        assert!(
            !page.contains(form),
            "a sleeping nest stays as it is: {form}: {page}"
        );
    }
    for code in [&awake, &asleep] {
        let form = format!("nest={code}");
        ben.post_form("/api/fn/delete_nest", &form).await.expect(302);
        anna.get(&format!("/api/nests/{code}")).await.expect(200);
        let answer = anna.post_form("/api/fn/delete_nest", &form).await.expect(302);
        assert_eq!(answer.header("location"), "/");
        anna.get(&format!("/api/nests/{code}")).await.expect(410);
    }
    assert_eq!(tab.closed_with().await, 4410, "who is inside is told");
}
