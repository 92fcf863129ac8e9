//! What queueing theory expects of servers with one line in front of them.
//!
//! Requests come at random with rate λ (Poisson) and are served one each by `c`
//! servers with mean service time S, first come first served. The load is
//! ρ = λS / c. M/M/c has exponential service times; its mean wait is Erlang's
//! (Erlang 1917; Kleinrock, *Queueing Systems* 1, 1975):
//!
//! | figure | formula |
//! |---|---|
//! | offered work | a = λS |
//! | Erlang B | `B_0 = 1`, `B_k = a B_(k-1) / (k + a B_(k-1))`: all k busy, none may wait |
//! | Erlang C | `C = B_c / (1 - ρ (1 - B_c))`: share of requests that wait |
//! | mean wait | `W_q = C / (c / S - λ)` |
//!
//! M/M/1 is c = 1: `W_q = ρ S / (1 - ρ)`. Other laws of service, by Allen and
//! Cunneen's approximation (Allen, *Probability, Statistics, and Queueing
//! Theory*, 1990): `W_q (c_a² + c_s²) / 2` with the squared coefficients of
//! variation of arrivals (1 for Poisson) and service. Constant service,
//! `c_s² = 0`, halves the wait; for one server that is exact (Pollaczek and
//! Khinchine).

use model::Law;

/// Share of requests that find every server busy where nobody may wait, for
/// `offered` = λS, at least 0; 1 without servers.
#[must_use]
pub fn erlang_b(servers: u32, offered: f64) -> f64 {
    (1..=servers).fold(1.0, |blocked, k| {
        offered * blocked / (f64::from(k) + offered * blocked)
    })
}

/// Share of requests that must wait; `None` at a load of 1 and more, where the
/// line grows without end.
#[must_use]
pub fn erlang_c(servers: u32, offered: f64) -> Option<f64> {
    let load = offered / f64::from(servers);
    let blocked = erlang_b(servers, offered);
    (servers > 0 && (0.0..1.0).contains(&load)).then(|| blocked / (1.0 - load * (1.0 - blocked)))
}

/// Mean wait in line in milliseconds, where requests come `per_second` times a
/// second and are served for `service_millis` on average by each of `servers`.
/// `None` where the servers cannot keep up, or the figures make no sense.
#[must_use]
pub fn mean_wait_millis(
    servers: u32,
    per_second: f64,
    service_millis: f64,
    law: Law,
) -> Option<f64> {
    let per_milli = per_second / 1e3;
    let waits = erlang_c(servers, per_milli * service_millis)?;
    let spare_per_milli = f64::from(servers) / service_millis - per_milli;
    let exponential = (service_millis > 0.0).then(|| waits / spare_per_milli)?;
    let service_variation = match law {
        Law::Exponential => 1.0,
        Law::Constant => 0.0,
    };
    Some(exponential * (1.0 + service_variation) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(servers: u32, load: f64, service: f64, law: Law) -> f64 {
        let per_second = load * f64::from(servers) / service * 1e3;
        mean_wait_millis(servers, per_second, service, law).unwrap()
    }

    fn near(value: f64, expected: f64, within: f64) {
        assert!(
            (value - expected).abs() <= within,
            "{value}, not {expected}"
        );
    }

    /// The numbers the formula was tried with against simulation.
    #[test]
    fn the_wait_is_the_published_one() {
        near(wait(1, 0.8, 10.0, Law::Exponential), 40.0, 1e-9);
        near(wait(4, 0.8, 10.0, Law::Exponential), 7.46, 0.005);
        near(wait(1, 0.8, 10.0, Law::Constant), 20.0, 1e-9);
        // Nearly 9 ms at a load of 0.47, above 100 at 0.93.
        near(wait(1, 0.47, 10.0, Law::Exponential), 8.87, 0.01);
        near(wait(1, 0.93, 10.0, Law::Exponential), 132.9, 0.1);
    }

    /// One line and so many servers, played through: mean wait in line.
    fn played(servers: usize, load: f64, law: Law) -> f64 {
        let (mut seed, service) = (7_u64, 10.0);
        let mut exponential = |mean: f64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            -((seed >> 11) as f64 / 2_f64.powi(53)).max(1e-12).ln() * mean
        };
        let mut free = vec![0.0_f64; servers];
        let (mut now, mut waited) = (0.0, 0.0);
        let requests = 400_000;
        for _ in 0..requests {
            now += exponential(service / load / servers as f64);
            free.sort_by(f64::total_cmp);
            let begun = free[0].max(now);
            waited += begun - now;
            let length = match law {
                Law::Exponential => exponential(service),
                Law::Constant => service,
            };
            free[0] = begun + length;
        }
        waited / f64::from(requests)
    }

    #[test]
    fn a_line_played_through_waits_as_long() {
        for (servers, load) in [(1, 0.5), (1, 0.8), (2, 0.7), (4, 0.8), (8, 0.6)] {
            let expected = wait(servers, load, 10.0, Law::Exponential);
            let waited = played(servers as usize, load, Law::Exponential);
            near(waited, expected, 0.05 * expected + 0.01);
        }
        near(played(1, 0.8, Law::Constant), 20.0, 1.0);
    }

    #[test]
    fn one_server_is_the_textbook_case() {
        for load in [0.1, 0.5, 0.9, 0.99] {
            let expected = load * 7.0 / (1.0 - load);
            near(
                wait(1, load, 7.0, Law::Exponential),
                expected,
                1e-9 * expected,
            );
            near(erlang_c(1, load).unwrap(), load, 1e-12);
        }
    }

    /// `B_c` is the last term of the exponential series over its first c + 1.
    #[test]
    fn the_recursion_equals_the_sum_it_stands_for() {
        for (servers, offered) in [(2_u32, 1.5_f64), (3, 1.5), (8, 6.1), (16, 12.0)] {
            let mut term = 1.0;
            let mut sum = 1.0;
            for k in 1..=servers {
                term *= offered / f64::from(k);
                sum += term;
            }
            near(erlang_b(servers, offered), term / sum, 1e-12);
        }
    }

    #[test]
    fn more_servers_in_one_line_wait_less_at_the_same_load() {
        let waits: Vec<f64> = [1, 2, 4, 8, 16]
            .map(|servers| wait(servers, 0.8, 10.0, Law::Exponential))
            .into();
        assert!(waits.is_sorted_by(|a, b| a > b), "{waits:?}");
    }

    #[test]
    fn beyond_what_is_served_there_is_no_mean_wait() {
        for per_second in [100.0, 150.0, f64::NAN, f64::INFINITY, -1.0] {
            let wait = mean_wait_millis(1, per_second, 10.0, Law::Exponential);
            assert_eq!(wait, None, "{per_second}");
        }
        assert_eq!(mean_wait_millis(0, 10.0, 10.0, Law::Exponential), None);
        assert_eq!(mean_wait_millis(2, 10.0, 0.0, Law::Exponential), None);
        assert_eq!(mean_wait_millis(2, 0.0, 10.0, Law::Constant), Some(0.0));
    }
}
