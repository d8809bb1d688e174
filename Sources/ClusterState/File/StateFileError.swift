public import CRUSH
public import KubernetesModel

/// Why bytes are not a state file that can be used: in which member, at which byte, and what is wrong there.
///
/// The remedy is to take the capture again, or to fetch the file again if it was copied.
public struct StateFileError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The bytes are no gzip file.
        case notGzip
        /// The compressed data are damaged, in zlib's words.
        case damaged(String)
        /// The file ends too early.
        case truncated
        /// Something follows the end of the file.
        case trailingBytes
        /// Uncompressed the file has more bytes than the limit allows.
        case tooLarge(limit: Int)
        /// A header of the tar archive is not one that this format has.
        case badHeader(String)
        /// The archive holds no state: there is no `manifest.json` first, or it is of another format.
        case notState(String)
        /// The file was written by a newer release.
        case tooNew(version: Int, known: Int)
        /// The manifest names a member that is not there.
        case missingMember
        /// A member is not what the manifest says: its size or its checksum differs.
        case changedMember
        /// A member is no JSON.
        case json(JSONError.Reason)
        /// A member is JSON, but a field of it is not what it should be.
        case field(String, expected: String)
        /// The binary OSDMap cannot be decoded.
        case osdMap(DecodingFailure)
    }

    /// The member of the archive, as `tar tzf` prints it; nil when it is about the file as a whole.
    public var member: String?
    /// The byte at which it was noticed: in the member, or without one in the file; nil where there is none to name.
    public var offset: Int?
    /// What is wrong.
    public var reason: Reason

    init(_ reason: Reason, in member: String? = nil, at offset: Int? = nil) {
        self.reason = reason
        self.member = member
        self.offset = offset
    }

    /// The same error, in a member.
    func inside(_ member: String) -> StateFileError {
        StateFileError(reason, in: self.member ?? member, at: offset)
    }
}

extension StateFileError: CustomStringConvertible {
    /// The member, the byte and what is wrong.
    public var description: String {
        let place = [member, offset.map { "byte \($0)" }].compactMap { $0 }.joined(separator: ", ")
        return place.isEmpty ? "\(reason)" : "\(place): \(reason)"
    }
}

extension StateFileError.Reason: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .notGzip: "this is no gzip file, so no state file"
        case .damaged(let words): "the compressed data are damaged (\(words))"
        case .truncated: "the file ends too early"
        case .trailingBytes: "something follows the end of the file"
        case .tooLarge(let limit): "uncompressed it has more than \(limit) bytes, which is the limit"
        case .badHeader(let words): "this is no header of a state file: \(words)"
        case .notState(let words): "this is no state file: \(words)"
        case .tooNew(let version, let known):
            "it has version \(version), this release reads up to \(known); upgrade holdfast"
        case .missingMember: "the manifest names this member, but it is not there"
        case .changedMember: "size or checksum is not what the manifest says"
        case .json(let reason): "not JSON: \(reason.rawValue)"
        case .field(let field, let expected): "\(field) should be \(expected)"
        case .osdMap(let failure): "the OSDMap cannot be decoded: \(failure)"
        }
    }
}
