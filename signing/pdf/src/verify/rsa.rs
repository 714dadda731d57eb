//! Checks RSA signatures (RFC 8017). Public values only, so nothing here has to hide its timing.
//!
//! Written here because the one stable `rsa` release line belongs to an older generation of crates and carries an
//! open advisory for its private-key half; verification needs one modular exponentiation and two paddings.

use super::tlv::{self, INTEGER, SEQUENCE};
use crypto_bigint::{BoxedUint, Odd};
use sha2::Digest;

/// Modulus sizes accepted, bits. Below 2048 a signature proves nothing any more (Circular 15/2025/TT-BKHCN).
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// Bits of the public exponent: in practice 65537; a long one only costs time.
const MAX_EXPONENT_BITS: usize = 64;

/// A public key.
pub(crate) struct PublicKey {
    modulus: Odd<BoxedUint>,
    exponent: BoxedUint,
    bits: usize,
}

/// Hash functions with the DER prefix of their DigestInfo (RFC 8017 §9.2 note 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        fn run<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
            let mut hasher = D::new();
            parts.iter().for_each(|p| hasher.update(p));
            hasher.finalize().to_vec()
        }
        match self {
            Self::Sha256 => run::<sha2::Sha256>(parts),
            Self::Sha384 => run::<sha2::Sha384>(parts),
            Self::Sha512 => run::<sha2::Sha512>(parts),
        }
    }

    fn prefix(self) -> [u8; 19] {
        let (algorithm, length) = match self {
            Self::Sha256 => (1, 32),
            Self::Sha384 => (2, 48),
            Self::Sha512 => (3, 64),
        };
        [0x30, 17 + length, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, algorithm, 5, 0, 4, length]
    }
}

impl PublicKey {
    /// Reads `RSAPublicKey ::= SEQUENCE { modulus, publicExponent }`.
    pub fn from_pkcs1(der: &[u8]) -> Option<Self> {
        let (key, rest) = tlv::read(der)?;
        let parts = key.expect(SEQUENCE)?.children()?;
        let [modulus, exponent] = parts.as_slice() else {
            return None;
        };
        let modulus = positive(modulus)?;
        let exponent = positive(exponent)?;
        let bits = bit_length(modulus);
        let small = bit_length(exponent) <= MAX_EXPONENT_BITS;
        if !rest.is_empty() || !MODULUS_BITS.contains(&bits) || !small || exponent == [1] || exponent.last()? & 1 == 0 {
            return None;
        }
        Some(Self {
            modulus: Option::from(Odd::new(BoxedUint::from_be_slice_vartime(modulus)))?,
            exponent: BoxedUint::from_be_slice_vartime(exponent),
            bits,
        })
    }

    /// RSAVP1: `signature ^ e mod n`, as many bytes as the modulus has.
    fn open(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let length = self.bits.div_ceil(8);
        if signature.len() != length {
            return None;
        }
        let signature = BoxedUint::from_be_slice(signature, self.modulus.bits_precision()).ok()?;
        if signature >= *self.modulus.as_ref() {
            return None;
        }
        let opened = signature.pow_mod(&self.exponent, &self.modulus).to_be_bytes();
        opened.get(opened.len().checked_sub(length)?..).map(<[u8]>::to_vec)
    }

    /// RSASSA-PKCS1-v1_5 §8.2.2: the padding is rebuilt and compared whole, never parsed.
    pub fn verify_pkcs1(&self, hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
        let length = self.bits.div_ceil(8);
        let info = [hash.prefix().as_slice(), digest].concat();
        let Some(padding) = length.checked_sub(info.len() + 3).filter(|p| *p >= 8) else {
            return false;
        };
        let expected = [&[0, 1][..], &vec![0xFF; padding], &[0], &info].concat();
        self.open(signature).is_some_and(|opened| opened == expected)
    }

    /// RSASSA-PSS §8.1.2, mask generation by MGF1 with the same hash.
    pub fn verify_pss(&self, hash: Hash, salt_length: usize, digest: &[u8], signature: &[u8]) -> bool {
        self.open(signature).and_then(|opened| self.check_pss(hash, salt_length, digest, &opened)).is_some()
    }

    /// EMSA-PSS-VERIFY §9.1.2.
    fn check_pss(&self, hash: Hash, salt_length: usize, digest: &[u8], opened: &[u8]) -> Option<()> {
        let em_bits = self.bits - 1;
        // With a modulus of 8k+1 bits the encoded message is one byte shorter than the modulus.
        let extra = opened.len() - em_bits.div_ceil(8);
        let (head, message) = opened.split_at(extra);
        let (rest, trailer) = message.split_at_checked(message.len().checked_sub(1)?)?;
        let (masked, h) = rest.split_at_checked(rest.len().checked_sub(digest.len())?)?;
        let unused = 0xFFu16 << (8 - (8 * message.len() - em_bits)) & 0xFF;
        if head.iter().any(|b| *b != 0) || trailer != [0xBC] || u16::from(*masked.first()?) & unused != 0 {
            return None;
        }
        let mut db: Vec<u8> = masked.iter().zip(mask(hash, h, masked.len())).map(|(a, b)| a ^ b).collect();
        *db.first_mut()? &= !(unused as u8);
        let (padding, salt) = db.split_at_checked(db.len().checked_sub(salt_length)?)?;
        let (one, zeros) = padding.split_last()?;
        if *one != 1 || zeros.iter().any(|b| *b != 0) {
            return None;
        }
        (hash.digest(&[&[0; 8], digest, salt]) == h).then_some(())
    }
}

/// MGF1 (appendix B.2.1).
fn mask(hash: Hash, seed: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut counter = 0u32;
    while out.len() < length {
        out.extend(hash.digest(&[seed, &counter.to_be_bytes()]));
        counter += 1;
    }
    out.truncate(length);
    out
}

fn positive<'a>(integer: &tlv::Tlv<'a>) -> Option<&'a [u8]> {
    let bytes = integer.expect(INTEGER)?.content;
    if bytes.first()? & 0x80 != 0 {
        return None;
    }
    let start = bytes.iter().position(|b| *b != 0)?;
    bytes.get(start..)
}

fn bit_length(bytes: &[u8]) -> usize {
    bytes.first().map_or(0, |first| 8 * bytes.len() - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    // Made by OpenSSL 3.0: an RSA key of 2048 bits, SHA-256 with PKCS#1 v1.5 and
    // SHA-384 with PSS, salt of 48 bytes, over the text "Nghị quyết".
    const KEY: &str = "3082010a0282010100ab8164593dd6c59f8ec75b95eeaaa95232e49402c499244b3a9fd0528a18b603b2a3a2d1791045dd4f\
        267f1cf60eb0b2b3d6c3d19bdcf6efceb200035f3c98f4528dcd35fea2f6e161ebff8da253c4426118f873f24e94424396e4\
        e0ae3300c3f062de7d4f52422e3d297769f68c7719dce7d007215555ee54a671c130f9db5ef86d5cdd241ff534bbad6bade5\
        5ce333bfebd3877c805e5ad2b418203b250c3093c57466b031a254a4b3e54f2579d1d16612fc640b00d952fc253915b16b1e\
        8cdde203eca4e6634b988625b3fa93014b577c18c64365a8bd573969bb7197df3f84e8d62e6a83332a48c9d54a5f7d648e6f\
        701fa4e8fe6d4d6f2c1972dd6347410203010001";
    const PKCS1: &str = "a023ab1dfcd75cb0529a3cf55387493b634de587cb4dd99b0f2abea54143706767c95e5ab300b83607a7e66b7342fd9d9ca6\
        e516a3ea8a3ce05d696bae604d561568c236fa73f75c14c1ec464e523f84421b3bb79b4363ed4365b65138035e2289f534ed\
        6a37d283a51a421e985e75bc605fc60978a622de5f7e7039798a6187e8d1dda99bd819814bcaec700cfc654a87c11eee2a60\
        ad6ca32d053d1fd3b64766f4313defad98d968b9a402fee4f596d1a80c7fb2dc50121f3242f23e21cb7d1b548095c8931d72\
        1cc109d8ed0809995921deed2c546d2813c072e05b41b1cc66689b4160a02eb442cd8a6373e0e8b8cec20a755045bb1be40c\
        cecba8dbf691";
    const PSS: &str = "95fa19479c35fe965ebcfb92989c7f5e28a37d1f8122b7515d2ed7485b33205346792936d753f0c6678929bd6a554cb4b88c\
        edbaf24196f2b169e9a9790fe1bd34c3faa2c92a64f183a842a9494ddcd97917d76d6db511b266a92ddd65b8cf3258f70fbd\
        ec16d93014b4fb80df40615ed678765ea2e5794313ce6b79b730e95bc0248cb896f280fe40f45fe52071c98d3b36ce608059\
        bd6cf93c86e69796f37593c7674f231bb0278b4401bf0b32577d6905acbcd75cfffd9f9bea55d0ac210bc17f18cae2c52e7f\
        7b50986e189480deaa77dcb7d22205b3cd0704f0591b996040386c9a371e57c080e70ebc3ea40a664718f88f1505fa0067b5\
        608e27debbf0";

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes().chunks(2).map(|p| u8::from_str_radix(std::str::from_utf8(p).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn signatures_by_openssl_are_accepted_and_altered_ones_are_not() {
        let key = PublicKey::from_pkcs1(&bytes(KEY)).unwrap();
        let text = "Nghị quyết".as_bytes();
        let digest256 = Hash::Sha256.digest(&[text]);
        let digest384 = Hash::Sha384.digest(&[text]);
        assert!(key.verify_pkcs1(Hash::Sha256, &digest256, &bytes(PKCS1)));
        assert!(key.verify_pss(Hash::Sha384, 48, &digest384, &bytes(PSS)));
        assert!(!key.verify_pkcs1(Hash::Sha384, &digest384, &bytes(PKCS1)));
        assert!(!key.verify_pss(Hash::Sha384, 47, &digest384, &bytes(PSS)));
        assert!(!key.verify_pss(Hash::Sha384, 4800, &digest384, &bytes(PSS)));
        assert!(!key.verify_pss(Hash::Sha384, 48, &digest256, &bytes(PSS)));
        assert!(!key.verify_pss(Hash::Sha256, 32, &digest256, &bytes(PKCS1)));
        for at in 0..256 {
            for hex in [PKCS1, PSS] {
                let mut bad = bytes(hex);
                bad[at] ^= 4;
                assert!(!key.verify_pkcs1(Hash::Sha256, &digest256, &bad));
                assert!(!key.verify_pss(Hash::Sha384, 48, &digest384, &bad));
            }
        }
        assert!(!key.verify_pkcs1(Hash::Sha256, &digest256, &bytes(PKCS1)[1..]));
        assert!(!key.verify_pkcs1(Hash::Sha256, &digest256, &[]));
    }

    #[test]
    fn weak_or_odd_keys_are_refused() {
        let integer = |bytes: &[u8]| {
            let mut out = vec![2, 0x82, (bytes.len() >> 8) as u8, bytes.len() as u8];
            out.extend(bytes);
            out
        };
        let key = |modulus: &[u8], exponent: &[u8]| {
            let body = [integer(modulus), integer(exponent)].concat();
            let mut out = vec![0x30, 0x82, (body.len() >> 8) as u8, body.len() as u8];
            out.extend(body);
            PublicKey::from_pkcs1(&out).is_some()
        };
        let modulus = |length: usize| [vec![0], vec![0xC5; length]].concat();
        assert!(key(&modulus(256), &[1, 0, 1]));
        assert!(!key(&modulus(128), &[1, 0, 1]), "1024 bits");
        assert!(!key(&modulus(2048), &[1, 0, 1]), "16384 bits");
        assert!(!key(&modulus(256), &[1]));
        assert!(!key(&modulus(256), &[4]));
        assert!(!key(&modulus(256), &[0]));
        assert!(!key(&modulus(256), &[1; 9]));
        let mut even = modulus(256);
        even[256] = 2;
        assert!(!key(&even, &[3]));
    }
}
