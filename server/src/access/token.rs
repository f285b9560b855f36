//! API tokens: how one is made, recognised and stored. `docs/operating/tokens.md` promises their form to scanners for
//! leaked secrets.
//!
//! A token is `dct_`, 43 base-62 characters of 256 random bits, and 6 base-62 characters of the CRC-32 of all that comes
//! before. The checksum keeps nobody out: it tells a token from what only looks like one, without a look at the database.

/// What is stored of a token, and found again by it.
pub use super::secret::hash;

/// What every token begins with.
pub const PREFIX: &str = "dct_";

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 is more than 2^256.
const SECRET_LENGTH: usize = 43;
/// 62^6 is more than 2^32.
const CHECKSUM_LENGTH: usize = 6;

/// A new token. From here on, only its [`hash`] is kept.
#[must_use]
pub fn make() -> String {
    from_bytes(rand::random())
}

fn from_bytes(bytes: [u8; 32]) -> String {
    let token = format!("{PREFIX}{}", base62::<SECRET_LENGTH>(&bytes));
    let checksum = checksum(&token);
    token + &checksum
}

/// Whether this can be a token: of its form, with its checksum. Whether it ever was one, the database knows.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    let Some(secret_and_checksum) = text.strip_prefix(PREFIX) else { return false };
    // ASCII alone from here on, so that any place is a boundary of characters.
    secret_and_checksum.len() == SECRET_LENGTH + CHECKSUM_LENGTH
        && secret_and_checksum.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.split_at(PREFIX.len() + SECRET_LENGTH).1 == checksum(&text[..PREFIX.len() + SECRET_LENGTH])
}

fn checksum(text: &str) -> String {
    base62::<CHECKSUM_LENGTH>(&crc32fast::hash(text.as_bytes()).to_be_bytes())
}

/// A number, its most significant byte first, in so many digits.
fn base62<const LENGTH: usize>(number: &[u8]) -> String {
    let mut number = number.to_vec();
    let mut digits = [ALPHABET[0]; LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[usize::from(divide_by_62(&mut number))];
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// Divides the number in place, and returns the remainder.
fn divide_by_62(number: &mut [u8]) -> u8 {
    let mut remainder = 0_u16;
    for byte in number {
        let value = remainder << 8 | u16::from(*byte);
        // The value is below 62 * 256: a 62nd of it is a byte, and so is what remains.
        *byte = (value / 62) as u8;
        remainder = value % 62;
    }
    remainder as u8
}

#[cfg(test)]
mod tests {
    use proptest::{array::uniform32, prelude::*};
    use regex::Regex;

    use super::*;

    /// As the guide gives it to scanners.
    fn documented() -> Regex {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operating/tokens.md");
        let guide = std::fs::read_to_string(path).unwrap();
        let pattern = guide.lines().find(|line| line.contains("dct_[")).unwrap();
        Regex::new(pattern).unwrap()
    }

    /// Made by another program.
    #[test]
    fn known_bytes_make_known_tokens() {
        let counted: [u8; 32] = std::array::from_fn(|place| u8::try_from(place).unwrap());
        for (bytes, token) in [
            ([0; 32], "dct_000000000000000000000000000000000000000000041a4ai"),
            ([255; 32], "dct_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp123agwG"),
            (counted, "dct_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf4WHUd2"),
        ] {
            assert_eq!(from_bytes(bytes), token);
        }
        assert_eq!(
            hash("dct_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf4WHUd2"),
            "d2269cfe04eaf52ea80523badb724ea0d8e8c692daeedd59b0cf08195b95dcd6"
        );
    }

    #[test]
    fn every_token_is_another() {
        assert_ne!(make(), make());
        assert!(is_well_formed(&make()));
    }

    #[test]
    fn what_is_no_token_is_seen() {
        for text in ["", "dct_", "dct_é", &"a".repeat(53), &format!("dct_{}", "é".repeat(24) + "a")] {
            assert!(!is_well_formed(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn token_has_the_documented_form(bytes in uniform32(any::<u8>())) {
            let token = from_bytes(bytes);
            prop_assert_eq!(token.len(), 53);
            prop_assert!(is_well_formed(&token));
            let found = documented().find(&format!("key = \"{token}\"")).map(|found| found.len());
            prop_assert_eq!(found, Some(53));
        }

        #[test]
        fn other_bytes_make_another_token(one in uniform32(any::<u8>()), other in uniform32(any::<u8>())) {
            prop_assert_eq!(one == other, from_bytes(one) == from_bytes(other));
        }

        /// One wrong character is at most eight wrong bits in a row, which a CRC of 32 always sees.
        #[test]
        fn wrong_character_is_seen(bytes in uniform32(any::<u8>()), at in 0_usize..53, byte in 0x20_u8..0x7f) {
            let token = from_bytes(bytes);
            let mut other = token.clone().into_bytes();
            other[at] = byte;
            let other = String::from_utf8(other).unwrap();
            prop_assert_eq!(is_well_formed(&other), other == token);
        }

        #[test]
        fn any_text_is_examined_without_a_panic(text in ".*", rest in "[0-9A-Za-zé]{40,60}") {
            prop_assert!(!is_well_formed(&text));
            let text = format!("{PREFIX}{rest}é");
            prop_assert!(!is_well_formed(&text));
        }
    }
}
