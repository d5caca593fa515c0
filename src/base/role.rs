//! The five roles of section 9 of the plan, and what each may do to the registry.
//!
//! On a file that several people can write, roles are guard rails against mistakes, not a defence against an
//! attacker: that is what the signatures of [`crate::store`] are for.

use serde::{Deserialize, Serialize};

/// What a person is here to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Approves a release, watches it, decides a rollback.
    ModelOwner,
    /// Builds the pipeline, trains models.
    MlEngineer,
    /// Integrates the service with other programs.
    SoftwareEngineer,
    /// Analyses drift, reports performance, proposes versions.
    DataAnalyst,
    /// Watches infrastructure, handles alerts, takes backups.
    Ops,
}

/// What a role may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Put a run up for review as a version.
    Propose,
    /// Approve or reject a proposal.
    Approve,
    /// Put an approved version in front of people.
    Promote,
    /// Return to the version that was live before.
    RollBack,
    /// Name people, their roles and their public keys.
    ManagePeople,
    /// Publish online values for the serving side.
    Publish,
    /// Set what gates and monitors hold figures against.
    SetThresholds,
}

impl Role {
    /// Every role, in the order in which they are listed to people.
    pub const ALL: [Role; 5] =
        [Role::ModelOwner, Role::MlEngineer, Role::SoftwareEngineer, Role::DataAnalyst, Role::Ops];

    /// The name in files and on the command line.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Role::ModelOwner => "model_owner",
            Role::MlEngineer => "ml_engineer",
            Role::SoftwareEngineer => "software_engineer",
            Role::DataAnalyst => "data_analyst",
            Role::Ops => "ops",
        }
    }

    /// The role with this [`Role::id`].
    #[must_use]
    pub fn from_id(id: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.id() == id)
    }

    /// Whether this role has `permission`.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Propose | Permission::Publish => {
                matches!(self, Role::ModelOwner | Role::MlEngineer | Role::DataAnalyst)
            }
            Permission::Approve | Permission::Promote | Permission::ManagePeople | Permission::SetThresholds => {
                self == Role::ModelOwner
            }
            Permission::RollBack => matches!(self, Role::ModelOwner | Role::Ops),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_and_only_the_owner_approves() {
        for role in Role::ALL {
            assert_eq!(Role::from_id(role.id()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.id());
            assert_eq!(role.may(Permission::Approve), role == Role::ModelOwner);
        }
        assert_eq!(Role::from_id("root"), None);
    }
}
