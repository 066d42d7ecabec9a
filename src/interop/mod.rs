//! Translating registers of other systems into Kada's words, and Kada's into theirs.

pub mod ihris;
