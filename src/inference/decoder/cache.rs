//! Keys and values that were computed, found again by their tokens.
//!
//! Full pages and the begun last one of a sequence hang in a tree, below the page before them: a radix tree whose edges are up to a
//! page long (as in Zheng et al. 2023, "SGLang", RadixAttention). Each tenant has a tree of its own, so that nobody learns from a
//! response time what another tenant asked. What has not been used for longest leaves first when memory is needed.
//!
//! Invariant: pages of sequences and of the tree together never take more than the budget.

use crate::inference::generator::Tenant;
use crate::inference::kernels::{PAGE, Page, Shape};
use std::collections::HashMap;
use std::sync::Arc;

/// The tokens that a sequence has read, and its pages.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    pub tenant: Tenant,
    pub tokens: Vec<u32>,
    pub pages: Vec<Arc<Page>>,
    /// The last tokens that may yet be taken back; the tree gets none of them before.
    pub drafted: usize,
    /// Pages that it may yet need.
    reserved: usize,
    /// The node of its last page that the tree has.
    node: Option<usize>,
    /// Its pages that the tree has.
    shared: usize,
}

impl Sequence {
    /// Takes back the last `n` of the drafted tokens; the others stay for good.
    pub(super) fn roll_back(&mut self, n: usize) {
        let left = self.tokens.len() - n.min(self.drafted);
        self.drafted = 0;
        self.tokens.truncate(left);
        self.pages.truncate(Cache::pages(left));
    }
}

#[derive(Debug)]
struct Node {
    tokens: Vec<u32>,
    page: Arc<Page>,
    parent: Option<usize>,
    tenant: Tenant,
    children: Vec<usize>,
    used: u64,
}

/// All pages of a model.
#[derive(Debug)]
pub(super) struct Cache {
    shape: Shape,
    /// Pages that may be.
    budget: usize,
    /// Pages that sequences alone hold or may yet need.
    taken: usize,
    nodes: Vec<Option<Node>>,
    free: Vec<usize>,
    roots: HashMap<Tenant, Vec<usize>>,
    clock: u64,
}

impl Cache {
    pub(super) fn new(shape: Shape, bytes: usize) -> Self {
        let budget = bytes / shape.page_bytes().max(1);
        let (nodes, free, roots) = Default::default();
        Self { shape, budget, taken: 0, nodes, free, roots, clock: 0 }
    }

    /// Pages that so many tokens need.
    fn pages(tokens: usize) -> usize {
        tokens.div_ceil(PAGE)
    }

    /// Whether a sequence of so many tokens could ever be.
    pub(super) fn fits(&self, tokens: usize) -> bool {
        Self::pages(tokens) <= self.budget
    }

    /// Whether a sequence of so many tokens could be now.
    pub(super) fn has_room(&self, tokens: usize) -> bool {
        let used = |node: &&Option<Node>| {
            node.as_ref().is_some_and(|node| Arc::strong_count(&node.page) > 1)
        };
        let used = self.nodes.iter().filter(used).count();
        used + self.taken + Self::pages(tokens) <= self.budget
    }

    /// Bytes that pages take or may yet take.
    pub(super) fn bytes(&self) -> usize {
        (self.kept() + self.taken) * self.shape.page_bytes()
    }

    fn kept(&self) -> usize {
        self.nodes.len() - self.free.len()
    }

    /// A sequence that will have at most `most` tokens and begins with `prompt`; what is known of the prompt's beginning, except
    /// its last token, is read already.
    pub(super) fn open(&mut self, tenant: &Tenant, prompt: &[u32], most: usize) -> Sequence {
        self.clock += 1;
        let mut sequence = Sequence { tenant: tenant.clone(), ..Sequence::default() };
        // The last token must be read for what follows it.
        let known = &prompt[..prompt.len().saturating_sub(1)];
        loop {
            let rest = &known[sequence.tokens.len()..];
            let below = match sequence.node {
                Some(node) => self.nodes[node].as_ref().map_or(&[][..], |node| &node.children),
                None => self.roots.get(tenant).map_or(&[][..], Vec::as_slice),
            };
            let common = |index: &usize| {
                let tokens = self.nodes[*index].as_ref().map_or(&[][..], |node| &node.tokens);
                tokens.iter().zip(rest).take_while(|(a, b)| a == b).count()
            };
            let Some((index, n)) = below.iter().map(|i| (*i, common(i))).max_by_key(|(_, n)| *n)
            else {
                break;
            };
            let Some(node) = self.nodes[index].as_mut().filter(|_| n > 0) else { break };
            node.used = self.clock;
            sequence.tokens.extend(&rest[..n]);
            if n < PAGE {
                // Part of a page: a copy that goes on in its own way.
                sequence.pages.push(Arc::new(Page::clone(&node.page)));
                break;
            }
            sequence.pages.push(Arc::clone(&node.page));
            sequence.node = Some(index);
            sequence.shared += 1;
        }
        sequence.reserved = Self::pages(most.max(prompt.len())).saturating_sub(sequence.shared);
        self.taken += sequence.reserved;
        self.make_room();
        sequence
    }

    /// Room for one more token; returns its page and its place there.
    pub(super) fn place<'a>(&self, sequence: &'a mut Sequence, at: usize) -> (&'a mut Page, usize) {
        if at / PAGE == sequence.pages.len() {
            sequence.pages.push(Arc::new(Page::new(self.shape)));
        }
        // A page that is not full is the sequence's own: the tree gets it when it is full or the sequence ends.
        (Arc::make_mut(&mut sequence.pages[at / PAGE]), at % PAGE)
    }

    /// Hands the pages that have become full to the tree.
    pub(super) fn share(&mut self, sequence: &mut Sequence) {
        self.clock += 1;
        while (sequence.shared + 1) * PAGE <= sequence.tokens.len() - sequence.drafted {
            let index = self.insert(sequence, PAGE);
            if let Some(node) = &self.nodes[index] {
                // Another sequence may have been first with the same tokens.
                sequence.pages[sequence.shared] = Arc::clone(&node.page);
            }
            sequence.node = Some(index);
            sequence.shared += 1;
            sequence.reserved = sequence.reserved.saturating_sub(1);
            self.taken = self.taken.saturating_sub(1);
        }
        self.make_room();
    }

    /// Ends a sequence; all that it has read is kept while there is room, but no draft that nobody has confirmed.
    pub(super) fn close(&mut self, mut sequence: Sequence) {
        sequence.roll_back(usize::MAX);
        self.share(&mut sequence);
        self.taken = self.taken.saturating_sub(sequence.reserved);
        let rest = sequence.tokens.len() - sequence.shared * PAGE;
        if rest > 0 && sequence.pages.len() > sequence.shared {
            self.insert(&sequence, rest);
        }
        drop(sequence);
        self.make_room();
    }

    /// Hangs up the first page that the tree has not, with its first `n` tokens; returns its node.
    fn insert(&mut self, sequence: &Sequence, n: usize) -> usize {
        let tokens = &sequence.tokens[sequence.shared * PAGE..][..n];
        let page = &sequence.pages[sequence.shared];
        let below = match sequence.node {
            Some(node) => self.nodes[node].as_ref().map(|node| node.children.clone()),
            None => self.roots.get(&sequence.tenant).cloned(),
        };
        for index in below.unwrap_or_default() {
            let Some(node) = self.nodes[index].as_mut() else { continue };
            let longer = node.tokens.len().max(n);
            let common = node.tokens.iter().zip(tokens).take_while(|(a, b)| a == b).count();
            if common == node.tokens.len().min(n) {
                // One continues the other; the longer one stays.
                if n == longer && node.tokens.len() < n {
                    (node.tokens, node.page) = (tokens.to_vec(), Arc::clone(page));
                }
                node.used = self.clock;
                return index;
            }
        }
        let node = Node {
            tokens: tokens.to_vec(),
            page: Arc::clone(page),
            parent: sequence.node,
            tenant: sequence.tenant.clone(),
            children: Vec::new(),
            used: self.clock,
        };
        let index = self.free.pop().unwrap_or(self.nodes.len());
        if index == self.nodes.len() {
            self.nodes.push(None);
        }
        self.nodes[index] = Some(node);
        match sequence.node.and_then(|parent| self.nodes[parent].as_mut()) {
            Some(parent) => parent.children.push(index),
            None => self.roots.entry(sequence.tenant.clone()).or_default().push(index),
        }
        index
    }

    /// Drops what has not been used for longest until what sequences may need has room.
    fn make_room(&mut self) {
        while self.kept() + self.taken > self.budget {
            // A page that a sequence has is none the less there, so it stays.
            let leaves = self.nodes.iter().enumerate().filter_map(|(index, node)| {
                let node = node.as_ref()?;
                (node.children.is_empty() && Arc::strong_count(&node.page) == 1)
                    .then_some((node.used, index))
            });
            let Some((_, index)) = leaves.min() else { return };
            let Some(node) = self.nodes[index].take() else { return };
            self.free.push(index);
            let siblings = match node.parent.and_then(|parent| self.nodes[parent].as_mut()) {
                Some(parent) => &mut parent.children,
                None => self.roots.entry(node.tenant.clone()).or_default(),
            };
            siblings.retain(|other| *other != index);
            if siblings.is_empty() && node.parent.is_none() {
                self.roots.remove(&node.tenant);
            }
        }
    }
}
