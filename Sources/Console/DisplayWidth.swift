/// How many terminal cells a text takes: 2 for wide characters (Chinese, Japanese, Korean, emoji), 0 for combining
/// marks and control characters, 1 for the rest.
///
/// The ranges are the W and F rows of Unicode's East Asian Width (UAX #11). Characters of ambiguous width count as 1,
/// as terminals outside East Asian locales draw them.
public func displayWidth(_ text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + cells(of: $1) }
}

private func cells(of character: Character) -> Int {
    var widest = 0
    for scalar in character.unicodeScalars {
        // Variation selector 16 asks for the emoji form of the character before it.
        if scalar.value == 0xFE0F { return 2 }
        widest = max(widest, cells(of: scalar))
    }
    return widest
}

private func cells(of scalar: Unicode.Scalar) -> Int {
    // Printable ASCII is nearly everything that tables hold.
    if (0x20..<0x7F).contains(scalar.value) { return 1 }
    switch scalar.properties.generalCategory {
    case .control, .format, .nonspacingMark, .enclosingMark, .surrogate: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
}

private let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x18CFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD,
]
