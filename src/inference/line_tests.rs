//! The line with people made up for it: nobody sleeps, no clock is read.

use super::{Line, Pace, SHORT, Waits, admit};
use std::sync::Arc;
use std::time::Duration;

/// Somebody with a name, a tenant and tokens to read.
#[derive(Debug)]
struct Person {
    name: &'static str,
    tenant: Option<Arc<str>>,
    left: usize,
    gone: bool,
}

impl Waits for Person {
    fn tenant(&self) -> Option<&Arc<str>> {
        self.tenant.as_ref()
    }
    fn left(&self) -> usize {
        self.left
    }
    fn is_abandoned(&self) -> bool {
        self.gone
    }
}

fn person(name: &'static str, tenant: &str, left: usize) -> Person {
    let tenant = (!tenant.is_empty()).then(|| tenant.into());
    Person { name, tenant, left, gone: false }
}

/// Serves turns of `turn` tokens until nobody waits; says whose turns they were.
fn served(line: &mut Line<Person>, turn: usize) -> Vec<&'static str> {
    let mut turns = Vec::new();
    while let Some(mut next) = line.pop() {
        turns.push(next.name);
        next.left = next.left.saturating_sub(turn);
        if next.left > 0 {
            line.push(next);
        }
    }
    turns
}

/// Who comes, with which tenant and how many tokens, and whose turns follow. A turn is 250 tokens.
type Case<'a> = (&'a str, &'a [(&'static str, &'a str, usize)], &'a str);

#[test]
fn turns_by_tenant_then_by_request() {
    let cases: &[Case<'_>] = &[
        ("one alone", &[("a", "", 700)], "a a a"),
        ("in order", &[("a", "", 200), ("b", "", 200), ("c", "", 200)], "a b c"),
        ("requests in turn", &[("a", "", 500), ("b", "", 500)], "a b a b"),
        ("the shorter ends first", &[("a", "", 900), ("b", "", 100)], "a b a a a"),
        ("tenants in turn", &[("a", "x", 200), ("b", "x", 200), ("c", "y", 200)], "a c b"),
        (
            "many of one tenant",
            &[("a", "x", 9), ("b", "x", 9), ("c", "x", 9), ("d", "y", 9), ("e", "y", 9)],
            "a d b e c",
        ),
        ("no tenant is one too", &[("a", "", 9), ("b", "", 9), ("c", "y", 9)], "a c b"),
        ("three tenants", &[("a", "x", 500), ("b", "y", 250), ("c", "z", 250)], "a b c a"),
        ("a long one after a short one", &[("L", "", 1250), ("a", "", 250)], "a L L L L L"),
        (
            "a long one has every fourth turn",
            &[("L", "", 1500), ("a", "", 250), ("b", "", 250), ("c", "", 250), ("d", "", 250)],
            "a b c L d L L L L L",
        ),
        (
            "long ones in turn",
            &[("L", "x", 1500), ("M", "y", 1500)],
            // Who has 1,024 tokens left or less stands in the short line.
            "L M L L L L M L M M M M",
        ),
        ("nobody", &[], ""),
    ];
    for (what, people, expected) in cases {
        let mut line = Line::default();
        people.iter().for_each(|(name, tenant, left)| line.push(person(name, tenant, *left)));
        assert_eq!(line.len(), people.len());
        assert_eq!(served(&mut line, 250).join(" "), *expected, "{what}");
        assert_eq!((line.len(), line.all()), (0, 0));
    }
}

#[test]
fn a_short_request_waits_for_one_window_of_a_long_one() {
    for n_long in [1, 2, 7, 40] {
        let mut line = Line::default();
        (0..n_long).for_each(|_| line.push(person("long", "", 100_000)));
        let mut turns_before = Vec::new();
        for _ in 0..20 {
            // A window of a long one is in work when the short one comes.
            let mut long = line.pop().unwrap();
            line.push(person("short", "", 200));
            long.left -= 250;
            line.push(long);
            let turns = std::iter::from_fn(|| {
                let next = line.pop()?;
                let long = next.name == "long";
                if long {
                    line.push(next);
                }
                long.then_some(())
            });
            turns_before.push(turns.count());
        }
        assert!(turns_before.iter().all(|n| *n == 0), "{n_long}: {turns_before:?}");
    }
}

#[test]
fn a_long_request_goes_on_under_any_load_of_short_ones() {
    let mut line = Line::default();
    line.push(person("long", "x", 100_000));
    let mut turns = 0;
    for _ in 0..400 {
        line.push(person("short", "y", 100));
        line.push(person("short", "z", 100));
        let next = line.pop().unwrap();
        if next.name == "long" {
            turns += 1;
            line.push(next);
        }
    }
    assert_eq!(turns, 100);
}

#[test]
fn who_found_no_room_in_a_turn_is_the_next_and_long_ones_share_none() {
    let mut line = Line::default();
    for (name, tenant, left) in
        [("a", "x", 9), ("b", "x", 9), ("c", "y", 9), ("L", "x", 9999), ("d", "z", 9)]
    {
        line.push(person(name, tenant, left));
    }
    let mut order = Vec::new();
    while let Some(first) = line.pop_short() {
        let name = first.name;
        line.push_front(first);
        let again = line.pop_short().unwrap();
        assert_eq!(again.name, name);
        order.push(name);
    }
    assert_eq!(order.join(" "), "a c d b");
    assert_eq!(line.pop().map(|person| person.name), Some("L"));
}

#[test]
fn who_left_is_taken_out_and_counts_no_more() {
    let mut line = Line::default();
    for (name, left) in [("a", 100), ("b", 100), ("L", 5000), ("M", 5000)] {
        let mut person = person(name, name, left);
        person.gone = matches!(name, "b" | "M");
        line.push(person);
    }
    assert_eq!((line.len(), line.all()), (4, 5100));
    let gone: Vec<_> = line.take_abandoned().into_iter().map(|person| person.name).collect();
    assert_eq!(gone, ["b", "M"]);
    assert_eq!((line.len(), line.all()), (2, 5100));
    assert!(line.take_abandoned().is_empty());
    line.clear();
    assert_eq!((line.len(), line.pop().map(|person| person.name)), (0, None));
}

/// What is estimated is what comes, give or take a turn, for newcomers of any size beside any others.
#[test]
fn the_wait_is_told_in_advance() {
    /// Who waits (name, tenant, tokens), and the tenant and tokens of a newcomer.
    type Case<'a> = (&'a [(&'static str, &'a str, usize)], (&'a str, usize));
    let cases: &[Case<'_>] = &[
        (&[], ("x", 100)),
        (&[("a", "x", 250)], ("x", 250)),
        (&[("a", "x", 250), ("b", "x", 250), ("c", "x", 250)], ("x", 250)),
        (&[("a", "x", 250), ("b", "x", 250), ("c", "x", 250)], ("y", 250)),
        (&[("a", "x", 1000), ("b", "x", 1000)], ("x", 250)),
        (&[("a", "x", 1000), ("b", "x", 1000)], ("x", 1000)),
        (&[("a", "x", 1000), ("b", "y", 1000)], ("z", 500)),
        (&[("L", "x", 50_000)], ("x", 250)),
        (&[("L", "x", 50_000)], ("x", 1000)),
        (&[("L", "x", 50_000)], ("y", 50_000)),
        (&[("L", "x", 9000), ("a", "x", 250), ("b", "x", 250)], ("y", 250)),
        (&[("L", "x", 9000), ("M", "x", 50_000)], ("x", 20_000)),
    ];
    for (people, (tenant, left)) in cases {
        let mut line = Line::default();
        people.iter().for_each(|(name, tenant, left)| line.push(person(name, tenant, *left)));
        let newcomer = person("new", tenant, *left);
        let told = line.before(newcomer.tenant(), *left);
        line.push(newcomer);
        let turn = 50;
        let turns = served(&mut line, turn);
        let last = turns.iter().rposition(|name| *name == "new").unwrap() + 1;
        let came = last * turn - left.next_multiple_of(turn);
        let slack = (people.len() + 3) * turn + SHORT;
        assert!(came.abs_diff(told) <= slack, "{people:?} {tenant} {left}: {told}, was {came}");
    }
}

#[test]
fn the_line_is_bounded_by_what_one_can_wait() {
    let s = Duration::from_secs;
    let ms = Duration::from_millis;
    for (patience, own, wait, expected) in [
        (s(3), ms(20), s(0), Ok(())),
        (s(3), ms(20), s(3), Ok(())),
        (s(3), ms(20), ms(3001), Err(s(1))),
        (s(3), ms(20), s(7), Err(s(4))),
        (s(3), ms(20), s(60), Err(s(57))),
        (s(3), s(30), s(30), Ok(())),
        (s(3), s(30), s(31), Err(s(1))),
        (s(3), s(30), s(90), Err(s(60))),
        (s(0), s(0), s(0), Ok(())),
        (s(0), s(0), ms(1), Err(s(1))),
    ] {
        assert_eq!(admit(patience, own, wait), expected, "{patience:?} {own:?} {wait:?}");
    }
}

#[test]
fn the_pace_is_what_was_measured_last() {
    let mut pace = Pace::default();
    assert_eq!(pace.time(1_000_000), Duration::ZERO);
    (0..200).for_each(|_| pace.note(250, Duration::from_millis(10)));
    assert_eq!(pace.time(25_000).as_millis(), 1000);
    (0..200).for_each(|_| pace.note(250, Duration::from_millis(20)));
    let slower = pace.time(25_000).as_millis();
    assert!((1990..=2000).contains(&slower), "{slower}");
    assert!(pace.time(usize::MAX) > Duration::from_secs(1_000_000));
}
