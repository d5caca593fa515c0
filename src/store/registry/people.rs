//! People, their roles and their keys.
//!
//! Whoever makes a registry names the first person, who must be one who may manage people; from then on only such
//! a person names others, and the last of them cannot be given another role.

use super::audit::{Details, NewEvent, append, role};
use super::{EventKind, NewPerson, Person, Registry, RegistryError};
use crate::base::Moment;
use crate::base::role::Permission;
use crate::store::sqlite::{Session, parsed_option};

const ADD_PERSON: &str = include_str!("sql/add_person.sql");
const PERSON: &str = include_str!("sql/person.sql");
const PEOPLE: &str = include_str!("sql/people.sql");

/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

impl Registry {
    /// Everybody, in the order in which they were first named.
    ///
    /// # Errors
    /// [`RegistryError::Database`].
    pub fn people(&self) -> Result<Vec<Person>, RegistryError> {
        self.read(everybody)
    }

    /// The person of this name.
    ///
    /// # Errors
    /// [`RegistryError::PersonUnknown`] or [`RegistryError::Database`].
    pub fn person(&self, name: &str) -> Result<Person, RegistryError> {
        self.read(|session| person_before(session, name, i64::MAX))
    }

    /// Names a person, or gives a person another role or key. In an empty registry, a person who may manage people
    /// names themselves.
    ///
    /// # Errors
    /// [`RegistryError::PersonUnfit`], [`RegistryError::FirstMustManage`], [`RegistryError::NotAllowed`],
    /// [`RegistryError::NoManagerLeft`], [`RegistryError::PersonUnknown`] or [`RegistryError::Database`].
    pub fn add_person(&mut self, new: &NewPerson, by: &str, at: Moment) -> Result<Person, RegistryError> {
        let NewPerson { name, role, public_key } = new;
        let is_fit = name.trim() == name
            && (1..=LONGEST_NAME).contains(&name.chars().count())
            && !name.chars().any(char::is_control);
        if !is_fit {
            return Err(RegistryError::PersonUnfit { name: name.chars().take(LONGEST_NAME).collect() });
        }
        self.write(|session| {
            let people = everybody(session)?;
            if people.is_empty() {
                if by != name || !role.may(Permission::ManagePeople) {
                    return Err(RegistryError::FirstMustManage { name: name.clone() });
                }
            } else {
                authorise(session, by, Permission::ManagePeople)?;
                let manages = |person: &Person| person.name != *name && person.role.may(Permission::ManagePeople);
                if !role.may(Permission::ManagePeople) && !people.iter().any(manages) {
                    return Err(RegistryError::NoManagerLeft { name: name.clone() });
                }
            }
            let key = public_key.as_ref().map(ToString::to_string);
            let details = Details::Person { name, role: role.id(), public_key: key.as_deref() };
            let event =
                append(session, &NewEvent { at, person: by, kind: EventKind::Person, version: None, details })?;
            session.execute(ADD_PERSON, (event, name, role.id(), &key))?;
            Ok(Person { name: name.clone(), role: *role, public_key: public_key.clone(), event })
        })
    }
}

fn everybody(session: &Session<'_>) -> Result<Vec<Person>, RegistryError> {
    Ok(session.rows(PEOPLE, [], read_person)?)
}

fn read_person(row: &rusqlite::Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person { name: row.get(0)?, role: role(row, 1)?, public_key: parsed_option(row, 2)?, event: row.get(3)? })
}

/// The person of this name as they stood before event number `event`.
pub(super) fn person_before(session: &Session<'_>, name: &str, event: i64) -> Result<Person, RegistryError> {
    session
        .row(PERSON, (name, event), read_person)?
        .ok_or_else(|| RegistryError::PersonUnknown { name: name.chars().take(LONGEST_NAME).collect() })
}

/// The person of this name, if they may do this.
pub(super) fn authorise(
    session: &Session<'_>,
    name: &str,
    permission: Permission,
) -> Result<Person, RegistryError> {
    let person = person_before(session, name, i64::MAX)?;
    if person.role.may(permission) {
        Ok(person)
    } else {
        Err(RegistryError::NotAllowed { name: person.name, role: person.role, permission })
    }
}
