import FoundationEssentials

/// An entry of the trash as it is written (`cls::rbd::TrashImageSpec`, version 2, from Ceph 14 on).
struct TrashRecord: Hashable, Sendable {
    /// The name that the image had.
    var name: String
    /// When it was deleted.
    var deleted: Date
    /// For how long it is kept; whole seconds, rounded up.
    var retention: Duration

    /// Input of `trash_state_set`, after the id: from "moving" to "normal".
    static let movedFromMoving: [UInt8] = [State.normal.rawValue, State.moving.rawValue]

    private enum State: UInt8 {
        case normal = 0
        case moving = 1
    }

    /// Put there by a user; mirroring and migrations have numbers of their own.
    private static let userSource: UInt8 = 0

    /// The stored form, marked as moving.
    var encoded: [UInt8] {
        let (seconds, attoseconds) = retention.components
        let kept = seconds + (attoseconds > 0 ? 1 : 0)
        let fields =
            [Self.userSource] + RBDObjects.encode(name) + Self.encode(deleted, after: 0)
            + Self.encode(deleted, after: kept) + [State.moving.rawValue]
        let (version, oldestReader): (UInt8, UInt8) = (2, 1)
        return [version, oldestReader] + RBDObjects.encode(UInt32(clamping: fields.count)) + fields
    }

    /// Seconds since 1970 and nanoseconds, four bytes each.
    private static func encode(_ date: Date, after seconds: Int64) -> [UInt8] {
        let time = date.timeIntervalSince1970
        let whole = time.rounded(.down)
        return RBDObjects.encode(UInt32(clamping: Int64(whole).addingReportingOverflow(seconds).partialValue))
            + RBDObjects.encode(UInt32(clamping: Int64((time - whole) * 1e9)))
    }
}
