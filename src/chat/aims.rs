//! Whether a request kept to the times that its latency class aims at, and what took the time if it did not.
//!
//! Invariant: pure; it judges a record whose hops are all there, and changes nothing.

use super::{HopKind, LatencyClass, RequestRecord};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// One aim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aim {
    /// It was met.
    Met,
    /// It was missed; most of the time went to this stage, `None` for work that is no hop.
    Missed(Option<HopKind>),
}

/// What became of the aims of a request's class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aims {
    /// The class.
    pub class: LatencyClass,
    /// Arrival to the first token, for streams that came to one.
    pub ttft: Option<Aim>,
    /// Arrival to the end.
    pub total: Aim,
}

/// The stage that a time goes to which no hop covers.
const OTHER: &str = "other";

impl Aim {
    /// Judges the time until `us`, of which `aimed_at` was allowed.
    fn of(us: u64, aimed_at: Duration, record: &RequestRecord) -> Self {
        if u128::from(us) <= aimed_at.as_micros() {
            return Self::Met;
        }
        let mut times: Vec<(Option<HopKind>, u64)> = vec![(None, us)];
        for hop in &record.hops {
            let spent =
                hop.start_us.saturating_add(hop.duration_us).min(us).saturating_sub(hop.start_us);
            times[0].1 = times[0].1.saturating_sub(spent);
            match times.iter_mut().find(|(kind, _)| *kind == Some(hop.kind)) {
                Some((_, sum)) => *sum = sum.saturating_add(spent),
                None => times.push((Some(hop.kind), spent)),
            }
        }
        Self::Missed(times.into_iter().max_by_key(|(_, time)| *time).and_then(|(kind, _)| kind))
    }

    /// `met` or `missed`.
    pub fn result(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed(_) => "missed",
        }
    }

    /// The stage that most of the time went to, if it was missed.
    pub fn stage(self) -> Option<&'static str> {
        match self {
            Self::Met => None,
            Self::Missed(stage) => Some(stage.map_or(OTHER, HopKind::as_str)),
        }
    }
}

impl Aims {
    /// Judges a record against what its class aims at: the first token and the end.
    pub fn of(
        class: LatencyClass,
        ttft: Duration,
        total: Duration,
        record: &RequestRecord,
    ) -> Self {
        let first = record.ttft_us.filter(|_| record.stream && record.status == 200);
        Self {
            class,
            ttft: first.map(|us| Aim::of(us, ttft, record)),
            total: Aim::of(record.total_us, total, record),
        }
    }
}

/// `met`, or the stage at fault.
impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.stage().unwrap_or("met"))
    }
}

impl FromStr for Aim {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "met" => Ok(Self::Met),
            OTHER => Ok(Self::Missed(None)),
            name => {
                let stage = HopKind::ALL.into_iter().find(|kind| kind.as_str() == name);
                stage.map(|stage| Self::Missed(Some(stage))).ok_or(())
            }
        }
    }
}

/// `standard ttft=met total=upstream`.
impl fmt::Display for Aims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class.as_str())?;
        self.ttft.map_or(Ok(()), |ttft| write!(f, " ttft={ttft}"))?;
        write!(f, " total={}", self.total)
    }
}

impl FromStr for Aims {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (name, aims) = text.split_once(' ').ok_or(())?;
        let class = LatencyClass::ALL.into_iter().find(|class| class.as_str() == name).ok_or(())?;
        let (ttft, total) = match aims.split_once(' ') {
            Some((ttft, total)) => (Some(ttft.strip_prefix("ttft=").ok_or(())?.parse()?), total),
            None => (None, aims),
        };
        Ok(Self { class, ttft, total: total.strip_prefix("total=").ok_or(())?.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::{Aim, Aims};
    use crate::chat::{Hop, HopKind, LatencyClass, Outcome, RequestRecord};
    use std::time::Duration;

    fn hop(kind: HopKind, start_us: u64, duration_us: u64) -> Hop {
        Hop {
            kind,
            target: None,
            start_us,
            duration_us,
            ttft_us: None,
            usage: None,
            cost: None,
            outcome: Outcome::Ok,
            allowance_us: None,
            detail: None,
        }
    }

    #[test]
    fn a_missed_aim_names_the_stage_that_took_the_time() {
        use HopKind::{Detect, Generate, Intent, Queue, Upstream};
        let ms = |n: u64| n * 1000;
        // Hops, arrival to first token and to the end in milliseconds, and what is told where 100 and 200 are aimed at.
        for (hops, ttft, total, told) in [
            (vec![hop(Upstream, ms(1), ms(50))], 40, 60, "standard ttft=met total=met"),
            (vec![hop(Upstream, 0, ms(200))], 100, 200, "standard ttft=met total=met"),
            (vec![hop(Upstream, ms(1), ms(500))], 90, 501, "standard ttft=met total=upstream"),
            (
                vec![hop(Upstream, ms(1), ms(500))],
                300,
                501,
                "standard ttft=upstream total=upstream",
            ),
            (
                vec![hop(Detect, 0, ms(150)), hop(Upstream, ms(150), ms(600))],
                190,
                750,
                "standard ttft=detect total=upstream",
            ),
            (
                vec![hop(Detect, 0, ms(150)), hop(Upstream, ms(150), ms(40))],
                155,
                190,
                "standard ttft=detect total=met",
            ),
            (
                vec![
                    hop(Upstream, 0, ms(60)),
                    hop(Upstream, ms(60), ms(60)),
                    hop(Detect, 0, ms(70)),
                ],
                120,
                130,
                "standard ttft=upstream total=met",
            ),
            (
                vec![hop(Queue, 0, ms(180)), hop(Generate, ms(180), ms(90))],
                200,
                270,
                "standard ttft=queue total=queue",
            ),
            (vec![hop(Intent, 0, ms(10))], 110, 120, "standard ttft=other total=met"),
            (vec![], 0, 300, "standard ttft=met total=other"),
            (vec![hop(Generate, ms(5), ms(400))], 20, 405, "standard ttft=met total=generate"),
        ] {
            let record = RequestRecord {
                stream: true,
                status: 200,
                hops,
                ttft_us: Some(ms(ttft)),
                total_us: ms(total),
                ..RequestRecord::default()
            };
            let (first, end) = (Duration::from_millis(100), Duration::from_millis(200));
            let aims = Aims::of(LatencyClass::Standard, first, end, &record);
            assert_eq!(aims.to_string(), told);
            assert_eq!(told.parse(), Ok(aims));
            let whole = RequestRecord { stream: false, ..record };
            assert_eq!(Aims::of(LatencyClass::Standard, first, end, &whole).ttft, None);
        }
    }

    #[test]
    fn every_verdict_leads_back() {
        let stages = HopKind::ALL.into_iter().map(|kind| Aim::Missed(Some(kind)));
        for aim in stages.chain([Aim::Met, Aim::Missed(None)]) {
            for class in LatencyClass::ALL {
                for ttft in [None, Some(aim), Some(Aim::Met)] {
                    let aims = Aims { class, ttft, total: aim };
                    assert_eq!(aims.to_string().parse(), Ok(aims));
                }
            }
        }
        for text in [
            "",
            "standard",
            "standard total",
            "fast total=met",
            "standard total=no",
            "standard x=met total=met",
        ] {
            assert_eq!(text.parse::<Aims>(), Err(()), "{text}");
        }
    }
}
