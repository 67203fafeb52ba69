//! Connecting one's own Spotify, choosing a device, and taking it all back: as a browser without JavaScript does it.

use nests::nest::MemberId;
use nests::wire::ErrorCode;
use server::http::redirect::LONGEST_WAY;
use standin::spotify::listeners::{ANNA, CLEO, FRED, Listener};
use standin::spotify::{Mood, Spotify};

use super::spotify::open;
use super::support::{Browser, House};

pub async fn connect(standin: &Spotify, anna: &Browser, listener: Listener, next: &str) -> String {
    let next = format!("next={next}");
    let page = anna.post_form("/spotify/connect", &next).await.expect(303);
    come_back(anna, &standin.agree(page.header("location"), listener)).await
}

/// Follows the way back from Spotify; where it leads.
pub async fn come_back(anna: &Browser, url: &str) -> String {
    let path = url.find("/authentication").map_or("", |at| &url[at..]);
    anna.visit(path).await.expect(302).header("location").to_owned()
}

pub async fn page(anna: &Browser, path: &str) -> String {
    anna.visit(path).await.expect(200).text()
}

pub async fn open_with_anna(standin: &Spotify) -> (House, Browser) {
    let house = open(standin).await;
    let anna = house.guest("Anna").await;
    (house, anna)
}

#[tokio::test]
async fn whoever_signs_in_is_asked_once_and_can_skip_it() {
    let standin = Spotify::start().await.expect("a stand-in");
    let house = open(&standin).await;
    let mut anna = house.stranger();
    let answer = anna
        .post_form("/login/guest", "nickname=Anna&next=%2Fnest%2FX7K2P")
        .await
        .expect(303);
    assert_eq!(answer.header("location"), "/spotify?next=/nest/X7K2P");
    let (cookie, _) = answer.header("set-cookie").split_once("; ").expect("a cookie");
    anna.cookie = cookie.to_owned();
    let text = page(&anna, "/spotify?next=/nest/X7K2P").await;
    assert!(text.contains("Connect Spotify"));
    assert!(
        text.contains(r#"<a href="/nest/X7K2P" class="button button--wide">Skip for now"#),
        "{text}"
    );
    let away = page(&anna, "/spotify?next=//evil.example").await;
    assert!(!away.contains("evil.example"));
}

#[tokio::test]
async fn connecting_leads_to_spotify_and_back_to_where_one_was_and_disconnecting_forgets() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (_house, anna) = open_with_anna(&standin).await;
    assert_eq!(
        connect(&standin, &anna, ANNA, "%2Fspotify%3Fnest%3Dmain").await,
        "/spotify?why=connected&next=/spotify%3Fnest%3Dmain"
    );
    let text = page(&anna, "/spotify?why=connected").await;
    assert!(text.contains("Anna Listens") && text.contains("Premium") && text.contains("Connected."));
    let answer = anna.post_form("/spotify/disconnect", "").await.expect(302);
    assert_eq!(answer.header("location"), "/spotify?why=disconnected");
    let text = page(&anna, "/spotify").await;
    assert!(text.contains("Connect Spotify") && !text.contains("Anna Listens"));
}

#[tokio::test]
async fn each_way_it_can_fail_is_told_in_words_and_connects_nobody() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna) = open_with_anna(&standin).await;
    let begin = async || {
        let page = anna.post_form("/spotify/connect", "").await.expect(303);
        page.header("location").to_owned()
    };
    let declined = come_back(&anna, &standin.decline(&begin().await)).await;
    assert_eq!(declined, "/spotify?why=declined");
    let no_seat = come_back(&anna, &standin.agree(&begin().await, FRED)).await;
    assert_eq!(no_seat, "/spotify?why=no-seat");
    let ben = house.guest("Ben").await;
    let hers = standin.agree(&begin().await, ANNA);
    assert_eq!(
        come_back(&ben, &hers).await,
        "/spotify?why=state",
        "not his answer"
    );
    assert_eq!(
        come_back(&anna, &hers).await,
        "/spotify?why=state",
        "used up by then"
    );
    let callback = "/authentication/spotify_callback";
    assert_eq!(come_back(&anna, callback).await, "/spotify?why=state");
    let back = standin.agree(&begin().await, ANNA);
    standin.be(Mood::Overloaded);
    assert_eq!(come_back(&anna, &back).await, "/spotify?why=unavailable");
    standin.be(Mood::Well);
    for (word, part) in [
        ("declined", "did not agree"),
        ("no-seat", "five seats"),
        ("state", "too old"),
        ("unavailable", "try again"),
    ] {
        let text = page(&anna, &format!("/spotify?why={word}")).await;
        assert!(text.contains(part) && text.contains("Connect Spotify"), "{word}");
    }
    let made_up = page(&anna, "/spotify?why=You+won").await;
    assert!(!made_up.contains("You won"));
    let stranger = house
        .stranger()
        .visit("/authentication/spotify_callback?state=x&code=y")
        .await
        .expect(303);
    assert!(
        stranger
            .header("location")
            .starts_with("/login?next=/authentication/spotify_callback")
    );
    house
        .stranger()
        .post_form("/spotify/connect", "")
        .await
        .expect(401);
}

#[tokio::test]
async fn a_guest_who_signs_out_leaves_no_account_behind() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna) = open_with_anna(&standin).await;
    connect(&standin, &anna, ANNA, "").await;
    let room = page(&anna, "/").await;
    let (_, me) = room.split_once(r#""me":{"id":""#).expect("the room knows her");
    let id = MemberId::parse(me.split('"').next().unwrap_or_default()).expect("an id");
    let kept = async || house.state.engine.account(&id).await.expect("the store answers");
    assert!(kept().await.is_some());
    anna.post_form("/logout", "").await.expect(303);
    assert_eq!(kept().await, None);
}

#[tokio::test]
async fn a_device_is_chosen_from_those_that_are_open_and_let_go_again() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (_house, anna) = open_with_anna(&standin).await;
    connect(&standin, &anna, ANNA, "").await;
    let none = page(&anna, "/spotify?nest=main").await;
    assert!(none.contains("open on none of your devices") && none.contains("Look again"));
    let kitchen = standin.open_device(ANNA, "Kitchen", "Speaker");
    standin.open_device(ANNA, "Phone", "Smartphone");
    let both = page(&anna, "/spotify?nest=main").await;
    assert!(
        both.contains("Kitchen · Speaker") && both.contains("Phone · Smartphone"),
        "{both}"
    );
    let form = format!("nest=main&device={kitchen}");
    let answer = anna.post_form("/api/fn/hear_on", &form).await.expect(302);
    assert_eq!(answer.header("location"), "/spotify?nest=main");
    let chosen = page(&anna, "/spotify?nest=main").await;
    assert_eq!(chosen.matches(r#"data-testid="chosen""#).count(), 1);
    assert!(chosen.contains("It plays while you have the nest open."));
    anna.post_form("/api/fn/stop_hearing", "nest=main")
        .await
        .expect(302);
    let text = page(&anna, "/spotify?nest=main").await;
    assert!(!text.contains(r#"data-testid="chosen""#));
}

#[tokio::test]
async fn a_free_account_and_one_from_another_country_are_told_what_that_means() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, cleo) = open_with_anna(&standin).await;
    connect(&standin, &cleo, CLEO, "").await;
    assert!(
        page(&cleo, "/spotify")
            .await
            .contains("Only Premium lets others start music")
    );
    let dan = house.guest("Dan").await;
    connect(&standin, &dan, standin::spotify::listeners::DAN, "").await;
    assert!(page(&dan, "/spotify").await.contains("another country"));
}

#[tokio::test]
async fn a_house_without_spotify_says_so_and_asks_nobody() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    assert!(
        page(&anna, "/spotify")
            .await
            .contains("This house has no Spotify")
    );
    let answer = anna.post_form("/spotify/connect", "").await.expect(302);
    assert_eq!(answer.header("location"), "/spotify?why=unavailable");
}

#[tokio::test]
async fn the_form_that_leads_to_spotify_is_allowed_to_and_no_other_place_is() {
    let standin = Spotify::start().await.expect("a stand-in");
    let (_house, anna) = open_with_anna(&standin).await;
    let answer = anna.visit("/spotify").await.expect(200);
    let policy = answer.header("content-security-policy");
    let wanted = format!("form-action 'self' {};", standin.accounts_url());
    assert!(policy.contains(&wanted), "{policy}");
}

/// Sixty kilobytes of a way on were kept for ten minutes, as often as somebody signed in wished.
#[tokio::test]
async fn fault_whoever_was_signed_in_could_fill_the_store_with_ways_on() {
    /// So many may be begun at once.
    const AT_ONCE: usize = 10;
    let standin = Spotify::start().await.expect("a stand-in");
    let (house, anna) = open_with_anna(&standin).await;
    let long = "a".repeat(LONGEST_WAY);
    assert_eq!(
        connect(&standin, &anna, ANNA, &format!("/{long}")).await,
        "/spotify?why=connected",
        "the usual way instead"
    );
    for _ in 1..AT_ONCE {
        anna.post_form("/spotify/connect", "next=/").await.expect(303);
    }
    let begun = house.store().keys_with("linking").len();
    assert_eq!(begun, AT_ONCE - 1);
    let page = anna.post_form("/spotify/connect", "next=/").await.expect(302);
    assert_eq!(page.header("location"), "/spotify?why=unavailable&next=/");
    let answer = anna.call_door("/spotify/connect", "next=/").await;
    let error = answer.refused(429, ErrorCode::RateLimited);
    assert_eq!(
        answer.header("retry-after"),
        error.retry_after.expect("seconds").to_string()
    );
    assert_eq!(house.store().keys_with("linking").len(), begun);
    let ben = house.guest("Ben").await;
    ben.post_form("/spotify/connect", "next=/").await.expect(303);
}
