//! Records in memory, for tests and for a gateway that shall leave no file. Clones share the records that are committed.

use super::{LedgerStore, Page, StoreError};
use crate::chat::RequestRecord;
use crate::ledger::summary::{By, Groups, Sample, SummaryRow, day_name, day_number};
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// Keeps the newest records up to a number of them.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    inner: Arc<Mutex<Inner>>,
    batch: Vec<RequestRecord>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Inner {
    records: VecDeque<RequestRecord>,
    ids: HashSet<Uuid>,
    /// How many were ever appended; the cursor of the newest.
    appended: i64,
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

impl LedgerStore for MemoryStore {
    fn add(&mut self, record: &RequestRecord) -> Result<(), StoreError> {
        self.batch.push(record.clone());
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let batch = std::mem::take(&mut self.batch);
        let mut inner = self.lock();
        for record in batch {
            if !inner.ids.insert(record.id) {
                continue;
            }
            inner.records.push_back(record);
            inner.appended += 1;
            if inner.records.len() > self.capacity
                && let Some(oldest) = inner.records.pop_front()
            {
                inner.ids.remove(&oldest.id);
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

    fn summary(
        &self,
        by: By,
        since_us: i64,
        tenant: Option<&str>,
    ) -> Result<Vec<SummaryRow>, StoreError> {
        let inner = self.lock();
        let mut groups = Groups::new();
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
            groups.add(name, &sample(record));
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
