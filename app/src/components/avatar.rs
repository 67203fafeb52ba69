//! Faces: a person's initials on their own colour.

use leptos::either::Either;
use leptos::prelude::*;
use nests::nest::{MemberId, Person};

use super::icon::{Icon, IconName};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AvatarSize {
    Small,
    #[default]
    Normal,
    Large,
}

impl AvatarSize {
    const fn class(self) -> &'static str {
        match self {
            Self::Small => "avatar avatar--small",
            Self::Normal => "avatar",
            Self::Large => "avatar avatar--large",
        }
    }

    const fn benders_class(self) -> &'static str {
        match self {
            Self::Small => "avatar avatar--small avatar--bender",
            Self::Normal => "avatar avatar--bender",
            Self::Large => "avatar avatar--large avatar--bender",
        }
    }
}

/// Decoration: the name stands beside it, or in the label of the control around it.
#[component]
pub fn Avatar(person: Person, #[prop(optional)] size: AvatarSize) -> impl IntoView {
    let is_bender = person.id == MemberId::bender();
    let class = if is_bender {
        size.benders_class()
    } else {
        size.class()
    };
    let hue = format!("--hue: {}", person.hue());
    let face = match is_bender {
        true => Either::Left(view! { <Icon name=IconName::Bender/> }),
        false => Either::Right(person.initials()),
    };
    view! { <span class=class style=hue title=person.name aria-hidden="true">{face}</span> }
}

/// The first few of them, overlapping, and how many more there are.
#[component]
pub fn Faces(people: Vec<Person>, most: usize, #[prop(optional)] class: &'static str) -> impl IntoView {
    let more = people.len().saturating_sub(most);
    let faces: Vec<_> = people
        .into_iter()
        .take(most)
        .map(|person| view! { <Avatar person size=AvatarSize::Small/> })
        .collect();
    view! {
        <span class=format!("faces {class}")>
            {faces}
            {(more > 0).then(|| view! { <span class="faces__more">{format!("+{more}")}</span> })}
        </span>
    }
}
