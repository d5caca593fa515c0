//! The vocabulary: small types and pure functions that every other layer speaks in.
//!
//! Nothing here opens a file, a socket or a clock. The invariant: a value of one of these types is
//! valid by construction (private fields, checked parsing), so no other layer checks it again.

pub mod calendar;
pub mod digest;
pub mod explain;
pub mod language;
pub mod minutes;
pub mod moment;
pub mod nearest;
pub mod palette;
pub mod role;
pub mod scale;
pub mod statistics;
pub mod task;
pub mod verdict;
pub mod version;

pub use digest::Digest;
pub use explain::Explain;
pub use minutes::Minutes;
pub use moment::Moment;
pub use role::Role;
pub use task::{CancelToken, Cancelled, CurvePoint, Fitting, Part, Progress, Task};
pub use verdict::Verdict;
pub use version::Version;
