//! What a mapping says about checks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::{Explain, Minutes};

use super::{Action, Check};

/// Actions other than the default ones, and the limits that checks use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckSettings {
    /// Waits above it are [`Check::WaitAboveCap`]; minutes, at most a day.
    pub wait_cap_minutes: f64,
    /// Services above it are [`Check::ServiceAboveCap`]; minutes, at most a day.
    pub service_cap_minutes: f64,
    /// A stated wait may differ from the stated moments by so many minutes.
    pub wait_tolerance_minutes: f64,
    /// The action for each check that is not treated by default.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub actions: BTreeMap<Check, Action>,
}

impl Default for CheckSettings {
    fn default() -> CheckSettings {
        let day = super::super::LONGEST_STAY.get();
        CheckSettings {
            wait_cap_minutes: day,
            service_cap_minutes: day,
            wait_tolerance_minutes: 1.0,
            actions: BTreeMap::new(),
        }
    }
}

/// Why the settings of checks cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A check cannot be treated so.
    #[error("\"{}\" cannot be {}", check.id(), action.id())]
    NotPermitted {
        /// The check.
        check: Check,
        /// What was asked for.
        action: Action,
    },
    /// A limit that is not a positive number of minutes up to a day.
    #[error("\"{name}\" must be above 0 and at most a day of minutes")]
    Limit {
        /// The setting.
        name: &'static str,
    },
}

impl Explain for SettingsError {
    fn key(&self) -> &'static str {
        match self {
            SettingsError::NotPermitted { .. } => "check_not_permitted",
            SettingsError::Limit { .. } => "check_limit",
        }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        match self {
            SettingsError::NotPermitted { check, action } => {
                let permitted: Vec<&str> = check.actions().iter().map(|action| action.id()).collect();
                vec![
                    ("check", check.id().to_owned()),
                    ("action", action.id().to_owned()),
                    ("permitted", permitted.join(", ")),
                ]
            }
            SettingsError::Limit { name } => vec![("name", (*name).to_owned())],
        }
    }

    fn failure(&self) -> crate::base::explain::Failure {
        crate::base::explain::Failure::Usage
    }
}

impl CheckSettings {
    /// Whether everything is as it is without settings.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == CheckSettings::default()
    }

    /// Whether each action is permitted and each limit makes sense.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn validate(&self) -> Result<(), SettingsError> {
        let limits = [
            ("wait_cap_minutes", self.wait_cap_minutes),
            ("service_cap_minutes", self.service_cap_minutes),
            ("wait_tolerance_minutes", self.wait_tolerance_minutes),
        ];
        let longest = super::super::LONGEST_STAY.get();
        for (name, minutes) in limits {
            if !(minutes > 0.0 && minutes <= longest) {
                return Err(SettingsError::Limit { name });
            }
        }
        for (&check, &action) in &self.actions {
            if !check.actions().contains(&action) {
                return Err(SettingsError::NotPermitted { check, action });
            }
        }
        Ok(())
    }

    /// What is done about `check`.
    #[must_use]
    pub fn action(&self, check: Check) -> Action {
        self.actions.get(&check).copied().unwrap_or_else(|| check.default_action())
    }

    /// The longest wait.
    #[must_use]
    pub fn wait_cap(&self) -> Minutes {
        Minutes::new(self.wait_cap_minutes).unwrap_or(super::super::LONGEST_STAY)
    }

    /// The longest service.
    #[must_use]
    pub fn service_cap(&self) -> Minutes {
        Minutes::new(self.service_cap_minutes).unwrap_or(super::super::LONGEST_STAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        let mut settings = CheckSettings::default();
        settings.validate().unwrap();
        assert_eq!(settings.action(Check::WrongYear), Action::Repair);
        settings.actions.insert(Check::WrongYear, Action::Accept);
        settings.validate().unwrap();
        assert_eq!(settings.action(Check::WrongYear), Action::Accept);
        settings.actions.insert(Check::CalledBeforeArrived, Action::Accept);
        assert!(matches!(settings.validate(), Err(SettingsError::NotPermitted { .. })));
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
            let settings = CheckSettings { wait_cap_minutes: wrong, ..CheckSettings::default() };
            assert_eq!(settings.validate(), Err(SettingsError::Limit { name: "wait_cap_minutes" }));
        }
    }
}
