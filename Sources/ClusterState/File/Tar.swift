/// A tar archive in the ustar format (POSIX.1-1988): plain files only, in one sequence, with checksums verified.
enum Tar {
    /// One file of an archive.
    struct Member: Hashable, Sendable {
        /// Its path: `ceph/pgs.json`.
        var name: String
        /// Its bytes.
        var bytes: [UInt8]
    }

    private static let block = 512
    /// No state file has more, and none needs to.
    private static let maximumMembers = 256

    /// The archive of these files, all with this time (seconds since 1970) and readable by their owner alone.
    static func archive(_ members: [Member], time: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(members.reduce(2 * block) { $0 + $1.bytes.count + 2 * block })
        for member in members {
            bytes.append(contentsOf: header(name: member.name, size: member.bytes.count, time: max(0, time)))
            bytes.append(contentsOf: member.bytes)
            pad(&bytes)
        }
        bytes.append(contentsOf: repeatElement(0, count: 2 * block))
        return bytes
    }

    /// The plain files of an archive; folders are passed over.
    ///
    /// - Throws: ``StateFileError`` for a checksum that does not match, for links, devices and extensions, for a name
    ///   that is absolute, leads upwards, has other characters than `A-Z a-z 0-9 . _ - /` or comes twice, for a size
    ///   beyond the end, and for more than 256 members.
    static func members(of archive: [UInt8]) throws(StateFileError) -> [Member] {
        var members: [Member] = []
        var names = Set<String>()
        var offset = 0
        while true {
            guard offset + block <= archive.count else { throw StateFileError(.truncated, at: offset) }
            let raw = Array(archive[offset..<offset + block])
            if raw.allSatisfy({ $0 == 0 }) { break }
            let header = try Header(raw, at: offset)
            let start = offset + block
            guard header.size <= archive.count - start else {
                throw StateFileError(.truncated, in: header.name, at: archive.count)
            }
            offset = start + (header.size + block - 1) / block * block
            if header.isFolder { continue }
            guard names.insert(header.name).inserted else {
                throw StateFileError(.badHeader("this name comes twice"), in: header.name)
            }
            guard members.count < maximumMembers else {
                throw StateFileError(.badHeader("there are more than \(maximumMembers) members"), at: start - block)
            }
            members.append(Member(name: header.name, bytes: Array(archive[start..<start + header.size])))
        }
        guard archive[offset...].allSatisfy({ $0 == 0 }) else { throw StateFileError(.trailingBytes, at: offset) }
        return members
    }

    private static func pad(_ bytes: inout [UInt8]) {
        bytes.append(contentsOf: repeatElement(0, count: (block - bytes.count % block) % block))
    }

    private static func header(name: String, size: Int, time: Int64) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: block)
        func put(_ text: String, at offset: Int) {
            bytes.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put("0000600\0", at: 100)
        put("0000000\0", at: 108)
        put("0000000\0", at: 116)
        put(octal(Int64(size), digits: 11), at: 124)
        put(octal(time, digits: 11), at: 136)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        put(octal(Int64(Header.checksum(of: bytes)), digits: 6) + "\0 ", at: 148)
        return bytes
    }

    private static func octal(_ value: Int64, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

extension Tar {
    /// What a header of 512 bytes says of the member that follows.
    struct Header {
        var name: String
        var size: Int
        var isFolder: Bool

        /// Reads a header that stands at `offset` of the archive.
        init(_ bytes: [UInt8], at offset: Int) throws(StateFileError) {
            func refusal(_ words: String) -> StateFileError { StateFileError(.badHeader(words), at: offset) }
            guard bytes[257..<262].elementsEqual("ustar".utf8) else { throw refusal("no ustar mark") }
            guard Self.number(bytes[148..<156]) == Self.checksum(of: bytes) else { throw refusal("wrong checksum") }
            guard let size = Self.number(bytes[124..<136]) else { throw refusal("the size is no octal number") }
            self.size = size
            switch bytes[156] {
            case 0, UInt8(ascii: "0"): isFolder = false
            case UInt8(ascii: "5"): isFolder = true
            default: throw refusal("neither a file nor a folder")
            }
            guard bytes[345..<500].allSatisfy({ $0 == 0 }) else { throw refusal("the name is too long") }
            let raw = bytes[0..<100].prefix { $0 != 0 }
            let path = raw.starts(with: "./".utf8) ? raw.dropFirst(2) : raw
            guard isFolder || Self.isPlain(path) else { throw refusal("the name is not one of a state file's") }
            name = String(decoding: path, as: UTF8.self)
        }

        /// Whether a path leads down from where it is unpacked, in characters that nobody has to quote.
        private static func isPlain(_ path: ArraySlice<UInt8>) -> Bool {
            let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            return parts.allSatisfy { part in
                !part.isEmpty && !part.allSatisfy { $0 == UInt8(ascii: ".") } && part.allSatisfy(isPlain)
            }
        }

        private static func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }

        /// The sum of all bytes, those of the checksum itself counted as spaces.
        static func checksum(of bytes: [UInt8]) -> Int {
            bytes.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int(bytes[$1])) }
        }

        /// An octal number that ends at a space or a zero byte; nil for anything else.
        private static func number(_ field: ArraySlice<UInt8>) -> Int? {
            let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
            return digits.isEmpty
                ? nil : Int(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 < 0 ? nil : $0 }
        }
    }
}
