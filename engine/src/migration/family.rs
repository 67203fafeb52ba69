//! The nine families of keys that an older installation wrote without a nest's name, and what of them is moved where.

use crate::store::keys::older::SPOTIFY_RATE_LIMITED;

/// In the order in which they are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Misc,
    Queue,
    Filter,
    Bender,
    Jams,
    Comments,
    FillInfo,
    Airhorns,
    FreeHorns,
}

impl Family {
    pub const ALL: [Self; 9] = [
        Self::Misc,
        Self::Queue,
        Self::Filter,
        Self::Bender,
        Self::Jams,
        Self::Comments,
        Self::FillInfo,
        Self::Airhorns,
        Self::FreeHorns,
    ];

    /// As Redis patterns write it.
    pub const fn pattern(self) -> &'static str {
        match self {
            Self::Misc => "MISC|*",
            Self::Queue => "QUEUE|*",
            Self::Filter => "FILTER|*",
            Self::Bender => "BENDER|*",
            Self::Jams => "QUEUEJAM|*",
            Self::Comments => "COMMENTS|*",
            Self::FillInfo => "FILL-INFO|*",
            Self::Airhorns => "AIRHORNS",
            Self::FreeHorns => "FREEHORN_*",
        }
    }

    /// The family of a key that has to move; `None`: it stays where it is.
    pub(super) fn of(key: &[u8]) -> Option<Self> {
        let belongs = |family: &Self| match family.pattern().strip_suffix('*') {
            Some(prefix) => key.starts_with(prefix.as_bytes()),
            None => key == family.pattern().as_bytes(),
        };
        Self::ALL
            .into_iter()
            .find(belongs)
            .filter(|_| key != SPOTIFY_RATE_LIMITED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_moves_into_the_main_nest_and_nothing_else_does() {
        let moves = [
            ("MISC|now-playing", Family::Misc),
            ("QUEUE|42", Family::Queue),
            ("QUEUE|VOTE|42", Family::Queue),
            ("FILTER|spotify:track:x", Family::Filter),
            ("BENDER|cache:genre", Family::Bender),
            ("QUEUEJAM|42", Family::Jams),
            ("COMMENTS|42", Family::Comments),
            ("FILL-INFO|spotify:track:x", Family::FillInfo),
            ("AIRHORNS", Family::Airhorns),
            ("FREEHORN_anna@example.org", Family::FreeHorns),
        ];
        for (key, family) in moves {
            assert_eq!(Family::of(key.as_bytes()), Some(family), "{key}");
        }
        let stays = [
            "MISC|spotify-rate-limited",
            "NEST:main|MISC|now-playing",
            "NESTS|registry",
            "AIRHORNS2",
            "QUEUER|1",
            "misc|now-playing",
            "",
        ];
        for key in stays {
            assert_eq!(Family::of(key.as_bytes()), None, "{key}");
        }
    }
}
