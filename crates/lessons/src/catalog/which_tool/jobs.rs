//! The jobs, and the ways of working that are offered for each.

use crate::arms::{arm, based_on, job, place, runnable};
use crate::catalog::lab::graphics;
use crate::{Machine, towns};
use model::{Arm, Deal, Job, Moves, Rung, Strategy, Town};

/// A way of working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// One chef, one dish after another.
    Row,
    /// One chef who juggles.
    Juggle,
    /// Chefs at one rail.
    Team,
    /// Four times as many.
    Crowd,
    /// Kitchens of one chef; couriers bring the dishes.
    Couriers,
    /// One chef with a four-bladed knife.
    Blades,
    /// Chefs with such knives.
    TeamBlades,
    /// The machine of a thousand blades.
    Machine,
}

impl Way {
    /// Every way, in the order offered and drawn.
    pub const ALL: [Self; 8] = [
        Self::Row,
        Self::Juggle,
        Self::Team,
        Self::Crowd,
        Self::Couriers,
        Self::Blades,
        Self::TeamBlades,
        Self::Machine,
    ];

    /// Stable id; the second half of the names of its arms.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Row => "row",
            Self::Juggle => "juggle",
            Self::Team => "team",
            Self::Crowd => "crowd",
            Self::Couriers => "couriers",
            Self::Blades => "blades",
            Self::TeamBlades => "team-blades",
            Self::Machine => "machine",
        }
    }

    /// Last part of the key of its words for a job.
    pub const fn text(self, job: &Kind) -> &'static str {
        match (self, job.work) {
            (Self::Couriers, Work::Strips) => "shares",
            (Self::Row, Work::Log) => "cellar",
            (Self::Team, Work::Log) => "cellars",
            (Self::Couriers, Work::Log) => "carried",
            (Self::Crowd, Work::Log) => "carried-crowd",
            _ => self.id(),
        }
    }

    /// The strategy it stands for on this machine, or `None`.
    fn strategy(self, machine: &Machine<'_>) -> Option<Strategy> {
        let wanted = match self {
            Self::Row => Strategy::Sequential,
            Self::Juggle => Strategy::Interleaved,
            Self::Team | Self::Crowd | Self::TeamBlades => Strategy::Pool,
            Self::Couriers => Strategy::Messages,
            Self::Blades => Strategy::Simd,
            Self::Machine => Strategy::Gpu,
        };
        let is_there = self != Self::Machine || graphics::is_there(machine);
        runnable(wanted, machine).filter(|_| is_there)
    }

    /// Workers of it, where a team is so many.
    pub const fn workers(self, team: u32) -> u32 {
        match self {
            Self::Row | Self::Juggle | Self::Blades | Self::Machine => 1,
            Self::Team | Self::Couriers | Self::TeamBlades => team,
            Self::Crowd => 4 * team,
        }
    }
}

/// What is done in a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Waiting alone.
    Calls,
    /// Computing alone, in even pieces.
    Boards,
    /// Computing in very many small pieces.
    Crumbs,
    /// Computing in uneven pieces.
    Strips,
    /// Computing that is large and the same everywhere.
    Tables,
    /// Much data, little computing for each of it.
    Log,
}

/// A job, which is not told by its name to the learner.
pub struct Kind {
    /// First half of the names of its arms, and the id of its question.
    pub id: &'static str,
    /// What it consists of.
    pub work: Work,
    ways: &'static [Way],
}

/// The jobs, in the order asked and drawn.
pub const JOBS: &[Kind] = &[
    Kind {
        id: "calls",
        work: Work::Calls,
        ways: &[Way::Row, Way::Juggle, Way::Team, Way::Crowd],
    },
    Kind {
        id: "boards",
        work: Work::Boards,
        ways: &[Way::Row, Way::Juggle, Way::Team, Way::Crowd],
    },
    Kind {
        id: "crumbs",
        work: Work::Crumbs,
        ways: &[Way::Row, Way::Juggle, Way::Team, Way::Couriers],
    },
    Kind {
        id: "strips",
        work: Work::Strips,
        ways: &[Way::Row, Way::Juggle, Way::Team, Way::Couriers],
    },
    Kind {
        id: "tables",
        work: Work::Tables,
        ways: &[
            Way::Row,
            Way::Team,
            Way::Blades,
            Way::TeamBlades,
            Way::Machine,
        ],
    },
    Kind {
        id: "log",
        work: Work::Log,
        ways: &[Way::Row, Way::Team, Way::Couriers, Way::Crowd],
    },
];

/// Pots, and how long each is on the stove.
const POTS: u32 = 12;
const POT_MILLIS: f64 = 15.0;
const BOARDS: u32 = 16;
const BOARD_MILLIS: f64 = 5.0;
/// All crumbs together.
const CRUMBS_MILLIS: f64 = 10.0;
const STRIPS: u32 = 24;
const STRIP_MILLIS: f64 = 3.0;
const TABLES: u32 = 8;
const TABLE_MILLIS: f64 = 10.0;
/// Megabytes of text, and how many a second the road carries to a kitchen.
const LOG_MEGABYTES: f64 = 10.0;
const ROAD_MEGABYTES: f64 = 50.0;
const LOG_SPLIT_KIB: f64 = 1024.0;
/// What a hand-over by courier takes, in milliseconds: only to tell how long a round
/// will be.
const ABOUT_A_MESSAGE: f64 = 0.06;

impl Kind {
    /// Ways that run on this machine. Without shared memory a team is one of
    /// couriers: then there is no second one of the same.
    pub fn ways_on(&self, machine: &Machine<'_>) -> impl Iterator<Item = Way> {
        let is_shared = machine.rung() == Rung::Shared;
        let is_twin = move |way: Way| self.work == Work::Crumbs && way == Way::Team && !is_shared;
        let has_nodes = self.work != Work::Log || machine.rung() > Rung::Page;
        let runs = move |way: &Way| has_nodes && way.strategy(machine).is_some() && !is_twin(*way);
        self.ways.iter().copied().filter(runs)
    }

    /// Name of the arm of a way.
    pub fn arm_id(&self, way: Way) -> String {
        [self.id, "-", way.id()].concat()
    }

    fn job(&self, crumbs: u32) -> Job {
        match self.work {
            Work::Calls => job("waiting", POTS, 0.0, POT_MILLIS),
            Work::Boards => job("primes", BOARDS, BOARD_MILLIS, 0.0),
            Work::Crumbs => job("crop", crumbs, CRUMBS_MILLIS / f64::from(crumbs), 0.0),
            Work::Strips => job("mandelbrot", STRIPS, STRIP_MILLIS, 0.0),
            Work::Tables => job("matrix-f32", TABLES, TABLE_MILLIS, 0.0),
            Work::Log => towns::job("log-stats", LOG_MEGABYTES, LOG_SPLIT_KIB),
        }
    }

    /// The arm of a way; `workers` of a team, and how many crumbs there are.
    pub fn arm(&self, way: Way, (workers, crumbs): (u32, u32), machine: &Machine<'_>) -> Arm {
        let strategy = way.strategy(machine).unwrap_or(Strategy::Sequential);
        let jobs = [self.job(crumbs)];
        let team = way.workers(workers);
        if self.work == Work::Log {
            let mut made = towns::of_town(&self.arm_id(way), team, road(way), &jobs);
            made.variant = way.id().to_owned();
            return made;
        }
        let mut made = arm(&self.arm_id(way), strategy, team, place(machine), &jobs);
        made.variant = way.id().to_owned();
        if way == Way::TeamBlades {
            made.manner.simd = true;
        }
        if way == Way::Couriers && self.work == Work::Strips {
            made.manner.deal = Deal::Block;
        }
        if way == Way::Machine {
            // No bits are promised, so the work has a name of its own.
            made.workload = ["gpu ", &made.workload].concat();
            return made;
        }
        if way == Way::Row {
            return made;
        }
        based_on(made, &self.arm_id(Way::Row))
    }

    /// About how long an arm takes.
    pub fn about_millis(&self, way: Way, sizes: (u32, u32), machine: &Machine<'_>) -> f64 {
        let (workers, crumbs) = sizes;
        if self.work == Work::Log {
            return towns::millis(&self.arm(way, sizes, machine), machine);
        }
        let job = self.job(crumbs);
        let tasks = f64::from(job.tasks);
        let team = way.workers(workers);
        let busy = tasks * job.busy_millis / machine.capacity_guess(team).max(1.0);
        match way {
            Way::Couriers if self.work == Work::Crumbs => busy + tasks * ABOUT_A_MESSAGE,
            Way::Couriers => tasks * job.busy_millis,
            Way::Juggle => busy + job.wait_millis,
            Way::Blades | Way::TeamBlades => busy / 2.0,
            _ => busy + (tasks / f64::from(team)).ceil() * job.wait_millis,
        }
    }

    /// What choosing a way is traced to where it is not the best.
    pub fn misconception(&self, way: Way) -> Option<&'static str> {
        Some(match (self.work, way) {
            (Work::Calls, Way::Row) => "M3",
            (Work::Calls, Way::Team | Way::Crowd) => "M7",
            (Work::Boards, Way::Juggle) => "M2",
            (Work::Boards, Way::Crowd) => "M8",
            (Work::Crumbs, Way::Couriers) => "M18",
            (Work::Strips, Way::Couriers) => "M24",
            (Work::Tables, Way::Machine) => "M19",
            (Work::Log, Way::Couriers | Way::Crowd) => "M18",
            _ => return None,
        })
    }
}

/// Where the text lies, and the road to it.
fn road(way: Way) -> Town {
    match way {
        Way::Couriers | Way::Crowd => Town {
            moves: Moves::Transfer,
            megabytes_per_second: ROAD_MEGABYTES,
            ..Town::default()
        },
        _ => Town {
            moves: Moves::Local,
            ..Town::default()
        },
    }
}

/// The halves of an arm's name.
pub fn halves(id: &str) -> Option<(&'static Kind, Way)> {
    let (job, way) = id.split_once('-')?;
    let job = JOBS.iter().find(|kind| kind.id == job)?;
    let way = Way::ALL.into_iter().find(|known| known.id() == way)?;
    Some((job, way))
}
