//! What is tried, and what became of it.

use engine::{Done, Engine, EngineError, NewNest, RestartWish};
use nests::nest::{NestId, NestRef};
use nests::wire::Command;

use crate::support::audit::{Burst, Deed, What};
use crate::support::person;

/// What is tried. Which song or nest it hits is drawn when the burst begins.
#[derive(Clone, Debug)]
pub enum Step {
    Create { named: bool },
    Act(NestId, Command),
    Rename(NestId, &'static str),
    Delete(NestId),
    Restart(NestId, RestartWish),
    Cleanup,
    Player,
    List,
}

pub enum Answer {
    Done(Done),
    /// To this generation.
    Restarted(u32),
    Other(String),
    Failed(EngineError),
}

pub async fn attempt(engine: &Engine, who: &str, step: &Step) -> Answer {
    let by = person(who);
    let other = |answer: Result<String, EngineError>| answer.map_or_else(Answer::Failed, Answer::Other);
    let at = |nest: &NestId| NestRef::parse(nest.as_str()).expect("an id leads to its nest");
    match step {
        Step::Create { named } => {
            let wish = NewNest {
                name: named.then(|| "Friday".to_owned()),
                ..NewNest::default()
            };
            other(
                engine
                    .create_nest(&by, wish)
                    .await
                    .map(|card| card.nest_id.to_string()),
            )
        }
        Step::Act(nest, command) => engine
            .act(nest, &by, command.clone())
            .await
            .map_or_else(Answer::Failed, Answer::Done),
        Step::Rename(nest, name) => other(
            engine
                .rename_nest(&by, &at(nest), name)
                .await
                .map(|_| String::new()),
        ),
        Step::Delete(nest) => other(engine.delete_nest(&by, &at(nest)).await.map(|()| String::new())),
        Step::Restart(nest, wish) => engine
            .restart_nest(&by, &at(nest), *wish)
            .await
            .map_or_else(Answer::Failed, |restarted| {
                Answer::Restarted(restarted.generation)
            }),
        Step::Cleanup => other(engine.cleanup_step().await.map(|asleep| format!("{asleep:?}"))),
        Step::Player => other(engine.player_step().await.map(|due| format!("{due:?}"))),
        Step::List => other(engine.list_nests().await.map(|cards| cards.len().to_string())),
    }
}

/// What of the step is done now, or may be, for all that the one who tried it was told.
fn deed(step: &Step, who: &str, answer: &Answer) -> Option<Deed> {
    let is_unknown = matches!(answer, Answer::Failed(EngineError::Store(_)));
    let refused = matches!(answer, Answer::Failed(_)) && !is_unknown;
    let version = match answer {
        Answer::Done(done) => Some(done.version),
        _ => None,
    };
    let what = match step {
        _ if refused => return None,
        Step::Delete(_) => What::Deleted,
        Step::Restart(_, wish) => What::Restarted {
            keeps_queue: wish.keep_queue,
            generation: match answer {
                Answer::Restarted(generation) => Some(*generation),
                _ => None,
            },
        },
        Step::Act(_, command) => match command {
            Command::Remove { song } => What::Removed {
                song: song.clone(),
                version,
            },
            Command::Clear => What::Cleared { version },
            Command::Undo { .. } => What::Undone { version },
            Command::Add { track } => match answer {
                Answer::Done(Done { version, note: None }) => What::Added {
                    track: track.clone(),
                    by: person(who).id,
                    version: *version,
                },
                _ => return None, // a vote, or a song that may be there
            },
            _ => return None,
        },
        _ => return None,
    };
    let (Step::Act(nest, _) | Step::Rename(nest, _) | Step::Delete(nest) | Step::Restart(nest, _)) = step
    else {
        return None;
    };
    let nest = nest.clone();
    Some(Deed { nest, what })
}

pub fn note(burst: &mut Burst, process: usize, who: &str, step: &Step, answer: &Answer) {
    let said = match answer {
        Answer::Done(done) => format!("done at {}", done.version),
        Answer::Restarted(generation) => format!("generation {generation}"),
        Answer::Other(said) => said.clone(),
        Answer::Failed(error) => format!("refused: {error}"),
    };
    burst.deeds.extend(deed(step, who, answer));
    burst
        .said
        .push(format!("{who} through {process}: {step:?} → {said}"));
}
