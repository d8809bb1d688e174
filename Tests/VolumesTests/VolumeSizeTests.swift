import Ceph
import TestSupport
import Testing
import Vocabulary

@testable import Volumes

@Suite struct VolumeSizeTests {
    private static let roundings: [(UInt64, VolumeSize.Rounding, UInt64)] = [
        (1, .mebibytes, 1_048_576),
        (1_048_576, .mebibytes, 1_048_576),
        (500_000_000, .mebibytes, 500_170_752),
        (1_073_741_825, .mebibytes, 1_074_790_400),
        (500_000_000, .gibibytes, 500_170_752),
        (1_073_741_824, .gibibytes, 1_073_741_824),
        (1_073_741_825, .gibibytes, 2_147_483_648),
    ]

    @Test(arguments: roundings)
    func roundsUp(request: UInt64, rounding: VolumeSize.Rounding, size: UInt64) throws {
        #expect(try VolumeSize.resolve(request: ByteCount(request), rounding: rounding) == ByteCount(size))
    }

    @Test func neverBelowTheRequestNorAboveTheLimit() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let request = ByteCount(
                UInt64.random(in: 1...(1 << UInt64.random(in: 1...62, using: &random)), using: &random))
            let limit = ByteCount(request.bytes &+ UInt64.random(in: 0...(3 << 30), using: &random))
            let rounding = VolumeSize.Rounding.allCases.randomElement(using: &random) ?? .mebibytes
            do {
                let size = try VolumeSize.resolve(request: request, limit: limit, rounding: rounding)
                #expect(size >= request && size <= limit && size.bytes % (1 << 20) == 0, "seed \(seed)")
                #expect(size.bytes - request.bytes < 1 << 30, "seed \(seed)")
            } catch {
                #expect(limit.bytes - request.bytes < 1 << 30, "seed \(seed): \(error)")
            }
        }
    }

    private static let refusals: [(UInt64, UInt64?, String)] = [
        (0, nil, "resources.requests.storage"),
        (.max, nil, "resources.requests.storage"),
        (9_223_372_036_854_775_808, nil, "resources.requests.storage"),
        (9_223_372_036_854_775_807, nil, "resources.requests.storage"),
        (2_097_152, 1_048_576, "resources.limits.storage"),
        (1_048_577, 1_048_578, "resources.limits.storage"),
    ]

    @Test(arguments: refusals)
    func refusesByName(request: UInt64, limit: UInt64?, key: String) {
        let error = #expect(throws: VolumeError.self) {
            try VolumeSize.resolve(request: ByteCount(request), limit: limit.map { ByteCount($0) })
        }
        #expect(error?.key == key)
        #expect(error?.message.contains(key) == true)
    }

    @Test func theObjectMapBoundsTheSize() throws {
        let mapped = ImageRecipe(features: [.layering, .exclusiveLock, .objectMap])
        #expect(throws: VolumeError.self) { try VolumeSize.resolve(request: .tib(1024), recipe: mapped) }
        #expect(try VolumeSize.resolve(request: .tib(1024)) == .tib(1024))
        #expect(try VolumeSize.resolve(request: .tib(900), recipe: mapped) == .tib(900))
    }
}
