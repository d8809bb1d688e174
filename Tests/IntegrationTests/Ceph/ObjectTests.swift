import Ceph
import LabSupport
import Testing
import Vocabulary

@Suite(.needsCeph, .timeLimit(.minutes(2))) struct ObjectTests {
    @Test func dataAgreesWithTheCLI() async throws {
        try await withPlace { place in
            let context = place.context
            #expect(try await failure { try await context.stat("o") }.code == .notFound)
            #expect(try await failure { try await context.read("o", length: 1) }.code == .notFound)
            #expect(try await failure { try await context.remove("o") }.code == .notFound)
            try await context.writeFull("hello".utf8Bytes, to: "o")
            try await context.append(" world".utf8Bytes, to: "o")
            try await context.write("J".utf8Bytes, to: "o", offset: 0)
            #expect(try await place.rados("get", "o", "-") == "Jello world")
            #expect(try await context.stat("o").size == ByteCount(11))
            #expect(try await context.read("o", offset: 6, length: 100) == "world".utf8Bytes)
            #expect(try await context.read("o", offset: 100, length: 10) == [])
            #expect(try await context.read("o", length: 0) == [])
            try await context.truncate("o", to: ByteCount(5))
            #expect(try await place.rados("get", "o", "-") == "Jello")
            #expect(try await failure { try await context.truncate("none", to: .zero) }.code == .notFound)
            try await context.remove("o")
            #expect(try await !place.rados("ls").split(separator: "\n").contains("o"))
        }
    }

    @Test func largeObjectsComeBackByteForByte() async throws {
        try await withPlace { place in
            let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await place.context.writeFull(bytes, to: "big")
            #expect(try await place.context.read("big", length: 4_000_000) == bytes)
        }
    }

    @Test func namesWithNULAreRefused() async throws {
        try await withPlace { place in
            let error = try await failure { try await place.context.writeFull([1], to: "a\0b") }
            #expect(error.code == .invalidArgument)
        }
    }

    @Test func omapAgreesWithTheCLI() async throws {
        try await withPlace { place in
            let context = place.context
            #expect(try await failure { try await context.omapValues(of: "o", keys: ["a"]) }.code == .notFound)
            try await context.setOmap(["a": "1".utf8Bytes, "b": [], "c": "3".utf8Bytes], of: "o")
            #expect(try await place.rados("listomapkeys", "o") == "a\nb\nc\n")
            #expect(try await context.omapValues(of: "o", keys: ["a", "b", "x"]) == ["a": "1".utf8Bytes, "b": []])
            try await context.removeOmapKeys(["a", "x"], of: "o")
            #expect(try await place.rados("listomapkeys", "o") == "b\nc\n")
            try await context.perform(WriteOperation().clearOmap(), on: "o")
            #expect(try await context.omapEntries(of: "o").entries.isEmpty)
        }
    }

    @Test func omapPagesByKeyAndPrefix() async throws {
        try await withPlace { place in
            let context = place.context
            let keys = (0..<2_500).map { "key.\(100_000 + $0)" }
            try await context.setOmap(Dictionary(uniqueKeysWithValues: keys.map { ($0, $0.utf8Bytes) }), of: "o")
            try await context.setOmap(["other": []], of: "o")
            var seen: [String] = []
            var (after, more) = ("", true)
            while more {
                let page = try await context.omapEntries(of: "o", after: after, prefix: "key.", limit: 700)
                #expect(page.entries.allSatisfy { $0.value == $0.key.utf8Bytes })
                seen += page.entries.map(\.key)
                (after, more) = (seen.last ?? "", page.more)
            }
            #expect(seen == keys)
            #expect(try await failure { try await context.omapEntries(of: "o", limit: 0) }.code == .invalidArgument)
        }
    }

    @Test func binaryKeysAndValues() async throws {
        try await withPlace { place in
            let key = "with\0nul and ünïcode"
            let value = (0...255).map { UInt8($0) }
            try await place.context.setOmap([key: value], of: "o")
            #expect(try await place.context.omapValues(of: "o", keys: [key]) == [key: value])
            try await place.context.perform(WriteOperation().compareOmap(key, .equal, value).remove(), on: "o")
            #expect(try await failure { try await place.context.stat("o") }.code == .notFound)
        }
    }

    @Test func compoundWritesAreAllOrNothing() async throws {
        try await withPlace { place in
            let context = place.context
            let create = WriteOperation().create(exclusive: true).setOmap(["k": "v".utf8Bytes])
                .setXattr("x", "y".utf8Bytes).writeFull("data".utf8Bytes)
            try await context.perform(create, on: "o")
            let again = try await failure { try await context.perform(create, on: "o") }
            #expect(again.code == .exists)
            #expect(again.outcome == .notApplied)
            let guarded = WriteOperation().setOmap(["k2": []]).compareOmap("k", .equal, "other".utf8Bytes)
                .setOmap(["k3": []])
            let mismatch = try await failure { try await context.perform(guarded, on: "o") }
            #expect(mismatch.code == .comparisonFailed)
            #expect(mismatch.outcome == .notApplied)
            #expect(try await context.omapEntries(of: "o").entries.map(\.key) == ["k"])
            // A key that is not there counts as empty.
            try await context.perform(WriteOperation().compareOmap("new", .equal, []).setOmap(["new": [1]]), on: "o")
            let taken = try await failure {
                try await context.perform(
                    WriteOperation().compareOmap("new", .equal, []).setOmap(["new": [2]]), on: "o")
            }
            #expect(taken.code == .comparisonFailed)
            #expect(
                try await failure {
                    try await context.perform(WriteOperation().assertExists().setOmap(["a": []]), on: "p")
                }
                .code == .notFound)
            #expect(try await failure { try await context.perform(WriteOperation(), on: "o") }.code == .invalidArgument)
        }
    }

    @Test func compoundReadsCallClassMethods() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.createImage(name: "img", size: .mib(8), options: ImageOptions(features: .layering))
            let id = try await context.withImage(.name("img")) { image throws(CephError) in try await image.id() }
            let noSnapshot: [UInt8] = [0xFE] + Array(repeating: 0xFF, count: 7)
            let read = ReadOperation().stat()
                .execute(class: "rbd", method: "get_size", input: noSnapshot)
                .execute(class: "rbd", method: "get_features", input: noSnapshot)
            let result = try await context.perform(read, on: "rbd_header.\(id)")
            #expect(result.stat?.size == .zero)
            #expect(result.outputs.map(\.count) == [9, 16])
            #expect(result.outputs.first?.dropFirst() == [0, 0, 0x80, 0, 0, 0, 0, 0])
            #expect(result.outputs.last?.first == 1)
            let wrong = ReadOperation().execute(class: "rbd", method: "get_size")
            #expect(
                try await failure { try await context.perform(wrong, on: "rbd_header.\(id)") }.code
                    == .invalidArgument)
            #expect(try await failure { try await context.perform(read, on: "rbd_header.none") }.code == .notFound)
            let absent = ReadOperation().execute(class: "rbd", method: "no_such_method")
            #expect(
                try await failure { try await context.perform(absent, on: "rbd_header.\(id)") }.code == .unsupported)
        }
    }

    static let comparisons: [(OmapComparison, String, Bool)] = [
        (.equal, "m", true), (.equal, "n", false), (.greater, "a", true), (.greater, "z", false), (.less, "z", true),
        (.less, "a", false),
    ]

    @Test(arguments: comparisons)
    func comparing(_ comparison: OmapComparison, with value: String, holds: Bool) async throws {
        try await withPlace { place in
            try await place.context.setOmap(["k": "m".utf8Bytes], of: "o")
            let write = WriteOperation().compareOmap("k", comparison, value.utf8Bytes).setOmap(["done": []])
            if holds {
                try await place.context.perform(write, on: "o")
            } else {
                #expect(try await failure { try await place.context.perform(write, on: "o") }.code == .comparisonFailed)
            }
            let keys = try await place.context.omapEntries(of: "o").entries.map(\.key)
            #expect(keys.contains("done") == holds)
        }
    }

    @Test func compoundReadsAnswerEverythingAtOnce() async throws {
        try await withPlace { place in
            let context = place.context
            let write = WriteOperation().writeFull("data".utf8Bytes).setOmap(["a": [1], "b": [2]])
                .setXattr("x", "y".utf8Bytes)
            try await context.perform(write, on: "o")
            let read = ReadOperation().assertExists().stat().read(length: 100).omapEntries(limit: 1).xattrs()
            let result = try await context.perform(read, on: "o")
            #expect(result.stat?.size == ByteCount(4))
            #expect(result.data == "data".utf8Bytes)
            #expect(result.omap.map(\.key) == ["a"])
            #expect(result.omap.map(\.value) == [[1]])
            #expect(result.hasMoreOmap)
            #expect(result.xattrs == ["x": "y".utf8Bytes])
            let guarded = ReadOperation().compareOmap("a", .equal, [9]).stat()
            #expect(try await failure { try await context.perform(guarded, on: "o") }.code == .comparisonFailed)
            let twice = ReadOperation().stat().stat()
            #expect(try await failure { try await context.perform(twice, on: "o") }.code == .invalidArgument)
            #expect(try await failure { try await context.perform(read, on: "none") }.code == .notFound)
        }
    }

    @Test func extendedAttributes() async throws {
        try await withPlace { place in
            let context = place.context
            try await context.setXattr("colour", to: "blue".utf8Bytes, of: "o")
            #expect(try await place.rados("getxattr", "o", "colour").trimmed == "blue")
            #expect(try await context.xattr("colour", of: "o") == "blue".utf8Bytes)
            try await context.perform(
                WriteOperation().compareXattr("colour", .equal, "blue".utf8Bytes).setXattr("size", [7]), on: "o")
            #expect(try await context.xattrs(of: "o") == ["colour": "blue".utf8Bytes, "size": [7]])
            #expect(try await failure { try await context.xattr("colour", of: "o", maximum: 2) }.errno == 34)
            try await context.removeXattr("colour", of: "o")
            #expect(try await failure { try await context.xattr("colour", of: "o") }.code == .notFound)
        }
    }

    @Test func objectClasses() async throws {
        try await withPlace { place in
            try await place.context.writeFull([], to: "o")
            let output = try await place.context.execute(
                class: "hello", method: "say_hello", input: "Holdfast".utf8Bytes, on: "o")
            #expect(String(decoding: output, as: UTF8.self) == "Hello, Holdfast!")
            let error = try await failure {
                try await place.context.execute(class: "hello", method: "no_such_method", on: "o")
            }
            #expect(error.code == .unsupported)
            try await place.context.perform(
                WriteOperation().execute(class: "hello", method: "record_hello", input: "you".utf8Bytes), on: "p")
            let text = try await place.context.read("p", length: 100)
            #expect(String(decoding: text, as: UTF8.self) == "Hello, you!")
        }
    }

    @Test func listingsKnowNamespaceAndLocator() async throws {
        try await withPlace { place in
            for number in 0..<25 { try await place.context.writeFull([1], to: "o\(number)") }
            try await place.lab.rados(["--object-locator", "elsewhere"] + place.words + ["create", "located"])
            var pages: [Int] = []
            var names = Set<String>()
            try await place.context.objectPages(of: 10) { page throws(CephError) in
                pages.append(page.count)
                names.formUnion(page.map(\.name))
            }
            #expect(pages.count >= 3)
            #expect(pages.allSatisfy { $0 <= 10 })
            #expect(names == Set((0..<25).map { "o\($0)" } + ["located", "rbd_directory"]))
            let everywhere = try await place.cluster.ioContext(pool: place.lab.pool).objects(allNamespaces: true)
            let here = everywhere.filter { $0.namespace == place.context.namespace }
            #expect(Set(here.map(\.name)) == names)
            #expect(here.first { $0.name == "located" }?.locator == "elsewhere")
            #expect(everywhere.contains { $0.namespace.isEmpty && $0.name == "rbd_namespace" })
        }
    }

    @Test func manyAtOnce() async throws {
        try await withPlace { place in
            let context = place.context
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<500 {
                    group.addTask { try await context.setOmap(["k\(number)": [UInt8(number % 256)]], of: "shared") }
                }
                try await group.waitForAll()
            }
            #expect(try await context.omapEntries(of: "shared").entries.count == 500)
        }
    }
}
