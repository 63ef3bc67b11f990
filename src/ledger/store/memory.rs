//! Records in memory, for tests and for a gateway that shall leave no file. Clones share the records that are committed.

use super::{Entry, LedgerStore, Page, StoreError};
use crate::chat::RequestRecord;
use crate::ledger::note::{self, ConfigChange, ConfigVersion, Feedback, Note, Pair, Trial};
use crate::ledger::summary::{By, Groups, Sample, SummaryRow, Task, day_name, day_number};
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Keeps the newest records and notes up to a number of each.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    inner: Arc<Mutex<Inner>>,
    batch: Vec<Entry>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Inner {
    records: VecDeque<RequestRecord>,
    feedback: VecDeque<Feedback>,
    changes: VecDeque<ConfigChange>,
    versions: VecDeque<ConfigVersion>,
    pairs: VecDeque<Pair>,
    ids: HashSet<Uuid>,
    /// How many were ever appended; the cursor of the newest.
    appended: i64,
    /// How many times something was told.
    told: i64,
}

impl MemoryStore {
    /// An empty store that forgets the oldest record when it has `capacity` of them.
    pub fn new(capacity: usize) -> Self {
        Self { inner: Arc::default(), batch: Vec::new(), capacity: capacity.max(1) }
    }

    /// Loses the batch, as a store does that fails.
    #[cfg(test)]
    pub(in crate::ledger) fn abandon(&mut self) {
        self.batch.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn keep(&mut self, record: RequestRecord, capacity: usize) {
        if !self.ids.insert(record.id) {
            return;
        }
        self.records.push_back(record);
        self.appended += 1;
        if self.records.len() > capacity
            && let Some(oldest) = self.records.pop_front()
        {
            self.ids.remove(&oldest.id);
        }
    }

    fn keep_note(&mut self, note: Note, capacity: usize) {
        match note {
            Note::Feedback(feedback) => {
                self.told += 1;
                push(&mut self.feedback, feedback, capacity);
            }
            Note::Pair(pair) => push(&mut self.pairs, pair, capacity),
            Note::Change(change) => push(&mut self.changes, change, capacity),
            Note::Version(version) => {
                self.versions.retain(|known| known.hash != version.hash);
                push(&mut self.versions, version, capacity);
            }
        }
    }

    fn feedback(&self, subject: Uuid) -> Vec<Feedback> {
        self.feedback.iter().filter(|one| one.subject == subject).cloned().collect()
    }
}

fn push<T>(list: &mut VecDeque<T>, item: T, capacity: usize) {
    list.push_back(item);
    if list.len() > capacity {
        list.pop_front();
    }
}

impl LedgerStore for MemoryStore {
    fn add(&mut self, record: &RequestRecord) -> Result<(), StoreError> {
        self.batch.push(Entry::Request(Box::new(record.clone())));
        Ok(())
    }

    fn add_note(&mut self, note: &Note) -> Result<(), StoreError> {
        self.batch.push(Entry::Note(Box::new(note.clone())));
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let batch = std::mem::take(&mut self.batch);
        let mut inner = self.lock();
        for entry in batch {
            match entry {
                Entry::Request(record) => inner.keep(*record, self.capacity),
                Entry::Note(note) => inner.keep_note(*note, self.capacity),
            }
        }
        Ok(())
    }

    fn tail(&self, n: usize) -> Result<Page, StoreError> {
        let inner = self.lock();
        let skip = inner.records.len().saturating_sub(n);
        let records = inner.records.iter().skip(skip).cloned().collect();
        Ok(Page { records, cursor: inner.appended })
    }

    fn after(&self, cursor: i64, n: usize) -> Result<Page, StoreError> {
        let inner = self.lock();
        let first = inner.appended - inner.records.len() as i64;
        let skip = usize::try_from(cursor - first).unwrap_or(0);
        let records: Vec<_> = inner.records.iter().skip(skip).take(n).cloned().collect();
        let cursor =
            if records.is_empty() { cursor } else { cursor.max(first) + records.len() as i64 };
        Ok(Page { records, cursor })
    }

    fn find(&self, first: Uuid, last: Uuid, n: usize) -> Result<Vec<RequestRecord>, StoreError> {
        let inner = self.lock();
        let within = |record: &&RequestRecord| (first..=last).contains(&record.id);
        let mut found: Vec<_> = inner.records.iter().filter(within).collect();
        found.sort_by_key(|record| record.id);
        Ok(found.into_iter().take(n).cloned().collect())
    }

    fn holding(&self, digits: &str, n: usize) -> Result<Vec<RequestRecord>, StoreError> {
        let inner = self.lock();
        let holds = |record: &&RequestRecord| record.id.simple().to_string().contains(digits);
        Ok(inner.records.iter().rev().filter(holds).take(n).cloned().collect())
    }

    fn of_task(&self, task: Uuid, n: usize) -> Result<Vec<RequestRecord>, StoreError> {
        let inner = self.lock();
        let of_task = inner.records.iter().filter(|record| record.task == Some(task));
        let mut records: Vec<_> = of_task.rev().take(n).cloned().collect();
        records.reverse();
        Ok(records)
    }

    fn feedback(&self, subject: Uuid) -> Result<Vec<Feedback>, StoreError> {
        Ok(self.lock().feedback(subject))
    }

    fn changes(&self, n: usize) -> Result<Vec<ConfigChange>, StoreError> {
        let inner = self.lock();
        let skip = inner.changes.len().saturating_sub(n);
        Ok(inner.changes.iter().skip(skip).cloned().collect())
    }

    fn versions(&self, beginning: &str) -> Result<Vec<ConfigVersion>, StoreError> {
        let inner = self.lock();
        let found = inner.versions.iter().filter(|version| version.hash.starts_with(beginning));
        Ok(found.take(2).cloned().collect())
    }

    fn pairs(&self, rule: Option<&str>, since_us: i64) -> Result<Vec<Pair>, StoreError> {
        let inner = self.lock();
        let fits =
            |pair: &&Pair| pair.at_us >= since_us && rule.is_none_or(|rule| pair.rule == rule);
        Ok(inner.pairs.iter().filter(fits).cloned().collect())
    }

    fn trials(&self, config: &str, cursor: i64, n: usize) -> Result<Vec<Trial>, StoreError> {
        let inner = self.lock();
        let first = inner.appended - inner.records.len() as i64 + 1;
        let numbered = (first..).zip(&inner.records);
        let new = numbered.filter(|(at, record)| *at > cursor && *record.config_hash == *config);
        let trial = |(cursor, record): (i64, &RequestRecord)| {
            Some(Trial { cursor, side: record.side?, success: note::answered(record.outcome) })
        };
        Ok(new.filter_map(trial).take(n).collect())
    }

    fn told_trials(&self, config: &str, cursor: i64, n: usize) -> Result<Vec<Trial>, StoreError> {
        let inner = self.lock();
        let first = inner.told - inner.feedback.len() as i64 + 1;
        let mut subjects = HashSet::new();
        let mut out = Vec::new();
        for (at, told) in (first..).zip(&inner.feedback) {
            let Some(success) = told.success else { continue };
            if !subjects.insert(told.subject) || at <= cursor {
                continue;
            }
            let about = |record: &&RequestRecord| {
                record.id == told.subject || record.task == Some(told.subject)
            };
            let records = inner.records.iter().filter(about);
            let side = records.filter(|it| *it.config_hash == *config).find_map(|it| it.side);
            out.extend(side.map(|side| Trial { cursor: at, side, success: Some(success) }));
        }
        out.truncate(n);
        Ok(out)
    }

    fn summary(
        &self,
        by: By,
        since_us: i64,
        tenant: Option<&str>,
    ) -> Result<Vec<SummaryRow>, StoreError> {
        let inner = self.lock();
        let mut groups = Groups::new();
        let mut tasks = BTreeMap::new();
        let counts = |record: &&RequestRecord| {
            record.at_us >= since_us
                && tenant.is_none_or(|tenant| record.tenant.as_deref() == Some(tenant))
        };
        for record in inner.records.iter().filter(counts) {
            let name = match by {
                By::Intent => record.intent.as_ref().map(|intent| intent.name.clone()),
                By::Target => record.target.clone(),
                By::Tenant => record.tenant.clone(),
                By::Day => day_name(day_number(record.at_us)).map(Arc::from),
            };
            groups.add(name.clone(), &sample(record));
            let subject = record.task.unwrap_or(record.id);
            let task = tasks.entry(subject).or_insert_with(Task::default);
            task.add(name, record.cost);
        }
        for (subject, task) in tasks {
            if let Some(success) = note::success(&inner.feedback(subject)) {
                groups.add_task(task, success);
            }
        }
        Ok(groups.rows(by, |name| name.map(|name| name.as_ref().to_owned())))
    }
}

fn sample(record: &RequestRecord) -> Sample {
    Sample {
        outcome: record.outcome,
        usage: record.usage,
        cost: record.cost,
        total_us: record.total_us,
        overhead_us: record.overhead_us,
        ttft_us: record.ttft_us,
    }
}

#[cfg(test)]
mod tests {
    use super::super::conformance::{Suite, sample};
    use super::*;

    struct Memory(MemoryStore);

    impl Suite for Memory {
        fn new() -> Self {
            Self(MemoryStore::new(100_000))
        }

        fn open(&self) -> Box<dyn LedgerStore> {
            Box::new(self.0.clone())
        }
    }

    #[test]
    fn conforms() {
        super::super::conformance::run::<Memory>();
    }

    #[test]
    fn forgets_the_oldest() {
        let mut store = MemoryStore::new(2);
        let records: Vec<_> = (1..=5).map(sample).collect();
        store.append(&records).unwrap();
        assert_eq!(store.tail(9).unwrap().records, records[3..]);
        assert_eq!(store.after(0, 9).unwrap(), Page { records: records[3..].to_vec(), cursor: 5 });
        store.append(&records[..1]).unwrap();
        assert_eq!(store.tail(1).unwrap().records, records[..1], "a forgotten id may come again");
    }
}
