//! Every error of the service has its sentences, in both languages, with every placeholder filled.

use std::io;

use crate::base::explain::Explanation;
use crate::base::language::Language;
use crate::base::{Digest, Explain, Version};
use crate::serving::{LoadError, ServeError};

#[test]
fn every_error_is_told_in_both_languages_with_nothing_left_open() {
    let address = "127.0.0.1:8787".parse().unwrap();
    let (version, digest) = (Version::new(1, 0, 0), Digest::of(b""));
    let listening = |kind: io::ErrorKind| ServeError::of_listening(kind.into(), address);
    let errors: [&dyn Explain; 6] = [
        &listening(io::ErrorKind::AddrInUse),
        &listening(io::ErrorKind::PermissionDenied),
        &listening(io::ErrorKind::AddrNotAvailable),
        &listening(io::ErrorKind::Unsupported),
        &ServeError::Threads { source: io::Error::other("x") },
        &LoadError::ContractDiffers { version, approved: digest, found: digest },
    ];
    for language in Language::ALL {
        for error in errors {
            let Explanation { happened, untouched, next } = Explanation::of(error, language);
            for sentence in [happened, untouched, next] {
                let is_told = !sentence.starts_with("error.") && !sentence.contains('{');
                assert!(is_told, "{} in {language:?}: {sentence}", error.key());
            }
        }
        assert_ne!(language.text("error.watcher_panicked.happened"), "error.watcher_panicked.happened");
    }
}
