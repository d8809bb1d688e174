import KubernetesModel
import TestSupport
import Testing

@Suite struct TimestampTests {
    static let table: [(String, Int64, String)] = [
        ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000000Z"),
        ("2026-11-23T08:40:14Z", 1_795_423_214_000_000, "2026-11-23T08:40:14.000000Z"),
        ("2000-02-29T23:59:59.5Z", 951_868_799_500_000, "2000-02-29T23:59:59.500000Z"),
        ("2026-11-23T10:40:14.123456789+02:00", 1_795_423_214_123_456, "2026-11-23T08:40:14.123456Z"),
        ("2026-11-22t22:40:14-10:00", 1_795_423_214_000_000, "2026-11-23T08:40:14.000000Z"),
        ("1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
    ]

    @Test(arguments: table)
    func reads(_ text: String, _ microseconds: Int64, _ written: String) throws {
        let timestamp = try #require(Timestamp(text))
        #expect(timestamp.microseconds == microseconds)
        #expect(timestamp.rfc3339Micro == written)
        #expect(timestamp.rfc3339 == written.prefix(19) + "Z")
    }

    @Test(arguments: [
        "", "2026", "2026-11-23", "2026-11-23T08:40Z", "2026-11-23T08:40:14", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T08:60:00Z",
        "2026-11-23T08:40:61Z", "2026-11-23T08:40:14.Z", "2026-11-23T08:40:14Zx", "2026-11-23T08:40:14+0200",
        "26-11-23T08:40:14Z", "２026-11-23T08:40:14Z", "-026-11-23T08:40:14Z",
    ])
    func refuses(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: UInt64(1)...5)
    func survivesWritingAndReading(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1000 {
            let moment = Timestamp(
                microseconds: Int64.random(in: -62_135_596_800_000_000...253_402_300_799_999_999, using: &generator))
            #expect(Timestamp(moment.rfc3339Micro) == moment, "seed \(seed)")
        }
    }

    @Test func nowIsPlausible() throws {
        #expect(Timestamp.now() > (try #require(Timestamp("2024-01-01T00:00:00Z"))))
        #expect(Timestamp(microseconds: 5).advanced(by: .milliseconds(2)).microseconds == 2005)
    }
}
