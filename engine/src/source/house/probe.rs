use super::effects::Loudness;
use super::*;
pub fn stems() {
    for piece in pieces::all() {
        let all = arrange::arrange(piece).unwrap();
        println!("{}  ({:.0}s)", piece.title, piece.seconds());
        for (n, part) in piece.band.iter().enumerate() {
            let mut parts: Vec<Vec<arrange::Event>> = all.parts.iter().map(|_| vec![]).collect();
            parts[n] = all.parts[n].clone();
            let count = parts[n].len();
            let (l, peak, secs) = studio::stem(piece, parts);
            println!(
                "   {:12} {:6.1} LUFS  peak {:.3}  n {} cost {:.2}s",
                part.name, l, peak, count, secs
            );
        }
        let (l, peak, secs) = studio::stem(piece, all.parts.clone());
        println!("   {:12} {:6.1} LUFS  peak {:.3} {:.2}s", "ALL", l, peak, secs);
    }
}
#[allow(dead_code)]
fn unused(_: Loudness) {}
pub fn costs() {
    let p = pieces::all()[1];
    let t = std::time::Instant::now();
    let r = studio::record(p, 44100, None, &|| false).unwrap().unwrap();
    println!("record {:.2}", t.elapsed().as_secs_f32());
    for o in [4usize] {
        let t = std::time::Instant::now();
        let f = encode::flac(&r, 1).unwrap();
        println!(
            "flac order {o} {:.2}  {} kB",
            t.elapsed().as_secs_f32(),
            f.len() / 1000
        );
    }
    let t = std::time::Instant::now();
    for s in pieces::all() {
        let t = std::time::Instant::now();
        let c = cover::paint(s.cover, 600, 1).unwrap();
        println!(
            "  {:?} {} kB {:.3}",
            s.cover,
            c.len() / 1000,
            t.elapsed().as_secs_f32()
        );
    }
    println!("covers {:.2}", t.elapsed().as_secs_f32());
}
