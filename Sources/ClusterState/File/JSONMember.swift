import FoundationEssentials
import KubernetesModel

/// Members that are JSON.
enum JSONMember {
    /// A member of a value, keys sorted.
    static func encode(_ value: some Encodable, _ name: String) throws(StateFileError) -> Tar.Member {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Tar.Member(name: name, bytes: Array(try encoder.encode(value)))
        } catch {
            // Numbers that are not finite are all that JSON cannot say; none of these values has any.
            throw StateFileError(.field("a value", expected: "one that JSON can say (\(error))"), in: name)
        }
    }

    /// The value of a member.
    static func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: [UInt8], _ name: String
    ) throws(StateFileError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw StateFileError(error.field, in: name)
        } catch {
            throw StateFileError(.field("the member", expected: "JSON of this format (\(error))"), in: name)
        }
    }

    /// The object of a member.
    static func object(_ bytes: [UInt8], _ name: String) throws(StateFileError) -> JSONObject {
        do {
            return try JSONObject(json: bytes)
        } catch {
            throw StateFileError(.json(error.reason), in: name, at: error.offset)
        }
    }
}

extension DecodingError {
    /// The field at fault and what it should be.
    fileprivate var field: StateFileError.Reason {
        func path(_ context: Context, _ last: (any CodingKey)? = nil) -> String {
            let keys = context.codingPath + (last.map { [$0] } ?? [])
            return keys.isEmpty
                ? "the member" : keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        switch self {
        case .typeMismatch(let type, let context): return .field(path(context), expected: "\(type)")
        case .valueNotFound(let type, let context): return .field(path(context), expected: "\(type), not null")
        case .keyNotFound(let key, let context): return .field(path(context, key), expected: "present")
        case .dataCorrupted(let context):
            return .field(path(context), expected: "readable: \(context.debugDescription)")
        @unknown default: return .field("the member", expected: "JSON of this format")
        }
    }
}
