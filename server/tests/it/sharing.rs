//! Bringing others to a nest: short links as QR codes, and what chat programs show of them.

use nests::wire::ErrorCode;
use serde_json::{Value, json};

use super::support::{Answer, House};

/// What a camera reads off the code.
fn read_by_camera(svg: &str) -> String {
    const PIXELS_PER_SQUARE: usize = 6;
    let side: usize = number_after(svg, "viewBox=\"0 0 ");
    let mut dark = vec![false; side * side];
    let path = svg.split(" d=\"").nth(1).expect("a path");
    for run in path.split('M').skip(1) {
        let (x, rest) = run.split_once(' ').expect("x");
        let (y, rest) = rest.split_once('h').expect("y");
        let (length, _) = rest.split_once('v').expect("a run");
        let at = |text: &str| text.parse::<usize>().expect("a number");
        let start = at(y) * side + at(x);
        dark[start..start + at(length)].fill(true);
    }
    let pixels = side * PIXELS_PER_SQUARE;
    let shade = |x: usize, y: usize| {
        if dark[y / PIXELS_PER_SQUARE * side + x / PIXELS_PER_SQUARE] {
            0
        } else {
            255
        }
    };
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(pixels, pixels, shade);
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1, "one code is found");
    grids[0].decode().expect("it reads").1
}

fn number_after(text: &str, mark: &str) -> usize {
    let (_, rest) = text.split_once(mark).expect("the mark");
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

#[tokio::test]
async fn a_nests_qr_code_leads_to_its_short_link() {
    let house = House::open_with(&[("HOSTNAME", "https://echone.st")], |_| {}).await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Friday Vibes").await;
    for nest in [code.as_str(), "friday-vibes", &code.to_lowercase()] {
        let answer = house
            .stranger()
            .get(&format!("/nest/{nest}/qr.svg"))
            .await
            .expect(200);
        assert_eq!(answer.header("content-type"), "image/svg+xml");
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        assert_eq!(read_by_camera(&answer.text()), "https://echone.st/friday-vibes");
    }
    let main = house.stranger().get("/nest/main/qr.svg").await.expect(200);
    assert_eq!(read_by_camera(&main.text()), "https://echone.st");
}

#[tokio::test]
async fn where_no_setting_names_the_host_links_go_by_the_one_the_visitor_used() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Kitchen").await;
    let answer = anna.get(&format!("/nest/{code}/qr.svg")).await.expect(200);
    assert_eq!(read_by_camera(&answer.text()), "http://127.0.0.1/kitchen");
    let page = anna.visit(&format!("/nest/{code}")).await.expect(200);
    assert!(
        page.text().contains("value=\"http://127.0.0.1/kitchen\""),
        "the dialog says the same"
    );
    assert!(page.text().contains(&format!("src=\"/nest/{code}/qr.svg\"")));
}

#[tokio::test]
async fn there_is_no_code_for_a_nest_that_is_not() {
    let house = House::open().await;
    for nest in ["ZZZZZ", "nobody-here", "%20"] {
        house
            .stranger()
            .get(&format!("/nest/{nest}/qr.svg"))
            .await
            .refused(404, ErrorCode::NotFound);
    }
}

/// The tags of a page's link preview.
fn preview(page: &str) -> Vec<(String, String)> {
    let tags = page.split("<meta ").skip(1).filter_map(|tag| {
        let tag = tag.split('>').next()?;
        let value = |name: &str| {
            tag.split_once(&format!("{name}=\""))
                .and_then(|(_, rest)| rest.split('"').next())
        };
        let name = value("property").or(value("name"))?;
        Some((name.to_owned(), value("content")?.to_owned()))
    });
    tags.filter(|(name, _)| name.starts_with("og:") || name.starts_with("twitter:"))
        .collect()
}

async fn followed(house: &House, link: &str) -> String {
    let mut path = link.to_owned();
    loop {
        let answer = house.stranger().visit(&path).await;
        match answer.header("location") {
            "" => return answer.expect(200).text(),
            next => path = next.to_owned(),
        }
    }
}

#[tokio::test]
async fn a_link_is_previewed_by_name_emoji_and_picture_and_nothing_else_leaks() {
    let house = House::open_with(&[("HOSTNAME", "https://echone.st")], |_| {}).await;
    let anna = house.guest("Anna").await;
    let code = anna.build("Friday & Vibes").await;
    let path = format!("/api/nests/{code}");
    let altered = anna
        .json(axum::http::Method::PATCH, &path, json!({"emoji": "🎧"}))
        .await
        .expect(200)
        .json();
    assert_eq!(altered["emoji"], "🎧");

    for link in ["/friday-vibes".to_owned(), format!("/nest/{code}")] {
        let page = followed(&house, &link).await;
        let told = preview(&page);
        let of = |wanted: &str| {
            told.iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!(of("og:title"), Some("🎧 Friday &amp; Vibes"), "{told:?}");
        assert_eq!(of("og:url"), Some("https://echone.st/friday-vibes"));
        let picture = format!("https://echone.st/nest/{code}/card.png");
        assert_eq!(
            (of("og:image"), of("twitter:image")),
            (Some(&*picture), Some(&*picture))
        );
        assert_eq!(
            of("og:description"),
            Some("One queue, everyone’s music, the same moment. Fly in.")
        );
        assert_eq!(of("twitter:card"), Some("summary_large_image"));
        assert!(!page.contains("Anna"), "who built it is nobody's business");
    }
    let inside = anna.visit(&format!("/nest/{code}")).await.expect(200).text();
    assert_eq!(preview(&inside).len(), 12);
    assert_eq!(
        preview(&followed(&house, "/nest/ZZZZZ").await),
        [],
        "no nest, no preview"
    );
}

#[tokio::test]
async fn the_picture_of_a_nest_has_the_size_that_chat_programs_ask_for() {
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    house.with_a_song_waiting(&anna).await; // and one that plays
    for nest in ["main", "MAIN"] {
        let answer = house
            .stranger()
            .get(&format!("/nest/{nest}/card.png"))
            .await
            .expect(200);
        assert_eq!(answer.header("content-type"), "image/png");
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
        let picture = image::load_from_memory(&answer.body).expect("a picture");
        assert_eq!((picture.width(), picture.height()), (1200, 630));
    }
    house
        .stranger()
        .get("/nest/ZZZZZ/card.png")
        .await
        .refused(404, ErrorCode::NotFound);
}

/// Each made-up host was a picture of its own: drawn for whoever asked, signed in or not, and put in the place of another.
#[tokio::test]
async fn fault_a_picture_was_drawn_for_each_host_that_somebody_made_up() {
    let (house, named) = (
        House::open().await,
        House::open_with(&[("HOSTNAME", "https://echone.st")], |_| {}).await,
    );
    let drawn = async |house: &House, host: &str| {
        let answer = house
            .stranger()
            .ask("/nest/main/card.png", &[("host", host)])
            .await;
        answer.expect(200).body
    };
    let (one, other) = (drawn(&house, "a.example").await, drawn(&house, "b.example").await);
    assert!(one == other, "the same picture");
    let with_link = drawn(&named, "a.example").await;
    assert!(
        with_link == drawn(&named, "b.example").await && with_link != one,
        "the settings' own host is on it"
    );
}

#[tokio::test]
async fn the_picture_of_a_nest_shows_the_cover_of_what_plays() {
    /// Well inside of where the cover lies.
    const ON_THE_COVER: [(u32, u32); 3] = [(120, 315), (315, 120), (500, 500)];
    /// What is lost on the way, at most.
    const AS_GOOD_AS_EQUAL: u8 = 8;
    let house = House::open().await;
    let anna = house.guest("Anna").await;
    let picture = |answer: Answer| {
        image::load_from_memory(&answer.body)
            .expect("a picture")
            .into_rgb8()
    };
    let found = anna.get("/api/search?q=glass").await.expect(200).json();
    let cover = found["tracks"][0]["big_img"].as_str().expect("a cover");
    let cover = picture(anna.get(cover).await.expect(200));
    let colour = cover.get_pixel(0, 0);
    let is_cover = |pixel: &image::Rgb<u8>| {
        let mut parts = pixel.0.iter().zip(colour.0);
        parts.all(|(seen, wanted)| seen.abs_diff(wanted) <= AS_GOOD_AS_EQUAL)
    };
    let covered = async || {
        let card = picture(house.stranger().get("/nest/main/card.png").await.expect(200));
        ON_THE_COVER.map(|(x, y)| is_cover(card.get_pixel(x, y)))
    };
    assert_eq!(covered().await, [false; 3], "nothing plays");
    house.with_a_song_waiting(&anna).await;
    assert_eq!(covered().await, [true; 3]);
}

#[tokio::test]
async fn only_its_creator_picks_a_nests_emoji_and_it_is_one_emoji() {
    let house = House::open().await;
    let (anna, ben) = (house.guest("Anna").await, house.guest("Ben").await);
    let path = format!("/api/nests/{}", anna.build("Kitchen").await);
    let patch = |browser: &super::support::Browser, body: Value| {
        let (browser, path) = (browser.clone(), path.clone());
        async move { browser.json(axum::http::Method::PATCH, &path, body).await }
    };
    for emoji in ["🎧🎧", "a", "<b>"] {
        let error = patch(&anna, json!({"emoji": emoji}))
            .await
            .refused(400, ErrorCode::InvalidRequest);
        assert_eq!(error.field.as_deref(), Some("emoji"));
    }
    patch(&ben, json!({"emoji": "🎧"}))
        .await
        .refused(403, ErrorCode::Forbidden);
    patch(&anna, json!({}))
        .await
        .refused(400, ErrorCode::InvalidRequest);
    let both = patch(&anna, json!({"emoji": "👨‍👩‍👧", "name": "Living Room"}))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&both["emoji"], &both["slug"]),
        (&json!("👨‍👩‍👧"), &json!("living-room"))
    );
    let without = patch(&anna, json!({"emoji": ""})).await.expect(200).json();
    assert_eq!(
        (&without["emoji"], &without["name"]),
        (&Value::Null, &json!("Living Room"))
    );
}
