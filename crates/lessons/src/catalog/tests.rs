//! Tests over every entry.
