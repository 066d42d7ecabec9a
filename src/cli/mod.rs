//! What an operator types.

pub mod apply;
mod commands;
mod dev;
mod doctor;
mod export;
pub mod folder;
mod form;
pub mod ihris;
mod import;
mod operate;
mod printed;
pub mod sample;
mod serve;

pub use commands::main;
