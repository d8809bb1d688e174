/// What `ceph osd dump -f json` prints, as far as it is read: each property is a key, in snake case there.
///
/// Keys that a release does not have yet are optional. What Ceph computes from the others (scores, flags in words,
/// the first of several addresses) is left out.
struct OSDMapDocument: Codable {
    struct Item: Codable {
        var pgid: String
        var osds: [Int32]
    }

    struct Move: Codable {
        var from: Int32
        var to: Int32
    }

    struct Moves: Codable {
        var pgid: String
        var mappings: [Move]
    }

    struct Primary: Codable {
        var pgid: String
        var primaryOsd: Int32
    }

    struct Interval: Codable {
        var begin: UInt64
        var length: UInt64
    }

    struct Snapshots: Codable {
        var pool: Int64
        var snaps: [Interval]
    }

    struct Stretch: Codable {
        var stretchModeEnabled: Bool
        var stretchBucketCount: UInt32
        var degradedStretchMode: UInt32
        var recoveringStretchMode: UInt32
        var stretchModeBucket: Int32
    }

    /// A list in which PGs and OSDs take turns.
    struct Turns: Codable {
        var entries: [(pgid: String, osd: Int32)]

        init(_ entries: [(pgid: String, osd: Int32)]) {
            self.entries = entries
        }

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            entries = []
            while !list.isAtEnd {
                entries.append((try list.decode(String.self), try list.decode(Int32.self)))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var list = encoder.unkeyedContainer()
            for (pgid, osd) in entries {
                try list.encode(pgid)
                try list.encode(osd)
            }
        }
    }

    var epoch: UInt32
    var fsid: String
    var created: String
    var modified: String
    var lastUpChange: String
    var lastInChange: String
    var flagsNum: UInt32
    var crushVersion: Int32
    var fullRatio: Double
    var backfillfullRatio: Double
    var nearfullRatio: Double
    var clusterSnapshot: String
    var poolMax: Int64
    var maxOsd: Int
    var requireMinCompatClient: String
    var requireOsdRelease: String
    var allowCrimson: Bool?
    var pools: [PoolDocument]
    var osds: [OSDDocument]
    var osdXinfo: [OSDExtendedDocument]
    var pgUpmap: [Item]
    var pgUpmapItems: [Moves]
    var pgUpmapPrimaries: [Primary]?
    var pgTemp: [Item]
    var primaryTemp: Turns
    var blocklist: [String: String]
    var rangeBlocklist: [String: String]?
    var erasureCodeProfiles: [String: [String: String]]
    var removedSnapsQueue: [Snapshots]
    var newRemovedSnaps: [Snapshots]
    var newPurgedSnaps: [Snapshots]
    var crushNodeFlags: [String: [String]]
    var deviceClassFlags: [String: [String]]
    var stretchMode: Stretch?
}

/// One entry of `osds`.
struct OSDDocument: Codable {
    struct Address: Codable {
        var type: String
        var addr: String
        var nonce: UInt32
    }

    struct Addresses: Codable {
        var addrvec: [Address]
    }

    var osd: Int
    var uuid: String
    var weight: Double
    var primaryAffinity: Double
    var lastCleanBegin: UInt32
    var lastCleanEnd: UInt32
    var upFrom: UInt32
    var upThru: UInt32
    var downAt: UInt32
    var lostAt: UInt32
    var publicAddrs: Addresses
    var clusterAddrs: Addresses
    var heartbeatBackAddrs: Addresses
    var heartbeatFrontAddrs: Addresses
    var state: [String]
}

/// One entry of `osd_xinfo`.
struct OSDExtendedDocument: Codable {
    var osd: Int
    var downStamp: String
    var laggyProbability: Double
    var laggyInterval: UInt32
    var features: UInt64
    var oldWeight: UInt32
    var lastPurgedSnapsScrub: String
    var deadEpoch: UInt32
}
