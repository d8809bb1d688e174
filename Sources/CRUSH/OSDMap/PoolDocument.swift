/// One entry of `pools` in `ceph osd dump -f json`.
struct PoolDocument: Codable {
    struct Merge: Codable {
        var sourcePgid: String
        var readyEpoch: UInt32
        var lastEpochStarted: UInt32
        var lastEpochClean: UInt32
        var sourceVersion: String
        var targetVersion: String
    }

    struct Snapshot: Codable {
        var snapid: UInt64
        var stamp: String
        var name: String
    }

    struct HitSet: Codable {
        var type: String
        var falsePositiveProbability: Double?
        var targetSize: UInt64?
        var seed: UInt64?
    }

    /// What an option is set to; its name, which the path ends with, says of what kind that is.
    struct Option: Codable {
        var value: PoolOptions.Value

        init(_ value: PoolOptions.Value) {
            self.value = value
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            switch PoolOptions.kind(of: decoder.codingPath.last?.stringValue ?? "") {
            case .text: value = .text(try container.decode(String.self))
            case .integer: value = .integer(try container.decode(Int64.self))
            case .number: value = .number(try container.decode(Double.self))
            case nil: value = try Self.unknown(container)
            }
        }

        /// An option of a later release: a number, else a text.
        private static func unknown(_ container: any SingleValueDecodingContainer) throws -> PoolOptions.Value {
            do {
                let number = try container.decode(Double.self)
                return Int64(exactly: number).map { .integer($0) } ?? .number(number)
            } catch DecodingError.typeMismatch {
                return .text(try container.decode(String.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch value {
            case .text(let text): try container.encode(text)
            case .integer(let integer): try container.encode(integer)
            case .number(let number): try container.encode(number)
            }
        }
    }

    var pool: Int64
    var poolName: String
    var createTime: String
    var flags: UInt64
    var type: UInt8
    var size: Int
    var minSize: Int
    var crushRule: Int32
    var peeringCrushBucketCount: UInt32?
    var peeringCrushBucketTarget: UInt32?
    var peeringCrushBucketBarrier: UInt32?
    var peeringCrushBucketMandatoryMember: Int32?
    var objectHash: UInt8
    var pgAutoscaleMode: String
    var pgNum: UInt32
    var pgPlacementNum: UInt32
    var pgPlacementNumTarget: UInt32
    var pgNumTarget: UInt32
    var pgNumPending: UInt32
    var lastPgMergeMeta: Merge
    var lastChange: String
    var lastForceOpResend: String
    var lastForceOpResendPrenautilus: String
    var lastForceOpResendPreluminous: String
    var auid: UInt64
    var snapSeq: UInt64
    var snapEpoch: UInt32
    var poolSnaps: [Snapshot]
    var quotaMaxBytes: UInt64
    var quotaMaxObjects: UInt64
    var tiers: [Int64]
    var tierOf: Int64
    var readTier: Int64
    var writeTier: Int64
    var cacheMode: String
    var targetMaxBytes: UInt64
    var targetMaxObjects: UInt64
    var cacheTargetDirtyRatioMicro: UInt32
    var cacheTargetDirtyHighRatioMicro: UInt32
    var cacheTargetFullRatioMicro: UInt32
    var cacheMinFlushAge: UInt32
    var cacheMinEvictAge: UInt32
    var erasureCodeProfile: String
    var hitSetParams: HitSet
    var hitSetPeriod: UInt32
    var hitSetCount: UInt32
    var useGmtHitset: Bool
    var minReadRecencyForPromote: UInt32
    var minWriteRecencyForPromote: UInt32
    var hitSetGradeDecayRate: UInt32
    var hitSetSearchLastN: UInt32
    var stripeWidth: UInt32
    var expectedNumObjects: UInt64
    var fastRead: Bool
    var nonprimaryShards: String?
    var options: [String: Option]
    var applicationMetadata: [String: [String: String]]
}
