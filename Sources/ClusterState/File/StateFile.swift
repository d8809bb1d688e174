import CRUSH
import KubernetesModel
public import Vocabulary

/// The state file: a capture as one compressed file, to be kept, sent and analysed elsewhere.
///
/// It is a gzip'd tar archive, so that `tar xzf` gives an operator its members. The same capture gives the same bytes
/// (with the same zlib). docs/state.md describes every member.
public enum StateFile {
    /// How many bytes a file may have when it is uncompressed, unless the caller says otherwise: 1 GiB.
    public static let defaultLimit = ByteCount.gib(1)

    /// The file of a capture.
    ///
    /// - Throws: ``StateFileError`` when memory for the compression is not to be had.
    public static func encode(_ capture: ClusterCapture) throws(StateFileError) -> [UInt8] {
        let members = try members(of: capture)
        let manifest = Manifest(
            taken: capture.takenAt.rfc3339Micro, holdfast: capture.holdfastVersion, redacted: capture.isRedacted,
            kubernetesVersion: capture.kubernetes?.serverVersion,
            osdMapIsOriginal: capture.ceph?.osdMapBytes != nil, missing: capture.missing,
            members: members.map(Manifest.Entry.init(of:)))
        let first = try JSONMember.encode(manifest, Manifest.path)
        let time = capture.takenAt.microseconds / 1_000_000
        return try Gzip.compressed(Tar.archive([first] + members, time: time))
    }

    /// The capture of a file.
    ///
    /// Nothing in the file is trusted: not its lengths, not its names, not its numbers.
    ///
    /// - Parameter limit: how many bytes it may have when it is uncompressed.
    /// - Throws: ``StateFileError`` with the member and the byte at which it is not what it should be.
    public static func decode(
        _ bytes: [UInt8], limit: ByteCount = defaultLimit
    ) throws(StateFileError) -> ClusterCapture {
        try decode(archive: Gzip.inflated(bytes, limit: Int(clamping: limit.bytes)))
    }

    /// The capture of a file that has been uncompressed.
    static func decode(archive: [UInt8]) throws(StateFileError) -> ClusterCapture {
        let contents = try Contents(Tar.members(of: archive))
        guard let taken = Timestamp(contents.manifest.taken) else {
            throw StateFileError(.field("taken", expected: "a time as RFC 3339 writes it"), in: Manifest.path)
        }
        return ClusterCapture(
            takenAt: taken, holdfastVersion: contents.manifest.holdfast, isRedacted: contents.manifest.redacted,
            ceph: try CephMembers.decode(contents), kubernetes: try KubernetesMembers.decode(contents),
            missing: contents.manifest.missing)
    }

    private static func members(of capture: ClusterCapture) throws(StateFileError) -> [Tar.Member] {
        var members: [Tar.Member] = []
        if let ceph = capture.ceph { members += try CephMembers.encode(ceph) }
        if let kubernetes = capture.kubernetes { members += KubernetesMembers.encode(kubernetes) }
        return members
    }
}

/// The members of a file, checked against its manifest.
struct Contents {
    let manifest: Manifest
    private let members: [String: [UInt8]]

    init(_ members: [Tar.Member]) throws(StateFileError) {
        guard let first = members.first, first.name == Manifest.path else {
            throw StateFileError(.notState("manifest.json is not its first member"))
        }
        let mark = try JSONMember.object(first.bytes, first.name)
        guard mark["format"]?.stringValue == Manifest.format, let version = mark["version"]?.integerValue else {
            throw StateFileError(.notState("its format is not \(Manifest.format)"), in: first.name)
        }
        guard (1...Int64(ClusterCapture.fileVersion)).contains(version) else {
            throw StateFileError(
                .tooNew(version: Int(version), known: ClusterCapture.fileVersion), in: first.name)
        }
        manifest = try JSONMember.decode(Manifest.self, first.bytes, first.name)
        let found = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0) })
        for entry in manifest.members {
            guard let member = found[entry.name] else { throw StateFileError(.missingMember, in: entry.name) }
            guard Manifest.Entry(of: member) == entry else { throw StateFileError(.changedMember, in: entry.name) }
        }
        let named = Set(manifest.members.map(\.name))
        self.members = found.filter { named.contains($0.key) }.mapValues(\.bytes)
    }

    /// The bytes of a member that the manifest names.
    subscript(name: String) -> [UInt8]? { members[name] }

    /// Whether there is a member whose path begins so.
    func hasMember(below prefix: String) -> Bool { members.keys.contains { $0.hasPrefix(prefix) } }
}
