//! The built site in a real browser. One program, so that the tests take turns
//! and what they time is not disturbed by the others.

mod accessibility;
mod agreement;
mod compose;
mod controls;
mod embed;
mod embed_element;
mod embed_hostile;
mod embed_look;
mod event_loop;
mod faults;
mod hosts;
mod interleaving;
mod isolation;
mod lab;
mod ladder;
mod offline;
mod one_core;
mod own_text;
mod parallel;
mod photo;
mod races;
mod records;
mod relations;
mod responsive;
mod shares;
mod source;
mod stop;
mod town;
mod watchdog;
