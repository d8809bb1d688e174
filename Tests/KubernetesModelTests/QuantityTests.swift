import TestSupport
import Testing
import Vocabulary

@testable import KubernetesModel

@Suite struct QuantityTests {
    struct Case: CustomTestStringConvertible {
        var text: String
        var bytes: UInt64?
        var canonical: String
        var testDescription: String { text }

        init(_ text: String, _ bytes: UInt64?, _ canonical: String) {
            self.text = text
            self.bytes = bytes
            self.canonical = canonical
        }
    }

    /// What kube-apiserver makes of each spelling.
    static let table: [Case] = [
        Case("0", 0, "0"), Case("-0", 0, "0"), Case("0Gi", 0, "0"), Case("00.00", 0, "0"),
        Case("1", 1, "1"), Case("+1", 1, "1"), Case("001", 1, "1"), Case("1.", 1, "1"), Case(".5", 1, "500m"),
        Case("0.5", 1, "500m"), Case("1.5", 2, "1500m"), Case("100m", 1, "100m"), Case("1000m", 1, "1"),
        Case("1n", 1, "1n"), Case("0.1n", 1, "1n"), Case("1u", 1, "1u"), Case("1500u", 1, "1500u"),
        Case("1k", 1000, "1k"), Case("500M", 500_000_000, "500M"), Case("1.5G", 1_500_000_000, "1500M"),
        Case("1000k", 1_000_000, "1M"), Case("2E", 2_000_000_000_000_000_000, "2E"),
        Case("1Ki", 1024, "1Ki"), Case("1Mi", 1 << 20, "1Mi"), Case("1Gi", 1 << 30, "1Gi"),
        Case("1Ti", 1 << 40, "1Ti"), Case("1Pi", 1 << 50, "1Pi"), Case("1Ei", 1 << 60, "1Ei"),
        Case("1024Mi", 1 << 30, "1Gi"), Case("1.5Gi", 1_610_612_736, "1536Mi"), Case("0.5Mi", 524_288, "512Ki"),
        Case("0.5Ki", 512, "512"), Case("0.1Ki", 103, "102400m"), Case("1025Ki", 1_049_600, "1025Ki"),
        Case("10.1Ki", 10_343, "10342400m"), Case("1048577", 1_048_577, "1048577"),
        Case("1e9", 1_000_000_000, "1e9"), Case("1E9", 1_000_000_000, "1e9"), Case("1e+3", 1000, "1e3"),
        Case("12e2", 1200, "1200"), Case("100e-3", 1, "100e-3"), Case("1e-9", 1, "1e-9"), Case("1e-10", 1, "1e-9"),
        Case("0.0000000000000000000000000000000000000000001e50", 10_000_000, "10e6"),
        Case("9223372036854775807", 9_223_372_036_854_775_807, "9223372036854775807"),
        Case("9223372036854775808", 9_223_372_036_854_775_807, "9223372036854775807"),
        Case("8Ei", 9_223_372_036_854_775_807, "9223372036854775807"),
        Case("1e1000000", 9_223_372_036_854_775_807, "9223372036854775807"),
        Case("1e-1000000", 1, "1e-9"),
        Case("100000000000000000000000000000000000000000n", 9_223_372_036_854_775_807, "9223372036854775807"),
        Case("1000000000000000000000000n", 1_000_000_000_000_000, "1P"),
        Case("0.3333333333333333333333333333333333333333333333Gi", 357_913_942, "357913941333333334n"),
        Case("-1Gi", nil, "-1Gi"), Case("-0.5", nil, "-500m"), Case("-9e99", nil, "-9223372036854775807"),
    ]

    @Test(arguments: table)
    func readsAsTheAPIServerDoes(_ entry: Case) throws {
        let quantity = try Quantity(entry.text)
        #expect(quantity.byteCount?.bytes == entry.bytes)
        #expect(quantity.description == entry.canonical)
        #expect(try Quantity(quantity.description) == quantity)
    }

    @Test(arguments: [
        "", " ", "+", "-", ".", "e", "e3", "1 ", " 1", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu", ".5i", "1i",
        "-3.01i",
        "-3.01e-", "1e", "1e1.5", "1e++1", "1GiB", "1gi", "1K", "1KI", "--1", "0x10", "1_000", "１", "1e99999999999",
        "1,5", "NaN", "inf",
    ])
    func refusesWhatTheAPIServerRefuses(_ text: String) {
        #expect(throws: QuantityError(text)) { try Quantity(text) }
    }

    @Test func readsNumbersAsManifestsCarryThem() throws {
        #expect(try Quantity(json: 1_073_741_824).byteCount == .gib(1))
        #expect(try Quantity(json: 0.5).description == "500m")
        #expect(try Quantity(json: 1e20).byteCount?.bytes == UInt64(Int64.max))
        #expect(throws: QuantityError("true")) { try Quantity(json: true) }
        #expect(throws: QuantityError("null")) { try Quantity(json: .null) }
    }

    @Test func sizesAreNeverRounded() {
        #expect(Quantity(ByteCount(500_000_000)).description == "500000000")
        #expect(Quantity(.mib(477)).description == "477Mi")
        #expect(Quantity(.gib(1)).description == "1Gi")
        #expect(Quantity(ByteCount(1023)).description == "1023")
        #expect(Quantity(ByteCount(500_170_752)).description == "477Mi")
    }

    @Test func comparesByAmount() throws {
        #expect(try Quantity("1Gi") == Quantity("1073741824"))
        #expect(try Quantity("1Gi").hashValue == Quantity("1073741824").hashValue)
        #expect(try Quantity("1G") < Quantity("1Gi"))
        #expect(try Quantity("-1") < Quantity("1n"))
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func everySizeSurvivesWritingAndReading(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let bytes = UInt64.random(in: 0...UInt64(Int64.max), using: &generator)
            let size = ByteCount(bytes >> UInt64.random(in: 0...62, using: &generator))
            let text = Quantity(size).description
            #expect(try Quantity(text).byteCount == size, "\(text), seed \(seed)")
        }
    }
}
