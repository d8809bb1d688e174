import FoundationEssentials

/// A map that was read from the JSON of `ceph osd crush dump`, and what that JSON does not say for certain.
///
/// JSON has no numbers of classes and no count of slots: they are counted anew, and placement does not depend on them.
public struct CrushDump: Hashable, Sendable {
    /// A part of the map that may differ from the cluster's.
    public enum Doubt: Hashable, Sendable, CustomStringConvertible {
        /// Straws are not in the JSON: they were computed from the weights as the map is now.
        case straws(bucket: ItemID)
        /// Weights of a weight set from 256.0 on are rounded in the JSON.
        case roundedWeights(pool: Int64, bucket: ItemID)
        /// The bucket's hash function has no name.
        case hash(bucket: ItemID)

        /// What is in doubt, in words.
        public var description: String {
            switch self {
            case .straws(let bucket): "bucket \(bucket): its straws are computed, as JSON does not have them"
            case .roundedWeights(let pool, let bucket):
                "choose_args \(pool), bucket \(bucket): JSON rounds weights from 256.0 on"
            case .hash(let bucket): "bucket \(bucket): its hash function is unknown"
            }
        }
    }

    /// Why a JSON text is no dump of a map.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// Where in the JSON, such as `buckets[3].items`; empty for the whole.
        public var path: String
        /// What is wrong there.
        public var reason: String

        /// Both, in one sentence.
        public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
    }

    /// The map.
    public var map: CrushMap
    /// Where it may differ from the cluster's. Empty means exact; else the binary map tells for certain.
    public var doubts: [Doubt]

    /// Reads what `ceph osd crush dump` or `crushtool --dump` printed.
    ///
    /// - Throws: ``Failure`` with the place in the JSON.
    public init(json: [UInt8]) throws(Failure) {
        let document: DumpDocument
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            document = try decoder.decode(DumpDocument.self, from: Data(json))
        } catch let error as Swift.DecodingError {
            throw Failure(error)
        } catch {
            throw Failure(path: "", reason: "this is no JSON")
        }
        var reader = DumpReader(document: document)
        (map, doubts) = try reader.read()
    }
}

extension CrushDump.Failure {
    fileprivate init(_ error: Swift.DecodingError) {
        let (context, reason): (Swift.DecodingError.Context, String) =
            switch error {
            case .keyNotFound(let key, let context): (context, "there is no '\(key.stringValue)'")
            case .valueNotFound(_, let context): (context, "there is no value")
            case .typeMismatch(_, let context): (context, "this is a value of another kind than a CRUSH dump has here")
            case .dataCorrupted(let context): (context, context.debugDescription)
            @unknown default: (.init(codingPath: [], debugDescription: ""), "this is no CRUSH dump")
            }
        var path = ""
        for key in context.codingPath {
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += (path.isEmpty ? "" : ".") + key.stringValue
            }
        }
        self.init(path: path, reason: reason)
    }
}

/// The JSON as Ceph writes it. Source: `CrushWrapper::dump`.
struct DumpDocument: Decodable {
    struct Device: Decodable {
        var id: Int32
        var name: String
        var `class`: String?
    }

    struct TypeName: Decodable {
        var typeId: Int32
        var name: String
    }

    struct Item: Decodable {
        var id: Int32
        var weight: UInt32
    }

    struct Bucket: Decodable {
        var id: Int32
        var name: String?
        var typeId: UInt16
        var weight: UInt32
        var alg: String
        var hash: String
        var items: [Item]
    }

    struct Step: Decodable {
        var op: String?
        var item: Int32?
        var num: Int32?
        var type: String?
        var opcode: UInt32?
        var arg1: Int32?
        var arg2: Int32?
    }

    struct Rule: Decodable {
        var ruleId: Int
        var ruleName: String?
        var ruleset: UInt8?
        var type: UInt8
        var minSize: UInt8?
        var maxSize: UInt8?
        var steps: [Step]
    }

    struct Numbers: Decodable {
        var chooseLocalTries: UInt32
        var chooseLocalFallbackTries: UInt32
        var chooseTotalTries: UInt32
        var chooseleafDescendOnce: UInt32
        var chooseleafVaryR: UInt8?
        var chooseleafStable: UInt8?
        var strawCalcVersion: UInt8?
        var allowedBucketAlgs: UInt32?
        var msrDescents: UInt32?
        var msrCollisionTries: UInt32?
    }

    struct Overrides: Decodable {
        var bucketId: Int32
        var weightSet: [[Double]]?
        var ids: [Int32]?
    }

    var devices: [Device]
    var types: [TypeName]
    var buckets: [Bucket]
    var rules: [Rule]
    var tunables: Numbers
    var chooseArgs: [String: [Overrides]]?
}
