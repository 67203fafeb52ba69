//! Keeping other people's secrets: what is sealed can be read only with this house's key, and only where it was put.
//!
//! XChaCha20-Poly1305 with a key derived from `SECRET_KEY` (HKDF-SHA256, RFC 5869); 24 random bytes of nonce stand in front.
//! The place that something is kept for is part of the seal: put under another person's key it doesn't open.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;

/// What keys made here are for; another purpose gets another key from the same secret.
const PURPOSE: &[u8] = b"echonest: tokens of listeners' accounts, 1";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

#[derive(Clone)]
pub struct Seal(XChaCha20Poly1305);

impl Seal {
    /// `secret` is long and random; the settings see to that.
    pub fn new(secret: &str) -> Self {
        let mut key = [0; KEY_BYTES];
        // Fails only for keys of thousands of bytes; the key would then be all zeros, so none is made at all.
        if Hkdf::<Sha256>::new(None, secret.as_bytes())
            .expand(PURPOSE, &mut key)
            .is_err()
        {
            crate::random::fill(&mut key);
        }
        Self(XChaCha20Poly1305::new(&key.into()))
    }

    /// With a key that ends with this process.
    pub fn of_this_process() -> Self {
        let mut key = [0; KEY_BYTES];
        crate::random::fill(&mut key);
        Self(XChaCha20Poly1305::new(&key.into()))
    }

    /// `None` only for texts of 256 GB, which nobody has.
    pub(crate) fn close(&self, place: &str, text: &str) -> Option<String> {
        let mut nonce = [0; NONCE_BYTES];
        crate::random::fill(&mut nonce);
        let payload = Payload {
            msg: text.as_bytes(),
            aad: place.as_bytes(),
        };
        let sealed = self.0.encrypt(XNonce::from_slice(&nonce), payload).ok()?;
        Some(BASE64.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// `None`: it was sealed with another key or for another place, or was changed.
    pub(crate) fn open(&self, place: &str, sealed: &str) -> Option<String> {
        let bytes = BASE64.decode(sealed).ok()?;
        let (nonce, msg) = bytes.split_at_checked(NONCE_BYTES)?;
        let payload = Payload {
            msg,
            aad: place.as_bytes(),
        };
        let text = self.0.decrypt(XNonce::from_slice(nonce), payload).ok()?;
        String::from_utf8(text).ok()
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "a secret of more than thirty-two characters";

    #[test]
    fn what_was_sealed_opens_with_the_same_secret_at_the_same_place() {
        let sealed = Seal::new(SECRET)
            .close("g-anna", "a refresh token")
            .expect("sealed");
        assert!(!sealed.contains("refresh"));
        let opened = Seal::new(SECRET).open("g-anna", &sealed);
        assert_eq!(opened.as_deref(), Some("a refresh token"));
    }

    #[test]
    fn it_opens_nowhere_else_and_not_when_one_letter_of_it_was_changed() {
        let seal = Seal::new(SECRET);
        let sealed = seal.close("g-anna", "a refresh token").expect("sealed");
        assert_eq!(seal.open("g-ben", &sealed), None, "at another person's");
        assert_eq!(
            Seal::new("another").open("g-anna", &sealed),
            None,
            "with another secret"
        );
        assert_eq!(Seal::of_this_process().open("g-anna", &sealed), None);
        for place in [0, sealed.len() / 2, sealed.len() - 1] {
            let mut changed = sealed.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert_eq!(seal.open("g-anna", &changed), None, "letter {place}");
        }
        for odd in ["", "AAAA", "not base64!"] {
            assert_eq!(seal.open("g-anna", odd), None, "{odd}");
        }
    }

    #[test]
    fn the_same_text_sealed_twice_looks_different() {
        let seal = Seal::new(SECRET);
        assert_ne!(seal.close("g-anna", "a token"), seal.close("g-anna", "a token"));
    }
}
