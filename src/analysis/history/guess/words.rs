//! Words by which queue systems call their columns and the outcomes of visits, in English and Persian.
//!
//! All stand in the spelling of [`normal_name`](super::super::mapping::normal_name): lower case, single spaces, ی and ک.

/// What a column may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Topic {
    VisitId,
    Site,
    Service,
    Arrived,
    Called,
    Finished,
    Left,
    BookedFor,
    Wait,
    ServiceLength,
    Priority,
    Channel,
    OpenCounters,
    PeopleAhead,
    Outcome,
    Date,
}

/// Names, the surest first; the number is how sure a name is that is exactly this.
type Words = &'static [(&'static str, f64)];

impl Topic {
    const fn words(self) -> Words {
        match self {
            Topic::VisitId => &[
                ("visit id", 1.0),
                ("ticket id", 1.0),
                ("call id", 1.0),
                ("visit no", 1.0),
                ("ticket no", 0.9),
                ("ticket number", 0.9),
                ("ticket", 0.8),
                ("token", 0.7),
                ("uuid", 0.9),
                ("record id", 0.9),
                ("id", 0.9),
                ("شناسه مراجعه", 1.0),
                ("شناسه نوبت", 1.0),
                ("شماره نوبت", 0.9),
                ("شماره پذیرش", 0.9),
                ("کد رهگیری", 0.9),
                ("کد نوبت", 0.9),
                ("شناسه", 0.9),
                ("line", 0.5),
                ("شماره", 0.6),
            ],
            Topic::Site => &[
                ("site", 1.0),
                ("branch", 1.0),
                ("office", 1.0),
                ("center", 0.9),
                ("centre", 0.9),
                ("location", 0.9),
                ("store", 0.9),
                ("hospital", 0.9),
                ("clinic", 0.9),
                ("facility", 0.9),
                ("agency", 0.8),
                ("شعبه", 1.0),
                ("مرکز", 1.0),
                ("دفتر", 0.9),
                ("درمانگاه", 0.9),
                ("بیمارستان", 0.9),
                ("کلینیک", 0.9),
                ("نمایندگی", 0.8),
                ("محل", 0.7),
            ],
            Topic::Service => &[
                ("service", 1.0),
                ("service name", 1.0),
                ("service type", 1.0),
                ("queue", 0.8),
                ("queue name", 0.9),
                ("transaction type", 0.9),
                ("department", 0.7),
                ("category", 0.6),
                ("visit type", 0.6),
                ("type", 0.6),
                ("خدمت", 1.0),
                ("نوع خدمت", 1.0),
                ("نام خدمت", 1.0),
                ("سرویس", 0.9),
                ("صف", 0.8),
                ("بخش", 0.8),
                ("نوع مراجعه", 0.8),
                ("واحد", 0.6),
                ("گروه", 0.5),
            ],
            Topic::Arrived => &[
                ("arrived at", 1.0),
                ("arrived", 1.0),
                ("arrival time", 1.0),
                ("arrival", 1.0),
                ("check in", 0.9),
                ("check in time", 0.9),
                ("joined", 0.9),
                ("join time", 0.9),
                ("enqueued", 0.9),
                ("enqueue time", 0.9),
                ("issued at", 0.9),
                ("issue time", 0.9),
                ("ticket time", 0.9),
                ("entry time", 0.9),
                ("entry", 0.8),
                ("registered at", 0.8),
                ("created at", 0.8),
                ("created", 0.7),
                ("wait start", 0.9),
                ("timestamp", 0.6),
                ("datetime", 0.5),
                ("زمان ورود", 1.0),
                ("ساعت ورود", 1.0),
                ("تاریخ ورود", 0.9),
                ("ورود", 0.9),
                ("زمان مراجعه", 1.0),
                ("ساعت مراجعه", 1.0),
                ("تاریخ مراجعه", 0.9),
                ("مراجعه", 0.7),
                ("دریافت نوبت", 1.0),
                ("زمان دریافت نوبت", 1.0),
                ("اخذ نوبت", 1.0),
                ("صدور نوبت", 1.0),
                ("زمان صدور", 0.9),
                ("ساعت صدور", 0.9),
                ("زمان ثبت", 0.8),
                ("ساعت ثبت", 0.8),
                ("پذیرش", 0.7),
            ],
            Topic::Called => &[
                ("called at", 1.0),
                ("called", 1.0),
                ("call time", 1.0),
                ("service start", 1.0),
                ("start service", 1.0),
                ("serving start", 1.0),
                ("service started at", 1.0),
                ("started at", 0.9),
                ("start time", 0.8),
                ("ser start", 0.9),
                ("begin", 0.7),
                ("start", 0.6),
                ("answered at", 0.9),
                ("زمان فراخوان", 1.0),
                ("ساعت فراخوان", 1.0),
                ("زمان فراخوانی", 1.0),
                ("ساعت فراخوانی", 1.0),
                ("فراخوان", 1.0),
                ("فراخوانی", 1.0),
                ("شروع خدمت", 1.0),
                ("زمان شروع", 0.9),
                ("ساعت شروع", 0.9),
                ("شروع", 0.7),
            ],
            Topic::Finished => &[
                ("finished at", 1.0),
                ("finished", 1.0),
                ("finish time", 1.0),
                ("service end", 1.0),
                ("end of service", 1.0),
                ("completed at", 1.0),
                ("completed", 0.8),
                ("closed at", 0.9),
                ("end time", 0.9),
                ("ended at", 0.9),
                ("ser exit", 0.9),
                ("end", 0.6),
                ("exit", 0.6),
                ("پایان خدمت", 1.0),
                ("زمان پایان", 1.0),
                ("ساعت پایان", 1.0),
                ("پایان", 0.8),
                ("خاتمه", 0.8),
                ("اتمام", 0.8),
                ("زمان خروج", 0.8),
                ("ساعت خروج", 0.8),
                ("خروج", 0.7),
            ],
            Topic::Left => &[
                ("left at", 1.0),
                ("abandoned at", 1.0),
                ("abandon time", 1.0),
                ("hang up time", 1.0),
                ("no show at", 0.9),
                ("زمان انصراف", 1.0),
                ("ساعت انصراف", 1.0),
                ("انصراف", 0.8),
                ("ترک صف", 0.9),
            ],
            Topic::BookedFor => &[
                ("booked for", 1.0),
                ("appointment time", 1.0),
                ("appointment at", 1.0),
                ("appointment", 0.9),
                ("scheduled for", 1.0),
                ("scheduled at", 0.9),
                ("scheduled time", 1.0),
                ("slot", 0.7),
                ("وقت قبلی", 1.0),
                ("زمان رزرو", 0.9),
                ("ساعت رزرو", 0.9),
                ("نوبت رزرو", 0.9),
                ("زمان نوبت", 0.9),
                ("ساعت نوبت", 0.9),
                ("وقت ملاقات", 0.9),
            ],
            Topic::Wait => &[
                ("wait", 1.0),
                ("wait time", 1.0),
                ("waiting time", 1.0),
                ("actual wait", 1.0),
                ("wait duration", 1.0),
                ("queue time", 1.0),
                ("q time", 1.0),
                ("time in queue", 1.0),
                ("hold time", 0.9),
                ("waited", 1.0),
                ("مدت انتظار", 1.0),
                ("زمان انتظار", 1.0),
                ("مدت زمان انتظار", 1.0),
                ("انتظار", 0.9),
                ("معطلی", 0.9),
            ],
            Topic::ServiceLength => &[
                ("service time", 1.0),
                ("ser time", 1.0),
                ("service duration", 1.0),
                ("handle time", 0.9),
                ("handling time", 0.9),
                ("talk time", 0.9),
                ("serving time", 1.0),
                ("service min", 0.9),
                ("service sec", 0.9),
                ("مدت خدمت", 1.0),
                ("زمان خدمت", 0.9),
                ("مدت زمان خدمت", 1.0),
                ("مدت سرویس", 1.0),
            ],
            Topic::Priority => &[
                ("priority", 1.0),
                ("prio", 1.0),
                ("priority class", 1.0),
                ("urgency", 0.8),
                ("triage", 0.8),
                ("اولویت", 1.0),
                ("رده", 0.6),
                ("درجه فوریت", 0.9),
            ],
            Topic::Channel => &[
                ("channel", 1.0),
                ("booking type", 0.9),
                ("walk in", 0.9),
                ("arrival type", 0.8),
                ("origin", 0.6),
                ("source", 0.6),
                ("کانال", 1.0),
                ("نوع نوبت", 0.9),
                ("نحوه مراجعه", 1.0),
                ("نحوه ثبت", 0.8),
                ("نوع پذیرش", 0.8),
            ],
            Topic::OpenCounters => &[
                ("open counters", 1.0),
                ("counters", 0.9),
                ("open desks", 1.0),
                ("active counters", 1.0),
                ("open windows", 0.9),
                ("active agents", 0.9),
                ("servers", 0.7),
                ("باجه فعال", 1.0),
                ("باجه های باز", 1.0),
                ("باجه های فعال", 1.0),
                ("تعداد باجه", 1.0),
                ("تعداد باجه فعال", 1.0),
            ],
            Topic::PeopleAhead => &[
                ("people ahead", 1.0),
                ("people waiting", 1.0),
                ("queue length", 1.0),
                ("in queue", 0.8),
                ("ahead", 0.8),
                ("waiting count", 0.9),
                ("waiting before", 0.9),
                ("نفرات جلو", 1.0),
                ("تعداد منتظر", 1.0),
                ("تعداد منتظران", 1.0),
                ("افراد در صف", 1.0),
                ("نفرات در صف", 1.0),
                ("تعداد در صف", 1.0),
                ("طول صف", 1.0),
                ("نفر جلو", 0.9),
            ],
            Topic::Outcome => &[
                ("outcome", 1.0),
                ("status", 1.0),
                ("result", 0.9),
                ("state", 0.9),
                ("final status", 1.0),
                ("وضعیت", 1.0),
                ("نتیجه", 1.0),
                ("سرانجام", 1.0),
            ],
            Topic::Date => &[("date", 1.0), ("day", 0.9), ("visit date", 1.0), ("تاریخ", 1.0), ("روز", 0.9)],
        }
    }

    /// How sure a column of this (normalised) name is about the topic, 0–1.
    pub(super) fn score(self, name: &str) -> f64 {
        let squeezed: String = name.split(' ').collect();
        let words: Vec<&str> = name.split(' ').collect();
        let mut best = 0.0_f64;
        for (phrase, sure) in self.words() {
            let parts: Vec<&str> = phrase.split(' ').collect();
            let found = words.windows(parts.len()).any(|window| window == parts.as_slice());
            let score = if name == *phrase || parts.len() > 1 && squeezed == parts.concat() {
                1.0
            } else if found {
                0.6 + 0.3 * parts.len() as f64 / words.len() as f64
            } else {
                continue;
            };
            best = best.max(score * sure);
        }
        best
    }
}

/// Words for a value that was published or reckoned beforehand.
pub(super) const BEFOREHAND: [&str; 15] = [
    "published",
    "expected",
    "planned",
    "standard",
    "avg",
    "average",
    "mean",
    "predicted",
    "target",
    "nominal",
    "at arrival",
    "میانگین",
    "متوسط",
    "استاندارد",
    "پیش بینی",
];

/// Words for what belongs to a person rather than to a visit.
pub(super) const PERSONAL: [&str; 22] = [
    "customer",
    "client",
    "patient",
    "person",
    "name",
    "phone",
    "mobile",
    "email",
    "national",
    "address",
    "birth",
    "comment",
    "note",
    "مشتری",
    "بیمار",
    "نام",
    "نام خانوادگی",
    "موبایل",
    "تلفن",
    "ملی",
    "نشانی",
    "توضیحات",
];

/// Values of an outcome column that say that the visit was served.
pub(super) const SERVED: [&str; 20] = [
    "served",
    "agent",
    "completed",
    "complete",
    "done",
    "finished",
    "answered",
    "closed",
    "success",
    "ok",
    "serviced",
    "انجام شد",
    "انجام شده",
    "خدمت گرفت",
    "پاسخ داده شد",
    "تکمیل شده",
    "تکمیل",
    "موفق",
    "خاتمه یافته",
    "پذیرش شده",
];

/// Values that say that the visitor went away without service.
pub(super) const ABANDONED: [&str; 20] = [
    "abandoned",
    "abandon",
    "hang",
    "hung",
    "hung up",
    "hangup",
    "left",
    "no show",
    "noshow",
    "gave up",
    "missed",
    "unserved",
    "did not wait",
    "lwbs",
    "انصراف",
    "منصرف",
    "غایب",
    "ترک صف",
    "عدم مراجعه",
    "عدم حضور",
];

/// Values that say that the row is no visit.
pub(super) const NOT_VISITS: [&str; 9] =
    ["phantom", "test", "dummy", "ignore", "void", "training", "ازمایشی", "تست", "باطل"];

/// Values of a channel column that say that the visitor came without an appointment.
pub(super) const WALK_IN: [&str; 10] = [
    "walk in",
    "walkin",
    "w",
    "kiosk",
    "in person",
    "no appointment",
    "حضوری",
    "بدون نوبت",
    "بدون وقت قبلی",
    "مراجعه حضوری",
];

/// Values that say that there was an appointment.
pub(super) const BOOKED: [&str; 13] = [
    "booked",
    "appointment",
    "b",
    "online",
    "web",
    "app",
    "reserved",
    "phone",
    "رزرو",
    "اینترنتی",
    "نوبت قبلی",
    "با نوبت",
    "غیرحضوری",
];

/// Cells that mean "nothing".
pub(super) const NOTHING: [&str; 12] =
    ["-", "--", "null", "n/a", "na", "none", "nan", "nil", "\\n", "?", "نامشخص", "ندارد"];

/// Whether `name` holds one of the phrases as whole words.
pub(super) fn holds_any(name: &str, phrases: &[&str]) -> bool {
    let padded = format!(" {name} ");
    phrases.iter().any(|phrase| padded.contains(&format!(" {phrase} ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::history::mapping::normal_name;

    #[test]
    fn names_say_what_they_are_about() {
        let best = |name: &str, topic: Topic| topic.score(&normal_name(name));
        for (name, topic) in [
            ("arrivalTime", Topic::Arrived),
            ("Arrived_At", Topic::Arrived),
            ("زمان\u{200c}ورود", Topic::Arrived),
            ("ساعت مراجعه", Topic::Arrived),
            ("نام شعبه", Topic::Site),
            ("BranchName", Topic::Site),
            ("نوع خدمت", Topic::Service),
            ("مدت انتظار (دقیقه)", Topic::Wait),
            ("actual_wait_min_est", Topic::Wait),
            ("q_time", Topic::Wait),
            ("زمان فراخوان", Topic::Called),
            ("people_waiting", Topic::PeopleAhead),
            ("تعداد باجه فعال", Topic::OpenCounters),
            ("call_id", Topic::VisitId),
        ] {
            assert!(best(name, topic) > 0.6, "{name}: {}", best(name, topic));
        }
        assert!(best("called_at", Topic::Called) > best("called_at", Topic::Arrived));
        assert!(best("weather", Topic::Wait) == 0.0);
        assert!(holds_any("published service min", &BEFOREHAND) && !holds_any("meaning", &BEFOREHAND));
    }

    #[test]
    fn every_word_stands_in_the_normal_spelling() {
        let topics = [
            Topic::VisitId,
            Topic::Site,
            Topic::Service,
            Topic::Arrived,
            Topic::Called,
            Topic::Finished,
            Topic::Left,
            Topic::BookedFor,
            Topic::Wait,
            Topic::ServiceLength,
            Topic::Priority,
            Topic::Channel,
            Topic::OpenCounters,
            Topic::PeopleAhead,
            Topic::Outcome,
            Topic::Date,
        ];
        let names = topics.iter().flat_map(|topic| topic.words()).map(|(word, _)| *word);
        let others = [&BEFOREHAND[..], &PERSONAL, &SERVED, &ABANDONED, &NOT_VISITS, &WALK_IN, &BOOKED];
        for word in names.chain(others.into_iter().flatten().copied()) {
            assert_eq!(normal_name(word), word);
        }
    }
}
