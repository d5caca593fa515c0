//! Times of day and lengths of time, written with colons.

use super::{Scratch, latin};

/// The half of the day of a twelve-hour clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// Before noon.
    Morning,
    /// From noon on.
    Afternoon,
}

/// Words for the halves of a day, longer ones before those that they contain. Spaces inside are single.
const HALVES: [(&str, Half); 20] = [
    ("قبل از ظهر", Half::Morning),
    ("پیش از ظهر", Half::Morning),
    ("بعد از ظهر", Half::Afternoon),
    ("بعدازظهر", Half::Afternoon),
    ("پس از ظهر", Half::Afternoon),
    ("قبلازظهر", Half::Morning),
    ("ق.ظ.", Half::Morning),
    ("ب.ظ.", Half::Afternoon),
    ("ق.ظ", Half::Morning),
    ("ب.ظ", Half::Afternoon),
    ("ق ظ", Half::Morning),
    ("ب ظ", Half::Afternoon),
    ("صبح", Half::Morning),
    ("عصر", Half::Afternoon),
    ("ظهر", Half::Afternoon),
    ("شب", Half::Afternoon),
    ("a.m.", Half::Morning),
    ("p.m.", Half::Afternoon),
    ("am", Half::Morning),
    ("pm", Half::Afternoon),
];

/// The parts of a date-and-time cell, in whichever order they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts<'t> {
    /// What looks like a date.
    pub date: Option<&'t str>,
    /// What has a colon.
    pub clock: Option<&'t str>,
    /// What follows the clock and is `Z`, `UTC` or begins with a sign.
    pub offset: Option<&'t str>,
    /// The half of the day.
    pub half: Option<Half>,
}

impl<'t> Parts<'t> {
    /// `None` where something stands twice or is none of these.
    pub fn of(text: &'t str) -> Option<Parts<'t>> {
        let mut parts = Parts::default();
        let (before, after) = parts.take_half(text);
        for piece in [before, after] {
            for token in piece.split([' ', ',', '\t']).filter(|token| !token.is_empty() && *token != "-") {
                parts.take(token)?;
            }
        }
        Some(parts)
    }

    /// What stands before and after the word for the half of the day, where there is one.
    fn take_half(&mut self, text: &'t str) -> (&'t str, &'t str) {
        // Most cells have no letter at all, or the T and Z of ISO.
        if !text.bytes().any(|byte| byte >= 0x80 || matches!(byte, b'm' | b'M')) {
            return (text, "");
        }
        for (word, half) in HALVES {
            if let Some(place) = find_word(text, word) {
                self.half = Some(half);
                return (&text[..place], &text[place + word.len()..]);
            }
        }
        (text, "")
    }

    fn take(&mut self, token: &'t str) -> Option<()> {
        let once = |slot: &mut Option<&'t str>, text| {
            if slot.is_some() {
                return None;
            }
            *slot = Some(text);
            Some(())
        };
        let signed = token.starts_with(['+', '-']);
        if self.clock.is_some() && (signed || matches!(token, "Z" | "z" | "UTC" | "GMT")) {
            return once(&mut self.offset, token);
        }
        let (date, rest) = match token.split_once(['T', 't']) {
            Some((date, rest)) => (Some(date), rest),
            None => (None, token),
        };
        if let Some(date) = date {
            once(&mut self.date, date)?;
        }
        if !rest.contains(':') {
            return if date.is_some() { None } else { once(&mut self.date, token) };
        }
        let end = rest.find(['+', '-', 'Z', 'z']).unwrap_or(rest.len());
        let (clock, offset) = rest.split_at(end);
        once(&mut self.clock, clock)?;
        if offset.is_empty() { Some(()) } else { once(&mut self.offset, offset) }
    }
}

/// Where `word` stands in `text`, whatever the case of Latin letters.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    text.windows(word.len()).position(|window| window.eq_ignore_ascii_case(word))
}

/// `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f`, and `Z`, `±HH`, `±HHMM` or `±HH:MM` right after it, as milliseconds since
/// midnight and minutes ahead of UTC. `None` for every other shape, which may be a time all the same.
pub fn quick(bytes: &[u8]) -> Option<(u32, Option<i32>)> {
    let &[h1, h2, b':', m1, m2, ref rest @ ..] = bytes else { return None };
    let (hour, minute) = (two(h1, h2)?, two(m1, m2)?);
    if hour > 23 || minute > 59 {
        return None;
    }
    let mut millis = (hour * 60 + minute) * 60_000;
    let mut rest = rest;
    if let &[b':', s1, s2, ref tail @ ..] = rest {
        let second = two(s1, s2).filter(|second| *second < 60)?;
        millis += second * 1_000;
        rest = tail;
        if let &[b'.', ref decimals @ ..] = rest {
            let count = decimals.iter().take_while(|byte| byte.is_ascii_digit()).count();
            millis += thousandths(&decimals[..count]);
            rest = &decimals[count..];
        }
    }
    let digits = |a: u8, b: u8| two(a, b).and_then(|value| i32::try_from(value).ok());
    let (sign, hours, minutes) = match *rest {
        [] => return Some((millis, None)),
        [b'Z' | b'z'] => return Some((millis, Some(0))),
        [sign @ (b'+' | b'-'), a, b] => (sign, digits(a, b)?, 0),
        [sign @ (b'+' | b'-'), a, b, c, d] | [sign @ (b'+' | b'-'), a, b, b':', c, d] => {
            (sign, digits(a, b)?, digits(c, d)?)
        }
        _ => return None,
    };
    if hours > 18 || minutes > 59 {
        return None;
    }
    let minutes = hours * 60 + minutes;
    Some((millis, Some(if sign == b'-' { -minutes } else { minutes })))
}

/// A time of day such as `8:05`, `08:05:09` or `08:05:09.250`, on a twelve-hour clock where `half` is given.
pub fn time_of_day(text: &str, half: Option<Half>) -> Option<u32> {
    let mut parts = text.split(':');
    let hour = below(parts.next()?, 24)?;
    let minute = below(parts.next()?, 60)?;
    let millis = match parts.next() {
        None => 0,
        Some(seconds) => {
            let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
            fraction.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
            below(second, 60)? * 1_000 + thousandths(fraction.as_bytes())
        }
    };
    parts.next().is_none().then_some(())?;
    let hour = match (half, hour) {
        (None, hour) => hour,
        (Some(Half::Morning), 12) => 0,
        (Some(Half::Morning), 0..12) => hour,
        // Some clocks that show 24 hours still name the half.
        (Some(Half::Afternoon), 12..24) => hour,
        (Some(Half::Afternoon), 0..12) => hour + 12,
        (Some(_), _) => return None,
    };
    Some((hour * 60 + minute) * 60_000 + millis)
}

/// `0815` or `081530` without colons.
pub fn bare(digits: &str) -> Option<u32> {
    let part = |from: usize, limit: u32| below(digits.get(from..from + 2)?, limit);
    let seconds = match digits.len() {
        4 => 0,
        6 => part(4, 60)?,
        _ => return None,
    };
    Some((part(0, 24)? * 60 + part(2, 60)?) * 60_000 + seconds * 1_000)
}

/// `Z`, `UTC`, `GMT`, `±HH`, `±HHMM` or `±HH:MM` as minutes ahead of UTC.
pub fn offset_minutes(text: &str) -> Option<i32> {
    if matches!(text, "Z" | "z" | "UTC" | "GMT") {
        return Some(0);
    }
    let (sign, digits) = match text.as_bytes() {
        [b'+', ..] => (1, &text[1..]),
        [b'-', ..] => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 if digits.is_ascii() => digits.split_at(2),
        5 => digits.split_once(':')?,
        _ => return None,
    };
    let (hours, minutes) = (below(hours, 19)?, below(minutes, 60)?);
    i32::try_from(hours * 60 + minutes).ok().map(|minutes| sign * minutes)
}

/// A length of time as `h:mm:ss` or `mm:ss`, with decimals of a second or without, in milliseconds.
pub fn length(text: &str) -> Option<i64> {
    let mut scratch = Scratch::default();
    let text = latin(text, &mut scratch)?;
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    fraction.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    let mut parts = whole.rsplit(':');
    let second = below(parts.next()?, 60)?;
    let minute = parts.next()?;
    let (hour, minute) = match parts.next() {
        Some(hour) => (count(hour)?, below(minute, 60)?),
        None => (0, count(minute)?),
    };
    parts.next().is_none().then_some(())?;
    let seconds = i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
    Some(sign * (seconds * 1_000 + i64::from(thousandths(fraction.as_bytes()))))
}

/// One or two digits below `limit`.
fn below(text: &str, limit: u32) -> Option<u32> {
    if text.len() > 2 {
        return None;
    }
    count(text).filter(|number| *number < limit)
}

/// Up to six digits.
fn count(text: &str) -> Option<u32> {
    let valid = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { text.parse().ok() } else { None }
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

/// The first three decimals of a second as milliseconds; the callers checked that they are digits.
fn thousandths(fraction: &[u8]) -> u32 {
    let digit = |place: usize| fraction.get(place).map_or(0, |byte| u32::from(byte - b'0'));
    digit(0) * 100 + digit(1) * 10 + digit(2)
}
