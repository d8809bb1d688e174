public import KubernetesModel
public import Vocabulary

/// Who we are to a Ceph cluster: a cephx user and its key.
public struct CephCredentials: Hashable, Sendable {
    /// The user's id without `client.`: `admin` for `client.admin`.
    public var user: String
    /// The base64 key.
    public var key: Redacted<String>

    /// A user and its key.
    public init(user: String, key: Redacted<String>) {
        self.user = user
        self.key = key
    }

    /// Reads a Secret in one of the forms in use: `userID` and `userKey` (ceph-csi); or `key` with an optional
    /// `adminId` (in-tree volumes), where `defaultUser` is the class's `adminId`.
    ///
    /// - Throws: ``ProvisionFailure`` naming the Secret and the key at fault; never a value.
    public init(
        secret reference: SecretReference, data: [String: Redacted<[UInt8]>], defaultUser: String?
    ) throws(ProvisionFailure) {
        func text(_ name: String) throws(ProvisionFailure) -> String? {
            guard let bytes = data[name]?.reveal() else { return nil }
            guard let text = String(validating: bytes, as: UTF8.self)?.trimmed, !text.isEmpty else {
                throw .notReady("Secret \(reference.key): data key \(name) is empty or no text")
            }
            return text
        }
        let user: String
        let key: (name: String, value: String)
        if let value = try text("userKey") {
            guard let name = try text("userID") else {
                throw .notReady("Secret \(reference.key) has userKey but no userID: add the cephx user's id")
            }
            (user, key) = (name, ("userKey", value))
        } else if let value = try text("key") {
            (user, key) = (try text("adminId") ?? defaultUser ?? "admin", ("key", value))
        } else {
            throw .notReady(
                "Secret \(reference.key) has neither userID and userKey nor key: "
                    + "add the cephx user's id and its key (ceph auth get-key client.ID)")
        }
        guard !user.hasPrefix("client.") else {
            throw .notReady("Secret \(reference.key): write the user without \"client.\": \(user.dropFirst(7))")
        }
        guard Self.isCephxKey(key.value) else {
            throw .notReady(
                "Secret \(reference.key): data key \(key.name) is no cephx key; it is what ceph auth get-key prints, "
                    + "in base64 once more under data:, as it is under stringData:")
        }
        self.init(user: user, key: Redacted(key.value))
    }

    /// Base64 of a type, a time stamp, a length and the key itself: 28 bytes and more.
    private static func isCephxKey(_ text: String) -> Bool {
        text.utf8.count >= 38 && text.utf8.count % 4 == 0
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
    }
}
