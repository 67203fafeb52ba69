//! Bringing others to a nest: short links as QR codes.

use nests::wire::ErrorCode;
use serde_json::json;

use super::support::House;

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
    let card = anna
        .post("/api/nests", json!({"name": "Friday Vibes"}))
        .await
        .expect(200)
        .json();
    let code = card["code"].as_str().expect("a code");
    for nest in [code, "friday-vibes", &code.to_lowercase()] {
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
    let card = anna
        .post("/api/nests", json!({"name": "Kitchen"}))
        .await
        .expect(200)
        .json();
    let code = card["code"].as_str().expect("a code");
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
