//! `nobat people`

use std::path::PathBuf;

use clap::Subcommand;
use serde::Serialize;

use crate::base::language::Language;
use crate::base::{Role, Verdict};
use crate::store::registry::Person;
use crate::workflows::people::{add_person, people};

use super::{Context, Ended};

/// People of the registry, their roles and keys.
#[derive(Debug, clap::Args)]
pub struct People {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add somebody, or give them another role or key. The first is the model owner, and adds themselves.
    Add {
        /// The name.
        name: String,
        /// What they are here to do.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Their public key.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Everybody.
    List,
}

#[derive(Serialize)]
struct Entry {
    name: String,
    role: Role,
    key: Option<String>,
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_id(text).ok_or_else(|| Role::ALL.map(Role::id).join(", "))
}

impl People {
    pub fn run(&self, context: &Context) -> Ended {
        let found = match &self.what {
            What::Add { name, role, key } => {
                vec![add_person(&context.home, name, *role, key.as_deref(), &context.person)?]
            }
            What::List => people(&context.home)?,
        };
        let entries: Vec<Entry> = found.iter().map(entry).collect();
        context.output.print(&entries, |language| match entries.as_slice() {
            [] => vec![language.text("cli.people.none").to_owned()],
            entries => entries.iter().map(|entry| line(entry, language)).collect(),
        })?;
        Ok(Verdict::Pass)
    }
}

fn entry(person: &Person) -> Entry {
    Entry {
        name: person.name.clone(),
        role: person.role,
        key: person.public_key.as_ref().map(|key| key.id().to_string()),
    }
}

fn line(entry: &Entry, language: Language) -> String {
    let none = language.text("cli.people.no_key");
    language.fill(
        "cli.people.line",
        &[
            ("name", &entry.name),
            ("role", language.text(&format!("role.{}", entry.role.id()))),
            ("key", entry.key.as_deref().unwrap_or(none)),
        ],
    )
}
