import Ceph
import Vocabulary

/// The keys that say how an image is made.
enum RecipeParameters {
    /// With the UUID, an image's name then has at most 96 characters (`RBD_MAX_IMAGE_NAME_SIZE`).
    private static let longestPrefix = 60
    private static let objectSizes = ByteCount.kib(4)...ByteCount.mib(32)

    static func recipe(
        from reader: inout ParameterReader, defaultPrefix: String
    ) throws(VolumeError) -> ImageRecipe {
        var recipe = ImageRecipe(namePrefix: defaultPrefix)
        if let prefix = try reader.take("volumeNamePrefix") {
            try PlaceName.check(prefix, key: "volumeNamePrefix")
            guard prefix.utf8.count <= longestPrefix else {
                throw .parameter(
                    "volumeNamePrefix", "it is longer than \(longestPrefix) bytes", next: "use a shorter prefix")
            }
            recipe.namePrefix = prefix
        }
        recipe.dataPool = try reader.take("dataPool")
        if let dataPool = recipe.dataPool { try PlaceName.check(dataPool, key: "dataPool") }
        recipe.features = try reader.take(FeatureParameters.key).map(FeatureParameters.parse)
        recipe.objectSize = try objectSize(from: &reader)
        recipe.striping = try striping(from: &reader, objectSize: recipe.objectSize ?? .mib(4))
        return recipe
    }

    private static func objectSize(from reader: inout ParameterReader) throws(VolumeError) -> ByteCount? {
        guard let number = try reader.takeNumber("objectSize") else { return nil }
        guard number.nonzeroBitCount == 1, objectSizes.contains(ByteCount(number)) else {
            throw .parameter(
                "objectSize", "\(number) is not a power of two from 4096 to 33554432",
                next: "use 4194304, Ceph's default")
        }
        return ByteCount(number)
    }

    private static func striping(
        from reader: inout ParameterReader, objectSize: ByteCount
    ) throws(VolumeError) -> ImageRecipe.Striping? {
        let unit = try reader.takeNumber("stripeUnit")
        let count = try reader.takeNumber("stripeCount")
        switch (unit, count) {
        case (nil, nil): return nil
        case (nil, .some):
            throw .parameter("stripeUnit", "it is missing beside stripeCount", next: "give both or neither")
        case (.some, nil):
            throw .parameter("stripeCount", "it is missing beside stripeUnit", next: "give both or neither")
        case (let unit?, let count?):
            guard unit <= objectSize.bytes, objectSize.bytes.isMultiple(of: unit) else {
                throw .parameter(
                    "stripeUnit", "\(unit) does not divide the object size of \(objectSize.bytes) bytes",
                    next: "use a power of two no larger than the object size")
            }
            return ImageRecipe.Striping(unit: ByteCount(unit), count: count)
        }
    }
}

/// The keys that say how nodes map an image. They are checked here, since a node would refuse them only when a pod
/// already waits for its volume.
enum MounterParameters {
    static func check(_ reader: inout ParameterReader, features: ImageFeatures?) throws(VolumeError) {
        let mounter = try reader.take("mounter", oneOf: ["rbd", "rbd-nbd"])
        let mayFallBack = try reader.takeFlag("tryOtherMounters") ?? false
        if features?.contains(.journaling) == true, mounter != "rbd-nbd", !mayFallBack {
            throw .parameter(
                FeatureParameters.key, "journaling works with the mounter rbd-nbd alone",
                next: "set mounter to rbd-nbd, or leave journaling out")
        }
        for key in ["mapOptions", "unmapOptions"] {
            if let value = try reader.take(key) { try checkOptions(value, key: key) }
        }
        _ = try reader.take("mkfsOptions")
    }

    /// `krbd:a,b;nbd:c`; options without a mounter before them are krbd's.
    private static func checkOptions(_ text: String, key: String) throws(VolumeError) {
        for group in text.split(separator: ";") {
            guard let colon = group.firstIndex(of: ":") else { continue }
            let mounter = trimmed(group[..<colon])
            guard mounter == "krbd" || mounter == "nbd" else {
                throw .parameter(
                    key, "\(quoted(mounter)) is no mounter", next: "write krbd:<options>;nbd:<options>")
            }
            guard !trimmed(group[group.index(after: colon)...]).isEmpty else {
                throw .parameter(key, "nothing follows \(mounter):", next: "add its options or remove it")
            }
        }
    }
}
