//! The name that was probably meant.

/// Names longer than this are no slip of the pen.
const LONGEST: usize = 60;

/// Of `known`, the name with the fewest slips from `name` (a letter too much, too few, another, or two in the wrong order),
/// where these are at most a third of its letters; the first of several. Case and the kind of dash do not count.
#[must_use]
pub fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let plain = |text: &str| -> Vec<char> {
        text.trim()
            .chars()
            .map(|letter| if letter == '-' || letter == ' ' { '_' } else { letter })
            .flat_map(char::to_lowercase)
            .collect()
    };
    let name = plain(name);
    if name.len() > LONGEST {
        return None;
    }
    let slips = |known: &'n str| {
        let letters = plain(known);
        let slips = slips(&name, &letters);
        (slips <= letters.len().div_ceil(3)).then_some((slips, known))
    };
    known.into_iter().filter_map(slips).min_by_key(|(slips, _)| *slips).map(|(_, known)| known)
}

/// The fewest slips between two texts, by the distance of optimal string alignment (Damerau 1964, Levenshtein 1966).
fn slips(a: &[char], b: &[char]) -> usize {
    // Distances of the beginnings of `a` from each beginning of `b`: this row, the one before it, and that before.
    let mut earlier: Vec<usize> = Vec::new();
    let mut before: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let known = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
            let mut least = (known(&before, j + 1) + 1)
                .min(known(&row, j) + 1)
                .min(known(&before, j) + usize::from(letter != other));
            let is_swapped = i > 0 && j > 0 && a.get(i - 1) == Some(other) && b.get(j - 1) == Some(letter);
            if is_swapped {
                least = least.min(known(&earlier, j - 1) + 1);
            }
            row.push(least);
        }
        earlier = std::mem::replace(&mut before, row);
    }
    before.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_and_what_is_too_far_is_not_meant() {
        let count = |a: &str, b: &str| slips(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        let known =
            [("kitten", "sitting", 3), ("ca", "ac", 1), ("abc", "", 3), ("", "ab", 2), ("rounds", "rounds", 0)];
        for (a, b, expected) in known {
            assert_eq!((count(a, b), count(b, a)), (expected, expected), "{a} {b}");
        }
        let names = ["penalty", "l1_ratio", "max_iterations", "estimate"];
        for (typed, meant) in [
            ("penalti", Some("penalty")),
            ("Penalty", Some("penalty")),
            ("peanlty", Some("penalty")),
            ("l1-ratio", Some("l1_ratio")),
            ("max_iteration", Some("max_iterations")),
            ("foo", None),
            ("", None),
            ("جریمه", None),
        ] {
            assert_eq!(nearest(typed, names), meant, "{typed}");
        }
        assert_eq!(nearest(&"penalty".repeat(1_000), names), None);
        assert_eq!(nearest("rate", []), None);
    }
}
