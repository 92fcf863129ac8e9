//! Bars of spans in a row.
