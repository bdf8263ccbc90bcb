//! Can one client wait endlessly while the others come and go without end?
//!
//! stateright looks at states and at ends of runs; a starved client lives in a circle that never
//! ends. So this looks for circles: a set of states, each reachable from each, in all of which the
//! victim waits. The circle only counts when it is fair: a client that can move again and again
//! does move (idle clients need not come, and nobody dies). Where one cannot, the states in which
//! it could are taken away and what is left is searched again.

use crate::state::{Mode, State};
use crate::system::{Action, System};
use stateright::Model;
use std::collections::HashMap;

type Edges = Vec<Vec<(usize, usize)>>;

struct Graph {
    states: Vec<State>,
    edges: Edges,
}

/// How many states are in the largest fair circle in which `victim` waits; none when it cannot
/// starve.
pub fn starves(system: &System, victim: usize) -> Option<usize> {
    let graph = explore(system);
    let waiting: Vec<usize> =
        (0..graph.states.len()).filter(|n| system.is_waiting(&graph.states[*n], victim)).collect();
    let mut left = vec![waiting];
    let mut largest = None;
    while let Some(nodes) = left.pop() {
        for circle in circles(&graph.edges, &nodes) {
            match unfair_to(&graph, &circle, system.programs.len()) {
                None => largest = largest.max(Some(circle.len())),
                Some(client) => {
                    left.push(circle.into_iter().filter(|n| !can_move(&graph, *n, client)).collect());
                }
            }
        }
    }
    largest
}

fn explore(system: &System) -> Graph {
    let mut graph = Graph { states: system.init_states(), edges: Vec::new() };
    let mut known: HashMap<State, usize> = graph.states.iter().cloned().zip(0..).collect();
    while graph.edges.len() < graph.states.len() {
        let steps = system.next_steps(&graph.states[graph.edges.len()]);
        let mut edges = Vec::new();
        for (action, state) in steps {
            let (Action::Step(client) | Action::Wake(client, _)) = action else { continue };
            let node = *known.entry(state).or_insert_with_key(|state| {
                graph.states.push(state.clone());
                graph.states.len() - 1
            });
            edges.push((client, node));
        }
        graph.edges.push(edges);
    }
    graph
}

fn can_move(graph: &Graph, node: usize, client: usize) -> bool {
    let it = &graph.states[node].clients[client];
    let idle = it.mode == Mode::Ready && it.at == 0;
    !idle && graph.edges[node].iter().any(|(mover, _)| *mover == client)
}

fn unfair_to(graph: &Graph, circle: &[usize], clients: usize) -> Option<usize> {
    let mut inside = vec![false; graph.states.len()];
    circle.iter().for_each(|n| inside[*n] = true);
    let moves =
        |c: usize| circle.iter().any(|n| graph.edges[*n].iter().any(|(m, to)| *m == c && inside[*to]));
    (0..clients).find(|c| circle.iter().any(|n| can_move(graph, *n, *c)) && !moves(*c))
}

/// The strongly connected parts of `nodes` that have an edge of their own (Tarjan's algorithm,
/// without recursion).
fn circles(edges: &Edges, nodes: &[usize]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut inside = vec![false; edges.len()];
    nodes.iter().for_each(|n| inside[*n] = true);
    let (mut index, mut low) = (vec![NEW; edges.len()], vec![NEW; edges.len()]);
    let (mut stack, mut on_stack, mut count) = (Vec::new(), vec![false; edges.len()], 0);
    let mut found = Vec::new();
    for &root in nodes {
        let mut path = if index[root] == NEW { vec![(root, 0)] } else { Vec::new() };
        while let Some((node, edge)) = path.last_mut() {
            let node = *node;
            if *edge == 0 {
                (index[node], low[node], on_stack[node]) = (count, count, true);
                stack.push(node);
                count += 1;
            }
            let next = edges[node].get(*edge).copied();
            *edge += 1;
            match next {
                Some((_, to)) if !inside[to] => {}
                Some((_, to)) if index[to] == NEW => path.push((to, 0)),
                Some((_, to)) if on_stack[to] => low[node] = low[node].min(index[to]),
                Some(_) => {}
                None => {
                    path.pop();
                    if let Some((parent, _)) = path.last() {
                        low[*parent] = low[*parent].min(low[node]);
                    }
                    if low[node] == index[node] {
                        let start = stack.iter().rposition(|n| *n == node).expect("it is on the stack");
                        let part = stack.split_off(start);
                        part.iter().for_each(|n| on_stack[*n] = false);
                        if part.len() > 1 || edges[node].iter().any(|(_, to)| *to == node) {
                            found.push(part);
                        }
                    }
                }
            }
        }
    }
    found
}
