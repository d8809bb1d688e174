public import Vocabulary

/// A volume's handle, as it stands in `spec.csi.volumeHandle`: `0001-0024-<clusterID>-0000000000000001-<uuid>`.
///
/// The parts are the version, the length of the clusterID (four hexadecimal digits), the clusterID, the number of the
/// pool that holds the image (16 digits) and the volume's UUID. ceph-csi writes and reads the same form. A handle is
/// at most 128 bytes long and holds no `/`, since kubelet makes a directory of that name.
public struct VolumeID: Hashable, Sendable, CustomStringConvertible {
    /// The key of the Ceph cluster in `config.json`, often its fsid.
    public let clusterID: String
    /// The pool that holds the image.
    public let pool: PoolID
    /// The volume's UUID.
    public let uuid: VolumeUUID

    /// The longest clusterID that leaves the handle within 128 bytes.
    public static let longestClusterID = 64

    /// A handle from its parts.
    ///
    /// - Throws: ``VolumeError`` with code `invalidArgument`, which names the part at fault.
    public init(clusterID: String, pool: PoolID, uuid: VolumeUUID) throws(VolumeError) {
        if let problem = Self.clusterIDProblem(clusterID) {
            throw VolumeError(
                .invalidArgument, "no volume handle can be made of the clusterID \(quoted(clusterID))",
                because: problem, next: "use the fsid of the Ceph cluster, or a short name without slashes",
                key: "clusterID")
        }
        guard pool.value > 0 else {
            throw VolumeError(
                .invalidArgument, "no volume handle can be made of the pool number \(pool)",
                because: "pools are numbered from 1", next: "look the number up with: ceph osd pool ls detail")
        }
        self.clusterID = clusterID
        self.pool = pool
        self.uuid = uuid
    }

    /// The handle that `text` spells.
    ///
    /// - Throws: ``VolumeError`` with code `invalidArgument`, which tells the part that is wrong.
    public init(parsing text: String) throws(VolumeError) {
        func refuse(_ problem: String) -> VolumeError {
            VolumeError(
                .invalidArgument, "the volume handle \(quoted(text)) cannot be read", because: problem,
                next: "expected 0001-<length of the clusterID>-<clusterID>-<pool number>-<uuid>")
        }
        let bytes = text.utf8
        guard bytes.count <= Self.longest else { throw refuse("it is longer than \(Self.longest) bytes") }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
            throw refuse("it holds a slash, a space or a character outside ASCII")
        }
        guard text.hasPrefix("\(Self.version)-") else { throw refuse("its version is not \(Self.version)") }
        let afterVersion = text.dropFirst(5)
        guard let length = Hexadecimal.value(afterVersion.prefix(4), digits: 4), afterVersion.dropFirst(4).first == "-"
        else { throw refuse("its second part is not the clusterID's length in four hexadecimal digits") }
        let afterLength = afterVersion.dropFirst(5)
        let rest = afterLength.dropFirst(Int(length))
        guard length > 0, afterLength.count == Int(length) + 1 + 16 + 1 + VolumeUUID.length, rest.first == "-" else {
            throw refuse("its clusterID is not \(length) bytes long, as its second part says")
        }
        let poolText = rest.dropFirst().prefix(16)
        guard let number = Hexadecimal.value(poolText, digits: 16), let pool = Int64(exactly: number), pool > 0,
            rest.dropFirst(17).first == "-"
        else { throw refuse("its pool number \(quoted(poolText)) is not 16 hexadecimal digits above zero") }
        guard let uuid = VolumeUUID(rest.dropFirst(18)) else {
            throw refuse("its last part \(quoted(rest.dropFirst(18))) is not a UUID")
        }
        try self.init(clusterID: String(afterLength.prefix(Int(length))), pool: PoolID(pool), uuid: uuid)
    }

    /// The handle's text.
    public var description: String {
        let length = Hexadecimal.text(UInt64(clusterID.utf8.count), digits: 4)
        let pool = Hexadecimal.text(UInt64(pool.value), digits: 16)
        return "\(Self.version)-\(length)-\(clusterID)-\(pool)-\(uuid)"
    }

    private static let version = "0001"
    private static let longest = 128

    /// What is wrong with a clusterID, or nil.
    static func clusterIDProblem(_ text: String) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.utf8.count > longestClusterID { return "it is longer than \(longestClusterID) bytes" }
        if text.contains("/") { return "it holds a slash" }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "it holds a space or a character outside ASCII"
        }
        return nil
    }
}
