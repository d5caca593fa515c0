//! The time of day, which the layers below are told.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::base::Moment;

/// Says what time it is.
pub(super) type Clock = fn() -> Moment;

/// The time of the system's clock; the epoch where that is set to before 1970.
#[expect(clippy::expect_used, reason = "the number lies between zero and the end of the range")]
pub(super) fn now() -> Moment {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX).min(Moment::RANGE_MILLIS);
    Moment::from_millis(millis).expect("clamped to the range of moments")
}
