import Ceph
import LabSupport
import TestSupport
import Testing
import Vocabulary

@Suite(.needsCeph, .timeLimit(.minutes(2))) struct DataTests {
    @Test func whatIsWrittenIsRead() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "img", size: .mib(16))
            let seed = UInt64.random(in: .min ... .max)
            var generator = SeededGenerator(seed: seed)
            let bytes = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
            try await context.withImage(.name("img"), mode: .readWrite) { image throws(CephError) in
                let buffer = IOBuffer(bytes)
                // Across the border of two objects.
                try await image.write(buffer, to: (4 << 20) - 50_000)
                try await image.flush()
                let back = IOBuffer(size: ByteCount(100_000))
                #expect(try await image.read(into: back, from: (4 << 20) - 50_000) == 100_000)
                #expect(back.bytes == bytes, "seed \(seed)")
                #expect(try await image.read(into: back, from: (16 << 20) - 1_000) == 1_000)
                try await image.writeSame(IOBuffer([1, 2, 3, 4]), to: 8 << 20, length: 4_096)
                #expect(try await image.read(into: back, from: 8 << 20) == 100_000)
                #expect(Array(back.bytes.prefix(8)) == [1, 2, 3, 4, 1, 2, 3, 4])
                #expect(back.bytes[4_096] == 0)
                try await image.discard(from: 0, length: .mib(4))
                try await image.writeZeroes(from: 4 << 20, length: 4 << 20)
                #expect(try await image.read(into: back, from: (4 << 20) - 50_000) == 100_000)
                #expect(back.bytes.allSatisfy { $0 == 0 })
            }
            let beyond = try await failure {
                try await context.withImage(.name("img"), mode: .readWrite) { image throws(CephError) in
                    try await image.write(IOBuffer(bytes), to: 16 << 20)
                }
            }
            #expect(beyond.code == .invalidArgument)
            #expect(beyond.target?.hasSuffix("/img at 16777216") == true, "\(beyond)")
            let unequal = try await failure {
                try await context.withImage(.name("img"), mode: .readWrite) { image throws(CephError) in
                    try await image.writeSame(IOBuffer([1, 2, 3]), to: 0, length: 4)
                }
            }
            #expect(unequal.code == .invalidArgument)
            #expect(unequal.target?.hasSuffix("/img at 0") == true, "\(unequal)")
            let readOnly = try await failure {
                try await context.withImage(.name("img")) { image throws(CephError) in
                    try await image.write(IOBuffer([1]), to: 0)
                }
            }
            #expect(readOnly.code == .permissionDenied)
        }
    }

    @Test func buffersAreAligned() {
        for size in [1, 4_095, 4_096, 1_000_000] {
            let buffer = IOBuffer(size: ByteCount(UInt64(size)))
            let address = buffer.withUnsafeBytes { Int(bitPattern: $0.baseAddress) }
            #expect(address % IOBuffer.alignment == 0)
            #expect(buffer.count == size)
        }
    }

    @Test(arguments: [ImageFeatures.layering, .cephDefault])
    func usageCountsWholeObjects(_ features: ImageFeatures) async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(
                name: "img", size: .mib(64), options: ImageOptions(features: features))
            try await context.withImage(.name("img"), mode: .readWrite) { image throws(CephError) in
                #expect(try await image.usage() == .zero)
                try await image.write(IOBuffer([1]), to: 0)
                try await image.write(IOBuffer([1]), to: 32 << 20)
                try await image.flush()
                #expect(try await image.usage() == .mib(8))
                try await image.createSnapshot("s")
                try await image.write(IOBuffer([2]), to: 0)
                try await image.flush()
                #expect(try await image.usage(since: "s") == .mib(4))
                try await image.rebuildObjectMapIfThere()
            }
            try await context.withImage(.name("img", snapshot: "s")) { image throws(CephError) in
                #expect(try await image.usage() == .mib(8))
            }
        }
    }

    @Test func manyOperationsOnOneImage() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "img", size: .mib(64))
            try await context.withImage(.name("img"), mode: .readWrite) { image throws(CephError) in
                let results = await withTaskGroup(of: Bool.self) { group in
                    for number in 0..<64 {
                        group.addTask { await writesAndReadsBack(image, number) }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(results.count == 64)
                #expect(results.allSatisfy { $0 })
            }
        }
    }

    /// An image that has escaped its scope refuses, and crashes nothing.
    @Test func anImageOutsideItsScope() async throws {
        try await withPlace { place in
            try await place.context.createImage(name: "img", size: .mib(4))
            let escaped = try await place.context.withImage(.name("img")) { image throws(CephError) in image }
            #expect(try await failure { try await escaped.size() }.code == .shutdown)
            #expect(try await failure { try await escaped.read(into: IOBuffer([0]), from: 0) }.code == .shutdown)
        }
    }
}

private func writesAndReadsBack(_ image: Image, _ number: Int) async -> Bool {
    let bytes = [UInt8](repeating: UInt8(number), count: 10_000)
    do throws(CephError) {
        try await image.write(IOBuffer(bytes), to: UInt64(number) << 20)
        let back = IOBuffer(size: ByteCount(10_000))
        return try await image.read(into: back, from: UInt64(number) << 20) == 10_000 && back.bytes == bytes
    } catch {
        return false
    }
}

extension Image {
    fileprivate func rebuildObjectMapIfThere() async throws(CephError) {
        guard try await features().contains(.objectMap) else { return }
        try await rebuildObjectMap()
        let flags = try await flags()
        #expect(!flags.contains(.objectMapInvalid))
    }
}
