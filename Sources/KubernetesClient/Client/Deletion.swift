public import KubernetesModel

/// How an object is to be deleted (`metav1.DeleteOptions`).
public struct Deletion: Hashable, Sendable {
    /// What becomes of the objects that this one owns.
    public enum Propagation: String, Hashable, Sendable {
        /// They stay.
        case orphan = "Orphan"
        /// They are deleted afterwards.
        case background = "Background"
        /// They are deleted before.
        case foreground = "Foreground"
    }

    /// The object must have this UID, or the deletion fails with a conflict.
    public var uid: ObjectUID?
    /// The object must have this version, or the deletion fails with a conflict.
    public var resourceVersion: String?
    /// What becomes of the objects that this one owns; nil leaves it to the server.
    public var propagation: Propagation?

    /// A deletion; without preconditions it takes whatever has the name.
    public init(uid: ObjectUID? = nil, resourceVersion: String? = nil, propagation: Propagation? = nil) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.propagation = propagation
    }

    var json: JSONObject {
        var options: JSONObject = ["apiVersion": "v1", "kind": "DeleteOptions"]
        options["preconditions", "uid"] = uid.map { .string($0.value) }
        options["preconditions", "resourceVersion"] = resourceVersion.map(JSONValue.string)
        options["propagationPolicy"] = propagation.map { .string($0.rawValue) }
        return options
    }
}
