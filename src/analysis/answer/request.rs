//! A request for a prediction: from bytes to fields, from fields to values that make sense.
//!
//! Fields are taken one by one, so that an answer names everything that is wrong and not only the first of it. A field
//! that is `null` counts as left out. The invariant: a [`PredictionRequest`] holds finite numbers within the limits
//! below, and names in the spelling that histories are imported with.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::analysis::features::QueueState;
use crate::analysis::history::{Channel, one_spelling};
use crate::base::{Minutes, Moment};

/// The largest body of a request, in bytes.
pub const LARGEST_BODY_BYTES: usize = 16 << 10;
/// The longest name of a site or a service, in characters.
pub const LONGEST_NAME: usize = 200;
/// The longest `request_id`, in characters.
pub const LONGEST_REQUEST_ID: usize = 64;
/// More people or counters than any queue has.
pub const MOST_PEOPLE: u32 = 100_000;

/// The last minute of a day.
const LAST_MINUTE: u32 = 24 * 60 - 1;
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;
/// A time may lie this far in the future.
const FUTURE_MILLIS: i64 = DAY_MILLIS;
/// A time may lie this far in the past.
const PAST_MILLIS: i64 = 366 * DAY_MILLIS;
/// Errors that one answer lists at most.
const MOST_ERRORS: usize = 30;
/// Characters of an unknown field's name that are repeated.
const REPEATED_NAME: usize = 64;

/// What is known about a person who joins a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionRequest {
    /// Where.
    pub site: String,
    /// What for.
    pub service: String,
    /// When the person joined; when the request came, where it does not say.
    pub arrived: Moment,
    /// How the visit came about.
    pub channel: Option<Channel>,
    /// The priority class.
    pub priority: Option<u8>,
    /// The time that was booked.
    pub booked_for: Option<Moment>,
    /// The state of the queue, as far as it is told.
    pub queue: QueueState,
    /// The length of a service that the source publishes.
    pub expected_service: Option<Minutes>,
    /// The caller's own name of the request.
    pub request_id: Option<String>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's name in the request.
    pub field: String,
    /// What is wrong.
    pub detail: String,
}

/// Why a body is no request. For programs and the people who write them, hence in English.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct RequestError {
    /// Whether it is not even JSON.
    pub is_not_json: bool,
    /// What is the matter.
    pub detail: String,
    /// What is wrong with which field.
    pub errors: Vec<FieldError>,
}

/// The members of a JSON object, and the names that stand in it more than once.
struct Members {
    values: BTreeMap<String, Value>,
    twice: Vec<String>,
}

/// Takes fields out of the members and keeps account of what is wrong with them.
struct Fields {
    values: BTreeMap<String, Value>,
    errors: Vec<FieldError>,
    now: Moment,
}

impl PredictionRequest {
    /// Reads the body of a request that came `now`.
    ///
    /// # Errors
    /// [`RequestError`] with everything that is wrong.
    pub fn parse(body: &[u8], now: Moment) -> Result<PredictionRequest, RequestError> {
        let Members { values, twice } = parse_members(body)?;
        if !twice.is_empty() {
            let mut problem = not_json("A field stands in the object more than once.".to_owned());
            let error = |name: &String| FieldError { field: clipped(name), detail: "is given twice".to_owned() };
            problem.errors = twice.iter().take(MOST_ERRORS).map(error).collect();
            return Err(problem);
        }
        Fields { values, errors: Vec::new(), now }.resolve()
    }
}

fn not_json(detail: String) -> RequestError {
    RequestError { is_not_json: true, detail, errors: Vec::new() }
}

fn parse_members(body: &[u8]) -> Result<Members, RequestError> {
    let text = std::str::from_utf8(body).map_err(|error| not_json(format!("The body is not UTF-8: {error}.")))?;
    serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            let detail = format!("The body must be a JSON object: {error}.");
            RequestError { is_not_json: false, detail, errors: Vec::new() }
        }
        _ => not_json(format!("The body cannot be read as JSON: {error}.")),
    })
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Members { values: BTreeMap::new(), twice: Vec::new() };
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    match members.values.entry(name) {
                        Entry::Vacant(place) => {
                            place.insert(value);
                        }
                        Entry::Occupied(place) => members.twice.push(place.key().clone()),
                    }
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl Fields {
    fn resolve(mut self) -> Result<PredictionRequest, RequestError> {
        let site = self.name("site");
        let service = self.name("service");
        let request = PredictionRequest {
            arrived: self.moment("arrived_at").unwrap_or(self.now),
            channel: self.channel("channel"),
            priority: self.whole("priority", u32::from(u8::MAX)).and_then(|class| u8::try_from(class).ok()),
            booked_for: self.moment("booked_for"),
            queue: QueueState {
                people_ahead: self.whole("people_ahead", MOST_PEOPLE),
                in_service: self.whole("in_service", MOST_PEOPLE),
                open_counters: self.whole("open_counters", MOST_PEOPLE),
                head_of_line: self.minutes("head_of_line_minutes"),
                last_wait: self.minutes("last_wait_minutes"),
                mean_service: self.minutes("mean_service_minutes"),
                avg_wait_last_week: self.minutes("avg_wait_time_last_week"),
                people_called_before: self.whole("people_called_before", MOST_PEOPLE),
                site_waiting: self.whole("site_waiting", MOST_PEOPLE),
                site_in_service: self.whole("site_in_service", MOST_PEOPLE),
                arrivals_15min: self.whole("arrivals_15min", MOST_PEOPLE),
                arrivals_30min: self.whole("arrivals_30min", MOST_PEOPLE),
                arrivals_60min: self.whole("arrivals_60min", MOST_PEOPLE),
                calls_15min: self.whole("calls_15min", MOST_PEOPLE),
                calls_30min: self.whole("calls_30min", MOST_PEOPLE),
                calls_60min: self.whole("calls_60min", MOST_PEOPLE),
                median_wait_last_5: self.minutes("median_wait_last_5"),
                median_wait_last_20: self.minutes("median_wait_last_20"),
                median_wait_15min: self.minutes("median_wait_15min"),
                median_wait_30min: self.minutes("median_wait_30min"),
                median_wait_60min: self.minutes("median_wait_60min"),
                opening_minute: self.whole("opening_minute", LAST_MINUTE).and_then(|at| u16::try_from(at).ok()),
            },
            expected_service: self.minutes("expected_service_minutes"),
            request_id: self.request_id("request_id"),
            site: site.unwrap_or_default(),
            service: service.unwrap_or_default(),
        };
        for name in std::mem::take(&mut self.values).into_keys() {
            self.wrong(&name, "is not a field of this request");
        }
        if self.errors.is_empty() {
            return Ok(request);
        }
        let detail = match self.errors.len() {
            1 => "One field cannot be accepted.".to_owned(),
            n => format!("{n} fields cannot be accepted."),
        };
        self.errors.truncate(MOST_ERRORS);
        Err(RequestError { is_not_json: false, detail, errors: self.errors })
    }

    fn wrong(&mut self, field: &str, detail: impl Into<String>) {
        self.errors.push(FieldError { field: clipped(field), detail: detail.into() });
    }

    fn take(&mut self, field: &str) -> Option<Value> {
        self.values.remove(field).filter(|value| !value.is_null())
    }

    fn text(&mut self, field: &str) -> Option<String> {
        match self.take(field)? {
            Value::String(text) => Some(text),
            _ => {
                self.wrong(field, "must be text");
                None
            }
        }
    }

    fn name(&mut self, field: &str) -> Option<String> {
        let is_wrong_type = self.values.get(field).is_some_and(|value| !value.is_null() && !value.is_string());
        let Some(text) = self.text(field) else {
            if !is_wrong_type {
                self.wrong(field, "is required");
            }
            return None;
        };
        let name = one_spelling(&text).into_owned();
        if name.is_empty() {
            self.wrong(field, "must not be empty");
        } else if name.chars().count() > LONGEST_NAME {
            self.wrong(field, format!("must not be longer than {LONGEST_NAME} characters"));
        } else if name.chars().any(char::is_control) {
            self.wrong(field, "must not contain control characters");
        } else {
            return Some(name);
        }
        None
    }

    fn request_id(&mut self, field: &str) -> Option<String> {
        let id = self.text(field)?;
        let is_fit = (1..=LONGEST_REQUEST_ID).contains(&id.chars().count()) && !id.chars().any(char::is_control);
        if !is_fit {
            self.wrong(field, format!("must have 1 to {LONGEST_REQUEST_ID} characters, none a control character"));
        }
        is_fit.then_some(id)
    }

    fn channel(&mut self, field: &str) -> Option<Channel> {
        let text = self.text(field)?;
        let channel = Channel::from_id(&text);
        if channel.is_none() {
            self.wrong(field, "must be \"walk_in\" or \"booked\"");
        }
        channel
    }

    fn moment(&mut self, field: &str) -> Option<Moment> {
        let text = self.text(field)?;
        let Some(moment) = Moment::parse_rfc3339(&text) else {
            self.wrong(field, "must be an RFC 3339 time such as 2026-11-23T08:30:00+03:30");
            return None;
        };
        let after_now = moment.millis() - self.now.millis();
        if after_now > FUTURE_MILLIS {
            self.wrong(field, "must not lie more than a day in the future");
        } else if after_now < -PAST_MILLIS {
            self.wrong(field, "must not lie more than 366 days in the past");
        } else {
            return Some(moment);
        }
        None
    }

    fn number(&mut self, field: &str, most: f64, unit: &str) -> Option<f64> {
        let number = match self.take(field)? {
            Value::Number(number) => number.as_f64(),
            _ => {
                self.wrong(field, "must be a number");
                return None;
            }
        };
        let within = number.filter(|number| (0.0..=most).contains(number));
        if within.is_none() {
            self.wrong(field, format!("must be between 0 and {most}{unit}"));
        }
        within
    }

    fn minutes(&mut self, field: &str) -> Option<Minutes> {
        self.number(field, Minutes::DAY.get(), " minutes").and_then(Minutes::new)
    }

    fn whole(&mut self, field: &str, most: u32) -> Option<u32> {
        let number = self.number(field, f64::from(most), "")?;
        if number.fract() != 0.0 {
            self.wrong(field, "must be a whole number");
            return None;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and within 0..=most")]
        Some(number as u32)
    }
}

fn clipped(name: &str) -> String {
    name.chars().take(REPEATED_NAME).collect()
}
