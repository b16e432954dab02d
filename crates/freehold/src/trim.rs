//! Gives back what only the start needed. The program's code and tables are mapped from its file; much of them (the
//! command line, the opening of the state, the wiring) is used once and would be counted as resident for ever. What
//! is used again is mapped again, from the page cache.

use std::ffi::{c_int, c_void};

/// Unmaps the pages of all segments that the loader made read-only from the beginning. They are the same as in their
/// files, so that nothing is lost.
pub fn give_back() {
    // SAFETY: the callback has the right type, keeps nothing, and needs no data.
    unsafe { libc::dl_iterate_phdr(Some(each_object), std::ptr::null_mut()) };
}

unsafe extern "C" fn each_object(object: *mut libc::dl_phdr_info, _: libc::size_t, _: *mut c_void) -> c_int {
    // SAFETY: the loader passes a valid object with that many program headers.
    let (object, headers) = unsafe {
        let object = &*object;
        (object, std::slice::from_raw_parts(object.dlpi_phdr, usize::from(object.dlpi_phnum)))
    };
    let page = rustix::param::page_size();
    for header in headers {
        // Writable ones hold what relocation made of them, even those that became read-only later.
        if header.p_type != libc::PT_LOAD || header.p_flags & libc::PF_W != 0 {
            continue;
        }
        let (Ok(address), Ok(length)) = (usize::try_from(object.dlpi_addr + header.p_vaddr), usize::try_from(header.p_filesz))
        else {
            continue;
        };
        // Whole pages inside the segment.
        let (first, end) = (address.next_multiple_of(page), (address + length) / page * page);
        if first < end {
            // SAFETY: the range is a private mapping of a file that was never written to, so that its pages come back
            // from the file as they were. A failure (the vDSO has no file) leaves them as they are.
            unsafe { libc::madvise(first as *mut c_void, end - first, libc::MADV_DONTNEED) };
        }
    }
    0
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_program_goes_on_after_it() {
        let before = format!("{:?}", std::env::args().collect::<Vec<_>>());
        super::give_back();
        assert_eq!(format!("{:?}", std::env::args().collect::<Vec<_>>()), before);
    }
}
