//! The HTTP house on a small schema, over real sockets.

mod access;
mod attacks;
mod compression;
mod house;
mod kept;
mod protocol;
mod shared;
mod sockets;
