//! Words by which queue systems call their columns and the outcomes of visits, in English and Persian.
//!
//! A list is one text with `|` between the words. All stand in the spelling of
//! [`normal_name`](super::super::mapping::normal_name): lower case, single spaces, ی and ک.

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

/// Names by how sure they are, with `|` between them.
type Words = [&'static str; 3];

/// How sure a name of each list is that is exactly this.
const SURENESS: [f64; 3] = [1.0, 0.88, 0.65];

impl Topic {
    const fn words(self) -> Words {
        match self {
            Topic::VisitId => [
                "visit id|ticket id|call id|visit no|شناسه مراجعه|شناسه نوبت",
                "ticket no|ticket number|ticket|uuid|record id|id|شماره نوبت|شماره پذیرش|کد رهگیری\
                 |کد نوبت|شناسه",
                "token|line|شماره",
            ],
            Topic::Site => [
                "site|branch|office|شعبه|مرکز",
                "center|centre|location|store|hospital|clinic|facility|agency|دفتر|درمانگاه|بیمارستان\
                 |کلینیک|نمایندگی",
                "محل",
            ],
            Topic::Service => [
                "service|service name|service type|خدمت|نوع خدمت|نام خدمت",
                "queue|queue name|transaction type|سرویس|صف|بخش|نوع مراجعه",
                "department|category|visit type|type|واحد|گروه",
            ],
            Topic::Arrived => [
                "arrived at|arrived|arrival time|arrival|زمان ورود|ساعت ورود|زمان مراجعه|ساعت مراجعه\
                 |دریافت نوبت|زمان دریافت نوبت|اخذ نوبت|صدور نوبت",
                "check in|check in time|joined|join time|enqueued|enqueue time|issued at|issue time\
                 |ticket time|entry time|entry|registered at|created at|wait start|تاریخ ورود|ورود\
                 |تاریخ مراجعه|زمان صدور|ساعت صدور|زمان ثبت|ساعت ثبت",
                "created|timestamp|datetime|مراجعه|پذیرش",
            ],
            Topic::Called => [
                "called at|called|call time|service start|start service|serving start|service started at\
                 |زمان فراخوان|ساعت فراخوان|زمان فراخوانی|ساعت فراخوانی|فراخوان|فراخوانی|شروع خدمت",
                "started at|start time|ser start|answered at|زمان شروع|ساعت شروع",
                "begin|start|شروع",
            ],
            Topic::Finished => [
                "finished at|finished|finish time|service end|end of service|completed at|پایان خدمت\
                 |زمان پایان|ساعت پایان",
                "completed|closed at|end time|ended at|ser exit|پایان|خاتمه|اتمام|زمان خروج|ساعت خروج",
                "end|exit|خروج",
            ],
            Topic::Left => [
                "left at|abandoned at|abandon time|hang up time|زمان انصراف|ساعت انصراف",
                "no show at|انصراف|ترک صف",
                "",
            ],
            Topic::BookedFor => [
                "booked for|appointment time|appointment at|scheduled for|scheduled time|وقت قبلی",
                "appointment|scheduled at|زمان رزرو|ساعت رزرو|نوبت رزرو|زمان نوبت|ساعت نوبت|وقت ملاقات",
                "slot",
            ],
            Topic::Wait => [
                "wait|wait time|waiting time|actual wait|wait duration|queue time|q time|time in queue\
                 |waited|مدت انتظار|زمان انتظار|مدت زمان انتظار",
                "hold time|انتظار|معطلی",
                "",
            ],
            Topic::ServiceLength => [
                "service time|ser time|service duration|serving time|مدت خدمت|مدت زمان خدمت|مدت سرویس",
                "handle time|handling time|talk time|service min|service sec|زمان خدمت",
                "",
            ],
            Topic::Priority => ["priority|prio|priority class|اولویت", "urgency|triage|درجه فوریت", "رده"],
            Topic::Channel => [
                "channel|کانال|نحوه مراجعه",
                "booking type|walk in|arrival type|نوع نوبت|نحوه ثبت|نوع پذیرش",
                "origin|source",
            ],
            Topic::OpenCounters => [
                "open counters|open desks|active counters|باجه فعال|باجه های باز|باجه های فعال|تعداد باجه\
                 |تعداد باجه فعال",
                "counters|open windows|active agents",
                "servers",
            ],
            Topic::PeopleAhead => [
                "people ahead|people waiting|queue length|نفرات جلو|تعداد منتظر|تعداد منتظران|افراد در صف\
                 |نفرات در صف|تعداد در صف|طول صف",
                "in queue|ahead|waiting count|waiting before|نفر جلو",
                "",
            ],
            Topic::Outcome => ["outcome|status|final status|وضعیت|نتیجه|سرانجام", "result|state", ""],
            Topic::Date => ["date|visit date|تاریخ", "day|روز", ""],
        }
    }

    /// Every name, with how sure it is.
    fn names(self) -> impl Iterator<Item = (&'static str, f64)> {
        let lists = self.words().into_iter().zip(SURENESS);
        lists
            .flat_map(|(list, sure)| list.split('|').filter(|name| !name.is_empty()).map(move |name| (name, sure)))
    }

    /// How sure a column of this (normalised) name is about the topic, 0–1.
    pub(super) fn score(self, name: &str) -> f64 {
        let squeezed: String = name.split(' ').collect();
        let words: Vec<&str> = name.split(' ').collect();
        let mut best = 0.0_f64;
        for (phrase, sure) in self.names() {
            let parts: Vec<&str> = phrase.split(' ').collect();
            let found = words.windows(parts.len()).any(|window| window == parts.as_slice());
            let score = if name == phrase || parts.len() > 1 && squeezed == parts.concat() {
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
pub(super) const BEFOREHAND: &str = "published|expected|planned|standard|avg|average|mean|predicted|target|nominal|at arrival\
    |میانگین|متوسط|استاندارد|پیش بینی";

/// Words for what belongs to a person rather than to a visit.
pub(super) const PERSONAL: &str = "customer|client|patient|person|name|phone|mobile|email|national|address|birth|comment\
    |note|مشتری|بیمار|نام|نام خانوادگی|موبایل|تلفن|ملی|نشانی|توضیحات";

/// Values of an outcome column that say that the visit was served.
pub(super) const SERVED: &str = "served|agent|completed|complete|done|finished|answered|closed|success|ok|serviced\
    |انجام شد|انجام شده|خدمت گرفت|پاسخ داده شد|تکمیل شده|تکمیل|موفق|خاتمه یافته|پذیرش شده";

/// Values that say that the visitor went away without service.
pub(super) const ABANDONED: &str = "abandoned|abandon|hang|hung|hung up|hangup|left|no show|noshow|gave up|missed|unserved\
    |did not wait|lwbs|انصراف|منصرف|غایب|ترک صف|عدم مراجعه|عدم حضور";

/// Values that say that the row is no visit.
pub(super) const NOT_VISITS: &str = "phantom|test|dummy|ignore|void|training|ازمایشی|تست|باطل";

/// Values of a channel column that say that the visitor came without an appointment.
pub(super) const WALK_IN: &str = "walk in|walkin|w|kiosk|in person|no appointment|حضوری|بدون نوبت|بدون وقت قبلی\
    |مراجعه حضوری";

/// Values that say that there was an appointment.
pub(super) const BOOKED: &str = "booked|appointment|b|online|web|app|reserved|phone|رزرو|اینترنتی|نوبت قبلی|با نوبت\
    |غیرحضوری";

/// Cells that mean "nothing".
pub(super) const NOTHING: &str = "-|--|null|n/a|na|none|nan|nil|\\n|?|نامشخص|ندارد";

/// Whether `word` is one of the words of a list.
pub(super) fn is_one_of(word: &str, list: &str) -> bool {
    list.split('|').any(|known| known == word)
}

/// Whether `name` holds one of the phrases as whole words.
pub(super) fn holds_any(name: &str, phrases: &str) -> bool {
    let padded = format!(" {name} ");
    phrases.split('|').any(|phrase| padded.contains(&format!(" {phrase} ")))
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
        assert!(holds_any("published service min", BEFOREHAND) && !holds_any("meaning", BEFOREHAND));
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
        let names = topics.iter().flat_map(|topic| topic.names()).map(|(word, _)| word);
        let others = [BEFOREHAND, PERSONAL, SERVED, ABANDONED, NOT_VISITS, WALK_IN, BOOKED];
        for word in names.chain(others.into_iter().flat_map(|list| list.split('|'))) {
            assert_eq!(normal_name(word), word);
        }
    }
}
