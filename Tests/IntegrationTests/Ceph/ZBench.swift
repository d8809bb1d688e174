import Foundation
import Glibc
import LabSupport
import Testing
import Vocabulary

@testable import Ceph

private func cpu() -> Double {
    var usage = rusage()
    getrusage(0, &usage)
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
}

@Suite(.serialized) struct ZBench {
    @Test func bench() async throws {
        try await withSharedCluster { lab, cluster in
            let context = try await cluster.ioContext(pool: lab.pool)
            func run(_ name: String, _ count: Int, _ width: Int, _ body: @escaping @Sendable (Int) async throws -> Void)
                async throws
            {
                let (begun, used) = (ContinuousClock.now, cpu())
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<width {
                        group.addTask { for i in stride(from: worker, to: count, by: width) { try await body(i) } }
                    }
                    try await group.waitForAll()
                }
                let time = begun.duration(to: .now) / .seconds(1)
                print("Swift \(name): \(Int((cpu() - used) / Double(count) * 1e7) ) x0.1 us CPU/op, \(Int(Double(count) / time))/s")
            }
            try await run("omap set", 20000, 64) { i in
                try await context.perform(WriteOperation().setOmap(["k\(i % 1000)": [1, 2, 3, 4, 5]]), on: "bench-swift")
            }
            try await run("stat", 20000, 64) { _ in _ = try await context.stat("bench-swift") }
            let prefix = freshName("s")
            try await run("create 32 lane", 400, 64) { i in
                try await context.createImage(name: "\(prefix)\(i)", size: .mib(4), options: ImageOptions(features: .layering))
            }
        }
        let lab = try await CephLab.shared()
        try await withCluster(ClusterConfiguration(confFile: lab.conf), lanes: LaneSizes(image: .init(width: 64, depth: 2048))) { cluster in
            let context = try await cluster.ioContext(pool: lab.pool)
            let prefix = freshName("s")
            let (begun, used) = (ContinuousClock.now, cpu())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for i in 0..<400 { group.addTask { try await context.createImage(name: "\(prefix)\(i)", size: .mib(4), options: ImageOptions(features: .layering)) } }
                try await group.waitForAll()
            }
            print("Swift create 64 lane: \(Int(400 / (begun.duration(to: .now) / .seconds(1))))/s, \((cpu() - used) / 400 * 1e6) us CPU")
        }
    }
}
