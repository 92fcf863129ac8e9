//! A network that is slower than the real one: what it adds to each message.
//!
//! Every node has a line of its own in each direction. Messages on a line pass one
//! after another, each for bytes / bandwidth; the latency comes on top and does not
//! hold up those behind: time = latency + bytes / bandwidth (Hockney, Parallel
//! Computing 20, 1994).

use model::{Nanos, Town, nanos_from_millis};

/// Direction of a message as seen from the depot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the node.
    Out,
    /// From the node.
    Back,
}

/// The lines of a run.
#[derive(Clone, Debug)]
pub struct Network {
    latency_nanos: Nanos,
    /// 0: as many as there are at once.
    nanos_per_byte: f64,
    /// When each line is free again, out and back.
    free: Vec<[Nanos; 2]>,
}

impl Network {
    /// Lines to so many nodes.
    #[must_use]
    pub fn new(town: &Town, nodes: u32) -> Self {
        let rate = town.megabytes_per_second;
        Self {
            latency_nanos: nanos_from_millis(town.latency_millis),
            // 10^6 bytes a second are 10^-3 bytes a nanosecond.
            nanos_per_byte: if rate > 0.0 { 1e3 / rate } else { 0.0 },
            free: vec![[0; 2]; nodes as usize],
        }
    }

    /// How long a message of so many bytes is held up that is sent now.
    pub fn added(&mut self, node: usize, way: Way, bytes: u64, now: Nanos) -> Nanos {
        let passing = (bytes as f64 * self.nanos_per_byte) as Nanos;
        let Some(lines) = self.free.get_mut(node) else {
            return 0;
        };
        let [out, back] = lines;
        let free = match way {
            Way::Out => out,
            Way::Back => back,
        };
        *free = now.max(*free) + passing;
        *free - now + self.latency_nanos
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(latency_millis: f64, megabytes_per_second: f64) -> Network {
        let town = Town {
            latency_millis,
            megabytes_per_second,
            ..Town::default()
        };
        Network::new(&town, 2)
    }

    #[test]
    fn nothing_is_added_unless_asked_for() {
        assert_eq!(network(0.0, 0.0).added(0, Way::Out, 1 << 30, 5), 0);
    }

    #[test]
    fn a_message_takes_latency_and_bytes_by_bandwidth() {
        let mut network = network(2.0, 100.0);
        assert_eq!(network.added(0, Way::Out, 1_000_000, 0), 12_000_000);
        // The next one waits for the first to pass, but not for its latency.
        assert_eq!(network.added(0, Way::Out, 1_000_000, 4_000_000), 18_000_000);
        // Other lines are free.
        assert_eq!(network.added(0, Way::Back, 1_000_000, 0), 12_000_000);
        assert_eq!(network.added(1, Way::Out, 0, 0), 2_000_000);
        assert_eq!(network.added(7, Way::Out, 10, 0), 0);
    }
}
