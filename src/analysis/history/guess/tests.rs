//! Exports as queue systems write them, and what is guessed of them.

use super::*;
use crate::analysis::history::mapping::{Anchor, DateForm, NameSource, SpanUnit};
use crate::base::calendar::{CivilDate, JalaliDate};

/// Visits of ten days at two sites: minutes since the first midnight of arrival, call and end; every ninth leaves.
struct Visits(Vec<(i64, i64, i64, bool)>);

impl Visits {
    fn new() -> Visits {
        let visit = |n: i64| {
            let arrived = n / 30 * 1_440 + 480 + n % 30 * 12;
            let called = arrived + 1 + n * 7 % 23;
            (arrived, called, called + 2 + n * 5 % 11, n % 9 == 4)
        };
        Visits((0..300).map(visit).collect())
    }

    /// A table by `row(number, arrived, called, finished, gone)`, each row of cells with `;` between them.
    fn table(&self, header: &str, row: impl Fn(usize, i64, i64, i64, bool) -> String) -> Table {
        let rows = self.0.iter().enumerate();
        let cells = rows.map(|(n, (arrived, called, finished, gone))| row(n, *arrived, *called, *finished, *gone));
        Table {
            columns: header.split(';').map(str::to_owned).collect(),
            rows: cells.map(|row| row.split(';').map(str::to_owned).collect()).collect(),
        }
    }
}

struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn guess(&self) -> Guess {
        let rows: Vec<Vec<&str>> = self.rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let now = Moment::parse_rfc3339("2026-11-23T00:00:00Z").unwrap();
        let sample = Sample { columns: &self.columns, rows: &rows, name: "visits", now, barred: &[] };
        let guess = guess(&sample);
        if let Some(mapping) = &guess.mapping {
            mapping.to_yaml().unwrap();
        }
        guess
    }

    /// The mapping of a guess that leaves no question.
    fn sure(&self) -> Mapping {
        let guess = self.guess();
        assert_eq!(guess.questions, [], "{:#?}", guess.fields);
        guess.mapping.unwrap()
    }
}

fn day(minutes: i64) -> CivilDate {
    CivilDate::new(2024, 7, 3).unwrap().plus_days(i32::try_from(minutes / 1_440).unwrap()).unwrap()
}

fn clock(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes % 1_440 / 60, minutes % 60)
}

fn iso(minutes: i64) -> String {
    format!("{} {}:00", day(minutes), clock(minutes))
}

fn persian(text: &str) -> String {
    text.chars()
        .map(|c| c.to_digit(10).and_then(|digit| char::from_u32('۰' as u32 + digit)).unwrap_or(c))
        .collect()
}

fn twelve(minutes: i64) -> String {
    let hour = minutes % 1_440 / 60;
    format!("{}:{:02}:00 {}", (hour + 11) % 12 + 1, minutes % 60, if hour < 12 { "AM" } else { "PM" })
}

#[test]
fn persian_headers_and_jalali_dates() {
    let jalali = |minutes: i64| persian(&format!("{} {}", JalaliDate::from(day(minutes)), clock(minutes)));
    let table = Visits::new().table(
        "شماره نوبت;نام شعبه;نوع خدمت;زمان ورود;زمان فراخوان;زمان پایان;کد ملی مشتری;اولویت",
        |n, arrived, called, finished, gone| {
            let at = |minutes| if gone { "-".to_owned() } else { jalali(minutes) };
            format!(
                "{n};{};{};{};{};{};0012345678;{}",
                ["کرج", "ونک"][n % 2],
                ["صندوق", "مشاوره", "تسهیلات"][n % 3],
                jalali(arrived),
                at(called),
                at(finished),
                n % 2
            )
        },
    );
    let mapping = table.sure();
    assert_eq!(mapping.visit.visit_id, ["شماره نوبت"]);
    assert_eq!(mapping.visit.site, NameSource::Column("نام شعبه".to_owned()));
    assert_eq!(mapping.visit.service, NameSource::Column("نوع خدمت".to_owned()));
    assert_eq!(mapping.visit.arrived.column.as_deref(), Some("زمان ورود"));
    assert_eq!(mapping.visit.arrived.dates, DateForm::Jalali);
    assert_eq!(mapping.visit.called.unwrap().column.as_deref(), Some("زمان فراخوان"));
    assert_eq!(mapping.visit.finished.unwrap().column.as_deref(), Some("زمان پایان"));
    assert_eq!(mapping.visit.priority.as_deref(), Some("اولویت"));
    assert_eq!(mapping.missing, ["-"]);
    assert!(mapping.extras.is_empty(), "a national code is not kept: {:?}", mapping.extras);
    let guess = table.guess();
    assert!(guess.left_out.contains(&"کد ملی مشتری".to_owned()));
    let arrived = guess.fields.iter().find(|field| field.field == "arrived").unwrap();
    assert!(arrived.confidence > 0.8 && arrived.why.contains(&Why::Name));
    assert_eq!(arrived.samples[0].raw, "۱۴۰۳/۰۴/۱۳ ۰۸:۰۰");
    assert_eq!(arrived.samples[0].read.as_deref(), Some("2024-07-03T04:30:00Z"));
}

#[test]
fn month_first_with_twelve_hours_and_outcomes() {
    let us = |minutes: i64| {
        let (year, month, day) = day(minutes).parts();
        format!("{month}/{day}/{year} {}", twelve(minutes))
    };
    let table = Visits::new().table(
        "TicketID;BranchName;ServiceType;CheckInTime;CalledAt;Status;WaitMinutes",
        |n, arrived, called, _, gone| {
            let (end, word) = if gone { (us(called), "No Show") } else { (us(called), "Completed") };
            format!("T{n};{};Cash;{};{end};{word};{}", ["North", "South"][n % 2], us(arrived), called - arrived)
        },
    );
    let mapping = table.sure();
    assert_eq!(mapping.visit.arrived.dates, DateForm::MonthFirst);
    let called = mapping.visit.called.unwrap();
    assert_eq!(called.column.as_deref(), Some("CalledAt"));
    assert_eq!(called.only.unwrap().values, ["Completed"]);
    assert_eq!(mapping.visit.left.unwrap().only.unwrap().values, ["No Show"]);
    let stated = mapping.visit.stated_wait.unwrap();
    assert_eq!((stated.column.as_str(), stated.unit), ("WaitMinutes", SpanUnit::Minutes));
}

#[test]
fn epoch_milliseconds_with_names_that_say_nothing() {
    let millis = |minutes: i64| (i64::from(day(minutes).epoch_days()) * 1_440 + minutes % 1_440) * 60_000;
    let table = Visits::new().table("a;queue;t1;t2;t3", |n, arrived, called, finished, gone| {
        let at = |minutes| if gone { String::new() } else { millis(minutes).to_string() };
        format!("{n};{};{};{};{}", ["x", "y"][n % 2], millis(arrived), at(called), at(finished))
    });
    let mapping = table.guess().mapping.unwrap();
    assert_eq!(mapping.visit.arrived.column.as_deref(), Some("t1"));
    assert_eq!(mapping.visit.arrived.dates, DateForm::EpochMillis);
    assert_eq!(mapping.visit.called.unwrap().column.as_deref(), Some("t2"));
    assert_eq!(mapping.visit.finished.unwrap().column.as_deref(), Some("t3"));
    assert_eq!(mapping.visit.site, NameSource::Value("visits".to_owned()));
}

#[test]
fn date_and_clock_of_their_own_and_a_clock_that_is_none() {
    let table = Visits::new().table(
        "ticket no;office;service;date;entry;start;queue time;outcome",
        |n, arrived, called, _, gone| {
            let (year, month, day) = day(arrived).parts();
            let start = if gone { "0:00:00".to_owned() } else { format!("{}:00", clock(called)) };
            let word = if gone { "HANG" } else { "AGENT" };
            format!(
                "{};o;s{};{:02}{month:02}{day:02};{}:00;{start};{};{word}",
                n % 30,
                n % 2,
                year % 100,
                clock(arrived),
                (called - arrived) * 60,
            )
        },
    );
    let mapping = table.sure();
    let arrived = &mapping.visit.arrived;
    assert_eq!((arrived.date.as_deref(), arrived.time.as_deref()), (Some("date"), Some("entry")));
    assert_eq!(arrived.dates, DateForm::Yymmdd);
    assert_eq!(mapping.visit.called.as_ref().unwrap().time.as_deref(), Some("start"));
    assert_eq!(mapping.missing_in["start"], ["0:00:00"]);
    let left = mapping.visit.left.unwrap();
    assert_eq!(
        (left.after, left.plus.as_deref(), left.unit),
        (Some(Anchor::Arrived), Some("queue time"), Some(SpanUnit::Seconds))
    );
    assert!(mapping.visit.visit_id.is_empty(), "ticket numbers begin anew each day");
}

#[test]
fn what_cannot_be_decided_is_asked() {
    let day_first = |minutes: i64| format!("0{}/0{}/2024 {}", minutes % 9 + 1, minutes % 7 + 1, clock(minutes));
    let table = Visits::new().table("branch;service;arrival;wait", |n, arrived, _, _, _| {
        format!("b;s;{};0.00{}", day_first(arrived * 5 + n as i64), n % 5)
    });
    let guess = table.guess();
    let asked: Vec<&str> = guess.questions.iter().map(Question::id).collect();
    assert!(!guess.is_sure());
    assert!(asked.contains(&"day_or_month") && asked.contains(&"unit"), "{asked:?}");
    let unit = guess.questions.iter().find(|question| question.id() == "unit").unwrap();
    assert!(matches!(unit, Question::Unit { median_seconds, .. } if *median_seconds < 1.0), "{unit:?}");

    let none = Visits::new().table("a;b", |n, _, _, _, _| format!("{n};x")).guess();
    assert_eq!((none.mapping, none.questions.as_slice()), (None, [Question::NoArrival].as_slice()));

    let unknown = Visits::new().table("branch;service;arrival;called;status", |n, arrived, called, _, _| {
        format!("b;s;{};{};{}", iso(arrived), iso(called), ["served", "weird"][n % 2])
    });
    let expected = Question::Outcome { column: "status".to_owned(), values: vec!["weird".to_owned()] };
    assert_eq!(unknown.guess().questions, [expected]);
}

#[test]
fn excel_numbers_and_extra_columns() {
    let serial = |minutes: i64| {
        format!("{:.6}", f64::from(day(minutes).epoch_days()) + 25_569.0 + (minutes % 1_440) as f64 / 1_440.0)
    };
    let table = Visits::new().table(
        "region;customer name;published service min;arrival time;wait min;remark",
        |n, arrived, called, _, _| {
            format!("{};Ali;{};{};{};later", ["r", "q"][n % 2], 5 + n % 3, serial(arrived), called - arrived)
        },
    );
    let mapping = table.guess().mapping.unwrap();
    assert_eq!(mapping.visit.arrived.dates, DateForm::ExcelSerial);
    assert_eq!(mapping.visit.called.unwrap().unit, Some(SpanUnit::Minutes));
    assert_eq!(mapping.extras.get("expected_service_min").map(String::as_str), Some("published service min"));
    assert_eq!(mapping.extras.get("region").map(String::as_str), Some("region"));
    assert_eq!(mapping.extras.len(), 2, "{:?}", mapping.extras);
}

proptest::proptest! {
    #[test]
    fn no_table_makes_it_panic(
        names in proptest::collection::vec("[a-z ]{0,12}|زمان ورود|arrival|wait|status|date", 1..6),
        rows in proptest::collection::vec(
            proptest::collection::vec("[0-9:/ -]{0,16}|\\PC{0,8}|2024-07-0[1-9] 1[0-9]:00", 0..6), 0..12),
    ) {
        let table = Table { columns: names, rows };
        let _ = table.guess();
    }
}
