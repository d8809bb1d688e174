import TestSupport
import Testing

@testable import Volumes

@Suite struct NameBasedUUIDTests {
    /// RFC 3174 section 7.3, and the two of FIPS 180 that cross a block's border.
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        (String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        (
            String(repeating: "0123456701234567012345670123456701234567012345670123456701234567", count: 10),
            "dea356a2cddd90c7a7ecedc5ebb563934f460452"
        ),
    ])
    func digestsOfTheStandard(message: String, digest: String) {
        let computed = SHA1.digest(of: Array(message.utf8)).map { Hexadecimal.text(UInt64($0), digits: 2) }.joined()
        #expect(computed == digest)
    }

    /// RFC 9562, appendix A.4: `www.example.com` in the name space of DNS names.
    @Test func uuidOfTheStandard() {
        let dns: [UInt8] = [
            0x6B, 0xA7, 0xB8, 0x10, 0x9D, 0xAD, 0x11, 0xD1, 0x80, 0xB4, 0x00, 0xC0, 0x4F, 0xD4, 0x30, 0xC8,
        ]
        #expect(VolumeUUID(named: "www.example.com", in: dns).text == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
    }

    @Test func everyLengthAroundABlockDiffers() {
        let digests = (0..<200).map { SHA1.digest(of: [UInt8](repeating: 7, count: $0)) }
        #expect(Set(digests).count == digests.count)
    }
}
