import KubernetesModel

/// A line of a watch (`metav1.WatchEvent`).
enum WatchEvent<Object: KubernetesObject>: Hashable, Sendable {
    /// An object is new or has changed.
    case applied(Object)
    /// An object is gone; this is its last state.
    case deleted(Object)
    /// Everything up to this version has been sent.
    case bookmark(resourceVersion: String)
    /// The server ends the watch and says why.
    case failed(Status)

    init(line: [UInt8]) throws(InvalidWatchEvent) {
        let json: JSONObject
        do {
            json = try JSONObject(json: line)
        } catch {
            throw InvalidWatchEvent(description: error.description)
        }
        guard let object = json["object"]?.objectValue else {
            throw InvalidWatchEvent(description: "an event without an object")
        }
        switch json["type"]?.stringValue {
        case "ADDED", "MODIFIED":
            self = .applied(Object(json: object))
        case "DELETED":
            self = .deleted(Object(json: object))
        case "BOOKMARK":
            guard let version = object["metadata"]?["resourceVersion"]?.stringValue else {
                throw InvalidWatchEvent(description: "a bookmark without a version")
            }
            self = .bookmark(resourceVersion: version)
        case "ERROR":
            self = .failed(Status(json: object))
        default:
            throw InvalidWatchEvent(description: "an event of an unknown type")
        }
    }

    /// The event with its object replaced.
    func map(_ transform: (Object) -> Object) -> WatchEvent {
        switch self {
        case .applied(let object): .applied(transform(object))
        case .deleted(let object): .deleted(transform(object))
        case .bookmark, .failed: self
        }
    }
}

/// Why a line of a watch is no event. It does not quote the line.
struct InvalidWatchEvent: Error, Hashable, CustomStringConvertible {
    var description: String
}
