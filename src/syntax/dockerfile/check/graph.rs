//! Which stages need each other in a circle.

/// For each of `count` nodes the number of its strongly connected component, by Kosaraju's two walks; no recursion.
/// Edges that name other nodes are left out.
pub(super) fn components(count: usize, edges: impl Iterator<Item = (usize, usize)>) -> Vec<usize> {
    let mut forward = vec![Vec::new(); count];
    let mut backward = vec![Vec::new(); count];
    for (from, to) in edges.filter(|(from, to)| *from < count && *to < count) {
        if let (Some(f), Some(b)) = (forward.get_mut(from), backward.get_mut(to)) {
            f.push(to);
            b.push(from);
        }
    }
    let mut order = Vec::with_capacity(count);
    let mut seen = vec![false; count];
    for root in 0..count {
        walk(root, &forward, &mut seen, &mut order);
    }
    let mut component = vec![0; count];
    let mut seen = vec![false; count];
    for (number, root) in order.into_iter().rev().enumerate() {
        let mut members = Vec::new();
        walk(root, &backward, &mut seen, &mut members);
        for member in members {
            if let Some(c) = component.get_mut(member) {
                *c = number;
            }
        }
    }
    component
}

/// Appends the nodes reached from `root` that were not seen before, each after those it leads to.
fn walk(root: usize, edges: &[Vec<usize>], seen: &mut [bool], done: &mut Vec<usize>) {
    let mut path = vec![(root, 0)];
    while let Some((node, next)) = path.last_mut() {
        if *next == 0 && seen.get_mut(*node).is_none_or(|s| std::mem::replace(s, true)) {
            path.pop();
            continue;
        }
        match edges.get(*node).and_then(|e| e.get(*next)) {
            Some(&to) => {
                *next += 1;
                path.push((to, 0));
            }
            None => {
                done.push(*node);
                path.pop();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn a_circle_is_one_component() {
        let c = components(5, [(0, 1), (1, 2), (2, 0), (3, 0), (4, 3)].into_iter());
        assert_eq!(c[0], c[1]);
        assert_eq!(c[1], c[2]);
        assert!(c[3] != c[0] && c[4] != c[3] && c[4] != c[0]);
    }

    #[test]
    fn a_long_chain_does_not_overflow() {
        let n = 200_000;
        let c = components(n, (0..n - 1).map(|i| (i, i + 1)));
        assert!(c[0] != c[n - 1]);
    }
}
