//! Development without signing in: everybody is one person, named by `DEV_AUTH_EMAIL`. The settings refuse it anywhere
//! but on the developer's own machine.

use engine::AddressKey;
use nests::nest::Person;

use crate::config::secret::Secret;

/// The person of an address, whatever its case. Others see the part before the `@` and an id that tells nothing.
pub fn person(email: &Secret, key: &Secret) -> Option<Person> {
    AddressKey::new(key.expose()).person(email.expose())
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
