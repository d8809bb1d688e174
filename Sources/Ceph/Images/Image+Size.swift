import CephShim
public import Vocabulary

extension Image {
    /// Makes the image larger, or smaller if that is allowed: what is behind the new end is lost then. Without
    /// `allowShrink`, a smaller size is `.invalidArgument`.
    /// - Implements: rbd_resize2
    public func resize(
        to size: ByteCount, allowShrink: Bool = false, progress: ProgressHandler? = nil
    ) async throws(CephError) {
        try await change("rbd_resize2", "to \(size)") { image, ticket in
            ProgressReport(ticket, progress).during {
                rbd_resize2(image, size.bytes, allowShrink, $0, $1)
            }
        }
    }

    /// Adds features, or takes them away.
    /// - Implements: rbd_update_features
    public func updateFeatures(_ features: ImageFeatures, enabled: Bool) async throws(CephError) {
        try await change("rbd_update_features", features.description) { image, _ in
            rbd_update_features(image, features.rawValue, enabled ? 1 : 0)
        }
    }

    /// Copies what the image still shares with its parent, and lets go of the parent. Takes its time and runs on the
    /// bulk lane.
    /// - Implements: rbd_flatten_with_progress
    public func flatten(progress: ProgressHandler? = nil) async throws(CephError) {
        try await change("rbd_flatten_with_progress", on: .bulk) { image, ticket in
            ProgressReport(ticket, progress).during { rbd_flatten_with_progress(image, $0, $1) }
        }
    }

    /// Builds the object map anew. Takes its time and runs on the bulk lane.
    /// - Implements: rbd_rebuild_object_map
    public func rebuildObjectMap(progress: ProgressHandler? = nil) async throws(CephError) {
        try await change("rbd_rebuild_object_map", on: .bulk) { image, ticket in
            ProgressReport(ticket, progress).during { rbd_rebuild_object_map(image, $0, $1) }
        }
    }

    /// How many bytes of the image have data, counted in whole objects: of the snapshot that is open, or of the image
    /// as it is; since `snapshot` if one is given. With fast-diff it takes a moment, else each object is asked. Runs
    /// on the bulk lane.
    /// - Implements: rbd_diff_iterate2
    public func usage(since snapshot: String? = nil) async throws(CephError) -> ByteCount {
        let call = try call("rbd_diff_iterate2", snapshot ?? "")
        return try await blocking(call, on: .bulk) { image, ticket throws(CephError) in
            var size: UInt64 = 0
            try call.check(rbd_get_size(image, &size))
            let sum = UsageSum(ticket)
            defer { withExtendedLifetime(sum) {} }
            try call.check(
                rbd_diff_iterate2(
                    image, snapshot, 0, size, 0, 1,
                    { _, length, exists, argument in
                        guard let argument else { return 0 }
                        Unmanaged<UsageSum>.fromOpaque(argument).takeUnretainedValue().add(length, exists != 0)
                        return 0
                    }, Unmanaged.passUnretained(sum).toOpaque()))
            return ByteCount(sum.bytes)
        }
    }
}

/// What a walk over an image's extents adds up to. librbd calls back one extent after the other, within the call.
private final class UsageSum {
    private(set) var bytes: UInt64 = 0
    private let ticket: LaneTicket

    init(_ ticket: LaneTicket) {
        self.ticket = ticket
    }

    func add(_ length: Int, _ exists: Bool) {
        ticket.extend()
        if exists { bytes += UInt64(length) }
    }
}
