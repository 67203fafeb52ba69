//! What the person in a socket has wished and has no answer to yet. One wish is carried out at a time, in the order of wishing,
//! beside whatever else the socket does: a source of music that hangs holds up nobody's news.

use std::collections::VecDeque;
use std::pin::Pin;

use engine::Frame;

/// Wishes without an answer. A burst of clicks fits in; behind it the socket is not read until one is answered.
const MOST: usize = 20;

/// One wish on its way to its answer, where it has one.
pub type Wish = Pin<Box<dyn Future<Output = Option<Frame>> + Send>>;

#[derive(Default)]
pub struct Wishes {
    /// The first one is begun.
    unanswered: VecDeque<Wish>,
    /// Came while something else was on its way to the browser. The next wish waits for it to go.
    answer: Option<Frame>,
}

impl Wishes {
    pub fn has_room(&self) -> bool {
        self.unanswered.len() < MOST
    }

    pub fn push(&mut self, wish: Wish) {
        self.unanswered.push_back(wish);
    }

    /// The next answer; waits where there is none to come. Cancelling it loses nothing.
    pub async fn answer(&mut self) -> Frame {
        loop {
            if let Some(answer) = self.answer.take() {
                return answer;
            }
            self.carry_out().await;
        }
    }

    /// Carries the next one out; waits where there is none. Cancelling it loses nothing. A wish that was begun has to go on whatever
    /// the socket waits for: it may hold the nest's turn, for which everybody waits.
    pub async fn carry_out(&mut self) {
        let next = self.unanswered.front_mut().filter(|_| self.answer.is_none());
        let Some(next) = next else {
            return std::future::pending().await;
        };
        self.answer = next.await;
        self.unanswered.pop_front();
    }

    /// What was wished before somebody left is carried out; nobody is there for the answers.
    pub fn finish(self) {
        if self.unanswered.is_empty() {
            return;
        }
        tokio::spawn(async move {
            for wish in self.unanswered {
                wish.await;
            }
        });
    }

    /// What was begun is brought to its end; what waited behind it is not begun.
    pub fn break_off(mut self) {
        self.unanswered.truncate(1);
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use nests::wire::ServerFrame;
    use tokio::sync::oneshot;

    use super::*;

    fn wish(id: u32) -> (oneshot::Sender<()>, Wish) {
        let (carry_out, carried_out) = oneshot::channel();
        let wish = async move {
            carried_out.await.ok()?;
            Some(Frame::of(&ServerFrame::Done { id, v: 1, note: None }))
        };
        (carry_out, Box::pin(wish))
    }

    fn id(answer: &Frame) -> u32 {
        match serde_json::from_slice(&answer.0).expect("frames are JSON") {
            ServerFrame::Done { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn wishes_are_answered_one_by_one_in_their_order_and_there_is_an_end_to_how_many_wait() {
        let mut wishes = Wishes::default();
        assert!(wishes.answer().now_or_never().is_none(), "nothing is wished");
        let mut on_their_way = Vec::new();
        for id in 0..MOST {
            assert!(wishes.has_room());
            let (carry_out, wish) = wish(id as u32);
            on_their_way.push(carry_out);
            wishes.push(wish);
        }
        assert!(!wishes.has_room());
        for carry_out in on_their_way.drain(1..) {
            carry_out.send(()).expect("it waits");
        }
        assert!(
            wishes.answer().now_or_never().is_none(),
            "the first holds up the others"
        );
        on_their_way.remove(0).send(()).expect("it waits");
        for wanted in 0..MOST {
            assert_eq!(id(&wishes.answer().await), wanted as u32);
        }
        assert!(wishes.has_room());
    }

    #[tokio::test]
    async fn whoever_leaves_has_their_wishes_carried_out_and_whoever_is_sent_away_only_what_was_begun() {
        for (is_sent_away, carried_out) in [(false, 2), (true, 1)] {
            let mut wishes = Wishes::default();
            let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
            for n in 0..2 {
                let told = told.clone();
                wishes.push(Box::pin(async move {
                    told.send(n).expect("somebody listens");
                    None
                }));
            }
            drop(told);
            match is_sent_away {
                true => wishes.break_off(),
                false => wishes.finish(),
            }
            let mut all = Vec::new();
            while let Some(n) = heard.recv().await {
                all.push(n);
            }
            assert_eq!(all, (0..carried_out).collect::<Vec<_>>());
        }
    }
}
