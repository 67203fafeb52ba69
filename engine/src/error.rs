//! Why the engine could not do what it was asked, and what people are told about it.

use nests::action::Refusal;
use nests::text::sentence;
use nests::track::Source;
use nests::wire::{ErrorBody, ErrorCode};

use crate::source::SourceError;

#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("there is no such nest")]
    NoSuchNest,
    #[error("the nest is asleep")]
    NestAsleep,
    #[error("the nest was deleted")]
    NestGone,
    #[error("the nest was restarted")]
    NestRestarted,
    #[error("the nest is awake")]
    NestActive,
    #[error("somebody else restarts the nest at this moment")]
    RestartInProgress,
    #[error("the nest is of generation {0}")]
    OtherGeneration(u32),
    #[error("all {0} nests are in use")]
    NestLimit(u32, Option<String>),
    #[error("the Main Nest is permanent")]
    MainIsPermanent,
    #[error("only the creator may do that")]
    NotTheCreator,
    #[error("{field}: {message}")]
    Invalid { field: &'static str, message: String },
    #[error("too many at once")]
    RateLimited { retry_after: u32, message: String },
    #[error("the store did not answer: {0}")]
    Store(#[from] redis::RedisError),
    #[error("the store holds something unreadable: {0}")]
    Unreadable(String),
    #[error("somebody else was faster, again and again")]
    Contended,
    #[error("{}: {error}", .of.as_str())]
    Source { of: Source, error: SourceError },
}

impl EngineError {
    pub(crate) fn invalid(field: &'static str, error: impl ToString) -> Self {
        Self::Invalid {
            field,
            message: error.to_string(),
        }
    }

    /// Whether the store answered what can't be ours: a number that is none, a key of another type. Asked of reads only: for
    /// writes the same kinds mean other things.
    pub(crate) fn is_unreadable(&self) -> bool {
        use redis::ErrorKind::{Extension, Parse, UnexpectedReturnType};
        match self {
            Self::Unreadable(_) => true,
            // A key of another type is an error code that the client library has no kind for.
            Self::Store(error) => matches!(error.kind(), Parse | UnexpectedReturnType | Extension),
            _ => false,
        }
    }

    pub fn code(&self) -> ErrorCode {
        ErrorBody::from(self).error
    }
}

impl From<&EngineError> for ErrorBody {
    fn from(error: &EngineError) -> Self {
        use EngineError as E;
        match error {
            E::Refused(refusal) => refusal.clone().into(),
            E::NoSuchNest => Self::new(ErrorCode::NotFound, "There is no such nest. Check the code."),
            E::NestAsleep => Self::new(
                ErrorCode::NestAsleep,
                "This nest is asleep. Its creator can wake it.",
            ),
            E::NestGone => Self::new(ErrorCode::NestGone, "This nest is gone."),
            E::NestRestarted => Self::new(
                ErrorCode::GenerationConflict,
                "This nest was restarted a moment ago. Load the page again.",
            ),
            E::NestActive => Self::new(
                ErrorCode::NestActive,
                "This nest is awake. To restart it all the same, send mode \"force\".",
            ),
            E::RestartInProgress => Self::new(
                ErrorCode::RestartInProgress,
                "This nest is being restarted already.",
            ),
            E::OtherGeneration(generation) => Self {
                field: Some("expected_generation".into()),
                ..Self::new(
                    ErrorCode::GenerationConflict,
                    format!("This nest is at generation {generation}, not at the one you mean."),
                )
            },
            E::NestLimit(max, upgrade_url) => Self {
                upgrade_url: upgrade_url.clone(),
                ..Self::new(
                    ErrorCode::NestLimitReached,
                    match max {
                        1 => "The one nest there is room for is in use. Join it, or try again when it has fallen asleep."
                            .to_owned(),
                        max => format!("All {max} nests are in use. Join one, or try again when one has fallen asleep."),
                    },
                )
            },
            E::MainIsPermanent => Self::new(ErrorCode::Forbidden, "The Main Nest is permanent."),
            E::NotTheCreator => Self::new(ErrorCode::Forbidden, "Only the creator of this nest can do that."),
            E::Invalid { field, message } => Self::invalid(field, sentence(message)),
            E::RateLimited { retry_after, message } => Self {
                retry_after: Some(*retry_after),
                ..Self::new(ErrorCode::RateLimited, message.clone())
            },
            E::Store(_) | E::Contended => Self::new(
                ErrorCode::StoreUnavailable,
                "The queue can't be reached right now. Nothing was changed; try again in a moment.",
            ),
            E::Unreadable(_) => Self::new(ErrorCode::Internal, "Something broke on our side. Try again."),
            E::Source { of, error } => error.told(*of),
        }
    }
}

impl From<EngineError> for ErrorBody {
    fn from(error: EngineError) -> Self {
        Self::from(&error)
    }
}

impl SourceError {
    /// What people are told about it: which source it is, and what helps.
    pub fn told(self, source: Source) -> ErrorBody {
        let about = self.about(source);
        let about_the_track = |message: String| ErrorBody {
            field: Some("track".into()),
            ..ErrorBody::new(ErrorCode::NotFound, message)
        };
        match self {
            Self::NotFound => about_the_track(about),
            Self::NotPlayable => about_the_track("That track is not available in your country.".to_owned()),
            Self::Unavailable | Self::NotSetUp | Self::OwnAppRefused => {
                ErrorBody::new(ErrorCode::NotFound, about)
            }
            Self::TimedOut => ErrorBody::new(ErrorCode::NotFound, format!("{about} Try again.")),
            Self::RateLimited { retry_after } => ErrorBody {
                retry_after: Some(retry_after),
                ..ErrorBody::new(ErrorCode::RateLimited, about)
            },
            Self::Refused => ErrorBody::new(
                ErrorCode::NotFound,
                format!("{about} Whoever runs it can check them."),
            ),
            Self::NeedsAccount => ErrorBody::new(ErrorCode::Forbidden, about),
        }
    }
}
