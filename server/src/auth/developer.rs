//! Development without signing in: everybody is one person, named by `DEV_AUTH_EMAIL`. The settings refuse it anywhere
//! but on the developer's own machine.

use hmac::{Hmac, Mac as _};
use nests::nest::member::{MAX_NICKNAME_CHARS, Nickname};
use nests::nest::{MemberId, Person};
use sha2::Sha256;

use crate::config::secret::Secret;

/// Hex digits of an id made from an address: 128 bits.
const ID_DIGITS: usize = 32;

/// The person of an address, whatever its case. Others see the part before the `@` and an id that tells nothing: it is
/// keyed, so that nobody can find an address by trying them all.
pub fn person(email: &Secret, key: &Secret) -> Option<Person> {
    let address = email.expose().to_lowercase();
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()).ok()?;
    mac.update(address.as_bytes());
    let digits: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let local_part: String = address
        .split('@')
        .next()?
        .chars()
        .take(MAX_NICKNAME_CHARS)
        .collect();
    Some(Person {
        id: MemberId::parse(&format!("e-{}", &digits[..ID_DIGITS])).ok()?,
        name: Nickname::parse(&local_part).ok()?.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(email: &str) -> Person {
        person(&Secret::new(email), &Secret::new("k".repeat(32))).expect("a person")
    }

    /// In the older program two spellings of one address were two people.
    #[test]
    fn fault_two_spellings_of_one_address_were_two_people() {
        assert_eq!(of("Anna@Example.org"), of("anna@example.org"));
        assert_ne!(of("anna@example.org").id, of("ben@example.org").id);
    }

    #[test]
    fn nobody_can_read_an_address_off_a_person() {
        let anna = of("anna@example.org");
        assert_eq!(anna.name, "anna");
        assert!(!anna.id.as_str().contains("anna") && !format!("{anna:?}").contains("example"));
        assert_ne!(
            person(&Secret::new("anna@example.org"), &Secret::new("j".repeat(32))).map(|p| p.id),
            Some(anna.id)
        );
    }
}
