import Ceph
public import Vocabulary

/// How a requested size becomes an image's size.
public enum VolumeSize {
    /// The unit that sizes are rounded up to.
    public enum Rounding: String, Sendable, CaseIterable {
        /// Whole MiB at every size: no byte more than an image can be sized to.
        case mebibytes = "MiB"
        /// Whole MiB below 1 GiB and whole GiB from there on, as ceph-csi does.
        case gibibytes = "GiB"
    }

    /// The largest size of any image: offsets in an image are signed 64-bit numbers.
    public static let largest = ByteCount(UInt64(Int64.max) & ~0xF_FFFF)

    /// The most objects that an image with the feature `object-map` may have (the limit of Ceph's object map class).
    static let mostMappedObjects: UInt64 = 256_000_000

    /// The size of the image for a request.
    ///
    /// - Parameters:
    ///   - request: the least size, from the claim's `resources.requests.storage`.
    ///   - limit: the greatest size, from `resources.limits.storage`, if the claim has one.
    ///   - recipe: the image's features and object size, which bound its size.
    /// - Throws: ``VolumeError`` with code `invalidArgument`.
    public static func resolve(
        request: ByteCount, limit: ByteCount? = nil, rounding: Rounding = .mebibytes,
        recipe: ImageRecipe = ImageRecipe()
    ) throws(VolumeError) -> ByteCount {
        func refuse(_ problem: String, _ next: String, key: String = "resources.requests.storage") -> VolumeError {
            VolumeError(
                .invalidArgument, "no volume can be made of the size \(request)", because: "\(key): \(problem)",
                next: next, key: key)
        }
        guard request.bytes > 0 else { throw refuse("it is zero", "ask for at least 1Mi") }
        if let limit, limit < request {
            throw refuse(
                "the limit \(limit) is below the request", "raise the limit or remove it",
                key: "resources.limits.storage")
        }
        let unit = rounding == .gibibytes && request >= .gib(1) ? ByteCount.gib(1) : .mib(1)
        guard let size = request.roundedUp(to: unit), size <= largest else {
            throw refuse("the largest image has \(largest)", "ask for less")
        }
        if let limit, limit < size {
            throw refuse(
                "rounded up to whole \(unit) it is \(size), above the limit \(limit)", "raise the limit to \(size)",
                key: "resources.limits.storage")
        }
        let objectSize = recipe.objectSize ?? .mib(4)
        if recipe.features?.contains(.objectMap) == true, size.bytes / objectSize.bytes > mostMappedObjects {
            throw refuse(
                "with object-map an image has at most \(mostMappedObjects) objects, here of \(objectSize)",
                "leave object-map and fast-diff out of imageFeatures, or raise objectSize")
        }
        return size
    }
}
