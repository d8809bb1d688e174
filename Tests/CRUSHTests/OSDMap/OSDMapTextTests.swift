import Foundation
import TestSupport
import Testing

@testable import CRUSH

/// Numbers, times and addresses as Ceph prints them.
@Suite("OSDMap: texts") struct OSDMapTextTests {
    @Test(
        "Numbers are printed as printf prints them",
        arguments: [
            0, -0.0, 1, 1.5, -2.25, 0.1, 1 / 3, 123_456, 1_234_567, 999_999.5, 999_999.4, 1e-4, 0.000_012_345_67, 1e21,
            1e100,
            9.999_995, 0.5, 100_000, 1_000_000, .leastNonzeroMagnitude, .leastNormalMagnitude / 3,
            .greatestFiniteMagnitude, .infinity, -.infinity,
            Double(Float(0.7)), 12_345.65, 1_000_005, 1_000_015, 0.000_099_999_95,
        ])
    func numbers(_ value: Double) {
        #expect(SixDigits.text(value) == String(format: "%g", value))
    }

    @Test func manyNumbers() {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let bits = Double(bitPattern: generator.next())
            let value = Bool.random(using: &generator) ? bits : Double.random(in: -1e7...1e7, using: &generator)
            guard !value.isNaN else { continue }
            #expect(SixDigits.text(value) == String(format: "%g", value), "seed \(seed)")
        }
    }

    @Test(
        arguments: [
            (0, 0, "0.000000"), (5, 1_999, "5.000001"), (315_359_999, 0, "315359999.000000"),
            (315_360_000, 0, "1979-12-30T00:00:00.000000+0000"), (951_782_400, 0, "2000-02-29T00:00:00.000000+0000"),
            (1_709_164_799, 999_999_000, "2024-02-28T23:59:59.999999+0000"),
            (1_709_251_199, 0, "2024-02-29T23:59:59.000000+0000"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000000+0000"),
            (.max, 0, "2106-02-07T06:28:15.000000+0000"),
        ] as [(UInt32, UInt32, String)])
    func times(seconds: UInt32, nanoseconds: UInt32, text: String) {
        let time = CephTime(seconds: seconds, nanoseconds: nanoseconds)
        #expect(time.text == text)
        #expect(CephTime(text: text) == CephTime(seconds: seconds, nanoseconds: nanoseconds / 1000 * 1000))
    }

    @Test func aTimeOfAnotherZoneIsThatInstant() {
        #expect(CephTime(text: "2026-11-23T21:05:21.670223+0200") == CephTime(text: "2026-11-23T19:05:21.670223+0000"))
        #expect(CephTime(text: "2026-11-23T14:35:21.670223-0430") == CephTime(text: "2026-11-23T19:05:21.670223+0000"))
    }

    @Test(arguments: [
        "", "x", "1.5", "1.0000000", "-1.000000", "99999999999.000000", "2026-11-23", "2026-11-23T19:05:21+0000",
        "2026-13-23T19:05:21.670223+0000", "2026-00-23T19:05:21.670223+0000", "2026-11-32T19:05:21.670223+0000",
        "2026-11-23 19:05:21.670223+0000", "1960-11-23T19:05:21.670223+0000", "2200-11-23T19:05:21.670223+0000",
        "2026-11-23T19:05:21.670223 0000", "2026-11-23T1a:05:21.670223+0000", "2026-11-23T19:05:21.670223+00000",
    ])
    func otherTimesAreRefused(text: String) {
        #expect(CephTime(text: text) == nil)
    }

    @Test(
        arguments: [
            ("v1:10.0.0.1:6800/123", .v1, "10.0.0.1:6800", 123), ("v2:[fd00::1]:6800/7", .v2, "[fd00::1]:6800", 7),
            ("10.1.2.3:0/4294967295", .any, "10.1.2.3:0", .max), ("[::]:0/0", .any, "[::]:0", 0),
            ("cidr:192.168.9.0:0/24", .cidr, "192.168.9.0:0", 24),
        ] as [(String, EntityAddress.Kind, String, UInt32)])
    func addresses(text: String, kind: EntityAddress.Kind, endpoint: String, nonce: UInt32) throws {
        let address = try #require(EntityAddress(text))
        #expect(address == EntityAddress(kind: kind, endpoint: endpoint, nonce: nonce))
        #expect(address.description == text)
        // In a map it comes back as it went in.
        var writer = ByteWriter()
        writer.address(address)
        var reader = ByteReader(writer.bytes)
        let read = try reader.address()
        #expect(read == address)
        #expect(reader.isAtEnd)
    }

    @Test(arguments: ["", "-", "10.0.0.1:6800", "10.0.0.1:6800/x", "10.0.0.1:6800/4294967296"])
    func otherAddressesAreRefused(text: String) {
        #expect(EntityAddress(text) == nil)
    }

    @Test(
        "IPv6 addresses are shortened as inet_ntop does",
        arguments: [
            ("00000000000000000000000000000000", "::"), ("00000000000000000000000000000001", "::1"),
            ("fd000000000000000000000000000000", "fd00::"), ("20010db8000000010000000000000001", "2001:db8:0:1::1"),
            ("20010db8000000000001000000000001", "2001:db8::1:0:0:1"),
            ("00010002000300040005000600070008", "1:2:3:4:5:6:7:8"),
            ("20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"),
            ("00000000000000000000ffff0a000001", "::ffff:10.0.0.1"),
            ("0000000000000000000000000a000001", "::10.0.0.1"), ("00000000000000000001ffff0a000001", "::1:ffff:a00:1"),
        ])
    func addressesOfIPv6(bytes: String, text: String) {
        let values = stride(from: 0, to: 32, by: 2).compactMap { UInt8(bytes.dropFirst($0).prefix(2), radix: 16) }
        #expect(EntityAddress.colons(values) == text)
    }
}
