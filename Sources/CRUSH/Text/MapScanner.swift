/// Reads the words of crushtool's language. Words need no space between them: `1.5pos` is a number and a word, as it
/// is for crushtool's own parser. Comments run from `#` to the end of the line.
struct MapScanner {
    /// Where something stands in the text, from 1 on.
    struct Place: Hashable {
        var line: Int
        var column: Int
    }

    /// A comment that begins with `#@`: its words, and its line.
    struct Note {
        var place: Place
        var words: [String]
    }

    private let bytes: [UInt8]
    private let lineStarts: [Int]
    /// The next byte to read.
    private(set) var offset = 0
    /// Comments that speak to the compiler, by line.
    let notes: [Int: Note]
    /// The furthest place that anything was looked for at, and what.
    private var furthest = 0
    private var wanted: [String] = []

    /// A scanner of a text.
    init(_ text: [UInt8]) {
        var bytes = text
        var starts = [0]
        var notes: [Int: Note] = [:]
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n") { starts.append(index + 1) }
            guard bytes[index] == UInt8(ascii: "#") else {
                index += 1
                continue
            }
            let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let comment = String(decoding: bytes[index..<end], as: UTF8.self)
            if comment.hasPrefix("#@") {
                let place = Place(line: starts.count, column: index - (starts.last ?? 0) + 1)
                let words = comment.dropFirst(2).split(whereSeparator: \.isWhitespace).map(String.init)
                notes[starts.count] = Note(place: place, words: words)
            }
            for blank in index..<end { bytes[blank] = UInt8(ascii: " ") }
            index = end
        }
        self.bytes = bytes
        self.lineStarts = starts
        self.notes = notes
    }

    /// What a name consists of.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    // MARK: Places

    /// The place of the next thing.
    var place: Place {
        mutating get {
            skipBlanks()
            return place(of: offset)
        }
    }

    /// The line on which the last thing that was read ends.
    var lastLine: Int { place(of: max(offset - 1, 0)).line }

    private func place(of offset: Int) -> Place {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return Place(line: low + 1, column: offset - lineStarts[low] + 1)
    }

    /// Goes back to where the scanner was before.
    mutating func rewind(to offset: Int) {
        self.offset = offset
    }

    /// What was looked for in vain at the furthest place that was reached.
    var failure: CompilationFailure {
        let place = place(of: furthest)
        let found: String
        if furthest >= bytes.count {
            found = "the text ends"
        } else {
            let rest = bytes[furthest...].prefix { $0 > 0x20 && $0 < 0x7f }.prefix(20)
            found = rest.isEmpty ? "an unexpected byte" : "'\(String(decoding: rest, as: UTF8.self))'"
        }
        var seen = Set<String>()
        let choices = wanted.filter { seen.insert($0).inserted }.joined(separator: ", ")
        return CompilationFailure(
            line: place.line, column: place.column, message: "\(found) where one of these should be: \(choices)")
    }

    // MARK: Words

    /// Whether all has been read.
    mutating func isAtEnd() -> Bool {
        skipBlanks()
        if offset < bytes.count { note("the end of the text") }
        return offset == bytes.count
    }

    /// Reads this very word.
    mutating func word(_ word: String) -> Bool {
        skipBlanks()
        let end = offset + word.utf8.count
        guard end <= bytes.count, bytes[offset..<end].elementsEqual(word.utf8) else {
            note("'\(word)'")
            return false
        }
        offset = end
        return true
    }

    /// Reads the first of these words that is there.
    mutating func word(of words: [String]) -> String? {
        words.first { word($0) }
    }

    /// Reads a name.
    mutating func name(_ what: String = "a name") -> String? {
        run(what, where: Self.isNameByte)
    }

    /// Reads an integer without a sign, of any length.
    mutating func digits(_ what: String = "a number") -> String? {
        run(what) { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    /// Reads an integer that may have a minus sign.
    mutating func integer() -> String? {
        let start = offset
        let sign = word("-") ? "-" : ""
        guard sign.isEmpty || !isAtBlank, let digits = digits("an integer") else {
            offset = start
            return nil
        }
        return sign + digits
    }

    /// Reads an integer that has a minus sign.
    mutating func negative() -> String? {
        let start = offset
        guard word("-"), !isAtBlank, let digits = digits("a negative integer") else {
            offset = start
            return nil
        }
        return "-" + digits
    }

    /// Reads a decimal: digits with a point before, in or after them, and an exponent.
    mutating func real() -> String? {
        skipBlanks()
        let start = offset
        let text = Self.decimal(in: bytes[offset...])
        guard let text else {
            note("a decimal number")
            return nil
        }
        offset = start + text.count
        return String(decoding: text, as: UTF8.self)
    }

    private static func decimal(in bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
        func isSign(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }
        var rest = bytes
        if isSign(rest.first) { rest = rest.dropFirst() }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit)
            guard !whole.isEmpty || !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if isSign(rest.first) { rest = rest.dropFirst() }
            let exponent = rest.prefix(while: isDigit)
            guard !exponent.isEmpty else { return nil }
            rest = rest.dropFirst(exponent.count)
        }
        return bytes[bytes.startIndex..<rest.startIndex]
    }

    private mutating func run(_ what: String, where belongs: (UInt8) -> Bool) -> String? {
        skipBlanks()
        let text = bytes[offset...].prefix(while: belongs)
        guard !text.isEmpty else {
            note(what)
            return nil
        }
        offset += text.count
        return String(decoding: text, as: UTF8.self)
    }

    private var isAtBlank: Bool { offset < bytes.count && bytes[offset] <= 0x20 }

    private mutating func skipBlanks() {
        while offset < bytes.count, bytes[offset] == 0x20 || (0x09...0x0d).contains(bytes[offset]) { offset += 1 }
    }

    private mutating func note(_ what: String) {
        if offset > furthest {
            furthest = offset
            wanted = []
        }
        if offset == furthest { wanted.append(what) }
    }
}
