//! A house to test in, people to visit it, and the little music it plays.

pub mod answer;
pub mod before;
pub mod browser;
pub mod events;
pub mod house;
pub mod music;
pub mod outsider;
pub mod program;
pub mod restful;
pub mod standing;
pub mod store;
pub mod tab;
pub mod words;

pub use answer::Answer;
pub use before::{Before, NOTHING};
pub use browser::Browser;
pub use events::Events;
pub use house::House;
pub use outsider::Outsider;
pub use standing::Standing;
pub use store::Store;
pub use tab::Tab;
