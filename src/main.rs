//! Parse the command line, open the workbench or run one command, exit with its code.

use std::process::ExitCode;

use clap::Parser as _;
use nobat::base::CancelToken;
use nobat::cli::{self, Arguments};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    #[cfg(feature = "workbench")]
    if let Some(window) = arguments.wants_window() {
        return ExitCode::from(open_workbench(&arguments, window));
    }
    let cancel = CancelToken::default();
    let stop = cancel.clone();
    // Without a handler, an interrupt ends the program at once, which loses nothing that is kept.
    let _ = ctrlc::set_handler(move || stop.cancel());
    ExitCode::from(cli::run(&arguments, cancel))
}

#[cfg(feature = "workbench")]
fn open_workbench(arguments: &Arguments, window: &cli::WindowArguments) -> u8 {
    use nobat::base::Explain;
    use nobat::workbench::{OpenRequest, open};

    let tell = |error: &dyn Explain| cli::tell(arguments, error);
    let home = match arguments.home() {
        Ok(home) => home,
        Err(error) => return tell(&error),
    };
    let request = OpenRequest {
        home,
        person: arguments.named_person(),
        system_person: arguments.person(),
        language: arguments.chosen_language(),
        theme: window.theme.clone(),
        size: window.size.clone(),
        files: window.open.clone(),
        screenshot: window.screenshot.clone(),
    };
    match open(request) {
        Ok(()) => 0,
        Err(error) => tell(&error),
    }
}
