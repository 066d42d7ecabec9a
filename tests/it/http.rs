//! The HTTP house on a small schema, over real sockets.

mod access;
mod attacks;
mod house;
mod protocol;
mod shared;
mod sockets;
