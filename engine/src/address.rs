//! Who an e-mail address is to the others: a person whose id tells nothing about the address.

use std::fmt;

use hmac::{Hmac, Mac as _};
use nests::nest::member::{MAX_NICKNAME_CHARS, Nickname};
use nests::nest::{MemberId, Person};
use sha2::Sha256;

/// Hex digits of an id made from an address: 128 bits.
const ID_DIGITS: usize = 32;

/// What turns addresses into ids. It is kept secret, so that nobody can find an address by trying them all.
#[derive(Clone, Default)]
pub struct AddressKey(String);

impl AddressKey {
    pub fn new(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    /// The person of an address, whatever its case. Others see the part before the `@`. `None`: that part is no name.
    pub fn person(&self, address: &str) -> Option<Person> {
        let address = address.trim().to_lowercase();
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).ok()?;
        mac.update(address.as_bytes());
        let code = mac.finalize().into_bytes();
        let digits: String = code.iter().map(|b| format!("{b:02x}")).collect();
        let local_part = address.split('@').next()?.chars().take(MAX_NICKNAME_CHARS);
        Some(Person {
            id: MemberId::parse(&format!("e-{}", &digits[..ID_DIGITS])).ok()?,
            name: Nickname::parse(&local_part.collect::<String>()).ok()?.into(),
        })
    }
}

impl fmt::Debug for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddressKey(***)")
    }
}
