import TestSupport
import Testing

@testable import KubernetesClient

@Suite struct LineSplitterTests {
    @Test(arguments: UInt64(1)...30)
    func linesDoNotDependOnChunks(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let lines = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
            (0..<Int.random(in: 0...200, using: &generator)).map { _ in UInt8.random(in: 11...255, using: &generator) }
        }
        var stream = lines.flatMap { $0 + [UInt8(ascii: "\n")] }[...]
        var splitter = LineSplitter(maximum: 200)
        var found: [[UInt8]] = []
        while !stream.isEmpty {
            let size = Int.random(in: 1...min(stream.count, 64), using: &generator)
            found += try splitter.add(stream.prefix(size))
            stream = stream.dropFirst(size)
        }
        #expect(found == lines.filter { !$0.isEmpty }, "seed \(seed)")
    }

    @Test func aLineBeyondTheCapIsRefusedBeforeItIsWhole() throws {
        var splitter = LineSplitter(maximum: 10)
        #expect(try splitter.add(Array("0123456789\nabc".utf8)) == [Array("0123456789".utf8)])
        #expect(try splitter.add(Array("defghij".utf8)).isEmpty)
        #expect(throws: LineTooLong(maximum: 10)) { try splitter.add(Array("k".utf8)) }
    }

    @Test func theEndOfTheStreamIsNoLine() throws {
        var splitter = LineSplitter(maximum: 10)
        #expect(try splitter.add(Array("\n\na\r\n\nb".utf8)) == [Array("a\r".utf8)])
        #expect(try splitter.add([]).isEmpty)
    }
}
