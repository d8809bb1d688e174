import CRUSH
import Foundation
import Vocabulary

/// Maps as crushtool --test and osdmaptool --test-map-pgs do, and prints how many mappings and a sum over them.
///
///     crush-loop crush FILE RULE SIZE COUNT THREADS
///     crush-loop osdmap FILE THREADS
///
/// Timed from outside as a whole process, as its peers are.
@main
struct CrushLoop {
    struct WrongUsage: Error {}

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let kind = arguments.first, let file = arguments.dropFirst().first else { throw WrongUsage() }
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
        let numbers = arguments.dropFirst(2).compactMap { Int($0) }
        switch (kind, numbers.count) {
        case ("crush", 4):
            try await mapInputs(
                CrushMap(decoding: bytes), rule: Int32(numbers[0]), size: numbers[1], count: numbers[2],
                threads: numbers[3])
        case ("osdmap", 1): try await mapPGs(OSDMap(decoding: bytes), threads: numbers[0])
        default: throw WrongUsage()
        }
    }

    static func mapInputs(_ map: CrushMap, rule: Int32, size: Int, count: Int, threads: Int) async throws {
        let mapper = RuleMapper(map: map, rule: rule, resultMax: size, overrides: map.overrides(for: 0))
        let weights = [Weight](repeating: .one, count: Int(map.deviceLimit))
        let results = await mapper.mapConcurrently(
            (0..<UInt32(count)).map { $0 }, weights: weights, workers: threads)
        report(count, results)
    }

    static func mapPGs(_ map: OSDMap, threads: Int) async throws {
        var count = 0
        var sum = 0
        for pool in map.pools.values {
            let mapper = PoolMapper(map: map, pool: pool)
            let piece = (pool.pgCount + UInt32(threads) - 1) / UInt32(threads)
            sum &+= await withTaskGroup(of: Int.self) { group in
                for start in stride(from: 0, to: pool.pgCount, by: Int(piece)) {
                    group.addTask {
                        var sum = 0
                        mapper.forEach(seeds: start..<start + piece) { _, _, mapping in
                            for item in mapping.acting { sum &+= Int(item.value) }
                        }
                        return sum
                    }
                }
                return await group.reduce(0, &+)
            }
            count += Int(pool.pgCount)
        }
        print(count, sum)
    }

    static func report(_ count: Int, _ results: [Int32]) {
        var sum = 0
        for item in results where item != RuleMapper.absent { sum &+= Int(item) }
        print(count, sum)
    }
}
