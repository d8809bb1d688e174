import Ceph
import Foundation
import Logging
import Vocabulary

/// Reads or writes blocks at random places of an image through `Ceph`'s `Image`, with so many operations in flight.
///
///     data-loop read|write CONF ID POOL IMAGE BLOCK_KIB IN_FLIGHT SECONDS
///
/// Prints one line of JSON with count and seconds.
@main
struct DataLoop {
    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 9, ["read", "write"].contains(words[1]), let kib = UInt64(words[6]),
            let inFlight = Int(words[7]), let seconds = Double(words[8])
        else {
            FileHandle.standardError.write(
                Data("usage: data-loop read|write CONF ID POOL IMAGE BLOCK_KIB IN_FLIGHT SECONDS\n".utf8))
            exit(64)
        }
        let cluster = try await Cluster.connect(
            ClusterConfiguration(confFile: words[2], id: words[3]), logger: Logger(label: "data-loop"))
        let context = try await cluster.ioContext(pool: words[4])
        let isWrite = words[1] == "write"
        let line = try await context.withImage(.name(words[5]), mode: isWrite ? .readWrite : .readOnly) {
            image throws(CephError) in
            let blocks = try await image.size().bytes / (kib * 1024)
            let loop = DataLoop(image: image, isWrite: isWrite, block: .kib(kib), blocks: blocks)
            let began = ContinuousClock.now
            let count = try await loop.run(inFlight, until: began + .seconds(seconds))
            return "{\"count\":\(count),\"seconds\":\(began.duration(to: .now) / .seconds(1))}"
        }
        print(line)
        await cluster.close()
    }

    let image: Image
    let isWrite: Bool
    let block: ByteCount
    let blocks: UInt64

    /// Runs so many loops side by side, and gives the number of operations of all of them.
    func run(_ inFlight: Int, until end: ContinuousClock.Instant) async throws(CephError) -> Int {
        try await withTaskGroup(of: Result<Int, CephError>.self) { group in
            for _ in 0..<inFlight {
                group.addTask { await self.loop(until: end) }
            }
            var total = Result<Int, CephError>.success(0)
            for await one in group { total = total.flatMap { sum in one.map { sum + $0 } } }
            return total
        }.get()
    }

    /// One operation after the other, in a buffer of its own.
    private func loop(until end: ContinuousClock.Instant) async -> Result<Int, CephError> {
        do throws(CephError) {
            let buffer = IOBuffer(size: block)
            // Not zeros, which could be taken for nothing at all.
            buffer.withUnsafeMutableBytes { memory in
                for place in memory.indices { memory[place] = UInt8(truncatingIfNeeded: place | 1) }
            }
            var places = Places(state: UInt64.random(in: 0 ... .max))
            var count = 0
            while ContinuousClock.now < end {
                let offset = UInt64.random(in: 0..<blocks, using: &places) * block.bytes
                if isWrite {
                    try await image.write(buffer, to: offset)
                } else {
                    _ = try await image.read(into: buffer, from: offset)
                }
                count += 1
            }
            return .success(count)
        } catch {
            return .failure(error)
        }
    }
}

/// Where to read or write next. The system's generator would be a system call an operation.
private struct Places: RandomNumberGenerator {
    var state: UInt64

    /// The next 64 bits (SplitMix64).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        let mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        return mixed ^ (mixed >> 31)
    }
}
