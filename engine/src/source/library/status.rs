//! What the library says about itself: how far the scan is, and which files it could not use.

/// The longest list of broken files that is kept for people to read; the count goes on.
pub(super) const MAX_BROKEN_LISTED: usize = 100;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LibraryStatus {
    /// The music folder is there and can be read.
    pub folder_found: bool,
    /// Changes are followed as they happen; otherwise the folder is walked from time to time.
    pub watching: bool,
    /// A walk of the whole folder is under way; `seen` and `added` are about this walk, or the last one.
    pub scanning: bool,
    /// Audio files come across.
    pub seen: u32,
    /// Files whose tags had to be read, because they were new or had changed, and could be used.
    pub added: u32,
    /// Files that cannot be used, in all.
    pub broken: u32,
    /// The first hundred of them, by name.
    pub broken_files: Vec<BrokenFile>,
    /// Tracks that can be found and played.
    pub tracks: u32,
    /// Grows by one with each catalogue published.
    pub revision: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenFile {
    /// Relative to the music folder.
    pub path: String,
    /// Plain words.
    pub reason: String,
}
