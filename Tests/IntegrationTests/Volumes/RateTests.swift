import Ceph
import Foundation
import LabSupport
import Testing
import Vocabulary

@testable import Volumes

/// How fast volumes are made and deleted. Prints, and fails only if something goes wrong; `HOLDFAST_RATES=1` runs it.
@Suite(.needsCeph, .enabled(if: ProcessInfo.processInfo.environment["HOLDFAST_RATES"] == "1"), .serialized)
struct RateTests {
    private func run<Item: Sendable>(
        _ what: String, _ items: [Item], width: Int, _ work: @escaping @Sendable (Item) async throws -> Void
    ) async throws {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            var waiting = items.makeIterator()
            for _ in 0..<width {
                guard let item = waiting.next() else { break }
                group.addTask { try await work(item) }
            }
            while try await group.next() != nil {
                if let item = waiting.next() { group.addTask { try await work(item) } }
            }
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        print("\(what), \(items.count) by \(width): \(Int(Double(items.count) / seconds))/s")
    }

    @Test(arguments: [1, 16, 64])
    func createsAndDeletes(width: Int) async throws {
        try await VolumesBench.with { bench in
            let service = try bench.service()
            _ = try await bench.create(try bench.request(), with: service)
            let requests = try (0..<(width == 1 ? 200 : 1_000)).map { _ in try bench.request(size: .mib(64)) }
            try await run("create", requests, width: width) { request in
                let volume = try await bench.create(request, with: service)
                try await service.settle(volume.intent, in: volume.location, deadline: .in(.seconds(60)))
            }
            let volumes = try await withThrowingTaskGroup(of: Volume.self) { group in
                for request in requests { group.addTask { try await bench.create(request, with: service) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await run("delete", volumes, width: width) { volume in
                try await service.delete(bench.deletion(volume), deadline: .in(.seconds(60)))
                try await service.settle(volume.id, deadline: .in(.seconds(60)))
            }
            let purger = bench.purger(service)
            let start = ContinuousClock.now
            let report = try await purger.pass(over: bench.location, limit: 2_000)
            print("purge: \(report) in \(start.duration(to: .now))")
            #expect(report.failed == 0 && report.removed == requests.count)
        }
    }
}
