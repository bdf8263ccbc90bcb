//! The guards of several locks that were acquired together.

use std::path::{Path, PathBuf};
use std::slice;
use std::vec;

use super::guard::Guard;
use super::lock_request::LockRequest;
use super::thread_queue::Key;

/// The guards of [`lock_all`](super::lock_all), in the order of its requests.
///
/// Each lock has one guard, at the place of its first request, however many paths led to it. The
/// drop releases them all; [`into_iter`](IntoIterator::into_iter) gives them away one by one. On
/// panic, crash and fork see [`Guard`].
#[derive(Debug)]
#[must_use = "the locks are released as soon as the guards are dropped"]
pub struct Guards {
    guards: Vec<Guard>,
    /// The paths of all requests, each with the number of its guard.
    requested: Vec<(PathBuf, usize)>,
}

impl Guards {
    /// Sorts the guards as the requests were; the locks were acquired in another order.
    pub(super) fn in_order_of(requests: &[LockRequest], keys: &[Key], mut guards: Vec<Guard>) -> Self {
        let first_request = |guard: &Guard| keys.iter().position(|key| *key == guard.key());
        guards.sort_by_key(first_request);
        let number = |key: &Key| guards.iter().position(|guard| guard.key() == *key).unwrap_or_default();
        let requested =
            requests.iter().zip(keys).map(|(one, key)| (one.path().to_owned(), number(key))).collect();
        Self { guards, requested }
    }

    /// The guard of the lock that was requested by this path.
    #[must_use]
    pub fn get(&self, path: impl AsRef<Path>) -> Option<&Guard> {
        let (_, number) = self.requested.iter().find(|(requested, _)| requested == path.as_ref())?;
        self.guards.get(*number)
    }

    /// How many locks are held.
    #[must_use]
    pub fn len(&self) -> usize {
        self.guards.len()
    }

    /// Whether no lock was requested.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.guards.is_empty()
    }

    /// The guards, in the order of the requests.
    pub fn iter(&self) -> slice::Iter<'_, Guard> {
        self.guards.iter()
    }
}

impl IntoIterator for Guards {
    type Item = Guard;
    type IntoIter = vec::IntoIter<Guard>;

    fn into_iter(self) -> Self::IntoIter {
        self.guards.into_iter()
    }
}

impl<'a> IntoIterator for &'a Guards {
    type Item = &'a Guard;
    type IntoIter = slice::Iter<'a, Guard>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
