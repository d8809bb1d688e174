import Testing
import Vocabulary

@testable import Ceph

@Suite struct ImageOptionsTests {
    let call = Call(function: "rbd_create4")

    @Test func everyOptionIsPassedOn() throws {
        var options = ImageOptions(
            features: [.layering, .exclusiveLock], objectSize: .mib(8), stripeUnit: .kib(64), stripeCount: 4,
            dataPool: "data")
        options.journalObjectSize = .mib(16)
        options.journalSplayWidth = 3
        options.journalPool = "journal"
        options.mirrorMode = .snapshot
        #expect(
            try Set(options.list(call)) == [
                .number(Option.format, 2), .number(Option.features, 5),
                .number(Option.order, 23), .number(Option.stripeUnit, 65_536),
                .number(Option.stripeCount, 4), .text(Option.dataPool, "data"),
                .number(Option.journalOrder, 24), .number(Option.journalSplayWidth, 3),
                .text(Option.journalPool, "journal"), .number(Option.mirrorImageMode, 1),
            ])
    }

    @Test func nothingIsSetThatWasNotAskedFor() throws {
        #expect(try ImageOptions().list(call) == [.number(Option.format, 2)])
        #expect(try ImageOptions().list(call, forClone: true) == [.number(Option.cloneFormat, 2)])
    }

    @Test func clonesMayBeFlattened() throws {
        var options = ImageOptions()
        options.flatten = true
        options.addedFeatures = .journaling
        options.omittedFeatures = .deepFlatten
        #expect(
            try Set(options.list(call, forClone: true)) == [
                .number(Option.flatten, 1), .number(Option.featuresSet, 64),
                .number(Option.featuresClear, 32), .number(Option.cloneFormat, 2),
            ])
    }

    static let refused: [(ImageOptions, String)] = [
        (ImageOptions(objectSize: .kib(2)), "objectSize"), (ImageOptions(objectSize: .mib(64)), "objectSize"),
        (ImageOptions(objectSize: ByteCount(5_000_000)), "objectSize"), (ImageOptions(objectSize: .zero), "objectSize"),
        (ImageOptions(stripeUnit: .kib(64)), "stripeCount"), (ImageOptions(stripeCount: 4), "stripeUnit"),
        (ImageOptions(stripeUnit: .zero, stripeCount: 4), "more than 0"),
        (ImageOptions(objectSize: .mib(4), stripeUnit: ByteCount(3), stripeCount: 4), "does not divide"),
        (ImageOptions(dataPool: ""), "dataPool"), (ImageOptions(dataPool: "a\0b"), "NUL"),
    ]

    @Test(arguments: refused) func contradictionsAreRefused(_ options: ImageOptions, naming word: String) {
        let error = #expect(throws: CephError.self) { try options.list(call) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.status?.contains(word) == true)
    }

    @Test func featuresExcludeChangesToTheDefaults() {
        var options = ImageOptions(features: .layering)
        options.addedFeatures = .journaling
        #expect(throws: CephError.self) { try options.list(call) }
        options = ImageOptions()
        options.flatten = true
        #expect(throws: CephError.self) { try options.list(call) }
    }

    @Test func featureNames() throws {
        #expect(
            try ImageFeatures(names: "layering, exclusive-lock,object-map") == [.layering, .exclusiveLock, .objectMap])
        #expect(try ImageFeatures(names: "") == [])
        #expect(ImageFeatures.cephDefault.description == "layering,exclusive-lock,object-map,fast-diff,deep-flatten")
        let error = #expect(throws: CephError.self) { try ImageFeatures(names: "layering,fancy") }
        #expect(error?.status?.contains("\"fancy\"") == true)
    }
}

/// The numbers of librbd.h, written down once more.
private enum Option {
    static let format = 0
    static let features = 1
    static let order = 2
    static let stripeUnit = 3
    static let stripeCount = 4
    static let journalOrder = 5
    static let journalSplayWidth = 6
    static let journalPool = 7
    static let featuresSet = 8
    static let featuresClear = 9
    static let dataPool = 10
    static let flatten = 11
    static let cloneFormat = 12
    static let mirrorImageMode = 13
}
