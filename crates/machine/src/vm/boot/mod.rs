//! What a virtual machine boots from: Debian's kernel and an initial RAM disk of our own making.

mod cpio;
pub mod kernel;
mod lz4;
mod modules;
pub mod ramdisk;
