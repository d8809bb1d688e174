import FoundationEssentials

/// A note of work under way, written before its first step and removed when Kubernetes knows of the outcome.
///
/// Intents are kept in an omap object of ours beside the images, named after the Kubernetes cluster, under the
/// volume's UUID. After a crash they tell what to finish or undo; nothing else may be undone, since a claim that is
/// missing proves nothing.
public struct Intent: Hashable, Sendable {
    /// What is under way.
    public enum Kind: String, Sendable {
        /// A volume is being made, and no PV holds it yet.
        case create
        /// A volume is being deleted, and its PV is still there.
        case delete
    }

    /// What is under way.
    public let kind: Kind
    /// The volume's UUID, the intent's key.
    public let uuid: VolumeUUID
    /// The volume's name, which is its PV's.
    public let name: VolumeName
    /// The image's name.
    public let imageName: String
    /// The claim's namespace, where one is known.
    public let claimNamespace: String?
    /// The claim's name, where one is known.
    public let claimName: String?
    /// How long the image of a deleted volume stays in the trash, in whole seconds.
    public let retentionSeconds: Int64

    init(
        kind: Kind, uuid: VolumeUUID, name: VolumeName, imageName: String, claimNamespace: String? = nil,
        claimName: String? = nil, retentionSeconds: Int64 = 0
    ) {
        self.kind = kind
        self.uuid = uuid
        self.name = name
        self.imageName = imageName
        self.claimNamespace = claimNamespace
        self.claimName = claimName
        self.retentionSeconds = retentionSeconds
    }

    /// The object that holds the intents of a Kubernetes cluster.
    public static func object(for cluster: KubernetesClusterID) -> String { "holdfast.intents.\(cluster)" }

    /// The version of the stored form.
    static let version = 1
}

extension Intent {
    /// What is stored. Names are short, since a thousand of them may be read at start.
    private struct Stored: Codable {
        var v: Int
        var op: String
        var pv: String
        var image: String
        var ns: String?
        var pvc: String?
        var keep: Int64?
    }

    private struct Version: Decodable {
        var v: Int
    }

    /// The stored form: one line of JSON with sorted keys.
    ///
    /// - Throws: ``VolumeError`` with code `failed`; a checked intent always has a stored form.
    func encoded() throws(VolumeError) -> [UInt8] {
        let stored = Stored(
            v: Self.version, op: kind.rawValue, pv: name.text, image: imageName, ns: claimNamespace, pvc: claimName,
            keep: retentionSeconds == 0 ? nil : retentionSeconds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(stored))
        } catch {
            throw VolumeError(
                .failed, "cannot write down the work on \(name)", because: "\(error)", next: "report this as a bug")
        }
    }

    /// The intent that `bytes` hold.
    ///
    /// - Throws: ``VolumeError`` with code `corrupt` for anything unknown. Such an intent must be kept: a newer release
    ///   may have written it.
    init(key: String, decoding bytes: [UInt8]) throws(VolumeError) {
        func refuse(_ why: String) -> VolumeError {
            VolumeError(
                .corrupt, "cannot read the intent \(quoted(key))", because: why,
                next: "run the newest release that has worked on this pool")
        }
        guard let uuid = VolumeUUID(key) else { throw refuse("its key is no UUID") }
        let stored: Stored
        do {
            let version = try JSONDecoder().decode(Version.self, from: Data(bytes)).v
            guard version == Self.version else { throw refuse("its version \(version) is not \(Self.version)") }
            stored = try JSONDecoder().decode(Stored.self, from: Data(bytes))
        } catch let error as VolumeError {
            throw error
        } catch {
            throw refuse("it is not what this release writes")
        }
        guard let kind = Kind(rawValue: stored.op) else { throw refuse("its work \(quoted(stored.op)) is unknown") }
        self.init(
            kind: kind, uuid: uuid, name: try VolumeName(stored.pv), imageName: stored.image,
            claimNamespace: stored.ns, claimName: stored.pvc, retentionSeconds: stored.keep ?? 0)
    }
}

/// The intents found in one place.
public struct PendingIntents: Sendable {
    /// Where they are.
    public let location: PoolLocation
    /// Work that can be finished or undone, in the order of UUIDs.
    public internal(set) var intents: [Intent]
    /// What could not be read. It stays where it is, and somebody must look at it.
    public internal(set) var unreadable: [VolumeError]
}
