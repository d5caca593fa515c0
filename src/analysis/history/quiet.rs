//! Panics of a decoder that is not ours, caught without a word on standard error.
//!
//! It does not hide any other panic: the hook that was there before is asked for all that happens outside
//! [`quietly`], and on other threads.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What `work` returns; `None` where it panicked on this thread. What `work` changed by then must not be used.
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let earlier = take_hook();
        set_hook(Box::new(move |panic| {
            // A thread that is being torn down has no flag any more: it is not decoding.
            if !QUIET.try_with(Cell::get).unwrap_or(false) {
                earlier(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::quietly;

    #[test]
    fn a_panic_is_nothing_and_a_value_is_itself() {
        assert_eq!(quietly(|| 7), Some(7));
        assert_eq!(quietly(|| -> u8 { panic!("not to be seen") }), None);
        assert_eq!(quietly(|| quietly(|| -> u8 { panic!("nor this") })), Some(None));
    }
}
