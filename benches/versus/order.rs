//! The order in which the tools run. They alternate, so that other load on the machine affects all
//! of them; and each round has another order, so that no tool always runs after the same one.

use std::env;

/// How often they take turns: this often, or far less with `--quick`, to see that it works.
pub fn rounds(full: usize) -> usize {
    if env::args().any(|option| option == "--quick") { full.div_ceil(50) } else { full }
}

pub struct Order(u64);

impl Order {
    pub fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    /// The numbers below `count`, shuffled.
    pub fn of(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            let bound = u64::try_from(last + 1).expect("a handful");
            order.swap(last, usize::try_from(self.0 % bound).expect("below a handful"));
        }
        order
    }
}
