//! Tests of the address.
