//! Keys, signatures bound to a purpose, and wrapped space keys.

use domain::id::DeviceId;
use proptest::prelude::*;
use signing::keys::{is_usable_agreement_key, is_usable_signing_key};
use signing::{
    Context, DeviceKeys, RootKey, Signature, SignatureError, SpaceKey, WrapError, WrappedKey, unwrap_key, verify, wrap_key,
};

use crate::support::{bit_flips, keys, rng, root};

#[test]
fn a_signature_for_one_purpose_is_good_for_no_other() {
    let device = keys(1);
    for made_for in Context::ALL {
        let signature = device.sign(made_for, b"message");
        for used_for in Context::ALL {
            let verdict = verify(&device.device(), used_for, b"message", &signature);
            assert_eq!(verdict.is_ok(), made_for == used_for, "{made_for:?} used as {used_for:?}");
        }
    }
}

#[test]
fn purposes_are_different_texts_without_a_zero_byte() {
    let texts: std::collections::BTreeSet<_> = Context::ALL.iter().map(|context| context.as_str()).collect();
    assert_eq!(texts.len(), Context::ALL.len());
    assert!(texts.iter().all(|text| text.starts_with("kyhop/1/") && !text.contains('\0')));
}

#[test]
fn every_changed_bit_of_a_signature_or_message_is_noticed() {
    let device = keys(1);
    let signature = device.sign(Context::Hello, b"xin chao");
    for changed in bit_flips(&signature.0) {
        let changed = Signature(changed.try_into().unwrap());
        assert_eq!(verify(&device.device(), Context::Hello, b"xin chao", &changed), Err(SignatureError::BadSignature));
    }
    for changed in bit_flips(b"xin chao") {
        assert!(verify(&device.device(), Context::Hello, &changed, &signature).is_err());
    }
}

#[test]
fn the_signature_is_plain_ed25519_over_purpose_zero_message() {
    // An outsider with any Ed25519 library can check it.
    use ed25519_dalek::Verifier;
    let device = keys(1);
    let signature = device.sign(Context::Act, b"body");
    let key = ed25519_dalek::VerifyingKey::from_bytes(device.device().as_bytes()).unwrap();
    key.verify(b"kyhop/1/act\0body", &ed25519_dalek::Signature::from_bytes(&signature.0)).unwrap();
}

#[test]
fn device_keys_come_back_from_storage_and_damaged_ones_do_not() {
    let device = keys(1);
    let stored = device.to_secret_bytes();
    let again = DeviceKeys::from_secret_bytes(&stored).unwrap();
    assert_eq!((again.device(), again.agreement_key()), (device.device(), device.agreement_key()));
    for length in 0..stored.len() {
        assert_eq!(DeviceKeys::from_secret_bytes(&stored[..length]).unwrap_err(), SignatureError::BadSecret);
    }
    let longer = [stored.as_slice(), &[0]].concat();
    assert!(DeviceKeys::from_secret_bytes(&longer).is_err());
    let newer = [&[2], &stored[1..]].concat();
    assert!(DeviceKeys::from_secret_bytes(&newer).is_err());
}

#[test]
fn the_root_comes_back_from_storage_as_the_same_organisation() {
    let stored = root().to_secret_bytes();
    assert_eq!(RootKey::from_secret_bytes(&stored).unwrap().fingerprint(), root().fingerprint());
    assert!(RootKey::from_secret_bytes(&stored[..32]).is_err());
}

#[test]
fn secrets_do_not_show_in_logs() {
    let device = keys(1);
    let space_key = SpaceKey([0xab; 32]);
    let shown = format!("{device:?} {:?} {space_key:?}", root());
    for secret in
        [&device.to_secret_bytes()[1..33], &device.to_secret_bytes()[33..], &root().to_secret_bytes()[1..], space_key.as_bytes()]
    {
        let hex: String = secret.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        assert!(!shown.contains(&hex), "{shown}");
    }
}

#[test]
fn a_key_under_which_anything_verifies_is_refused() {
    // The neutral element: with R = neutral and s = 0 the plain equation holds for every message.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    assert!(!is_usable_signing_key(&neutral));
    assert_eq!(verify(&DeviceId(neutral), Context::Act, b"anything", &Signature(signature)), Err(SignatureError::BadKey));
    assert_eq!(verify(&DeviceId([0xff; 32]), Context::Act, b"anything", &Signature(signature)), Err(SignatureError::BadKey));
}

/// The points of small order that have a canonical or common encoding (RFC 7748 §6.1, cr.yp.to/ecdh.html).
fn small_order_points() -> Vec<[u8; 32]> {
    let mut one = [0; 32];
    one[0] = 1;
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    minus_one[31] = 0x7f;
    let order_8 = [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb,
        0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
    ];
    vec![[0; 32], one, minus_one, order_8]
}

#[test]
fn no_key_is_wrapped_to_or_opened_from_a_point_of_small_order() {
    let device = keys(1);
    let key = SpaceKey::generate(&mut rng(2));
    let wrapped = wrap_key(&device.agreement_key(), &key, b"aad", &mut rng(3)).unwrap();
    for point in small_order_points() {
        assert!(!is_usable_agreement_key(&point));
        assert_eq!(wrap_key(&point, &key, b"aad", &mut rng(3)), Err(WrapError::BadKey));
        let mut forged = wrapped.0.clone();
        forged[1..33].copy_from_slice(&point);
        assert_eq!(unwrap_key(&device, &WrappedKey(forged), b"aad"), Err(WrapError::BadKey));
    }
    assert!(is_usable_agreement_key(&device.agreement_key()));
}

#[test]
fn only_the_device_meant_opens_a_wrapped_key_and_only_in_its_place() {
    let (meant, other) = (keys(1), keys(2));
    let key = SpaceKey::generate(&mut rng(3));
    let wrapped = wrap_key(&meant.agreement_key(), &key, b"space 1 epoch 1", &mut rng(4)).unwrap();
    assert_eq!(unwrap_key(&meant, &wrapped, b"space 1 epoch 1").unwrap().commitment(), key.commitment());
    assert_eq!(unwrap_key(&meant, &wrapped, b"space 1 epoch 2"), Err(WrapError::NotForUs));
    assert_eq!(unwrap_key(&other, &wrapped, b"space 1 epoch 1"), Err(WrapError::NotForUs));
}

#[test]
fn every_changed_bit_and_every_cut_of_a_wrapped_key_is_refused() {
    let device = keys(1);
    let wrapped = wrap_key(&device.agreement_key(), &SpaceKey::generate(&mut rng(3)), b"", &mut rng(4)).unwrap();
    for (bit, changed) in bit_flips(&wrapped.0).enumerate() {
        // RFC 7748 ignores the top bit of a public key, but the derivation covers its bytes.
        assert!(unwrap_key(&device, &WrappedKey(changed), b"").is_err(), "bit {bit}");
    }
    for length in 0..wrapped.0.len() {
        assert_eq!(unwrap_key(&device, &WrappedKey(wrapped.0[..length].to_vec()), b""), Err(WrapError::Malformed));
    }
}

#[test]
fn wrapping_twice_gives_two_texts_and_a_commitment_gives_nothing_away() {
    let device = keys(1);
    let key = SpaceKey::generate(&mut rng(3));
    let mut rng = rng(4);
    let first = wrap_key(&device.agreement_key(), &key, b"", &mut rng).unwrap();
    let second = wrap_key(&device.agreement_key(), &key, b"", &mut rng).unwrap();
    assert_ne!(first, second);
    assert_ne!(key.commitment(), SpaceKey([0; 32]).commitment());
    assert_ne!(key.commitment().as_bytes(), key.as_bytes());
}

proptest! {
    #[test]
    fn what_is_wrapped_comes_back(seed: u64, key: [u8; 32], aad in proptest::collection::vec(any::<u8>(), 0..80)) {
        let device = keys(seed);
        let wrapped = wrap_key(&device.agreement_key(), &SpaceKey(key), &aad, &mut rng(seed ^ 1)).unwrap();
        prop_assert!(wrapped.0.len() <= signing::limits::WRAPPED_KEY_BYTES);
        let opened = unwrap_key(&device, &wrapped, &aad).unwrap();
        prop_assert_eq!(opened.as_bytes(), &key);
    }

    #[test]
    fn what_is_signed_verifies(seed: u64, message in proptest::collection::vec(any::<u8>(), 0..200)) {
        let device = keys(seed);
        let signature = device.sign(Context::Envelope, &message);
        prop_assert_eq!(verify(&device.device(), Context::Envelope, &message, &signature), Ok(()));
    }

    #[test]
    fn garbage_is_never_a_wrapped_key(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(unwrap_key(&keys(1), &WrappedKey(bytes), b"").is_err());
    }
}
