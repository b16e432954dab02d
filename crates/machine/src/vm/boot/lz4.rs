//! Unpacks the kernel. Debian compresses it with LZ4 in the *legacy* frame: a magic number, then blocks of up
//! to 8 MiB, each after its length. Booting the unpacked kernel spares an emulated CPU about a second.

const MAGIC: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];
const BLOCK: usize = 8 << 20;

/// The ELF kernel inside a bzImage; `None` if it is compressed otherwise, or damaged.
pub fn kernel_inside(bz_image: &[u8]) -> Option<Vec<u8>> {
    let start = bz_image.windows(MAGIC.len()).position(|window| window == MAGIC)?;
    let mut rest = &bz_image[start + MAGIC.len()..];
    let mut kernel = Vec::new();
    while let Some((length, tail)) = rest.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length) as usize;
        // What follows the last block is the size of the whole, which is longer than a block can be.
        if length == 0 || length > tail.len() || length > BLOCK + BLOCK / 255 + 16 {
            break;
        }
        let before = kernel.len();
        block(&tail[..length], &mut kernel)?;
        rest = &tail[length..];
        if kernel.len() - before < BLOCK {
            break;
        }
    }
    kernel.starts_with(b"\x7fELF").then_some(kernel)
}

/// One block: literals and copies of what came before, alternating.
fn block(mut input: &[u8], output: &mut Vec<u8>) -> Option<()> {
    let start = output.len();
    while let Some((&token, rest)) = input.split_first() {
        input = rest;
        let literals = length(token >> 4, &mut input)?;
        output.extend_from_slice(input.get(..literals)?);
        input = &input[literals..];
        let Some((offset, rest)) = input.split_first_chunk::<2>() else {
            return input.is_empty().then_some(());
        };
        input = rest;
        let offset = u16::from_le_bytes(*offset) as usize;
        let copied = length(token & 15, &mut input)? + 4;
        let from = output.len().checked_sub(offset).filter(|from| offset > 0 && *from >= start)?;
        for index in from..from + copied {
            output.push(output[index]);
        }
    }
    Some(())
}

/// A length whose first four bits are in the token; 15 continues in bytes until one is not 255.
fn length(nibble: u8, input: &mut &[u8]) -> Option<usize> {
    let mut length = usize::from(nibble);
    if nibble == 15 {
        loop {
            let (&byte, rest) = input.split_first()?;
            *input = rest;
            length += usize::from(byte);
            if byte != 255 {
                break;
            }
        }
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn framed(block: &[u8]) -> Vec<u8> {
        let mut image = b"setup code".to_vec();
        image.extend_from_slice(&MAGIC);
        image.extend_from_slice(&(block.len() as u32).to_le_bytes());
        image.extend_from_slice(block);
        image
    }

    #[test]
    fn overlapping_copies_repeat() {
        // Five literals, a copy of six bytes from one back, then one literal.
        let image = framed(&[0x52, 0x7f, b'E', b'L', b'F', b'x', 1, 0, 0x10, b'y']);
        assert_eq!(kernel_inside(&image).unwrap(), b"\x7fELFxxxxxxxy");
    }

    #[test]
    fn a_copy_from_before_the_beginning_is_refused() {
        assert_eq!(kernel_inside(&framed(&[0x10, 0x7f, 9, 0, 0])), None);
    }

    proptest! {
        #[test]
        fn no_input_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = kernel_inside(&framed(&bytes));
        }
    }
}
